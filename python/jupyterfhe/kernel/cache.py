"""Trees on this machine: folders of hard links into a heap of blobs, shared by kernels, bounded, whole after any crash.

::

    HOME/blobs/aa/SHA256   a verified blob; a hard link into the store's own folder where that is on this file system
    HOME/trees/HASH/       a tree that was checked out; HASH.keys/ are its keys as files that can be mapped;
                           in HASH.keys/above/ those of a ring above as they came
    HOME/parts/            what is being made; it enters the other two by one rename
    HOME/unfinished/       results of runs that are not at their end
    HOME/leases/           a file a process, locked for as long as it lives, naming the trees that it opened
    HOME/lock              shared by who begins to use a tree, exclusive for who removes some

Removal takes what was used longest ago, never a tree that a living process opened. A blob that the store has too costs
nothing and is not counted.
"""

import contextlib
import fcntl
import hashlib
import itertools
import os
import shutil
import time
from pathlib import Path

from ..core.errors import ChecksumError, StorageError
from .trees import sha256

HOME, ROOM = "JUPYTERFHE_CACHE", "JUPYTERFHE_CACHE_BYTES"
DEFAULT_ROOM = 16 << 30
PIECE = 1 << 20
YOUNG = 600 * 10**9  # nanoseconds in which a blob may wait for its tree
TRIES = 3  # another kernel may remove a blob between its coming and its being linked


def _digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Cache:
    """A folder of trees.

    Parameters
    ----------
    home : path-like, optional
        JUPYTERFHE_CACHE by default, else ``~/.cache/jupyterfhe``.
    room : int, optional
        Bytes; JUPYTERFHE_CACHE_BYTES by default, else 16 GiB.
    """

    def __init__(self, home=None, room=None):
        """Make nothing yet."""
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self.home = Path(home or os.environ.get(HOME) or base / "jupyterfhe")
        told = os.environ.get(ROOM, "")
        self.room = room if room is not None else int(told) if told.isdecimal() else DEFAULT_ROOM
        self._lease, self._pid, self._mine, self._count = None, None, set(), itertools.count()
        self._fresh = self.room  # bytes that came since the last look for room; a first look is due

    @property
    def unfinished(self):
        """Where runs keep what they finished (``options.shelf``); it has a limit of its own."""
        return self.home / "unfinished"

    # ---- who uses what ----
    @contextlib.contextmanager
    def _locked(self, how):
        handle = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)

    def _start(self):
        """Folders, and this process's lease; a forked child takes its own."""
        if self._pid == os.getpid():
            return
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in ("blobs", "trees", "parts", "leases"):
                (self.home / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as why:
            raise StorageError(f"{self.home}: {why.strerror}", f"Name a folder that you may write with {HOME}.") from None
        with self._locked(fcntl.LOCK_SH):
            self._name = f"{os.getpid()}-{time.time_ns()}"
            self._lease = os.open(self.home / "leases" / self._name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lease, fcntl.LOCK_EX)
        self._pid, self._mine = os.getpid(), set()

    def _use(self, name):
        """Say that this process uses a tree from now on. Whoever removes some, sees it before or has removed it before."""
        self._start()
        if name not in self._mine:
            with self._locked(fcntl.LOCK_SH):
                os.write(self._lease, f"{name}\n".encode())
            self._mine.add(name)

    def _part(self):
        self._start()
        return self.home / "parts" / f"{self._name}-{next(self._count)}"

    # ---- blobs ----
    def _place(self, digest):
        return self.home / "blobs" / digest[:2] / digest

    def _enter(self, part, digest):
        """Put a verified file where its blob belongs; another process may have done so."""
        place = self._place(digest)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(part, place)
        part.unlink(missing_ok=True)  # it stays where both are links to one file
        return place

    def add(self, data):
        """Keep bytes as a blob.

        Parameters
        ----------
        data : bytes-like

        Returns
        -------
        (str, int)
            Its SHA-256 and size.
        """
        digest, size, part = sha256(data), len(data), self._part()
        place = self._place(digest)
        if not self._whole(place, size):
            with self._making(part), open(part, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), 0o444)
                self._enter(part, digest)
            self._fresh += size
        return digest, size

    @staticmethod
    @contextlib.contextmanager
    def _making(part):
        try:
            yield
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            with contextlib.suppress(OSError):
                part.unlink()
            raise

    @staticmethod
    def _whole(path, size):
        try:
            return path.stat().st_size == size
        except OSError:
            return False

    def blob(self, store, digest, size, tell=None):
        """A blob as a file: what is here already, else a link to the store's own file, else fetched.

        Parameters
        ----------
        store : Store
        digest : str
        size : int
        tell : callable, optional
            Called with bytes as they come.

        Returns
        -------
        Path

        Raises
        ------
        ChecksumError, StoreError
        """
        place, part = self._place(digest), self._part()
        if self._whole(place, size):
            return place  # its time stays: the file may be the store's own
        own = store.local(digest)
        with self._making(part):
            if own is None or not self._linked(own, part, digest, size):
                with open(part, "w+b") as file:
                    store.get(digest, size, file, tell)
                    file.flush()
                    os.fsync(file.fileno())
                    os.fchmod(file.fileno(), 0o444)
                self._fresh += size
            elif tell is not None:
                tell(size)
            return self._enter(part, digest)

    @staticmethod
    def _linked(own, part, digest, size):
        """Link the store's file, or copy it from another file system; False where it may not be read."""
        try:
            os.link(own, part)
        except OSError:
            try:
                shutil.copyfile(own, part)
            except OSError:
                return False
        if not Cache._whole(part, size) or _digest(part) != digest:
            raise ChecksumError(f"the store's file of blob {digest[:8]} is damaged", "Upload the data again.")
        return True

    # ---- trees ----
    def checkout(self, tree, store, tell=None):
        """A tree as a folder that stays as long as this process lives.

        Parameters
        ----------
        tree : Tree
        store : Store
        tell : callable, optional
            Called with bytes as they come.

        Returns
        -------
        Path

        Raises
        ------
        ChecksumError, StoreError, StorageError
        """
        place = self.home / "trees" / tree.hash
        self._use(tree.hash)
        if not self._intact(place, tree):
            self._build(place, tree, store, tell)
        os.utime(place)
        self._tidy()
        return place

    @staticmethod
    def _intact(place, tree):
        try:
            with os.scandir(place) as found:
                return {entry.name: entry.stat().st_size for entry in found} == {n: s for n, (_, s) in tree.files.items()}
        except OSError:
            return False

    def _build(self, place, tree, store, tell):
        part = self._part()
        with self._making(part):
            part.mkdir(mode=0o700)
            for name, (digest, size) in tree.files.items():
                self._link(store, digest, size, part / name, tell)
            self._settle(part, place, lambda: self._intact(place, tree))

    def _link(self, store, digest, size, target, tell):
        for left in reversed(range(TRIES)):
            try:
                return os.link(self.blob(store, digest, size, tell), target)
            except FileNotFoundError:
                if not left:
                    raise
        return None

    @staticmethod
    def _settle(part, place, fine):
        """Rename a folder to where it belongs. Another process's takes precedence; a damaged one goes."""
        try:
            os.rename(part, place)
        except OSError:
            if not fine():
                os.rename(place, part.with_name(f"{part.name}-old"))
                shutil.rmtree(part.with_name(f"{part.name}-old"), ignore_errors=True)
                os.rename(part, place)
            else:
                shutil.rmtree(part, ignore_errors=True)

    def derived(self, name, make):
        """A folder that is made of a tree, once for all kernels.

        Parameters
        ----------
        name : str
        make : callable
            Fills the folder whose path it gets.

        Returns
        -------
        Path
        """
        place, part = self.home / "trees" / name, self._part()
        self._use(name)
        if not place.is_dir():
            with self._making(part):
                part.mkdir(mode=0o700)
                make(part)
                self._fresh += sum(p.stat().st_size for p in _files(part))
                self._settle(part, place, place.is_dir)
        os.utime(place)
        self._tidy()
        return place

    # ---- room ----
    def _tidy(self):
        """Look for room when a good part of it came since the last look."""
        if self._fresh >= self.room // 16:
            self._fresh = 0
            self.evict()

    def _living(self):
        """Names of leases that are held, and of what they hold; those of the dead go. Under the exclusive lock."""
        alive, used = set(), set()
        for path in (self.home / "leases").iterdir():
            if path.name == getattr(self, "_name", None):
                alive.add(path.name)
                used |= self._mine
                continue
            handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            except BlockingIOError:
                alive.add(path.name)
                used.update(path.read_text().split())
            finally:
                os.close(handle)
        return alive, used

    def evict(self):
        """Remove what was used longest ago until the rest has room; nothing that a living process opened."""
        self._start()
        with self._locked(fcntl.LOCK_EX):
            alive, used = self._living()
            for path in (self.home / "parts").iterdir():
                if "-".join(path.name.split("-")[:2]) not in alive:
                    shutil.rmtree(path, ignore_errors=True)
                    with contextlib.suppress(OSError):
                        path.unlink()
            heap = _Heap(self.home)
            for path in heap.oldest():
                if heap.cost <= self.room:
                    break
                if path.name not in used:
                    heap.remove(path)

    @property
    def size(self):
        """Bytes that it takes, those of the store's own files not counted."""
        self._start()
        return _Heap(self.home).cost

    def __repr__(self):
        """Where it lies."""
        return f"<Cache {self.home}>"


def _files(folder):
    """All files of a tree; keys of a ring above lie in folders of their own."""
    return (path for path in folder.rglob("*") if path.is_file())


class _Heap:
    """What lies in a cache, by inode: bytes are counted once, and not where somebody outside holds the file too."""

    def __init__(self, home):
        self.files = {}  # inode: [size, links, those in here, path in blobs or None]
        self.trees = {}  # path: (time, inodes)
        self.loose = []  # (time, path) of blobs
        for place in (home / "trees").iterdir():
            if place.is_dir():
                self.trees[place] = place.stat().st_mtime_ns, [self._note(p)[0] for p in _files(place)]
        for path in (home / "blobs").glob("??/*"):
            inode, at = self._note(path)
            self.files[inode][3] = path
            self.loose.append((at, path, inode))
        self.cost = sum(size for size, links, inside, _ in self.files.values() if links == inside)

    def _note(self, path):
        found = path.stat()
        entry = self.files.setdefault(found.st_ino, [found.st_size, found.st_nlink, 0, None])
        entry[2] += 1
        return found.st_ino, found.st_mtime_ns

    def oldest(self):
        """Trees by their last use, then blobs that no tree holds."""
        yield from sorted(self.trees, key=lambda place: self.trees[place][0])
        young = time.time_ns() - YOUNG
        for at, path, inode in sorted(self.loose):
            if at < young and self.files[inode][3] == path and self.files[inode][2] == 1:
                yield path

    def remove(self, path):
        """Remove a tree with the blobs that nothing else holds, or a blob."""
        if path not in self.trees:
            self._drop(path.stat().st_ino)
            path.unlink(missing_ok=True)
            return
        away = path.parent.parent / "parts" / f"{path.name}-gone"  # by one rename, so that no half of it is ever seen
        shutil.rmtree(away, ignore_errors=True)
        os.rename(path, away)
        for inode in self.trees[path][1]:
            self._drop(inode)
            _, _, inside, blob = self.files[inode]
            if inside == 1 and blob is not None:
                self._drop(inode)
                self.files[inode][3] = None
                blob.unlink(missing_ok=True)
        shutil.rmtree(away, ignore_errors=True)

    def _drop(self, inode):
        entry = self.files[inode]
        if entry[1] == entry[2] == 1:
            self.cost -= entry[0]
        entry[1] -= 1
        entry[2] -= 1
