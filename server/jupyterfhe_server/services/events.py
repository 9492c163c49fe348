"""The log: an entry for every action that changes something or is refused, in the transaction of the action itself.

Each entry has the hash of an RFC 6962 leaf over its canonical JSON, and entries of a workspace count 1, 2, 3 without a gap, so
that the audit tree can be built over what is there. An entry holds identifiers and hashes, never a name, a note or a text.
"""

import hashlib
from contextlib import contextmanager

import sqlalchemy as sa

from . import shapes
from .database import iso, now
from .errors import Refused
from .schema import events

SIGNED = ("workspace", "id", "time", "actor", "action", "object", "program", "key_id", "outcome")


def leaf(entry):
    """Hash of an entry as a leaf of RFC 6962.

    Parameters
    ----------
    entry : dict
        With the members of :data:`SIGNED`, `time` as text.

    Returns
    -------
    str
    """
    return hashlib.sha256(b"\0" + shapes.canonical({k: entry[k] for k in SIGNED})).hexdigest()


class Entry:
    """What a running action will leave in the log; the action fills in what it finds out."""

    def __init__(self, ws, actor, action, obj=None, program=None, key_id=None):
        self.workspace, self.actor, self.action = ws, actor, action
        self.object, self.program, self.key_id = obj, program, key_id


def append(conn, entry, outcome):
    """Write an entry; under the write lock, so that ids have no gap."""
    last = conn.execute(sa.select(sa.func.max(events.c.id)).where(events.c.workspace == entry.workspace)).scalar() or 0
    moment = now(conn)
    row = {"workspace": entry.workspace, "id": last + 1, "actor": entry.actor, "action": entry.action, "object": entry.object,
           "program": entry.program, "key_id": entry.key_id, "outcome": outcome}
    conn.execute(sa.insert(events).values(**row, time=moment, leaf=leaf({**row, "time": iso(moment)})))


@contextmanager
def action(database, entry):
    """Run an action in one write transaction and log how it ended.

    A refusal undoes what the action wrote and is logged in the same transaction.

    Parameters
    ----------
    database : Database
    entry : Entry

    Yields
    ------
    Connection
    """
    refusal = None
    with database.write() as conn:
        try:
            with conn.begin_nested():
                yield conn
        except Refused as why:
            refusal = why
        append(conn, entry, refusal.code if refusal else "done")
    if refusal:
        refusal.logged = True
        raise refusal


def listing(conn, ws, after, limit):
    """Entries behind an id, oldest first.

    Returns
    -------
    dict
    """
    last = conn.execute(sa.select(sa.func.max(events.c.id)).where(events.c.workspace == ws)).scalar() or 0
    rows = conn.execute(sa.select(events).where(events.c.workspace == ws, events.c.id > after)
                        .order_by(events.c.id).limit(limit))
    names = ("id", "actor", "action", "object", "program", "key_id", "outcome", "leaf")
    return {"events": [{**{n: getattr(r, n) for n in names}, "time": iso(r.time)} for r in rows], "last": last}
