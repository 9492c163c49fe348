"""The store: one object that holds the database and the files, and has a method for each thing that can be asked of it.

Methods are plain functions that block; whoever calls them from an event loop uses threads. Those that change something run in
one write transaction that ends with an entry in the log.
"""

from contextlib import contextmanager
from dataclasses import dataclass

from . import commits, datasets, devices, events, garbage, grants, keys, manifests, results, shapes, shelf, trees, workspaces
from .blobs import Files
from .database import Database, iso
from .errors import Refused
from .events import Entry
from .heads import require_keys_of


@dataclass(frozen=True)
class Limits:
    """How much is taken, and how long things are kept.

    Attributes
    ----------
    blob_max, body_max, manifest_max : int
        Bytes of a blob, of a JSON body, of `manifest.json`.
    blobs_per_request : int
    reserve : int
        Bytes of the disk that stay free.
    grace_seconds : int
        What nothing names is kept for so long.
    results_days : int
        A result that nobody asked for in so many days is forgotten.
    """

    blob_max: int = 1 << 30
    body_max: int = 24 << 20
    manifest_max: int = 16 << 20
    blobs_per_request: int = 4096
    reserve: int = 1 << 30
    grace_seconds: int = 7 * 86_400
    results_days: int = 30


class Store:
    """Everything that is kept.

    Parameters
    ----------
    url : str
        Of the database.
    folder : path-like
        Of the blobs.
    limits : Limits, optional
    single : bool, default=True
        One person has this server.
    """

    def __init__(self, url, folder, limits=None, single=True):
        self.limits, self.single = limits or Limits(), single
        self.files = Files(folder, self.limits.blob_max, self.limits.reserve)
        self.database = Database(url)
        self.database.migrate()
        with self.database.write() as conn:
            workspaces.create(conn, workspaces.PERSONAL, "Personal")

    def close(self):
        """Close the database."""
        self.database.close()

    # ---- who ----
    def identify(self, grant, user, ws):
        """Who asks, and what they are in a workspace.

        Parameters
        ----------
        grant : str or None
            Digits of a bearer grant; looked up first.
        user : str or None
            Jupyter's name of the person, when there is no grant.
        ws : str or None
            The workspace that is asked about; None: the grant's own, or the personal one.

        Returns
        -------
        (actor, user, ws, role, audience) or None
            None: nobody known. `role` is None for no member.
        """
        with self.database.read() as conn:
            ceiling, audience = "admin", None
            if grant is not None:
                row = grants.find(conn, grant)
                if row is None:
                    return None
                user, audience, ceiling = row.user, row.audience, grants.CEILING[row.audience]
                ws = row.workspace if ws is None else ws
                if ws != row.workspace:
                    return f"{user}:{audience}", user, ws, None, audience
            ws = workspaces.PERSONAL if ws is None else ws
            role = workspaces.lesser(workspaces.role(conn, ws, user, self.single), ceiling)
        return (user if audience is None else f"{user}:{audience}"), user, ws, role, audience

    def refuse(self, entry, code):
        """Log that a member was refused."""
        with self.database.write() as conn:
            events.append(conn, entry, code)

    def grant(self, ws, user, audience):
        """Make a grant."""
        with self._action(Entry(ws, user, f"grant.{audience}" if audience in grants.CEILING else "grant.unknown")) as conn:
            digits, expires = grants.create(conn, ws, user, audience)
        return {"grant": digits, "audience": audience, "workspace": ws, "expires": iso(expires)}

    def renew(self, grant):
        """Let a grant live on."""
        with self.database.write() as conn:
            grants.renew(conn, grant)

    def revoke(self, grant):
        """End a grant."""
        with self.database.write() as conn:
            grants.revoke(conn, grant)

    def status(self, ws):
        """Workspace and room."""
        with self.database.read() as conn:
            about, (count, size) = workspaces.about(conn, ws), shelf.usage(conn, ws)
        return {"workspace": about, "storage": {"blobs": count, "bytes": size, "free": self.files.free()}}

    # ---- blobs ----
    def missing(self, ws, hashes):
        """Which blobs are not there; see :func:`shelf.missing`."""
        with self.database.write() as conn:
            return {"missing": shelf.missing(conn, ws, hashes)}

    def has(self, ws, sha256):
        """Size of a blob of the workspace, or None."""
        with self.database.read() as conn:
            return shelf.sizes(conn, ws, [sha256]).get(sha256)

    def put_blob(self, ws, actor, incoming):
        """Keep sealed bytes.

        Returns
        -------
        bool
            Whether they are new.
        """
        with self._action(Entry(ws, actor, "blob.put", incoming.sha256)) as conn:
            return shelf.add(conn, ws, incoming)

    def refuse_blob(self, ws, actor, sha256, code):
        """Log that bytes were refused."""
        self.refuse(Entry(ws, actor, "blob.put", sha256), code)

    # ---- datasets ----
    def datasets(self, ws, name=None):
        """All datasets, or one."""
        with self.database.read() as conn:
            return datasets.listing(conn, ws, name)

    def history(self, ws, name, branch, limit, before):
        """Snapshots, newest first."""
        with self.database.read() as conn:
            return datasets.history(conn, ws, name, branch, limit, before)

    def snapshot(self, ws, snapshot_id):
        """A snapshot with tree and manifest."""
        with self.database.read() as conn:
            return datasets.full(conn, self, ws, snapshot_id)

    def diff(self, ws, name, old, new):
        """What differs between two snapshots."""
        with self.database.read() as conn:
            return datasets.diff(conn, self, ws, name, old, new)

    def commit(self, ws, actor, name, body):
        """Make a tree the head of a branch."""
        proposal = commits.Proposal(body)
        entry = Entry(ws, actor, "dataset.commit", proposal.tree.hash, proposal.program, proposal.key_id)
        with self._written(entry, proposal.tree) as incoming:
            proposal.manifest = self._manifest(ws, proposal.tree, proposal.key_id)
            with self._action(entry) as conn:
                done = commits.commit(conn, self, ws, name, actor, proposal, incoming)
                entry.object = done["snapshot"]
        return done

    def rollback(self, ws, actor, name, branch, to, parent):
        """A new head that names an old tree."""
        entry = Entry(ws, actor, "dataset.rollback", to)
        with self._action(entry) as conn:
            done = commits.rollback(conn, ws, name, actor, branch, to, parent)
            entry.object = done["snapshot"]
        return done

    def put_tag(self, ws, actor, name, tag, snapshot_id):
        """Name a snapshot for ever."""
        with self._action(Entry(ws, actor, "dataset.tag", snapshot_id)) as conn:
            return commits.put_tag(conn, ws, name, tag, snapshot_id)

    def put_branch(self, ws, actor, name, branch, snapshot_id):
        """Begin a branch."""
        with self._action(Entry(ws, actor, "dataset.branch", snapshot_id)) as conn:
            return commits.put_branch(conn, ws, name, branch, snapshot_id)

    def delete(self, ws, actor, name):
        """Put a tombstone on a dataset."""
        entry = Entry(ws, actor, "dataset.delete")
        with self._action(entry) as conn:
            entry.object = datasets.listing(conn, ws, name)["snapshot"]["id"]
            return commits.delete(conn, ws, name)

    # ---- keys, devices, results, log ----
    def keys(self, ws, key_id=None):
        """Evaluation keys: all in short, or one in full."""
        with self.database.read() as conn:
            return keys.listing(conn, ws) if key_id is None else keys.get(conn, ws, key_id)

    def put_keys(self, ws, actor, key_id, body):
        """Add evaluation keys."""
        offer = keys.Offer(body)
        entry = Entry(ws, actor, "keys.put", offer.tree.hash, None, key_id)
        with self._action(entry) as conn:
            tree, new = keys.union(conn, ws, key_id, offer)
            trees.require(conn, ws, tree)
            require_keys_of(self.files, tree, key_id)
            incoming = trees.prepare(self.files, tree)
            try:
                keys.put(conn, ws, key_id, offer, incoming, tree, new)
            finally:
                incoming.abort()
            entry.object = tree.hash
            return keys.get(conn, ws, key_id)

    def devices(self, ws, device=None):
        """Devices, or one."""
        with self.database.read() as conn:
            return devices.listing(conn, ws, device)

    def put_device(self, ws, actor, user, device, body):
        """Register a device."""
        with self._action(Entry(ws, actor, "device.put", device)) as conn:
            return devices.put(conn, ws, device, user, body)

    def wrap(self, ws, key_id, device):
        """A key sealed for a device."""
        with self.database.read() as conn:
            return devices.get_wrap(conn, ws, key_id, device)

    def put_wrap(self, ws, actor, key_id, device, body):
        """Keep a key that was sealed for a device."""
        with self._action(Entry(ws, actor, "key.wrap", device, None, key_id)) as conn:
            return devices.put_wrap(conn, ws, key_id, device, actor, body)

    def result(self, ws, memo):
        """What was computed before."""
        with self.database.read() as conn:
            found, stale = results.get(conn, self.files, ws, memo)
        if stale:
            with self.database.write() as conn:
                results.use(conn, ws, memo)
        return found

    def put_result(self, ws, actor, memo, body):
        """Keep a result."""
        offer = results.Offer(body)
        entry = Entry(ws, actor, "result.put", offer.tree.hash, offer.program, offer.key_id)
        with self._written(entry, offer.tree) as incoming:
            self._manifest(ws, offer.tree, offer.key_id)
            with self._action(entry) as conn:
                return results.put(conn, ws, memo, offer, incoming)

    def events(self, ws, after, limit):
        """Entries of the log."""
        with self.database.read() as conn:
            return events.listing(conn, ws, after, limit)

    def sweep(self):
        """Sweep garbage."""
        return garbage.sweep(self)

    # ---- helpers ----
    def _action(self, entry):
        return events.action(self.database, entry)

    @contextmanager
    def _written(self, entry, tree):
        """The tree's JSON as a temporary file, gone afterwards unless it was linked. Logs what is refused before the action."""
        incoming = trees.prepare(self.files, tree)
        try:
            yield incoming
        except Refused as why:
            if not why.logged:
                self.refuse(entry, why.code)
            raise
        finally:
            incoming.abort()

    def _manifest(self, ws, tree, key_id):
        """Read and check the manifest of a tree that was sent; only of blobs that the workspace has."""
        if trees.MANIFEST not in tree.files:
            raise Refused("bad_tree", f"the tree has no {trees.MANIFEST}")
        sha256, size = tree.files[trees.MANIFEST]
        if size > self.limits.manifest_max:
            raise Refused("bad_manifest", f"{trees.MANIFEST} has more than {self.limits.manifest_max} bytes")
        with self.database.read() as conn:
            trees.require(conn, ws, tree)
        data = self.files.read(sha256, self.limits.manifest_max)
        if data is None or shapes.digest(data) != sha256:
            raise Refused("missing", "a blob of the tree is not stored", "Put it, then ask again.", missing=[sha256])
        manifest = manifests.read(data, tree)
        manifests.check_key(manifest, key_id)
        return manifest
