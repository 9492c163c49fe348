"""JupyterFHE: numbers that stay encrypted while Python computes on them.

``open`` gives an encrypted array, numpy's operators and functions compute on it, ``save`` writes what the owner opens.
"""

import os as _os

from . import plot
from .array import EncryptedArray, EncryptedBool, EncryptedScalar, Refused, matrix
from .array.functions.extremes import sign
from .array.functions.order import rank
from .array.lut import lut
from .array.simulate import simulate
from .array.table import EncryptedTable
from .core.errors import ArgumentError as _ArgumentError
from .core.errors import JupyterFHEError
from .frame import EncryptedCategorical, EncryptedFrame, EncryptedSeries, concat, crosstab, cut, get_dummies, merge, pivot_table
from .frame import Result as _Result
from .frame.naming import open_any as _open_any
from .frame.naming import open_frame as _open_frame
from .frame.naming import save_any as _save_any
from .plan import Session, cancel_all, options
from .stats.outcome import opened as _opened

__all__ = ["EncryptedArray", "EncryptedBool", "EncryptedCategorical", "EncryptedFrame", "EncryptedScalar", "EncryptedSeries",
           "EncryptedTable", "JupyterFHEError", "Refused", "Session", "cancel_all", "concat", "crosstab", "cut", "datasets",
           "get_dummies", "history", "load", "lut", "matrix", "merge", "open", "open_frame", "options", "pivot_table", "plot",
           "rank", "ref", "save", "secret", "session", "sign", "simulate"]

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


def _space(needed=None):
    """The store's workspace, where there is a store; else None, or a refusal that says what needs one."""
    if _os.environ.get("JUPYTERFHE_STORE"):
        from .kernel.space import current
        return current()
    if needed:
        raise _ArgumentError(f"{needed} needs a store, and there is none here",
                             "Work in the notebook; without a store a name is a folder of a workspace, in one version.")
    return None


def _named(path):
    return isinstance(path, str) and "/" not in path and _os.sep not in path


def open(path, keys=None, *, version=None, branch=None, tag=None):
    """Open an encrypted array or table; its ciphertexts stay in their files until they are needed.

    Parameters
    ----------
    path : path-like
        A dataset's name in a notebook; a name in the workspace, where ``jupyterfhe run`` works; or, with a slash, a folder that
        ``jupyterfhe encrypt``, ``client.seal_array`` or :meth:`EncryptedArray.save` wrote.
    keys : path-like, jupyterfhe.core.EvaluationKeys or Session, optional
        What to compute with: in a notebook the evaluation keys that the data's key has in the workspace. For folders what
        :func:`session` chose last, else the workspace's, or a folder ``keys`` beside `path` or beside its folder.
    version : int or str, optional
        Of a dataset: 1 is the first, -1 the newest, or a version's id as :func:`history` shows it. The head of `branch` by
        default.
    branch, tag : str, optional
        Another branch than ``main``, or a version by its tag.

    Returns
    -------
    EncryptedArray or EncryptedTable
        Or, of what was saved of frames and statistics, the EncryptedFrame, EncryptedSeries or outcome that it was.
    """
    chosen = version, branch, tag
    if keys is None and _named(path) and (space := _space("a version" if any(c is not None for c in chosen) else None)):
        return space.open(path, *chosen)
    if any(c is not None for c in chosen):
        raise _ArgumentError("folders have no versions", "Leave version, branch and tag out.")
    found = _open_any(path, keys if keys is not None else _current)
    return _opened(found) if isinstance(found, _Result) else found


def open_frame(path, keys=None, *, index=None, **chosen):
    """Open an encrypted table as a data frame.

    Parameters
    ----------
    path, keys, **chosen
        As of :func:`open`.
    index : iterable, optional
        Public labels of the rows, dates say; 0, 1, 2, ... by default.

    Returns
    -------
    EncryptedFrame
    """
    return _open_frame(open(path, keys, **chosen), index)


def secret(name):
    """Open one encrypted number, such as the page's *New secret value* makes.

    Parameters
    ----------
    name : str

    Returns
    -------
    EncryptedScalar

    Raises
    ------
    ArgumentError
        When it is no single number.
    """
    if space := _space():
        return space.secret(name)
    found = open(name)
    if not isinstance(found, EncryptedArray) or found.shape:
        raise _ArgumentError(f"{name} is no single number but has shape {found.shape}", "Use jf.open(name).")
    return found


def ref(tree_hash):
    """Open what an output's *Copy reference* stands for.

    Parameters
    ----------
    tree_hash : str
        64 hex digits.

    Returns
    -------
    EncryptedArray or EncryptedTable
    """
    return _space("a reference").ref(tree_hash)


def datasets():
    """What can be opened by name.

    Returns
    -------
    list of dict
        Prints itself as a table.
    """
    if space := _space():
        return space.datasets()
    from .core import workspace
    return [{"name": name} for name in workspace.find().names()]


def history(name, branch=None):
    """Versions of a dataset, the newest first.

    Parameters
    ----------
    name : str
    branch : str, optional
        ``main`` by default.

    Returns
    -------
    list of dict
        Prints itself as a table; ``number`` and ``id`` go into ``open(name, version=...)``.
    """
    return _space("a history").history(name, branch)


def save(array, name, replace=False):
    """Compute an array, a frame or a statistic and save it, whole or not at all; the owner decrypts it where the secret key is.

    Parameters
    ----------
    array : EncryptedArray, EncryptedFrame, EncryptedSeries, or an outcome of :mod:`jupyterfhe.stats`
    name : str or path-like
        In a notebook a dataset, of which this becomes the newest version; older ones stay. Else a name in the workspace, or a
        path with a slash.
    replace : bool, default=False
        In a notebook, whether the result may become a version of what a person uploaded. In a folder, whether a result of that
        name may be replaced; a table never is.

    Returns
    -------
    Saved or pathlib.Path
        Which version it is, or where it lies.
    """
    if _named(name) and (space := _space()):
        return space.save(array, name, replace)
    return _save_any(array, name, replace)


load = open
