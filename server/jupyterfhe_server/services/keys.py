"""The registry of evaluation keys, by key id and Galois element. It grows: nothing is replaced, nothing is taken out."""

import sqlalchemy as sa

from . import shapes, trees
from .above import PREFIX
from .database import iso, now
from .errors import Refused
from .schema import key_files, keys
from .schema import trees as tree_rows
from .workspaces import about

KINDS = ("relin", "galois", "conjugate", "public", "params", "switch", "other")
ELEMENTS_MAX = 1 << 16


class Offer:
    """Evaluation keys as they were offered, checked.

    Parameters
    ----------
    body : dict
        `KeysRequest` of protocol/rest.yaml.
    """

    def __init__(self, body):
        shapes.known(body, "the request", ("tree", "elements"))
        self.tree = trees.Tree(body["tree"])
        entries = body["elements"]
        if type(entries) is not list or len(entries) > ELEMENTS_MAX:
            raise Refused("bad_request", f"elements is no list of at most {ELEMENTS_MAX}")
        self.about = {}
        for entry in entries:
            shapes.known(entry, "an element", ("file", "kind"), ("galois_element",))
            file = shapes.name(entry["file"], "the file of an element")
            kind, galois = entry["kind"], entry.get("galois_element")
            if type(kind) is not str or kind not in KINDS:
                raise Refused("bad_request", "the kind of an element is unknown", f"Known are {', '.join(KINDS)}.")
            if galois is not None:
                shapes.whole(galois, "galois_element", 1, (1 << 32) - 1)
            if kind == "galois" and galois is None:
                raise Refused("bad_request", "an element of kind galois has no galois_element")
            if file not in self.tree.files:
                raise Refused("bad_tree", "an element names a file that the tree has not")
            if file.startswith(PREFIX):
                raise Refused("bad_request", "an element names a key of the ring above", "Elements are of the key's own ring.")
            if file in self.about:
                raise Refused("bad_request", "a file is there as two elements")
            self.about[file] = kind, galois
        numbers = [g for _, g in self.about.values() if g is not None]
        if len(set(numbers)) != len(numbers):
            raise Refused("bad_request", "two files are of one Galois element")


def _rows(conn, ws, key_id):
    return conn.execute(sa.select(key_files).where(key_files.c.workspace == ws, key_files.c.key_id == key_id)
                        .order_by(key_files.c.file)).all()


def union(conn, ws, key_id, offer):
    """The tree of what is there and what is offered; refused when they contradict each other.

    Returns
    -------
    tree : Tree
    new : list of str
        Files that are not there yet.
    """
    rows = _rows(conn, ws, key_id)
    files, taken = {r.file: (r.sha256, r.size) for r in rows}, {r.galois_element for r in rows} - {None}
    new = []
    for name, found in offer.tree.files.items():
        if name in files:
            if files[name] != found:
                raise Refused("conflict", "a file of this key is there with other bytes", "Evaluation keys are never replaced.")
            continue
        if offer.about.get(name, ("", None))[1] in taken:
            raise Refused("conflict", "a file of this Galois element is there", "Evaluation keys are never replaced.")
        new.append(name)
    return trees.Tree.of({**files, **offer.tree.files}), new


def put(conn, ws, key_id, offer, incoming, tree, new):
    """Write what :func:`union` found, in the same transaction."""
    moment = now(conn)
    there = conn.execute(sa.select(keys.c.tree).where(keys.c.workspace == ws, keys.c.key_id == key_id)).scalar()
    if there != tree.hash:
        trees.add(conn, ws, tree, incoming)
    if there is None:
        conn.execute(sa.insert(keys).values(workspace=ws, key_id=key_id, epoch=about(conn, ws)["epoch"], tree=tree.hash,
                                            created=moment, updated=moment))
    elif there != tree.hash:
        conn.execute(sa.update(keys).where(keys.c.workspace == ws, keys.c.key_id == key_id)
                     .values(tree=tree.hash, updated=moment))
    if new:
        conn.execute(sa.insert(key_files), [
            {"workspace": ws, "key_id": key_id, "file": n, "kind": offer.about.get(n, ("other", None))[0],
             "galois_element": offer.about.get(n, ("other", None))[1], "sha256": tree.files[n][0], "size": tree.files[n][1]}
            for n in new])


def _summaries(conn, ws, key_id=None):
    count = (sa.select(sa.func.count(key_files.c.galois_element)).where(
        key_files.c.workspace == keys.c.workspace, key_files.c.key_id == keys.c.key_id).scalar_subquery())
    query = (sa.select(keys, tree_rows.c.size, tree_rows.c.files, count.label("elements"))
             .join(tree_rows, (tree_rows.c.workspace == keys.c.workspace) & (tree_rows.c.hash == keys.c.tree))
             .where(keys.c.workspace == ws).order_by(keys.c.created, keys.c.key_id))
    rows = conn.execute(query if key_id is None else query.where(keys.c.key_id == key_id))
    return [{"key_id": r.key_id, "epoch": r.epoch, "tree_hash": r.tree, "files": r.files, "size": r.size,
             "galois_elements": r.elements, "created": iso(r.created), "updated": iso(r.updated)} for r in rows]


def listing(conn, ws):
    """Keys that are registered, oldest first."""
    return _summaries(conn, ws)


def get(conn, ws, key_id):
    """The files of a key, and what each is.

    Returns
    -------
    dict
    """
    found = _summaries(conn, ws, key_id)
    if not found:
        raise Refused("not_found", "there are no evaluation keys of this id",
                      "They are uploaded when keys are made in the vault.")
    rows = _rows(conn, ws, key_id)
    tree = trees.Tree.of({r.file: (r.sha256, r.size) for r in rows})
    elements = [{"file": r.file, "kind": r.kind, "galois_element": r.galois_element} for r in rows]
    return {**found[0], "tree": tree.value, "elements": elements}
