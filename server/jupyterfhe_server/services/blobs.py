"""Files named by their SHA-256: temp, fsync, no-replace link, fsync of the folder. The rows beside them are in `shelf.py`.

A file below its final name is complete and durable, always: start-up has nothing to repair. What a killed process leaves in
`tmp/` is swept after the grace period.
"""

import errno
import hashlib
import os
import secrets
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path

from .errors import Refused

MAGIC = b"JFHE\r\n\x1a\n"  # protocol/container.md
OBJECT_AT, SECRET_KEY = 40, 5
PIECE = 1 << 20


class Files:
    """A folder of blobs.

    Parameters
    ----------
    folder : path-like
    blob_max : int
        Bytes of a blob at most.
    reserve : int
        Bytes of the file system that stay free.
    """

    def __init__(self, folder, blob_max, reserve):
        self.folder, self.blob_max, self.reserve = Path(folder), blob_max, reserve
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir(parents=True, exist_ok=True, mode=0o700)
        for first in range(256):
            (self.folder / f"{first:02x}").mkdir(exist_ok=True, mode=0o700)
        sync_folder(self.folder)

    def path(self, sha256):
        """Where a blob lies, whether it is there or not."""
        return self.folder / sha256[:2] / sha256

    def free(self):
        """Bytes that may still be stored."""
        return max(0, shutil.disk_usage(self.folder).free - self.reserve)

    def check_room(self, size):
        """Refuse what is too large for a blob or for the disk, before a byte of it is read."""
        if size > self.blob_max:
            raise Refused("too_large", f"a blob has at most {self.blob_max} bytes", "Cut it into several files.")
        if size > self.free():
            raise Refused("full", "the store has no room left", "Delete datasets, or give the store a larger disk.")

    def begin(self, sha256, size):
        """Begin to store bytes.

        Parameters
        ----------
        sha256 : str
            What they must hash to.
        size : int
            How many there must be.

        Returns
        -------
        Incoming
        """
        self.check_room(size)
        return Incoming(self, sha256, size)

    def put(self, data):
        """Make a durable temporary file of bytes that are in memory; link it under the write lock.

        Returns
        -------
        Incoming
        """
        incoming = self.begin(hashlib.sha256(data).hexdigest(), len(data))
        try:
            incoming.write(data)
            incoming.seal()
        except BaseException:
            incoming.abort()
            raise
        return incoming

    def read(self, sha256, limit):
        """All bytes of a blob that is no larger than `limit`; None when it is not there."""
        try:
            with open(self.path(sha256), "rb") as file:
                data = file.read(limit + 1)
        except FileNotFoundError:
            return None
        if len(data) > limit:
            raise Refused("too_large", f"blob {sha256[:12]} has more than {limit} bytes")
        return data

    def head(self, sha256, count):
        """The first bytes of a blob, fewer where it is shorter."""
        with open(self.path(sha256), "rb") as file:
            return file.read(count)

    def unlink(self, sha256):
        """Remove a blob; only under the write lock, and only when no row names it."""
        self.path(sha256).unlink(missing_ok=True)

    def stale(self, seconds):
        """Remove temporary files that nothing has written to for so long.

        Returns
        -------
        int
            How many.
        """
        count, before = 0, time.time() - seconds
        for path in self.temporary.iterdir():
            try:
                if path.stat().st_mtime < before:
                    path.unlink()
                    count += 1
            except FileNotFoundError:  # its upload ended meanwhile
                continue
        return count

    def names(self, first):
        """Hashes and times of change of the blobs whose hash begins with a byte."""
        with os.scandir(self.folder / f"{first:02x}") as found:
            return [(entry.name, entry.stat().st_mtime) for entry in found if len(entry.name) == 64]


class Incoming:
    """Bytes on their way to a blob. Made by :meth:`Files.begin`; ends by :meth:`link` or :meth:`abort`."""

    def __init__(self, files, sha256, size):
        self.files, self.sha256, self.size = files, sha256, size
        self._hash, self._seen, self._head = hashlib.sha256(), 0, b""
        self._lock = threading.Lock()  # a client that goes away aborts while a thread still writes
        self._path = files.temporary / secrets.token_hex(16)
        self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def write(self, data):
        """Take the next bytes."""
        with self._lock:
            self._write(data)

    def _write(self, data):
        if self._fd is None:
            raise Refused("bad_request", "the upload has ended")
        self._seen += len(data)
        if self._seen > self.size:
            raise Refused("wrong_hash", "more bytes came than were announced")
        if len(self._head) <= OBJECT_AT:
            self._head = (self._head + bytes(data[:OBJECT_AT + 1]))[:OBJECT_AT + 1]
            if self._head[:8] == MAGIC and self._head[OBJECT_AT:] == bytes([SECRET_KEY]):
                raise Refused("secret", "this is a secret key; the store takes none", "Keep it in the vault.")
        self._hash.update(data)
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._fd, view):]
            except OSError as why:
                if why.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise Refused("full", "the store has no room left") from None
                raise

    def seal(self):
        """Check that all came and that it is what it was called; make it durable under its temporary name."""
        with self._lock:
            self._seal()

    def _seal(self):
        if self._fd is None:
            raise Refused("bad_request", "the upload has ended")
        if self._seen != self.size:
            raise Refused("wrong_hash", "fewer bytes came than were announced", "Send it again.")
        if self._hash.hexdigest() != self.sha256:
            raise Refused("wrong_hash", "the bytes have another SHA-256 than the address", "Nothing was kept. Send it again.")
        os.fchmod(self._fd, 0o444)  # kernels check blobs out by hard links: nobody shall write through one
        os.fsync(self._fd)
        os.close(self._fd)
        self._fd = None

    def link(self):
        """Give it its name, unless that is there; under the write lock, before the row is committed."""
        target = self.files.path(self.sha256)
        with suppress(FileExistsError):  # whole and durable since it has that name
            os.link(self._path, target)
        sync_folder(target.parent)
        self._path.unlink(missing_ok=True)

    def abort(self):
        """Leave nothing. Harmless after :meth:`link`."""
        with self._lock:
            if self._fd is not None:
                os.close(self._fd)
                self._fd = None
            self._path.unlink(missing_ok=True)


def sync_folder(path):
    """Make names in a folder durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
