"""The store as a kernel sees it: blobs, datasets, keys and results of one workspace. Requests as in protocol/rest.yaml."""

import hashlib
import json
import os
from pathlib import Path
from urllib.parse import quote, urlencode

from ..core.errors import ChecksumError, FormatError
from .transport import PIECE, Http, StoreError, line, whole
from .trees import Tree, is_hash, sha256

STORE, WORKSPACE, GRANT, BLOBS = (f"JUPYTERFHE_{word}" for word in ("STORE", "WORKSPACE", "GRANT", "BLOBS"))
ASKED = 1000  # blobs in one question what is missing


class Snapshot:
    """A version of a dataset.

    Attributes
    ----------
    id : str
    dataset : str or None
    tree_hash : str
    tree : Tree or None
    facts : dict
        All that the store said: time, author, program, inputs; never a value.
    """

    __slots__ = ("dataset", "facts", "id", "tree", "tree_hash")

    def __init__(self, found, dataset=None):
        """Check what is used of it."""
        if not isinstance(found, dict) or not isinstance(found.get("id"), str):
            raise FormatError("the store sent a snapshot that is none")
        self.id, self.dataset, self.facts = found["id"], found.get("dataset", dataset), found
        self.tree = Tree.checked(found["tree"]) if isinstance(found.get("tree"), dict) else None
        self.tree_hash = self.tree.hash if self.tree else found.get("tree_hash")
        if not is_hash(self.tree_hash):
            raise FormatError(f"the store sent snapshot {self.id[:12]} without its tree's hash")

    def __repr__(self):
        """Which version of what."""
        return f"<Snapshot {line(self.id, 12)} of {self.dataset}, tree {self.tree_hash[:8]}>"


class Store:
    """A workspace of a store.

    Parameters
    ----------
    base : str
    workspace : str
    grant : str
    blobs : path-like or None
        The store's folder of blobs, where it is on this machine.
    """

    def __init__(self, base, workspace="personal", grant="", blobs=None):
        """Ask nothing yet."""
        self.base, self.workspace = base, workspace
        self.http = Http(base, grant)
        self.blobs = Path(blobs) if blobs and Path(blobs).is_dir() else None
        self._at = f"/workspaces/{quote(workspace, safe='')}"

    @classmethod
    def of_environment(cls, environment=os.environ):
        """The one that the environment names.

        Parameters
        ----------
        environment : mapping

        Returns
        -------
        Store or None
        """
        base = environment.get(STORE)
        if not base:
            return None
        return cls(base, environment.get(WORKSPACE) or "personal", environment.get(GRANT, ""), environment.get(BLOBS))

    def _ask(self, method, path, content=None, **options):
        if content is None:
            return self.http.ask(method, path, **options)
        return self.http.ask(method, path, json.dumps(content, allow_nan=False).encode(),
                             {"Content-Type": "application/json"}, **options)

    def _maybe(self, method, path):
        """The answer, or None when there is no such thing."""
        try:
            return self._ask(method, path)
        except StoreError as why:
            if why.http == 404:
                return None
            raise

    def status(self):
        """Version, workspace and limits.

        Returns
        -------
        dict
        """
        return self._ask("GET", "/status")

    # ---- blobs ----
    def local(self, digest):
        """Where a blob lies on this machine.

        Parameters
        ----------
        digest : str

        Returns
        -------
        Path or None
        """
        path = self.blobs / digest[:2] / digest if self.blobs else None
        return path if path is not None and path.is_file() else None

    def missing(self, digests):
        """Those of some blobs that the store lacks.

        Parameters
        ----------
        digests : iterable of str

        Returns
        -------
        list of str
        """
        digests, out = list(digests), []
        for start in range(0, len(digests), ASKED):
            part = digests[start:start + ASKED]
            found = self._ask("POST", f"{self._at}/blobs:missing", {"sha256": part}).get("missing")
            if not isinstance(found, list) or not set(found) <= set(part):
                raise FormatError("the store did not say which blobs it lacks")
            out += found
        return out

    def put(self, digest, source, size):
        """Send a blob.

        Parameters
        ----------
        digest : str
        source : bytes or path-like
        size : int
        """
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        if isinstance(source, bytes):
            self.http.ask("PUT", f"{self._at}/blobs/{digest}", source, headers)
            return
        with open(source, "rb") as file:
            self.http.ask("PUT", f"{self._at}/blobs/{digest}", file, headers)

    def get(self, digest, size, target, tell=None):
        """Fetch a blob into an open file; what is written there must be thrown away on an exception.

        Parameters
        ----------
        digest : str
        size : int
            Bytes that it must have.
        target : file
        tell : callable, optional
            Called with how many more bytes have come.

        Raises
        ------
        ChecksumError
            When something else came.
        """
        def take(answer):
            target.seek(0)
            target.truncate()
            have, left = hashlib.sha256(), size
            while data := answer.read(min(PIECE, left + 1)):
                left -= len(data)
                if left < 0:
                    break
                have.update(data)
                target.write(data)
                if tell is not None:
                    tell(len(data))
            if left > 0:
                whole(answer)
            if left or have.hexdigest() != digest:
                raise ChecksumError(f"the store sent something else than blob {digest[:8]}",
                                    "The store's copy is damaged or was swapped; upload the data again.")

        self.http.ask("GET", f"{self._at}/blobs/{digest}", headers={"Accept": "application/octet-stream"}, take=take)

    def read(self, digest, cap):
        """A small blob's bytes.

        Parameters
        ----------
        digest : str
        cap : int
            Bytes at most.

        Returns
        -------
        bytes or None
            None when the store has no such blob.
        """
        def take(answer):
            data = answer.read(cap + 1)
            if len(data) <= cap:
                whole(answer)
            if sha256(data) != digest:
                raise ChecksumError(f"the store sent something else than blob {digest[:8]}")
            return data

        try:
            return self.http.ask("GET", f"{self._at}/blobs/{digest}", headers={"Accept": "application/octet-stream"}, take=take)
        except StoreError as why:
            if why.http == 404:
                return None
            raise

    # ---- datasets ----
    def _dataset(self, name, *rest):
        return "/".join((self._at, "datasets", *(quote(part, safe="") for part in (name, *rest))))

    def datasets(self):
        """What there is.

        Returns
        -------
        list of dict
        """
        found = self._ask("GET", f"{self._at}/datasets")
        return _rows(found, "datasets")

    def dataset(self, name):
        """One dataset, or None.

        Parameters
        ----------
        name : str

        Returns
        -------
        dict or None
        """
        return self._maybe("GET", self._dataset(name))

    def snapshots(self, name, branch="main", limit=100, before=None):
        """Versions, the newest first.

        Parameters
        ----------
        name, branch : str
        limit : int
        before : str, optional
            Those older than this snapshot.

        Returns
        -------
        list of Snapshot
        """
        query = {"branch": branch, "limit": limit} | ({"before": before} if before else {})
        found = self._ask("GET", f"{self._dataset(name, 'snapshots')}?{urlencode(query)}")
        return [Snapshot(row, name) for row in _rows(found, "snapshots")]

    def snapshot(self, number):
        """One version with its tree, or None.

        Parameters
        ----------
        number : str
            Its id.

        Returns
        -------
        Snapshot or None
        """
        found = self._maybe("GET", f"{self._at}/snapshots/{quote(str(number), safe='')}")
        return None if found is None else Snapshot(found)

    def commit(self, name, content):
        """Make a version.

        Parameters
        ----------
        name : str
        content : dict

        Returns
        -------
        str
            Its id.
        """
        found = self._ask("POST", self._dataset(name, "commits"), content).get("snapshot")
        found = found.get("id") if isinstance(found, dict) else found
        if not isinstance(found, str):
            raise FormatError("the store did not say which snapshot it made")
        return found

    # ---- keys and results ----
    def keys(self, key_id):
        """The tree of evaluation keys, or None.

        Parameters
        ----------
        key_id : str

        Returns
        -------
        Tree or None
        """
        found = self._maybe("GET", f"{self._at}/keys/{quote(key_id, safe='')}")
        return None if found is None else Tree.checked(found.get("tree"))

    def all_keys(self):
        """What the key registry lists.

        Returns
        -------
        list of dict
        """
        return _rows(self._ask("GET", f"{self._at}/keys"), "keys")

    def result(self, memo):
        """What was kept under a memo key, or None.

        Parameters
        ----------
        memo : str

        Returns
        -------
        dict or None
        """
        return self._maybe("GET", f"{self._at}/results/{memo}")

    def keep_result(self, memo, content):
        """Keep a result.

        Parameters
        ----------
        memo : str
        content : dict
        """
        self._ask("PUT", f"{self._at}/results/{memo}", content)

    def __repr__(self):
        """Address and workspace; no grant."""
        return f"<Store {self.base}, workspace {self.workspace}>"


def _rows(found, name):
    rows = found.get(name, found.get("items"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FormatError(f"the store did not list its {name}")
    return rows
