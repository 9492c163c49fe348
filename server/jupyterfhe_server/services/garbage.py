"""Sweeping what nothing names any more: after a grace period, by the database's clock, a few at a time.

Three steps, each a write transaction of its own, each harmless to repeat:

1. forget: datasets whose tombstone is older than the grace period, results that nobody wanted for long, then trees that neither
   snapshot, result nor key names;
2. doom: rows of blobs that no tree holds and that nobody asked about for the grace period. Files that no workspace has any more
   go into `doomed`;
3. unlink, under the write lock: files in `doomed` that still have no row. An upload links its file and writes its row under the
   same lock, so neither can slip between the other's two acts.

A crash between the steps leaves rows in `doomed` for the next sweep, and no row that names a file which is gone.
"""

import time

import sqlalchemy as sa

from .database import now
from .results import DAY
from .schema import blobs, branches, datasets, doomed, keys, results, snapshots, tags, tree_blobs, trees

BATCH = 500


def sweep(store):
    """Sweep until nothing is left to sweep.

    Parameters
    ----------
    store : Store

    Returns
    -------
    dict
        How many of each went.
    """
    gone = {"datasets": 0, "results": 0, "trees": 0, "blobs": 0, "files": 0, "temporary": 0}
    for name, step in (("datasets", _datasets), ("results", _results), ("trees", _trees), ("blobs", _blobs)):
        while count := _in_turn(store, step):
            gone[name] += count
    for first in range(256):
        _orphans(store, first)
    while count := _in_turn(store, _files):
        gone["files"] += count
    gone["temporary"] = store.files.stale(max(store.limits.grace_seconds, 3600))
    return gone


def _in_turn(store, step):
    with store.database.write() as conn:
        return step(conn, store)


def _before(conn, store):
    return now(conn) - store.limits.grace_seconds * 1000


def _datasets(conn, store):
    query = sa.select(datasets.c.serial).where(datasets.c.deleted < _before(conn, store)).limit(BATCH)
    old = conn.execute(query).scalars().all()
    for table in (branches, tags, snapshots):
        conn.execute(sa.delete(table).where(table.c.dataset.in_(old)))
    conn.execute(sa.delete(datasets).where(datasets.c.serial.in_(old)))
    return len(old)


def _results(conn, store):
    before = now(conn) - store.limits.results_days * DAY
    old = conn.execute(sa.select(results.c.workspace, results.c.memo).where(results.c.used < before).limit(BATCH)).all()
    for ws, memo in old:
        conn.execute(sa.delete(results).where(results.c.workspace == ws, results.c.memo == memo))
    return len(old)


def _names(table):
    return sa.exists().where(table.c.workspace == trees.c.workspace, table.c.tree == trees.c.hash)


def _trees(conn, store):
    old = conn.execute(sa.select(trees.c.workspace, trees.c.hash).where(
        ~_names(snapshots), ~_names(results), ~_names(keys)).limit(BATCH)).all()
    for ws, tree in old:
        conn.execute(sa.delete(tree_blobs).where(tree_blobs.c.workspace == ws, tree_blobs.c.tree == tree))
        conn.execute(sa.delete(trees).where(trees.c.workspace == ws, trees.c.hash == tree))
    return len(old)


def _blobs(conn, store):
    held = sa.exists().where(tree_blobs.c.workspace == blobs.c.workspace, tree_blobs.c.sha256 == blobs.c.sha256)
    old = conn.execute(sa.select(blobs.c.workspace, blobs.c.sha256).where(
        blobs.c.touched < _before(conn, store), ~held).limit(BATCH)).all()
    for ws, sha256 in old:
        conn.execute(sa.delete(blobs).where(blobs.c.workspace == ws, blobs.c.sha256 == sha256))
    _doom(conn, [sha256 for _, sha256 in old])
    return len(old)


def _doom(conn, hashes):
    for sha256 in dict.fromkeys(hashes):
        here = conn.execute(sa.select(blobs.c.sha256).where(blobs.c.sha256 == sha256).limit(1)).first()
        there = conn.execute(sa.select(doomed.c.sha256).where(doomed.c.sha256 == sha256)).first()
        if here is None and there is None:
            conn.execute(sa.insert(doomed).values(sha256=sha256))


def _orphans(store, first):
    """Doom files without a row: their upload died between link and commit."""
    old = time.time() - max(store.limits.grace_seconds, 3600)  # by the file system's clock; an hour spares uploads under way
    names = [name for name, changed in store.files.names(first) if changed < old]
    for start in range(0, len(names), BATCH):
        part = names[start:start + BATCH]
        with store.database.read() as conn:
            known = set(conn.execute(sa.select(blobs.c.sha256).where(blobs.c.sha256.in_(part))).scalars())
        if lost := [n for n in part if n not in known]:
            with store.database.write() as conn:
                _doom(conn, lost)


def _files(conn, store):
    some = conn.execute(sa.select(doomed.c.sha256).limit(BATCH)).scalars().all()
    for sha256 in some:
        if conn.execute(sa.select(blobs.c.sha256).where(blobs.c.sha256 == sha256).limit(1)).first() is None:
            store.files.unlink(sha256)
        conn.execute(sa.delete(doomed).where(doomed.c.sha256 == sha256))
    return len(some)
