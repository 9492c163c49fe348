"""JupyterFHE: numbers that stay encrypted while Python computes on them.

``open`` gives an encrypted array, numpy's operators and functions compute on it, ``save`` writes what the owner opens.
"""

from pathlib import Path

from .array import EncryptedArray, EncryptedBool, EncryptedScalar, Refused
from .array.simulate import simulate
from .array.store import load as _load
from .core.errors import KeyMissingError
from .plan import Session, cancel_all, options

__all__ = ["EncryptedArray", "EncryptedBool", "EncryptedScalar", "Refused", "Session", "cancel_all", "load", "open", "options",
           "session", "simulate"]

_current = None


def session(keys, log_slots=None):
    """Choose the evaluation keys that arrays are opened with from now on.

    Parameters
    ----------
    keys : path-like or jupyterfhe.core.EvaluationKeys
    log_slots : int, optional
        log2 of the numbers in a ciphertext; all that the ring has by default.

    Returns
    -------
    Session
    """
    global _current
    _current = Session.of(keys, log_slots)
    return _current


def open(path, keys=None):
    """Open an encrypted array; its ciphertexts stay in their files until they are needed.

    Parameters
    ----------
    path : path-like
        A folder that ``client.seal_array`` or :meth:`EncryptedArray.save` wrote.
    keys : path-like, jupyterfhe.core.EvaluationKeys or Session, optional
        What to compute with: by default what :func:`session` chose last, else a folder ``keys`` beside `path`.

    Returns
    -------
    EncryptedArray
    """
    keys = keys if keys is not None else _current
    if keys is None:
        keys = Path(path).resolve().parent / "keys"
        if not keys.is_dir():
            raise KeyMissingError(f"there are no evaluation keys to open {path} with",
                                  "Name their folder: jf.open(path, keys=folder), or jf.session(folder) once.")
    return _load(path, keys)


load = open
