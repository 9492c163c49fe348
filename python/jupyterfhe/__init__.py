"""JupyterFHE: numbers that stay encrypted while Python computes on them.

``open`` gives an encrypted array, numpy's operators and functions compute on it, ``save`` writes what the owner opens.
"""

from .array import EncryptedArray, EncryptedBool, EncryptedScalar, Refused, matrix
from .array.functions.extremes import sign
from .array.named import open_any as _open_any
from .array.named import save_any as _save_any
from .array.simulate import simulate
from .array.table import EncryptedTable
from .plan import Session, cancel_all, options

__all__ = ["EncryptedArray", "EncryptedBool", "EncryptedScalar", "EncryptedTable", "Refused", "Session", "cancel_all", "load",
           "matrix", "open", "options", "save", "session", "sign", "simulate"]

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
    """Open an encrypted array or table; its ciphertexts stay in their files until they are needed.

    Parameters
    ----------
    path : path-like
        A name in the workspace, where ``jupyterfhe run`` works, or a folder that ``jupyterfhe encrypt``, ``client.seal_array``
        or :meth:`EncryptedArray.save` wrote.
    keys : path-like, jupyterfhe.core.EvaluationKeys or Session, optional
        What to compute with: by default what :func:`session` chose last, else the workspace's, or a folder ``keys`` beside
        `path` or beside its folder.

    Returns
    -------
    EncryptedArray or EncryptedTable
    """
    return _open_any(path, keys if keys is not None else _current)


def save(array, name, replace=False):
    """Compute an array and save it, whole or not at all; ``jupyterfhe decrypt NAME`` opens it where the secret key is.

    Parameters
    ----------
    array : EncryptedArray
    name : str or path-like
        A name in the workspace, or a path with a slash.
    replace : bool, default=False
        Whether a result of that name may be replaced; a table never is.

    Returns
    -------
    pathlib.Path
        Where it lies.
    """
    return _save_any(array, name, replace)


load = open
