"""What changes datasets: commits, which compare and swap the head of a branch; rollback, tags, branches, tombstones.

A snapshot never changes. Its id is the SHA-256 of what it says, its parent included, so a history cannot be rewritten under an
id that somebody remembers. Rollback is a new snapshot that names an old tree; deletion is a tombstone.
"""

import json

import sqlalchemy as sa

from . import columns, manifests, shapes, shelf, trees, workspaces
from .database import iso, now
from .datasets import contents, find, head, seek, snapshot
from .errors import Refused
from .schema import branches, datasets, snapshots, tags

DATASETS_MAX, NAMES_MAX = 10_000, 1000  # of a workspace; branches or tags of a dataset
WALK_MAX = 10_000  # snapshots between a commit's parent and the head that it may still be joined to


class Proposal:
    """A commit as it was asked for, checked as far as it can be before the write lock is taken.

    Parameters
    ----------
    body : dict
        `Commit` of protocol/rest.yaml.
    """

    def __init__(self, body):
        shapes.known(body, "the commit", ("branch", "parent", "tree", "key_id"), ("program", "inputs", "note", "rebase"))
        self.branch = shapes.name(body["branch"], "branch")
        self.parent = shapes.nullable(shapes.sha256, body["parent"], "parent")
        self.tree = trees.Tree(body["tree"])
        self.key_id = shapes.key_id(body["key_id"])
        self.program = shapes.nullable(shapes.sha256, body.get("program"), "program")
        self.inputs = shapes.inputs(body.get("inputs", []))
        self.note = shapes.sealed(body.get("note"), "note")
        self.rebase = shapes.flag(body.get("rebase", True), "rebase")
        self.action, self.manifest = "commit", None


def commit(conn, store, ws, name, actor, proposal, incoming):
    """Make a tree the head of a branch.

    Parameters
    ----------
    conn : Connection
        Of a write transaction.
    store : Store
    ws, name, actor : str
    proposal : Proposal
        Its manifest was read.
    incoming : Incoming
        The tree's JSON.

    Returns
    -------
    dict
        `Committed` of protocol/rest.yaml.
    """
    row = seek(conn, ws, name)
    at = None if row is None else head(conn, row.serial, proposal.branch)
    if at != proposal.parent:
        return _behind(conn, store, ws, row, at, actor, proposal, incoming)
    if row is None:
        row = _create(conn, ws, name)
    trees.add(conn, ws, proposal.tree, incoming, proposal.program)
    return _append(conn, ws, row, actor, proposal, at)


def _create(conn, ws, name):
    count = conn.execute(sa.select(sa.func.count()).select_from(datasets)
                         .where(datasets.c.workspace == ws, datasets.c.deleted.is_(None))).scalar_one()
    if count >= DATASETS_MAX:
        raise Refused("too_large", f"a workspace has at most {DATASETS_MAX} datasets")
    conn.execute(sa.insert(datasets).values(workspace=ws, name=name, created=now(conn)))
    return find(conn, ws, name)


def _moved(at):
    return Refused("conflict", "the branch has moved", columns.AGAIN, head=at)


def _same(row, proposal, actor):
    said = ("parent", "tree", "key_id", "program", "inputs", "note", "actor")
    mine = (proposal.parent, proposal.tree.hash, proposal.key_id, proposal.program,
            shapes.canonical(proposal.inputs).decode(), proposal.note, actor)
    return tuple(getattr(row, n) for n in said) == mine


def _behind(conn, store, ws, row, at, actor, proposal, incoming):
    """The branch is not where the commit thinks: sent twice, joined, or refused."""
    if at is None:
        raise _moved(None)
    top = snapshot(conn, ws, at)
    if top.action == proposal.action and _same(top, proposal, actor):
        return _committed(top, False)
    if not proposal.rebase or proposal.parent is None or not _descends(conn, ws, top, proposal.parent):
        raise _moved(at)
    trees.require(conn, ws, proposal.tree)
    base = contents(conn, store, ws, snapshot(conn, ws, proposal.parent).tree)
    theirs = contents(conn, store, ws, top.tree)
    try:
        files, manifest = columns.merge(base, (proposal.tree, proposal.manifest), theirs)
    except Refused as why:
        why.extra["head"] = at
        raise
    return _join(conn, store, ws, row, top, actor, proposal, files, manifest)


def _join(conn, store, ws, row, top, actor, proposal, files, manifest):
    data = shapes.canonical(manifest)
    tree = trees.Tree.of({**files, trees.MANIFEST: (shapes.digest(data), len(data))})
    manifests.read(data, tree)
    if tree.hash == top.tree:  # the other side did the same
        return _committed(top, True)
    new = [store.files.put(data), trees.prepare(store.files, tree)]
    try:
        shelf.add(conn, ws, new[0])
        trees.add(conn, ws, tree, new[1], proposal.program)
    finally:
        for incoming in new:
            incoming.abort()
    proposal.tree, proposal.manifest, proposal.action = tree, manifest, "rebase"
    return _append(conn, ws, row, actor, proposal, top.id)


def _descends(conn, ws, row, ancestor):
    for _ in range(WALK_MAX):
        if row.parent is None:
            return False
        if row.parent == ancestor:
            return True
        row = snapshot(conn, ws, row.parent)
    return False


def _append(conn, ws, row, actor, proposal, parent):
    said = {"branch": proposal.branch, "action": proposal.action, "parent": parent, "key_id": proposal.key_id,
            "program": proposal.program, "note": proposal.note, "actor": actor}
    more = {"kind": manifests.kind(proposal.manifest), "epoch": workspaces.about(conn, ws)["epoch"],
            "summary": shapes.canonical(manifests.summary(proposal.manifest)).decode()}
    return _write(conn, ws, row, said, proposal.tree.hash, proposal.inputs, more)


def _write(conn, ws, row, said, tree_hash, inputs, more):
    """Write a snapshot, whose id is the hash of what it says, and move its branch there."""
    moment = now(conn)
    snapshot_id = shapes.digest(shapes.canonical({
        **said, "workspace": ws, "dataset": row.name, "tree_hash": tree_hash, "inputs": inputs, "created": iso(moment)}))
    conn.execute(sa.insert(snapshots).values(
        **said, **more, workspace=ws, id=snapshot_id, dataset=row.serial, tree=tree_hash,
        inputs=shapes.canonical(inputs).decode(), created=moment))
    _point(conn, ws, row.serial, said["branch"], snapshot_id, moment)
    return _committed(snapshot(conn, ws, snapshot_id), said["action"] == "rebase")


def _point(conn, ws, serial, branch, snapshot_id, moment):
    done = conn.execute(sa.update(branches).where(branches.c.dataset == serial, branches.c.name == branch)
                        .values(snapshot=snapshot_id, updated=moment))
    if not done.rowcount:
        _room(conn, branches, serial)
        conn.execute(sa.insert(branches).values(dataset=serial, name=branch, workspace=ws, snapshot=snapshot_id,
                                                updated=moment))


def _room(conn, table, serial):
    count = conn.execute(sa.select(sa.func.count()).select_from(table).where(table.c.dataset == serial)).scalar_one()
    if count >= NAMES_MAX:
        raise Refused("too_large", f"a dataset has at most {NAMES_MAX} {table.name}")


def _committed(row, rebased):
    return {"snapshot": row.id, "tree_hash": row.tree, "parent": row.parent, "rebased": rebased}


def rollback(conn, ws, name, actor, branch, to, parent):
    """A new head that names the tree of an old snapshot.

    Returns
    -------
    dict
        `Committed` of protocol/rest.yaml.
    """
    row = find(conn, ws, name)
    old, at = snapshot(conn, ws, to, row.serial), head(conn, row.serial, branch)
    if at is None:
        raise Refused("not_found", "there is no such branch")
    if at != parent:
        top = snapshot(conn, ws, at)
        if (top.action, top.parent, top.tree, top.actor) == ("rollback", parent, old.tree, actor):  # its answer was lost
            return _committed(top, False)
        raise _moved(at)
    said = {"branch": branch, "action": "rollback", "parent": at, "key_id": old.key_id, "program": old.program, "note": None,
            "actor": actor}
    more = {"kind": old.kind, "epoch": old.epoch, "summary": old.summary}
    return _write(conn, ws, row, said, old.tree, json.loads(old.inputs), more)


def put_tag(conn, ws, name, tag, snapshot_id):
    """Name a snapshot for ever."""
    row = find(conn, ws, name)
    snapshot(conn, ws, snapshot_id, row.serial)
    old = conn.execute(sa.select(tags.c.snapshot).where(tags.c.dataset == row.serial, tags.c.name == tag)).scalar()
    if old is None:
        _room(conn, tags, row.serial)
        conn.execute(sa.insert(tags).values(dataset=row.serial, name=tag, workspace=ws, snapshot=snapshot_id,
                                            created=now(conn)))
    elif old != snapshot_id:
        raise Refused("conflict", "the tag is there and names another snapshot", "Tags never move. Choose another name.",
                      head=old)
    return {"snapshot": snapshot_id}


def put_branch(conn, ws, name, branch, snapshot_id):
    """Begin a branch at a snapshot."""
    row = find(conn, ws, name)
    snapshot(conn, ws, snapshot_id, row.serial)
    old = head(conn, row.serial, branch)
    if old is None:
        _point(conn, ws, row.serial, branch, snapshot_id, now(conn))
    elif old != snapshot_id:
        raise Refused("conflict", "the branch is there, at another snapshot", "Commit to it, or roll it back.", head=old)
    return {"snapshot": snapshot_id}


def delete(conn, ws, name):
    """Put a tombstone; the name is free at once, the ciphertexts are swept later."""
    row = find(conn, ws, name)
    conn.execute(sa.update(datasets).where(datasets.c.serial == row.serial).values(deleted=now(conn)))
    return {"deleted": name}
