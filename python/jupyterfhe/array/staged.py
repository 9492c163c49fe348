"""Folders that appear whole, at once and durably, or not at all, also when the process is killed while it writes."""

import contextlib
import ctypes
import errno
import fcntl
import os
import re
import shutil
import tempfile
from pathlib import Path

from ..core.errors import StorageError

_PART = re.compile(r"\..+\.part-[a-z0-9_]{8}")
_OURS = re.compile(r"\d+\.jfhe|manifest\.json|\.(\d+\.jfhe|manifest\.json)\.part-[a-z0-9_]+")
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


def synced(path):
    """Make the entries of a folder durable.

    Parameters
    ----------
    path : path-like
    """
    with _opened(path) as handle:
        os.fsync(handle)


@contextlib.contextmanager
def _opened(path):
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        yield handle
    finally:
        os.close(handle)


def sweep(folder):
    """Remove what killed processes left of folders that they were writing.

    Parameters
    ----------
    folder : Path
        Where arrays are saved. Only folders of our names with files of our names go, and none that is being written.
    """
    for part in folder.iterdir():
        if not _PART.fullmatch(part.name):
            continue
        with contextlib.suppress(OSError), _opened(part) as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held by a writer that lives, for as long as it lives
            if all(_OURS.fullmatch(name) for name in os.listdir(handle)):
                shutil.rmtree(part, ignore_errors=True)


@contextlib.contextmanager
def staged(path, replace=False):
    """A folder in the making beside its place.

    Parameters
    ----------
    path : Path
    replace : bool, default=False
        Whether a folder that is there is exchanged for it.

    Yields
    ------
    Path
        Where to write; files in it are made durable by who writes them.
    """
    with contextlib.ExitStack() as stack:
        with _opened(path.parent.resolve()) as parent:
            fcntl.flock(parent, fcntl.LOCK_EX)  # so that nobody takes ours for left before it is locked
            sweep(path.parent)
            part = Path(tempfile.mkdtemp(prefix=f".{path.name}.part-", dir=path.parent))
            stack.callback(shutil.rmtree, part, ignore_errors=True)  # when something fails; and the old one, after an exchange
            fcntl.flock(stack.enter_context(_opened(part)), fcntl.LOCK_EX)
        yield part
        part.chmod(0o755)
        synced(part)
        _place(part, path, replace)
        synced(path.parent.resolve())


def _place(part, path, replace):
    """Give a finished folder its name."""
    if replace and os.path.lexists(path):
        _exchange(part, path)
        return
    try:
        os.rename(part, path)
    except OSError as why:
        if why.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise StorageError(f"{path} exists already; nothing was written", "Choose a new name.") from None
        raise


def _exchange(part, path):
    """Exchange two folders in one step, or in two where the file system has no such step."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is not None and rename(_HERE, os.fsencode(part), _HERE, os.fsencode(path), _EXCHANGE) == 0:
        return
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.old-", dir=path.parent) as old:
        os.rename(path, Path(old) / path.name)
        try:
            os.rename(part, path)
        except OSError:
            os.rename(Path(old) / path.name, path)
            raise
