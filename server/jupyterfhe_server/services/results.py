"""Results by memo key: a hash of program, inputs and key id. Evaluation is deterministic, so a memo has one tree for ever."""

import json

import sqlalchemy as sa

from . import shapes, trees
from .database import iso, now
from .errors import Refused
from .schema import results

DAY = 86_400_000


class Offer:
    """A result as it was offered, checked.

    Parameters
    ----------
    body : dict
        `ResultRequest` of protocol/rest.yaml.
    """

    def __init__(self, body):
        shapes.known(body, "the result", ("tree", "key_id", "program", "inputs"))
        self.tree = trees.Tree(body["tree"])
        self.key_id = shapes.key_id(body["key_id"])
        self.program = shapes.nullable(shapes.sha256, body["program"], "program")
        self.inputs = shapes.inputs(body["inputs"])


def _find(conn, ws, memo):
    return conn.execute(sa.select(results).where(results.c.workspace == ws, results.c.memo == memo)).first()


def put(conn, ws, memo, offer, incoming):
    """Keep a result; the same again is fine."""
    old = _find(conn, ws, memo)
    if old is not None and old.tree != offer.tree.hash:
        raise Refused("conflict", "another result is kept under this memo",
                      "Evaluation is deterministic: one of the two was computed wrongly, or the memo is no hash of all inputs.")
    if old is None:
        trees.add(conn, ws, offer.tree, incoming, offer.program)
        moment = now(conn)
        conn.execute(sa.insert(results).values(
            workspace=ws, memo=memo, tree=offer.tree.hash, key_id=offer.key_id, program=offer.program,
            inputs=shapes.canonical(offer.inputs).decode(), created=moment, used=moment))
    return _told(_find(conn, ws, memo), offer.tree)


def get(conn, files, ws, memo):
    """A result, and whether the time of its last use should be written again (once a day)."""
    row = _find(conn, ws, memo)
    tree = None if row is None else trees.load(conn, files, ws, row.tree)
    if tree is None:
        raise Refused("not_found", "there is no such result")
    return _told(row, tree), now(conn) - row.used > DAY


def use(conn, ws, memo):
    """Note that a result is still wanted."""
    conn.execute(sa.update(results).where(results.c.workspace == ws, results.c.memo == memo).values(used=now(conn)))


def _told(row, tree):
    return {"memo": row.memo, "tree": tree.value, "tree_hash": tree.hash, "key_id": row.key_id, "program": row.program,
            "inputs": json.loads(row.inputs), "created": iso(row.created)}
