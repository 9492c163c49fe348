"""What leaves the frame's storey: named columns of finished numbers, labels, and which rows stay. It is saved, and opened."""

import json
from pathlib import Path

from ..array import store as arrays
from ..array.finish import Finished, finished
from ..array.recipe import laid_out, outright, recalled, session_of
from ..array.staged import staged
from ..core import containers
from ..core.errors import FormatError, StorageError
from ..core.tables import KINDS
from ..plan import Graph, Session
from ..plan.leaf import Filed
from .index import Index, index_of

FORMAT, VERSION = "jupyterfhe result", 1
SHAPES = ("record", "series", "frame")
COLUMNS_MAX, ARRAYS_MAX, TABLES_MAX, TEXT_MAX = 4096, 64, 64, 1000


class Output:
    """One column, or one number.

    Attributes
    ----------
    name : str or None
    cells : Finished
    valid : Finished or None
        Where it is below 1/2, nothing is there.
    kind : str
        How it is shown: one of :data:`jupyterfhe.core.tables.KINDS`.
    epoch : str or None
    categories : tuple of str or None
    source : str or None
        The table's column whose labels the owner kept.
    """

    __slots__ = ("categories", "cells", "epoch", "kind", "name", "source", "valid")

    def __init__(self, name, cells, valid=None, kind="float", epoch=None, categories=None, source=None):
        """Keep the parts."""
        self.name, self.cells, self.kind = name, finished(cells), kind
        self.valid = None if valid is None else finished(valid)
        self.epoch, self.categories, self.source = epoch, categories, source


class Result:
    """Numbers that belong together, as the reader will see them.

    Attributes
    ----------
    shape : {'record', 'series', 'frame'}
        Named numbers; one column; several.
    outputs : list of Output
    index : Index or None
        Rows of series and frames.
    keep : Finished or None
        Rows that a filter left, those where it is not below 1/2; the reader leaves out the others.
    tables : tuple of str
        Names of tables whose private labels may be wanted.
    title : str
        What the record is, ``TtestResult`` say.
    """

    __slots__ = ("__weakref__", "index", "keep", "outputs", "shape", "tables", "title")

    def __init__(self, shape, outputs, index=None, keep=None, title="", tables=()):
        """Keep the parts."""
        self.shape, self.outputs, self.index, self.title, self.tables = shape, list(outputs), index, title, tuple(tables)
        self.keep = None if keep is None else finished(keep)

    @property
    def roots(self):
        """All nodes that the reader wants: cells, validity, rows.

        Returns
        -------
        list of Finished
        """
        out = [o.cells for o in self.outputs] + [o.valid for o in self.outputs if o.valid is not None]
        return out + ([self.keep] if self.keep is not None else [])

    @property
    def session(self):
        """The session of its parts.

        Returns
        -------
        jupyterfhe.plan.Session or None
        """
        return session_of(self.roots)

    def describe(self, nodes):
        """The manifest's part that is no ciphertext.

        Parameters
        ----------
        nodes : list of int
            Where :attr:`roots` stand in the recipe.

        Returns
        -------
        dict
        """
        nodes = iter(nodes)
        cells = [next(nodes) for _ in self.outputs]
        valid = [None if o.valid is None else next(nodes) for o in self.outputs]
        outputs = [{"name": o.name, "node": c, "valid": v, "kind": o.kind, "epoch": o.epoch, "source": o.source,
                    "categories": None if o.categories is None else list(o.categories)}
                   for o, c, v in zip(self.outputs, cells, valid, strict=True)]
        return {"shape": self.shape, "title": self.title, "outputs": outputs, "tables": list(self.tables),
                "index": None if self.index is None else self.index.to_json(),
                "keep": None if self.keep is None else next(nodes)}


def record(x):
    """Numbers that are finished at decryption as a result of one unnamed output.

    Parameters
    ----------
    x : object

    Returns
    -------
    Result or None
        None for anything else.
    """
    if not isinstance(x, Finished):
        return None
    return Result("series" if x.ndim == 1 else "record", [Output("value", x)], Index(range(len(x))) if x.ndim == 1 else None)


def save(result, path, replace=False):
    """Compute what a result is made of, and write a folder that appears whole or not at all.

    Parameters
    ----------
    result : Result
    path : path-like
    replace : bool, default=False
        Whether a folder that is there is exchanged for it.
    """
    path, session = Path(path), result.session
    if session is None or session.is_clear:
        raise StorageError("a result without encrypted parts is not saved", "Keep it as plain numbers.")
    if path.exists() and not replace:
        raise StorageError(f"{path} exists already; nothing was written", "Choose a new name.")
    parts, nodes, roots = laid_out(result.roots)
    behind = list(dict.fromkeys([*result.tables, *_tables_of(parts)]))[:TABLES_MAX]
    parts = brought(parts, outright(nodes, roots))
    with staged(path, replace) as part:
        first, found = 0, []
        for array in parts:
            hashes = arrays.written(array, part, first)
            found.append(arrays.manifest(array, hashes))
            first += len(hashes)
        manifest = {"format": FORMAT, "version": VERSION, "arrays": found, "nodes": nodes} | result.describe(roots)
        manifest["tables"] = behind
        containers.save(part / arrays.MANIFEST, json.dumps(manifest, allow_nan=False).encode())


def _tables_of(parts):
    """Folders that hold what parts are yet to be computed from: their tables' owner may have kept labels and names."""
    for array in parts:
        for _, stored in Graph(array.values).leaves:
            for one in getattr(stored, "parts", (stored,)):
                if isinstance(one, Filed):
                    yield Path(one.path).parent.name


def brought(parts, further):
    """Compute a result's parts; those that are opened alone at the last level that holds them, since levels are bytes.

    Parameters
    ----------
    parts : list of EncryptedArray
    further : container of int
        Which of them keep their levels: they may be computed on.

    Returns
    -------
    list of EncryptedArray
        What is written.
    """
    return [array.compute() if i in further else array.aside().compute(keep_levels=0) for i, array in enumerate(parts)]


def read_manifest(path):
    """The manifest of a result's folder, its arrays and recipe not looked at yet.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    dict

    Raises
    ------
    FormatError
    """
    data = containers.read(Path(path) / arrays.MANIFEST, arrays.MANIFEST_MAX)
    try:
        found = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as why:
        raise FormatError(f"{path} has no readable manifest: {type(why).__name__}") from None
    _need(isinstance(found, dict) and found.get("format") == FORMAT, "it is no result's manifest")
    _need(found.get("version") == VERSION and type(found["version"]) is int, f"this library reads version {VERSION}")
    _need(isinstance(found.get("arrays"), list) and 0 < len(found["arrays"]) <= ARRAYS_MAX, "it has no arrays, or too many")
    for array in found["arrays"]:
        arrays.checked(array)
    return found


def load(path, session):
    """Read a result; its ciphertexts stay in their files until they are needed.

    Parameters
    ----------
    path : path-like
    session : jupyterfhe.plan.Session, or callable of int
        What to compute with; a callable gives it for a log2 of slots.

    Returns
    -------
    Result

    Raises
    ------
    FormatError, ContextError, KeyMissingError, StorageError
    """
    path, found = Path(path), read_manifest(path)
    parts, first = [], 0
    for array in found["arrays"]:
        own = session if isinstance(session, Session) else session(None if array.get("moduli") else array["log_slots"])
        parts.append(arrays.assembled(array, own, path, first))
        first += array["ciphertexts"]
    outputs = found.get("outputs")
    _need(found.get("shape") in SHAPES, "its shape is unknown")
    _need(isinstance(outputs, list) and 0 < len(outputs) <= COLUMNS_MAX and all(isinstance(o, dict) for o in outputs),
          "it has no outputs, or too many")
    wanted = [o.get("node") for o in outputs] + [o["valid"] for o in outputs if o.get("valid") is not None]
    wanted += [found["keep"]] if found.get("keep") is not None else []
    nodes = iter(recalled(parts, found.get("nodes"), wanted))
    cells = [next(nodes) for _ in outputs]
    made = [_output(o, c, None if o.get("valid") is None else next(nodes)) for o, c in zip(outputs, cells, strict=True)]
    keep = None if found.get("keep") is None else next(nodes)
    title, names = found.get("title"), found.get("tables")
    _need(_text(title) and isinstance(names, list) and all(map(_text, names)), "its title or tables are no text")
    return Result(found["shape"], made, _rows(found, made, keep), keep, title, names)


def _rows(found, outputs, keep):
    """The index, of as many labels as there are cells."""
    if found["shape"] == "record":
        return None
    try:
        index = index_of(found.get("index"))
    except ValueError as why:
        raise FormatError(f"the manifest cannot be used: {why}") from None
    columns = [c for o in outputs for c in (o.cells, o.valid) if c is not None] + ([keep] if keep is not None else [])
    _need(all(c.shape in ((len(index),), ()) for c in columns), "its columns are not as long as its index")
    return index


def _output(found, cells, valid):
    _need(found.get("name") is None or _text(found["name"]), "a name is no text")
    _need(found.get("kind") in KINDS, "a column is of no known kind")
    labels, epoch = found.get("categories"), found.get("epoch")
    _need(labels is None or (isinstance(labels, list) and all(map(_text, labels))), "labels are no texts")
    _need(epoch is None or (_text(epoch) and len(epoch) == 10), "an epoch is no date")
    _need(found.get("source") is None or _text(found["source"]), "a source is no text")
    return Output(found.get("name"), cells, valid, found["kind"], epoch, None if labels is None else tuple(labels),
                  found.get("source"))


def _text(x):
    return isinstance(x, str) and len(x) <= TEXT_MAX


def _need(fine, what):
    if not fine:
        raise FormatError(f"the manifest cannot be used: {what}")


def _no_constant(text):
    raise ValueError(text)


