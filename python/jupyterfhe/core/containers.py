"""Containers: the bytes in which objects are stored and sent. Format: protocol/container.md."""

import os
import stat
import tempfile
import threading
from pathlib import Path

from . import errors
from .engine import engine, ffi, lib

HEADER_MAX = lib.JFHE_HEADER_BYTES_MAX
PARAMS_MAX = 1 << 16  # bytes; 64 primes and levels are under 4 KiB
KEY_MAX = 4 << 30
OBJECTS = {"params": lib.JFHE_OBJECT_PARAMS, "ciphertext": lib.JFHE_OBJECT_CT, "public key": lib.JFHE_OBJECT_PK,
           "evaluation key": lib.JFHE_OBJECT_EVK, "secret key": lib.JFHE_OBJECT_SK}
ENCODINGS = {"raw": lib.JFHE_ENCODING_RAW, "packed": lib.JFHE_ENCODING_PACKED, "seeded": lib.JFHE_ENCODING_SEEDED,
             "raw-seeded": lib.JFHE_ENCODING_RAW_SEEDED}
MAPPABLE = (lib.JFHE_ENCODING_RAW, lib.JFHE_ENCODING_RAW_SEEDED)


class Info:
    """What a container's header says: the fields of ``jfhe_info``, ids and hashes as hex digits."""

    def __init__(self, record):
        """Copy the fields of a ``jfhe_info``."""
        for name, member in ffi.typeof("jfhe_info").fields:
            value = getattr(record, name)
            setattr(self, name, bytes(value).hex() if member.type.kind == "array" else value)

    @property
    def object_text(self):
        """Kind of the object in words."""
        return ffi.string(lib.jfhe_object_text(self.object)).decode()

    @property
    def encoding_text(self):
        """How its numbers are written, in words."""
        return ffi.string(lib.jfhe_encoding_text(self.encoding)).decode()

    def __repr__(self):
        """Kind, encoding, size."""
        return f"<Info {self.object_text}, {self.encoding_text}, {human(self.total_bytes)}>"


def inspect(data):
    """Read a header alone; nothing behind it need be there.

    Parameters
    ----------
    data : bytes-like
        The beginning of a container: all of it, or its first 1280 bytes.

    Returns
    -------
    Info

    Raises
    ------
    FormatError
        When no header of ours stands there.
    """
    record = ffi.new("jfhe_info *")
    view = engine.source(data)
    engine.check(lib.jfhe_inspect(view, len(view), record))
    return Info(record)


def inspect_file(path):
    """As :func:`inspect`, of a file.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Info
    """
    with open(regular(path), "rb") as file:
        return inspect(file.read(HEADER_MAX))


def written(size, write, *args):
    """The bytes that an engine function ``write(bytes, len, *args)`` fills.

    Parameters
    ----------
    size : int
        As the function's ``_size`` sibling says; 0 refuses.
    write : callable
    *args
        What follows the length.

    Returns
    -------
    bytearray
    """
    if size == 0:
        raise errors.FormError("the object cannot be written in this encoding",
                               "Use encoding='packed'; 'seeded' is for fresh ciphertexts and keys.")
    out = bytearray(size)
    engine.check(write(engine.target(out), size, *args))
    return out


def read(path, cap):
    """A regular file of at most `cap` bytes: nobody makes us allocate more.

    Parameters
    ----------
    path : path-like
    cap : int

    Returns
    -------
    bytes

    Raises
    ------
    StorageError
        For a pipe, a device or a folder.
    OutOfMemoryError
        When it is larger.
    """
    with open(regular(path), "rb") as file:
        data = file.read(cap + 1)
    if len(data) > cap:
        raise _too_large(path, cap)
    return data


_kept = threading.local()
_KEPT_MAX = 64 << 20  # bytes of a thread's buffer that stay for the next file


def scanned(path, cap):
    """As :func:`read`, into one buffer a thread: files that are read in turn leave no holes between what is made of them.

    Parameters
    ----------
    path : path-like
    cap : int

    Returns
    -------
    memoryview
        Until the next call in this thread.

    Raises
    ------
    StorageError, OutOfMemoryError
    """
    with open(regular(path), "rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if size > cap:
            raise _too_large(path, cap)
        room = getattr(_kept, "room", b"")
        if len(room) < size:
            room = bytearray(size)
            _kept.room = room if size <= _KEPT_MAX else b""
        view, got = memoryview(room)[:size], 0
        while got < size and (n := file.readinto(view[got:])):
            got += n
    return view[:got]  # a file that became shorter meanwhile is one that its reader refuses


def _too_large(path, cap):
    return errors.OutOfMemoryError(f"{path} has more than the {human(cap)} that such an object can have",
                                   "Check that this is the file you meant; jfhe inspect FILE says what a file is.")


def regular(path):
    """A descriptor of a regular file, for :func:`open`; a pipe without a writer does not hang."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise errors.StorageError(f"{path} is no regular file", "Copy what it holds into a file first.")
    return handle


def save(path, data, replace=True):
    """Write a file that appears whole or not at all.

    Parameters
    ----------
    path : path-like
    data : bytes-like
    replace : bool, default=True
        Whether a file that is there meanwhile is replaced; else it stays, so that all processes that map it have one copy.
    """
    path = Path(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.part-", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            os.fsync(file.fileno())
        if replace or not _linked(name, path):
            os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def _linked(name, path):
    """Give a file its second name, unless another has that; False on a file system without such names."""
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    except OSError:
        return False
    return True


def _umask():
    """The process's mask. Linux says it without changing it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("Umask:"):
            return int(line.split()[1], 8)
    return 0o022


def human(size):
    """Bytes in words."""
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
