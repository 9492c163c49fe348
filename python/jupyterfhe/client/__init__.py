"""What runs on the machine of the data's owner alone: keys, encryption, decryption.

This package loads ``_secret_native``, a second build of the engine that holds the secret code; ``import jupyterfhe`` never
does, and a kernel need not have it. What is made here crosses to :mod:`jupyterfhe.core` as containers.
"""

from .arrays import OpenedArray, decrypt_array, encrypt_array, seal_array
from .cipher import Opened, decrypt, encrypt, release, seal
from .frames import OpenedFrame, decrypt_finished, decrypt_frame
from .keys import PublicKey, SecretKey, keygen
from .ladder import add_ladder
from .matrices import decrypt_matrix, encrypt_matrix

__all__ = ["Opened", "OpenedArray", "OpenedFrame", "PublicKey", "SecretKey", "add_ladder", "decrypt", "decrypt_array",
           "decrypt_finished", "decrypt_frame", "decrypt_matrix", "encrypt", "encrypt_array", "encrypt_matrix", "keygen",
           "release", "seal", "seal_array"]
