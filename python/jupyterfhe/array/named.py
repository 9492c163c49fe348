"""Opening and saving by name: what scripts in a workspace call things."""

import os
from pathlib import Path

from ..core import tables, workspace
from ..core.errors import KeyMissingError, StorageError
from . import store
from .array import EncryptedArray
from .table import load_table


def _is_name(path):
    """Whether a text names something of a workspace rather than a file: no slash, and no such file here."""
    return isinstance(path, str) and os.sep not in path and not os.path.lexists(path)


def open_any(path, keys):
    """Open an array or a table; see :func:`jupyterfhe.open`.

    Parameters
    ----------
    path : path-like
    keys : path-like, EvaluationKeys, Session or None

    Returns
    -------
    EncryptedArray or EncryptedTable
    """
    if _is_name(path):
        space = workspace.find()
        path, keys = space.existing(path), space.keys if keys is None else keys
    if keys is None:
        folder = Path(path).resolve().parent
        keys = next((k for k in (folder / "keys", folder.parent / "keys") if k.is_dir()), None)
        if keys is None:
            raise KeyMissingError(f"there are no evaluation keys to open {path} with",
                                  "Name their folder: jf.open(path, keys=folder), or jf.session(folder) once.")
    if (Path(path) / tables.MANIFEST).exists() and tables.format_of(path) == tables.FORMAT:
        return load_table(path, keys)
    return store.load(path, keys)


def save_any(array, name, replace=False):
    """Save a result; see :func:`jupyterfhe.save`.

    Parameters
    ----------
    array : EncryptedArray
    name : str or path-like
    replace : bool

    Returns
    -------
    Path
    """
    if not isinstance(array, EncryptedArray):
        raise TypeError(f"encrypted arrays and numbers are saved, not a {type(array).__name__}")
    path = workspace.find().place(name) if isinstance(name, str) and os.sep not in name else Path(name)
    path.parent.mkdir(exist_ok=True)
    if replace and os.path.lexists(path) and tables.format_of(path) != store.FORMAT:
        raise StorageError(f"{path} is no result, and is not replaced", "Choose another name.")
    store.save(array, path, replace)
    return path
