"""Encrypted arrays and numbers that behave like numpy's.

:class:`EncryptedArray` knows shapes, chunks, ranges and numpy; cryptography is the storeys' below.
"""

from . import functions
from .array import EncryptedArray, EncryptedBool, EncryptedScalar, array_of
from .refusal import Refused
from .strip import Strip

__all__ = ["EncryptedArray", "EncryptedBool", "EncryptedScalar", "Refused", "Strip", "array_of", "functions"]
