"""Rows of blobs: which workspace has which bytes. A blob that another workspace has is not there for this one."""

import sqlalchemy as sa

from .database import now
from .schema import blobs

SLICE = 400  # parameters of one statement; SQLite takes 999 in old versions


def sizes(conn, ws, hashes):
    """Which of these blobs the workspace has.

    Returns
    -------
    dict of str to int
        Bytes by hash.
    """
    found, hashes = {}, list(hashes)
    for start in range(0, len(hashes), SLICE):
        rows = conn.execute(sa.select(blobs.c.sha256, blobs.c.size).where(
            blobs.c.workspace == ws, blobs.c.sha256.in_(hashes[start:start + SLICE])))
        found.update((row.sha256, row.size) for row in rows)
    return found


def missing(conn, ws, hashes):
    """Which of these the workspace lacks; those it has begin their grace period again, so that the client may rely on them.

    Returns
    -------
    list of str
    """
    there, moment = sizes(conn, ws, hashes), now(conn)
    known = list(there)
    for start in range(0, len(known), SLICE):
        conn.execute(sa.update(blobs).where(blobs.c.workspace == ws, blobs.c.sha256.in_(known[start:start + SLICE]))
                     .values(touched=moment))
    return [h for h in dict.fromkeys(hashes) if h not in there]


def add(conn, ws, incoming):
    """Link a sealed file and write its row, in one write transaction.

    Returns
    -------
    bool
        Whether it was new.
    """
    incoming.link()
    moment = now(conn)
    old = conn.execute(sa.update(blobs).where(blobs.c.workspace == ws, blobs.c.sha256 == incoming.sha256)
                       .values(touched=moment))
    if old.rowcount:
        return False
    conn.execute(sa.insert(blobs).values(workspace=ws, sha256=incoming.sha256, size=incoming.size, added=moment,
                                         touched=moment))
    return True


def usage(conn, ws):
    """How many blobs a workspace has, and their bytes."""
    count, size = conn.execute(sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(blobs.c.size), 0))
                               .where(blobs.c.workspace == ws)).one()
    return int(count), int(size)
