"""Workspaces, and who may do what in them. One person is the simplest: one workspace, no rows in `members`."""

import sqlalchemy as sa

from .database import now
from .schema import epochs, members, workspaces

ROLES = ("relay", "compute", "read", "edit", "admin")
PERSONAL = "personal"


def at_least(role, needed):
    """Whether a role includes another; None includes nothing."""
    return role is not None and ROLES.index(role) >= ROLES.index(needed)


def lesser(a, b):
    """The weaker of two roles."""
    return None if a is None or b is None else min(a, b, key=ROLES.index)


def create(conn, ws, name):
    """Make a workspace with its first epoch, unless it is there."""
    if conn.execute(sa.select(workspaces.c.id).where(workspaces.c.id == ws)).first():
        return
    moment = now(conn)
    conn.execute(sa.insert(workspaces).values(id=ws, name=name, epoch=1, created=moment))
    conn.execute(sa.insert(epochs).values(workspace=ws, number=1, begun=moment))


def join(conn, ws, user, role):
    """Give a person a role."""
    conn.execute(sa.delete(members).where(members.c.workspace == ws, members.c.user == user))
    conn.execute(sa.insert(members).values(workspace=ws, user=user, role=role, added=now(conn)))


def about(conn, ws):
    """Id, name and epoch of a workspace.

    Returns
    -------
    dict or None
    """
    row = conn.execute(sa.select(workspaces).where(workspaces.c.id == ws)).first()
    return None if row is None else {"id": row.id, "name": row.name, "epoch": row.epoch}


def role(conn, ws, user, single):
    """What a person is in a workspace.

    Parameters
    ----------
    conn : Connection
    ws, user : str
    single : bool
        One person has this server: whoever Jupyter lets in is *admin* of the personal workspace.

    Returns
    -------
    str or None
        None: no member, or there is no such workspace; outside the two look alike.
    """
    if single and ws == PERSONAL:
        return "admin" if about(conn, ws) else None
    return conn.execute(sa.select(members.c.role).where(members.c.workspace == ws, members.c.user == user)).scalar()
