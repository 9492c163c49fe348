"""Opening and saving by name, frames and results among arrays."""

import os
from pathlib import Path

from ..array import named
from ..core import tables, workspace
from ..core.errors import ArgumentError, KeyMissingError, StorageError
from ..plan import Session
from . import result as results
from .frame import EncryptedFrame


def open_any(path, keys):
    """Open an array, a table, or the result of a frame; see :func:`jupyterfhe.open`.

    Parameters
    ----------
    path : path-like
    keys : path-like, EvaluationKeys, Session or None

    Returns
    -------
    EncryptedArray, EncryptedTable or Result
    """
    place, own = Path(path), keys
    if isinstance(path, str) and os.sep not in path and not os.path.lexists(path):
        space = workspace.find()
        place, own = space.existing(path), space.keys if keys is None else keys
    if not (place / tables.MANIFEST).exists() or tables.format_of(place) != results.FORMAT:
        return named.open_any(path, keys)
    if own is None:
        folder = place.resolve().parent
        own = next((k for k in (folder / "keys", folder.parent / "keys") if k.is_dir()), None)
        if own is None:
            raise KeyMissingError(f"there are no evaluation keys to open {path} with",
                                  "Name their folder: jf.open(path, keys=folder).")
    return results.load(place, own if isinstance(own, Session) else lambda log_slots: Session.of(own, log_slots))


def open_frame(table, index=None):
    """A table as a frame.

    Parameters
    ----------
    table : EncryptedTable
    index : iterable, optional

    Returns
    -------
    EncryptedFrame
    """
    if not hasattr(table, "table"):
        raise ArgumentError(f"a {type(table).__name__} is no table", "Frames are opened of what jupyterfhe encrypt made.")
    return EncryptedFrame(table, index)


def save_any(x, name, replace=False):
    """Save a result; see :func:`jupyterfhe.save`.

    Parameters
    ----------
    x : EncryptedArray, or what has ``result()``
    name : str or path-like
    replace : bool

    Returns
    -------
    Path
    """
    found = x.result() if hasattr(x, "result") else x
    if not isinstance(found, results.Result):
        found = results.record(x)
    if found is None:
        return named.save_any(x, name, replace)
    path = workspace.find().place(name) if isinstance(name, str) and os.sep not in name else Path(name)
    path.parent.mkdir(exist_ok=True)
    if replace and os.path.lexists(path) and tables.format_of(path) != results.FORMAT:
        raise StorageError(f"{path} is no result of a frame, and is not replaced", "Choose another name.")
    results.save(found, path, replace)
    return path
