"""Datasets: names, snapshots, branches, tags, as they are looked up. `commits.py` changes them."""

import json

import sqlalchemy as sa

from . import columns, manifests, trees
from .database import iso
from .errors import Refused
from .schema import branches, datasets, snapshots, tags
from .schema import trees as tree_rows

MAIN = "main"
_SAID = ("branch", "action", "parent", "key_id", "program", "note", "actor")


def find(conn, ws, name):
    """The living dataset of a name.

    Raises
    ------
    Refused
        When there is none.
    """
    row = seek(conn, ws, name)
    if row is None:
        raise Refused("not_found", "there is no such dataset")
    return row


def seek(conn, ws, name):
    """The living dataset of a name, or None."""
    return conn.execute(sa.select(datasets).where(datasets.c.workspace == ws, datasets.c.name == name,
                                                  datasets.c.deleted.is_(None))).first()


def snapshot(conn, ws, snapshot_id, serial=None):
    """A snapshot of a dataset that is not deleted.

    Parameters
    ----------
    conn : Connection
    ws, snapshot_id : str
    serial : int, optional
        It must be of this dataset.
    """
    row = conn.execute(_snapshots().where(snapshots.c.workspace == ws, snapshots.c.id == snapshot_id)).first()
    if row is None or serial not in (None, row.dataset):
        raise Refused("not_found", "there is no such snapshot")
    return row


def _snapshots():
    return (sa.select(snapshots, datasets.c.name.label("name"), tree_rows.c.size, tree_rows.c.files)
            .join(datasets, datasets.c.serial == snapshots.c.dataset)
            .join(tree_rows, (tree_rows.c.workspace == snapshots.c.workspace) & (tree_rows.c.hash == snapshots.c.tree))
            .where(datasets.c.deleted.is_(None)))


def head(conn, serial, branch):
    """Id of a branch's newest snapshot, or None."""
    return conn.execute(sa.select(branches.c.snapshot).where(branches.c.dataset == serial, branches.c.name == branch)).scalar()


def told(row):
    """A snapshot as the API shows it.

    Returns
    -------
    dict
    """
    return {**{n: getattr(row, n) for n in _SAID}, "id": row.id, "dataset": row.name, "tree_hash": row.tree, "kind": row.kind,
            "inputs": json.loads(row.inputs), "summary": json.loads(row.summary), "created": iso(row.created),
            "size": row.size, "files": row.files}


def _pointers(conn, table, serials):
    found = {serial: {} for serial in serials}
    for row in conn.execute(sa.select(table).where(table.c.dataset.in_(serials)).order_by(table.c.name)):
        found[row.dataset][row.name] = row.snapshot
    return found


def listing(conn, ws, name=None):
    """Datasets as the API shows them, by name; or the one of a name.

    Returns
    -------
    list of dict, or dict
    """
    if name is not None:
        rows = [find(conn, ws, name)]
    else:
        rows = conn.execute(sa.select(datasets).where(datasets.c.workspace == ws, datasets.c.deleted.is_(None))
                            .order_by(datasets.c.name)).all()
    found = []
    for start in range(0, len(rows), 400):
        part = rows[start:start + 400]
        serials = [r.serial for r in part]
        moved = {}
        for row in conn.execute(sa.select(branches).where(branches.c.dataset.in_(serials)).order_by(branches.c.updated)):
            moved.setdefault(row.dataset, []).append(row)
        named, tagged = _pointers(conn, branches, serials), _pointers(conn, tags, serials)
        for row in part:
            last = moved[row.serial][-1]
            shown = told(snapshot(conn, ws, named[row.serial].get(MAIN, last.snapshot)))
            found.append({"name": row.name, "kind": shown["kind"], "branches": named[row.serial], "tags": tagged[row.serial],
                          "created": iso(row.created), "updated": iso(last.updated), "snapshot": shown})
    return found if name is None else found[0]


def history(conn, ws, name, branch, limit, before):
    """Snapshots, newest first: of a branch along its parents, or all of a dataset.

    Returns
    -------
    dict
    """
    row = find(conn, ws, name)
    if branch is None:
        query = _snapshots().where(snapshots.c.dataset == row.serial).order_by(snapshots.c.serial.desc()).limit(limit + 1)
        if before is not None:
            query = query.where(snapshots.c.serial < snapshot(conn, ws, before, row.serial).serial)
        found = conn.execute(query).all()
    else:
        start = head(conn, row.serial, branch)
        if start is None:
            raise Refused("not_found", "there is no such branch")
        at = start if before is None else snapshot(conn, ws, before, row.serial).parent
        found = []
        while at is not None and len(found) <= limit:
            found.append(snapshot(conn, ws, at, row.serial))
            at = found[-1].parent
    return {"snapshots": [told(r) for r in found[:limit]], "more": len(found) > limit}


def contents(conn, store, ws, tree_hash):
    """Tree and manifest of a tree that is stored.

    Returns
    -------
    pair of (Tree, dict)
    """
    tree = trees.load(conn, store.files, ws, tree_hash)
    data = None if tree is None else store.files.read(tree.files[trees.MANIFEST][0], store.limits.manifest_max)
    if data is None:
        raise Refused("not_found", "there is no such tree")
    return tree, manifests.read(data, tree)


def full(conn, store, ws, snapshot_id):
    """A snapshot with its tree and its manifest.

    Returns
    -------
    dict
    """
    row = snapshot(conn, ws, snapshot_id)
    tree, manifest = contents(conn, store, ws, row.tree)
    return {**told(row), "tree": tree.value, "manifest": manifest}


def diff(conn, store, ws, name, old, new):
    """What differs between two snapshots of a dataset.

    Returns
    -------
    dict
    """
    serial = find(conn, ws, name).serial
    sides = [contents(conn, store, ws, snapshot(conn, ws, i, serial).tree) for i in (old, new)]
    return {"from": old, "to": new, **columns.diff(*sides)}
