"""Files of an owner: a folder appears complete or not at all; a secret is read from private files into memory that is wiped."""

import contextlib
import errno
import fcntl
import os
import shutil
import stat
import tempfile
from pathlib import Path

from ..core.errors import OutOfMemoryError, StorageError

SECRET_MAX = 1 << 20  # bytes; a secret key of degree 2^17 has 36 KiB


def wipe(buffer):
    """Overwrite a bytearray."""
    buffer[:] = bytes(len(buffer))


def write_new(path, data, *, secret=False):
    """Write a file that was not there; a secret one is its owner's alone.

    Parameters
    ----------
    path : path-like
    data : bytes-like
    secret : bool, default=False
    """
    mode = 0o600 if secret else 0o644
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    with open(handle, "wb", buffering=0) as file:
        if secret:
            os.fchmod(handle, mode)
        view = memoryview(data)
        while view:
            view = view[file.write(view):]
        os.fsync(handle)


def write_new_secret(path, data):
    """:func:`write_new` of a secret."""
    write_new(path, data, secret=True)


def replace_secret(path, data):
    """Put new bytes in a secret file's place at once; after a crash it holds the old or the new ones.

    Parameters
    ----------
    path : Path
    data : bytes-like
    """
    part = path.with_name(f"{path.name}.part-{os.getpid()}")
    part.unlink(missing_ok=True)
    try:
        write_new(part, data, secret=True)
        os.replace(part, path)
        sync(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def read_secret(path):
    """Read a file that nobody else may read, into memory for :func:`wipe`.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    bytearray

    Raises
    ------
    StorageError
        When others may read it, or it is no regular file.
    """
    # O_NONBLOCK: a pipe without a writer must not hang
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with open(handle, "rb", buffering=0) as file:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise StorageError(f"{path} is no regular file")
        if state.st_mode & 0o077:
            raise StorageError(f"{path} can be read by others", "Run chmod 600 on it, and consider the key seen.")
        if state.st_size > SECRET_MAX:
            raise OutOfMemoryError(f"{path} has {state.st_size} bytes, a secret key {SECRET_MAX} at most",
                                   "Check that this is a secret key.")
        data = bytearray(state.st_size)
        view, got = memoryview(data), 0
        while got < len(data) and (n := file.readinto(view[got:])):
            got += n
        return data  # a file that became shorter meanwhile ends in zeros, which its reader refuses


def sync(path):
    """Make a file's or folder's entry durable."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(folder):
    """Let one process at a time change a folder of keys."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def staged(target):
    """A folder in the making beside its target; renamed at the end, removed when something fails.

    Parameters
    ----------
    target : path-like
        Must not exist.

    Yields
    ------
    Path
        Where to write.
    """
    target = Path(target)
    if os.path.lexists(target):
        raise StorageError(f"{target} exists already; nothing was written", "Choose a new name: keys are never overwritten.")
    part = Path(tempfile.mkdtemp(prefix=f"{target.name}.part-", dir=target.parent))
    try:
        yield part
        part.chmod(0o755)
        sync(part)
        try:
            os.rename(part, target)
        except OSError as why:
            if why.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):  # it appeared meanwhile
                raise StorageError(f"{target} exists already; nothing was written", "Choose a new name.") from None
            raise
        sync(target.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
