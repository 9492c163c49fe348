"""Trees: folders as the store knows them. A tree lists files by name, SHA-256 and size, and is named by a hash itself.

``{"files": [{"name": ..., "sha256": ..., "size": ...}, ...]}``, sorted by name. Its hash is the SHA-256 of its canonical JSON:
sorted keys, no spaces, ASCII. What a store says of a tree is checked as if a stranger had written it.
"""

import hashlib
import json
import re

from ..core.errors import FormatError

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,126}")
HASH = re.compile(r"[0-9a-f]{64}")
FILES_MAX, SIZE_MAX = 1 << 20, 1 << 48


def canonical(value):
    """The one way to write a JSON value.

    Parameters
    ----------
    value : object

    Returns
    -------
    bytes
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")


def sha256(data):
    """SHA-256 as hex digits.

    Parameters
    ----------
    data : bytes-like

    Returns
    -------
    str
    """
    return hashlib.sha256(data).hexdigest()


def is_hash(text):
    """Whether it is 64 hex digits.

    Parameters
    ----------
    text : object

    Returns
    -------
    bool
    """
    return isinstance(text, str) and HASH.fullmatch(text) is not None


class Tree:
    """A checked tree.

    Parameters
    ----------
    files : iterable of (str, str, int)
        Name, SHA-256, size; in any order.

    Attributes
    ----------
    files : dict of str to (str, int)
        By name, sorted.
    hash : str
    """

    __slots__ = ("files", "hash")

    def __init__(self, files):
        """Sort and name it."""
        self.files = {name: (digest, size) for name, digest, size in sorted(files)}
        self.hash = sha256(self.text)

    @classmethod
    def checked(cls, found, want=None):
        """Of JSON that came from elsewhere.

        Parameters
        ----------
        found : object
        want : str, optional
            The hash that it must have.

        Returns
        -------
        Tree

        Raises
        ------
        FormatError
        """
        entries = found.get("files") if isinstance(found, dict) and set(found) == {"files"} else None
        if not isinstance(entries, list) or not 0 < len(entries) <= FILES_MAX:
            raise FormatError("the store sent no tree: its list of files is missing, empty or too long")
        rows = [cls._entry(entry) for entry in entries]
        names = [name for name, _, _ in rows]
        if sorted(set(names)) != names:
            raise FormatError("the store sent a tree whose names are not sorted, or one twice")
        tree = cls(rows)
        if want is not None and tree.hash != want:
            raise FormatError(f"the store sent another tree than {want[:8]}, which was asked for")
        return tree

    @staticmethod
    def _entry(entry):
        fine = isinstance(entry, dict) and set(entry) == {"name", "sha256", "size"}
        if fine:
            name, digest, size = entry["name"], entry["sha256"], entry["size"]
            fine = (isinstance(name, str) and NAME.fullmatch(name) is not None and is_hash(digest)
                    and type(size) is int and 0 <= size <= SIZE_MAX)
        if not fine:
            raise FormatError("the store sent a tree with an entry that is none")
        return name, digest, size

    @property
    def json(self):
        """As the store takes it."""
        return {"files": [{"name": name, "sha256": digest, "size": size} for name, (digest, size) in self.files.items()]}

    @property
    def text(self):
        """Canonical JSON, the bytes that the hash is of."""
        return canonical(self.json)

    @property
    def size(self):
        """Bytes of all files."""
        return sum(size for _, size in self.files.values())

    @property
    def blobs(self):
        """Sizes by SHA-256, each once."""
        return dict(self.files.values())

    def __repr__(self):
        """How many files, and its hash."""
        return f"<Tree {self.hash[:8]}, {len(self.files)} files>"
