"""Devices of members, and keys that vaults sealed for them. The store opens none; sharing will use both."""

import sqlalchemy as sa

from . import shapes
from .database import iso, now
from .errors import Refused
from .schema import devices, wraps

DEVICES_MAX = 1000  # of a workspace


def listing(conn, ws, device=None):
    """Devices as the API shows them; or one.

    Returns
    -------
    list of dict, or dict
    """
    query = sa.select(devices).where(devices.c.workspace == ws, devices.c.revoked.is_(None)).order_by(devices.c.created)
    rows = conn.execute(query if device is None else query.where(devices.c.id == device)).all()
    found = [{"id": r.id, "user": r.user, "public_key": r.public_key, "signing_key": r.signing_key, "label": r.label,
              "created": iso(r.created)} for r in rows]
    if device is None:
        return found
    if not found:
        raise Refused("not_found", "there is no such device")
    return found[0]


def put(conn, ws, device, user, body):
    """Register a device; its keys never change."""
    shapes.known(body, "the device", ("public_key",), ("signing_key", "label"))
    said = {n: shapes.sealed(body.get(n), n) for n in ("public_key", "signing_key", "label")}
    if not said["public_key"]:
        raise Refused("bad_request", "public_key is empty")
    row = conn.execute(sa.select(devices).where(devices.c.workspace == ws, devices.c.id == device)).first()
    if row is None:
        count = conn.execute(sa.select(sa.func.count()).select_from(devices).where(devices.c.workspace == ws)).scalar_one()
        if count >= DEVICES_MAX:
            raise Refused("too_large", f"a workspace has at most {DEVICES_MAX} devices")
        conn.execute(sa.insert(devices).values(workspace=ws, id=device, user=user, created=now(conn), **said))
    elif (row.user, row.public_key, row.signing_key, row.revoked) != (user, said["public_key"], said["signing_key"], None):
        raise Refused("conflict", "the device is there with other keys, or is somebody else's", "Make a new device.")
    elif row.label != said["label"]:
        conn.execute(sa.update(devices).where(devices.c.workspace == ws, devices.c.id == device).values(label=said["label"]))
    return listing(conn, ws, device)


def _wrap(conn, ws, key_id, device):
    return conn.execute(sa.select(wraps).where(wraps.c.workspace == ws, wraps.c.key_id == key_id,
                                               wraps.c.device == device)).first()


def get_wrap(conn, ws, key_id, device):
    """A key sealed for a device."""
    row = _wrap(conn, ws, key_id, device)
    if row is None:
        raise Refused("not_found", "this key was not sealed for this device")
    return {"key_id": row.key_id, "device": row.device, "sealed": row.sealed, "created": iso(row.created)}


def put_wrap(conn, ws, key_id, device, actor, body):
    """Keep a sealed key; the same again is fine, other bytes are refused."""
    shapes.known(body, "the wrap", ("sealed",))
    sealed = shapes.sealed(body["sealed"], "sealed")
    if not sealed:
        raise Refused("bad_request", "sealed is empty")
    listing(conn, ws, device)
    old = _wrap(conn, ws, key_id, device)
    if old is None:
        conn.execute(sa.insert(wraps).values(workspace=ws, key_id=key_id, device=device, sealed=sealed, actor=actor,
                                             created=now(conn)))
    elif old.sealed != sealed:
        raise Refused("conflict", "this key was sealed for this device before", "A wrap is never replaced.")
    return get_wrap(conn, ws, key_id, device)
