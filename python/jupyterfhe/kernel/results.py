"""Results in the store: an array becomes a tree, and what was computed once is not computed again.

A *memo key* names what a computation gives before it runs: the plan's hash (parameters, program, and every choice that
fixes the bytes), the SHA-256 of each input, the key, and which vectors of an array it makes. Under it the store keeps the
tree. Since evaluation is deterministic, a kernel that was restarted finds what an earlier one computed.
"""

import json
import weakref
from pathlib import Path

from ..array import store as folders
from ..core import tables
from ..core.errors import ArgumentError, FormatError, JupyterFHEError
from ..plan import compute, cross, foresee, notes
from ..plan.bridge import Crossed
from ..plan.leaf import Filed
from ..plan.whole import Residues, WholeValue
from .faults import shorten
from .progress import Show, expected
from .transport import StoreError
from .trees import Tree, canonical, is_hash, sha256

VERSION = "jupyterfhe-memo-1"


class Made:
    """How a vector came about.

    Attributes
    ----------
    memo : str
    program : str or None
        Hash of the program's binary form; None of exact integers, whose programs have none.
    text : bytes or None
        That form.
    inputs : tuple of str
        Trees that it was computed from.
    """

    __slots__ = ("inputs", "memo", "program", "text", "whole")

    def __init__(self, memo, text, inputs, whole):
        """Keep the parts; `whole` are the positions that one run made."""
        self.memo, self.text, self.inputs, self.whole = memo, text, inputs, whole
        self.program = None if text is None else sha256(text)


class Kept:
    """An array that is in the store.

    Attributes
    ----------
    tree : Tree
    memo, program : str or None
    inputs : tuple of str
    """

    __slots__ = ("inputs", "memo", "program", "tree")

    def __init__(self, tree, memo, program, inputs):
        """Keep the parts."""
        self.tree, self.memo, self.program, self.inputs = tree, memo, program, inputs


class Beside:
    """What is known of arrays beside them, for as long as they live and are not written to."""

    def __init__(self):
        """Know nothing."""
        self._known = {}  # by id: (weak reference, strips, what is known)

    def put(self, array, fact):
        """Remember.

        Parameters
        ----------
        array : EncryptedArray or EncryptedTable
        fact : object
        """
        name = id(array)
        self._known[name] = weakref.ref(array, lambda _: self._known.pop(name, None)), getattr(array, "strips", None), fact

    def get(self, array):
        """What is known, or None.

        Parameters
        ----------
        array : EncryptedArray or EncryptedTable

        Returns
        -------
        object
        """
        found = self._known.get(id(array))
        return found[2] if found and found[0]() is array and found[1] is getattr(array, "strips", None) else None


class Results:
    """Computes through the store: see :attr:`jupyterfhe.plan.Session.results`.

    Parameters
    ----------
    store : Store
    cache : Cache
    """

    def __init__(self, store, cache):
        """Know nothing yet."""
        self.store, self.cache = store, cache
        self.trees = {}  # by hash: those that were checked out
        self._digests = weakref.WeakKeyDictionary()  # by Value: (SHA-256, size) of each of its ciphertexts
        self._made = weakref.WeakKeyDictionary()  # by Value: Made
        self.kept, self.origins = Beside(), Beside()  # Kept of arrays that are in the store; Origin of what was opened
        self._sent, self._kept = set(), {}  # blobs that the store has; trees by memo keys that it has
        self._behind = {}  # by tree of what was computed: the trees it was computed from

    # ---- trees ----
    def checkout(self, tree):
        """A tree as a folder.

        Parameters
        ----------
        tree : Tree

        Returns
        -------
        Path
        """
        size = tree.size
        with Show("download", size, expected(size, self.store.blobs is not None)) as shown:
            place = self.cache.checkout(tree, self.store, shown.add)
        self.trees[tree.hash] = tree
        self._sent.update(tree.blobs)
        return place

    def tree(self, tree_hash):
        """A tree by its hash, which is the name of a blob that holds it.

        Parameters
        ----------
        tree_hash : str

        Returns
        -------
        Tree

        Raises
        ------
        ArgumentError
            When the store has none.
        """
        if not is_hash(tree_hash):
            raise ArgumentError("a reference is 64 hex digits", "Use Copy reference of an output, or jf.history(name).")
        if tree_hash in self.trees:
            return self.trees[tree_hash]
        data = self.store.read(tree_hash, tables.MANIFEST_MAX)
        if data is None:
            raise ArgumentError(f"the store has no tree {tree_hash[:8]}", "It was deleted, or belongs to another workspace.")
        try:
            return Tree.checked(json.loads(data), tree_hash)
        except (ValueError, RecursionError) as why:
            if isinstance(why, FormatError):
                raise
            raise FormatError(f"blob {tree_hash[:8]} is no tree", "Copy the reference again.") from None

    def tree_of(self, path):
        """The tree that a checked-out file belongs to, or None.

        Parameters
        ----------
        path : path-like

        Returns
        -------
        Tree or None
        """
        folder = Path(path).parent
        return self.trees.get(folder.name) if folder.parent == self.cache.home / "trees" else None

    def _digest(self, value):
        """SHA-256 and size of the containers of a computed vector: one, or of integers one a modulus."""
        if value not in self._digests:
            self._digests[value] = tuple(self._digested(part) for part in parts_of(value.stored))
        return self._digests[value]

    def _digested(self, held):
        tree = self._tree_of(held)
        if tree is not None:
            return tree.files[Path(held.path).name]
        return self.cache.add(Path(held.path).read_bytes() if isinstance(held, Filed) else held.ciphertext.to_bytes())

    def _tree_of(self, held):
        return self.tree_of(held.path) if isinstance(held, Filed) else None

    def _inputs(self, values):
        parts = [part for v in values for part in parts_of(v.stored)]
        behind = {name for part in parts if isinstance(part, Crossed) for name in self._inputs([part.source])}
        found = {self._tree_of(part) for part in parts}
        return tuple(sorted(behind | {tree.hash for tree in found - {None}}))

    # ---- computing ----
    def compute(self, array, keep_levels=None):
        """Compute an array, or take what was computed before; it is in the store afterwards.

        Parameters
        ----------
        array : EncryptedArray
        keep_levels : int, optional

        Returns
        -------
        bool
            Whether it was there before.
        """
        values = array.values
        crossed = cross(values)
        positions = [i for i, v in enumerate(values) if v.stored is None]
        if not positions and crossed:
            self.keep(array)
        if not positions:
            return True
        graph, plan = foresee(values, keep_levels)
        leaves = [leaf for leaf, _ in graph.leaves]
        inputs = [digest for leaf in leaves for digest, _ in self._digest(leaf)]
        memo = sha256(canonical({"version": VERSION, "plan": plan.hash.hex(), "key": array.session.keys.key_id,
                                 "inputs": inputs, "outputs": positions, "of": len(values)}))
        text = None if array.exact else plan.program.to_bytes()
        made = Made(memo, text, self._inputs(leaves), tuple(positions))
        wanted = [values[i] for i in positions]
        order = {value: number for number, value in enumerate(graph.wanted)}
        reused = self._take(memo, [(i, v, plan.outputs[order[v]]) for i, v in zip(positions, wanted, strict=True)])
        if reused:
            notes.inherit(graph)
        else:
            self._run(values, wanted, keep_levels)
        for value in wanted:
            self._made[value] = made
        self.keep(array)
        return reused

    @staticmethod
    def _run(values, wanted, keep_levels):
        """All or nothing: a half-computed graph would be another program, with other bytes, when it goes on. What was finished
        is on the shelf (``options.shelf``), where the same plan finds it.
        """
        before = [(value, value.made) for value in wanted]
        try:
            compute(values, keep_levels)
        except BaseException as why:
            for value, made in before:
                value.made = made
            shorten(why)
            raise

    def _take(self, memo, wanted):
        """Let vectors be what the store kept; False when it kept nothing that can be them."""
        found = self.store.result(memo)
        if found is None:
            return False
        tree = Tree.checked(found.get("tree"))
        names = {i: names_of(i, value) for i, value, _ in wanted}
        if not set().union(*names.values()) <= set(tree.files):
            return False
        place = self.checkout(tree)
        taken = [(value, gathered(value, [Filed(place / name) for name in names[i]]), output) for i, value, output in wanted]
        if not all(_fits(value.session, stored, output) for value, stored, output in taken):
            return False
        for value, stored, _ in taken:
            value.made = "input", (), stored
        self._kept[memo] = tree.hash
        return True

    # ---- keeping ----
    def keep(self, array):
        """See that a computed array is in the store.

        Parameters
        ----------
        array : EncryptedArray
            Computed.

        Returns
        -------
        Kept
        """
        values, text = array.values, canonical(folders.manifest(array))
        manifest = self.cache.add(text)
        files = [(name, *digest) for i, v in enumerate(values)
                 for name, digest in zip(names_of(i, v), self._digest(v), strict=True)]
        tree = Tree([(folders.MANIFEST, *manifest), *files])
        made, memos = self._memos(values, manifest[0])
        program_hash, inputs = (made.program, made.inputs) if made else (None, self._inputs(values))
        memo = next(m for m in memos if m == memos[-1] or self._kept.get(m, tree.hash) == tree.hash)
        if memo not in self._kept:
            content = {"tree": tree.json, "key_id": array.session.keys.key_id, "program": program_hash, "inputs": list(inputs)}
            self._send(tree, made, lambda: self._put(memo, tree, content))
        self._file(values, tree)
        self._behind.setdefault(tree.hash, set()).update(inputs, *(self._made[v].inputs for v in values if v in self._made))
        self.kept.put(array, Kept(tree, memo, program_hash, inputs))
        return self.kept.get(array)

    def _memos(self, values, manifest):
        """How an array came about, if one run made all of it, and the keys that it may be kept under.

        Arrays that differ in their public line alone (a sum and a mean) share a program and its key; that belongs to the
        first, the others get one of their own.
        """
        made = {self._made.get(v) for v in values}
        made = made.pop() if len(made) == 1 else None
        if made is None or len(made.whole) != len(values):
            digests = [digest for v in values for digest, _ in self._digest(v)]
            return None, [sha256(canonical({"version": VERSION, "manifest": manifest, "vectors": digests}))]
        return made, [made.memo, sha256(canonical({"version": VERSION, "manifest": manifest, "memo": made.memo}))]

    def keep_tree(self, memo, tree, content):
        """See that a tree whose files are in the cache or the store is kept as a result.

        Parameters
        ----------
        memo : str
        tree : Tree
        content : dict
            As ``PUT results/{memo}`` takes it.
        """
        if memo not in self._kept:
            self._send(tree, None, lambda: self._put(memo, tree, content))
        self.trees[tree.hash] = tree

    def behind(self, trees, more=()):
        """Every tree that some were computed from, as far as this kernel saw it.

        Parameters
        ----------
        trees, more : iterable of str

        Returns
        -------
        set of str
        """
        found, pending = set(), [*trees, *more]
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending += self._behind.get(name, ())
        return found

    def _put(self, memo, tree, content):
        try:
            self.store.keep_result(memo, content)
        except StoreError as why:
            if why.http != 409:  # another kernel was faster; what it kept serves as well
                raise
        self._kept[memo] = tree.hash

    def _send(self, tree, made, then):
        """Blobs, the program among them, then what names them; once more when the store swept some that it had."""
        own = {made.program: made.text} if made and made.text else {}
        for again in (True, False):
            self.upload(tree.blobs, own)
            try:
                return then()
            except StoreError as why:
                if why.http != 422 or not again:
                    raise
                self._sent.clear()
        return None

    def upload(self, blobs, own=()):
        """Send those of some blobs that the store lacks.

        Parameters
        ----------
        blobs : dict of str to int
            Sizes by SHA-256; they are in the cache.
        own : dict of str to bytes
            Others.
        """
        own = dict(own)
        blobs = blobs | {digest: len(data) for digest, data in own.items()}
        unknown = [digest for digest in blobs if digest not in self._sent]
        missing = self.store.missing(unknown) if unknown else []
        size = sum(blobs[digest] for digest in missing)
        with Show("upload", size, expected(size)) as shown:
            for digest in missing:
                source = own.get(digest) or self.cache.blob(self.store, digest, blobs[digest])
                self.store.put(digest, source, blobs[digest])
                shown.add(blobs[digest])
        self._sent.update(unknown)

    def _file(self, values, tree):
        """From now on the vectors lie in the tree's files, not in memory."""
        if all(self._tree_of(part) is not None for v in values for part in parts_of(v.stored)):
            return
        place = self.checkout(tree)
        for i, value in enumerate(values):
            value.made = "input", (), gathered(value, [Filed(place / name) for name in names_of(i, value)])


# ---- vectors and their files ----
def parts_of(stored):
    """What holds each ciphertext of a vector: one, or of integers one a modulus.

    Parameters
    ----------
    stored : Held, Filed or Residues

    Returns
    -------
    sequence of Held or Filed
    """
    return stored.parts if isinstance(stored, Residues) else (stored,)


def names_of(i, value):
    """Files of the i-th vector of an array.

    Parameters
    ----------
    i : int
    value : Value

    Returns
    -------
    list of str
    """
    count = len(value.session.moduli) if isinstance(value, WholeValue) else 1
    return [f"{i * count + part}.jfhe" for part in range(count)]


def gathered(value, filed):
    """What holds a vector whose ciphertexts lie in files.

    Parameters
    ----------
    value : Value
    filed : list of Filed

    Returns
    -------
    Filed or Residues
    """
    return Residues(filed, value.mag) if isinstance(value, WholeValue) else filed[0]


def _fits(session, stored, output):
    """Whether a kept vector can be what a plan foresees."""
    if isinstance(stored, Residues):
        try:
            session.leaf(stored)
        except JupyterFHEError:
            return False
        return True
    info = stored.info
    return (bytes(info.params_hash).hex() == session.params.hash and bytes(info.key_id).hex() == session.keys.key_id
            and info.log_slots == session.log_slots
            and (info.level, info.magnitude, info.error_worst) == (output.level, output.magnitude, output.error_bound))
