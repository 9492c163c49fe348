"""Frames, series and statistics in the store: their parts are kept as other arrays are, one tree holds all.

The tree (protocol/finish.md) also takes what is sealed of the tables that the parts come from: private labels travel with the
result, in the form that only their owner reads.
"""

import time

from ..array import EncryptedArray, Refused
from ..array import store as folders
from ..array.finish import Finished
from ..array.recipe import laid_out, outright
from ..core.errors import StorageError
from ..frame import EncryptedFrame, EncryptedSeries, Result
from ..frame import result as results
from ..plan.notes import assumed_of
from ..stats.outcome import Outcome
from .reference import MIME, name_of, origin_of, shown
from .reference import bundle as whole_bundle
from .results import Beside, Kept
from .trees import Tree, canonical, sha256

KINDS = (EncryptedFrame, EncryptedSeries, Outcome, Finished, Result)  # what is finished at decryption
SEALED = "sealed.bin"  # of a table: names and labels that its owner alone reads; a result has sealed-0.bin, ...
TABLES_MAX = 64
_facts = Beside()  # by object: what is public of it and does not change


def result_of(value):
    """A frame, series, statistic or number as what is saved.

    Parameters
    ----------
    value : object

    Returns
    -------
    Result or None
        None for anything else.
    """
    if isinstance(value, Result):
        return value
    return results.record(value) if isinstance(value, Finished) else value.result() if isinstance(value, KINDS) else None


def table_of(value):
    """The table that a frame is, if nothing was chosen of it yet; else None."""
    return value.opened if isinstance(value, EncryptedFrame) else None


def facts_of(value):
    """What is public of it, found out once.

    Parameters
    ----------
    value : object
        One of :data:`KINDS`.

    Returns
    -------
    (dict, Session)
        ``kind``, ``shape``, ``dtype``, ``columns``; what it is computed with.
    """
    known = _facts.get(value)
    if known is None:
        found = result_of(value)
        rows = [] if found.index is None else [len(found.index)]
        wide = [] if found.shape == "series" else [len(found.outputs)]
        columns = [{"name": o.name or "", "kind": o.kind, "missing": o.valid is not None} for o in found.outputs]
        if found.session is None:
            raise Refused("nothing in it is encrypted", "Use pandas and scipy.")
        facts = {"kind": found.shape, "shape": rows + wide, "dtype": found.title or found.shape, "columns": columns}
        known = facts, found.session
        _facts.put(value, known)
    return known


class Whole(Kept):
    """A result that is in the store, and the arrays that it is made of."""

    __slots__ = ("arrays", "reused")

    def __init__(self, kept, arrays, reused):
        """Keep the parts."""
        super().__init__(*kept)
        self.arrays, self.reused = arrays, reused


def keep(space, value, named=False):
    """Compute a result's parts, or take what was computed before; it is in the store afterwards.

    Parameters
    ----------
    space : Space
    value : object
        One of :data:`KINDS`.
    named : bool, default=False
        Whether it is saved by name: numbers that are outputs as they are decrypted keep their levels then, for more work.
        What a cell shows keeps those of columns alone; other numbers are computed for who opens them, and again where they are
        computed on.

    Returns
    -------
    Whole
    """
    found = result_of(value)
    parts, nodes, roots = laid_out(found.roots)
    if found.session is None or found.session.is_clear:
        raise StorageError("a result without encrypted parts is not saved", "Keep it as plain numbers.")
    reused, files, kept, written = True, [], [], []
    further = outright(nodes, roots)
    for i, part in enumerate(parts):
        space.adopt(part)
        last = i not in further or not (named or part.slot_axis is not None)
        part = part.aside() if last else part
        reused &= part.session.results.compute(part, 0 if last else None)
        written.append(part)
        one = space.results.keep(part)
        held = len(one.tree.files) - 1
        files += [(f"{len(files) + i}.jfhe", *one.tree.files[f"{i}.jfhe"]) for i in range(held)]
        kept.append(one)
    behind = space.results.behind([one.tree.hash for one in kept], [t for one in kept for t in one.inputs] + list(found.tables))
    manifest = {"format": results.FORMAT, "version": results.VERSION, "nodes": nodes,
                "arrays": [folders.manifest(part) for part in written]}
    text = canonical(manifest | found.describe(roots))
    sealed = [(f"sealed-{i}.bin", *file) for i, file in enumerate(_sealed(space, behind))]
    tree = Tree([(folders.MANIFEST, *space.cache.add(text)), *files, *sealed])
    memo = sha256(canonical({"result": tree.hash, "parts": [one.memo for one in kept]}))
    inputs = sorted({i for one in kept for i in one.inputs})
    content = {"tree": tree.json, "key_id": found.session.keys.key_id, "program": None, "inputs": inputs}
    space.results.keep_tree(memo, tree, content)
    whole = Whole((tree, memo, None, tuple(inputs)), written, reused)
    space.results.kept.put(value, whole)
    return whole


def _sealed(space, behind):
    """Hash and size of what is sealed of some trees, each once."""
    found = {}
    for name in sorted(behind):
        tree = space.results.trees.get(name)
        if tree is not None:
            found |= {file: None for part, file in tree.files.items() if part == SEALED or part.startswith("sealed-")}
    return list(found)[:TABLES_MAX]


def reference(space, value):
    """Compute a result, put it into the store, and refer to it.

    Parameters
    ----------
    space : Space
    value : object
        One of :data:`KINDS`.

    Returns
    -------
    dict
        The members of protocol/kernel.md.
    """
    start, (facts, session) = time.monotonic(), facts_of(value)
    whole = keep(space, value)
    values = [v for array in whole.arrays for v in array.values]
    schemes = {"BGV" if array.exact else "CKKS" for array in whole.arrays}
    return facts | {"version": 1, "workspace": space.store.workspace, "name": name_of(value),
                    "scheme": ", ".join(sorted(schemes)), "params": session.params.hash, "preset": session.params.name,
                    "key_id": session.keys.key_id, "dataset": origin_of(space.origins.get(value)), "error_bound": None,
                    "assumed": assumed_of(values), "levels_left": min((v.stored.level for v in values), default=None),
                    "reused": whole.reused, "tree": whole.tree.json, "tree_hash": whole.tree.hash, "size": whole.tree.size,
                    "memo": whole.memo, "program": None, "inputs": list(whole.inputs),
                    "seconds": round(time.monotonic() - start, 3)}


def bundle(space, value):
    """What a cell shows, by MIME type.

    Parameters
    ----------
    space : Space or None
        None shows text alone.
    value : object
        One of :data:`KINDS`.

    Returns
    -------
    dict
    """
    table = table_of(value)
    if table is not None:
        return whole_bundle(space, table)
    found = result_of(value)
    if space is None or found.session is None or found.session.is_clear:
        return {"text/plain": repr(value)} | ({"text/html": value._repr_html_()} if hasattr(value, "_repr_html_") else {})
    return shown(value, MIME, lambda: reference(space, value))


def parts_of(value):
    """The arrays that a result is made of, as they would be computed.

    Parameters
    ----------
    value : object
        One of :data:`KINDS`.

    Returns
    -------
    list of EncryptedArray
    """
    return [a for a in laid_out(result_of(value).roots)[0] if isinstance(a, EncryptedArray)]


class Explained(list):
    """Explanations of the parts of a result, one below the other."""

    def __repr__(self):
        """As text."""
        return "\n\n".join(f"part {i} of {len(self)}\n{one!r}" for i, one in enumerate(self, 1))

    def _repr_html_(self):
        """As tables."""
        return "".join(one._repr_html_() for one in self)


def explained(value):
    """What computing a result takes.

    Parameters
    ----------
    value : object
        One of :data:`KINDS`.

    Returns
    -------
    Explanation or Explained
        Of its only part, or of all.
    """
    found = [part.explain() for part in parts_of(value)]
    return found[0] if len(found) == 1 else Explained(found)
