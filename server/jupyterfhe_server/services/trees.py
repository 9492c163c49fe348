"""Trees: folders of blobs. Stored of one: its canonical JSON, a blob that bears the tree's hash, and which blobs it holds."""

import sqlalchemy as sa

from . import shapes, shelf
from .errors import Refused
from .schema import tree_blobs, trees

FILES_MAX = 1 << 16
SIZE_MAX = 1 << 40
TREE_MAX = 24 << 20  # bytes of its JSON: 2^16 files, 127 letters of name, 64 of hash, digits and quotes
MISSING_MAX = 1000  # told of in one answer
MANIFEST = "manifest.json"


class Tree:
    """A checked tree.

    Attributes
    ----------
    files : dict of str to (str, int)
        Hash and size by name, sorted by name.
    json : bytes
        Canonical.
    hash : str
    size : int
        Bytes of all files.
    """

    def __init__(self, value):
        shapes.known(value, "tree", ("files",))
        entries = value["files"]
        if type(entries) is not list or not 0 < len(entries) <= FILES_MAX:
            raise Refused("bad_request", f"tree has no list of 1 to {FILES_MAX} files")
        self.files, last = {}, ""
        for entry in entries:
            shapes.known(entry, "a file of the tree", ("name", "sha256", "size"))
            name = shapes.name(entry["name"], "the name of a file")
            if name <= last:
                raise Refused("bad_tree", "files of the tree are not sorted by name, or one is there twice")
            if name.lower().startswith("secret."):
                raise Refused("secret", "a file of the tree is called like a secret key; the store takes none", "Leave it out.")
            size = shapes.whole(entry["size"], "the size of a file", 0, SIZE_MAX)
            self.files[name], last = (shapes.sha256(entry["sha256"], "the sha256 of a file"), size), name
        self._finish()

    def _finish(self):
        self.value = {"files": [{"name": n, "sha256": h, "size": s} for n, (h, s) in self.files.items()]}
        self.json = shapes.canonical(self.value)
        self.hash = shapes.digest(self.json)
        self.size = sum(s for _, s in self.files.values())

    @classmethod
    def of(cls, files):
        """A tree of checked files, in whatever order."""
        self = cls.__new__(cls)
        self.files = dict(sorted(files.items()))
        if len(self.files) > FILES_MAX:
            raise Refused("bad_tree", f"a tree has at most {FILES_MAX} files")
        self._finish()
        return self

    def __eq__(self, other):
        return isinstance(other, Tree) and self.hash == other.hash

    def __hash__(self):
        return hash(self.hash)


def prepare(files, tree):
    """The tree's JSON as a durable file; before the write transaction."""
    return files.put(tree.json)


def require(conn, ws, tree):
    """Refuse a tree some of whose blobs are not stored, or have another size."""
    found = shelf.sizes(conn, ws, {h for h, _ in tree.files.values()})
    lacking = sorted({h for h, _ in tree.files.values() if h not in found})
    if lacking:
        raise Refused("missing", f"{len(lacking)} blobs of the tree are not stored", "Put them, then ask again.",
                      missing=lacking[:MISSING_MAX])
    for name, (sha256, size) in tree.files.items():
        if found[sha256] != size:
            raise Refused("bad_tree", f"the size of {name} is not that of its blob")


def add(conn, ws, tree, incoming, program=None):
    """Write a tree whose blobs are all there, with its JSON as a blob.

    Parameters
    ----------
    conn : Connection
    ws : str
    tree : Tree
    incoming : Incoming
        Of :func:`prepare`.
    program : str, optional
        Hash of a program: kept as long as the tree when it is a blob.
    """
    require(conn, ws, tree)
    shelf.add(conn, ws, incoming)
    wanted = {h for h, _ in tree.files.values()} | {tree.hash}
    if program is not None:
        wanted |= set(shelf.sizes(conn, ws, [program]))
    there = conn.execute(sa.select(trees.c.hash).where(trees.c.workspace == ws, trees.c.hash == tree.hash)).first()
    if there is None:
        conn.execute(sa.insert(trees).values(workspace=ws, hash=tree.hash, size=tree.size, files=len(tree.files)))
    else:
        wanted -= set(conn.execute(sa.select(tree_blobs.c.sha256).where(
            tree_blobs.c.workspace == ws, tree_blobs.c.tree == tree.hash)).scalars())
    if wanted:
        conn.execute(sa.insert(tree_blobs), [{"workspace": ws, "tree": tree.hash, "sha256": h} for h in sorted(wanted)])


def load(conn, files, ws, tree_hash):
    """A tree of the workspace by its hash.

    Returns
    -------
    Tree or None
    """
    row = conn.execute(sa.select(trees.c.hash).where(trees.c.workspace == ws, trees.c.hash == tree_hash)).first()
    data = None if row is None else files.read(tree_hash, TREE_MAX)
    return None if data is None else Tree(shapes.parse(data, "the tree"))
