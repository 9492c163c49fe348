"""Bearer grants for the vault and for kernels. The database holds their SHA-256 alone."""

import hashlib
import re
import secrets

import sqlalchemy as sa

from .database import now
from .errors import Refused
from .schema import grants

LIFETIME = 12 * 3600 * 1000  # milliseconds
CEILING = {"vault": "admin", "kernel": "compute"}  # the most that an audience may do, whatever its person may
SHAPE = re.compile(r"[0-9a-f]{64}")


def _hash(grant):
    return hashlib.sha256(bytes.fromhex(grant)).hexdigest()


def create(conn, ws, user, audience):
    """Make a grant; what has ended is forgotten.

    Returns
    -------
    grant : str
    expires : int
        Milliseconds.
    """
    if audience not in CEILING:
        raise Refused("bad_request", "audience is neither 'vault' nor 'kernel'")
    grant, moment = secrets.token_hex(32), now(conn)
    conn.execute(sa.delete(grants).where(grants.c.expires <= moment))
    conn.execute(sa.insert(grants).values(hash=_hash(grant), workspace=ws, user=user, audience=audience, created=moment,
                                          expires=moment + LIFETIME))
    return grant, moment + LIFETIME


def find(conn, grant):
    """The living grant of these digits.

    Returns
    -------
    Row or None
        With `user`, `workspace`, `audience`.
    """
    if SHAPE.fullmatch(grant) is None:
        return None
    return conn.execute(sa.select(grants).where(grants.c.hash == _hash(grant), grants.c.expires > now(conn))).first()


def renew(conn, grant):
    """Let a grant live for another term: the server's own, for as long as it runs."""
    conn.execute(sa.update(grants).where(grants.c.hash == _hash(grant)).values(expires=now(conn) + LIFETIME))


def revoke(conn, grant):
    """End a grant."""
    conn.execute(sa.delete(grants).where(grants.c.hash == _hash(grant)))
