"""What tests put into stores: blobs, tables, arrays; and a client whose every exchange is held against the contract."""

import secrets
from urllib.parse import urlsplit

import httpx
from contract import Contract
from serving import ROOT, TOKEN

from jupyterfhe_server.services import shapes
from jupyterfhe_server.services.store import Limits, Store

CONTRACT = Contract()
KEY = "ab" * 16
WS = "personal"


def new_store(folder, **limits):
    return Store(f"sqlite:///{folder / 'store.db'}", folder / "blobs", Limits(**{"reserve": 0, **limits}))


def tree_of(files):
    """A tree of bytes by name."""
    return {"files": [{"name": n, "sha256": shapes.digest(d), "size": len(d)} for n, d in sorted(files.items())]}


def table_files(columns, rows=10, **more):
    """Files of a table whose columns are bytes, or lists of bytes by chunk."""
    files, entries = {}, []
    for name, chunks in columns.items():
        held = []
        for i, data in enumerate(chunks if type(chunks) is list else [chunks]):
            file = f"{name}-{i}.jfhe"
            files[file] = data
            held.append({"name": file, "sha256": shapes.digest(data)})
        entries.append({"name": name, "kind": "float", "lo": 0, "hi": 1, "files": held})
    manifest = {"format": "jupyterfhe-table-1", "params": "cd" * 32, "key_id": KEY, "rows": rows, "columns": entries}
    return {**files, **more, "manifest.json": shapes.canonical(manifest)}


def array_files(shape=(), data=b"ciphertext"):
    manifest = {"format": "jupyterfhe array", "version": 1, "params": "cd" * 32, "key": KEY, "shape": list(shape),
                "dtype": "float64", "ciphertexts": 1, "strips": []}
    return {"0.jfhe": data, "manifest.json": shapes.canonical(manifest)}


def result_files(shape="frame", data=(b"one", b"two"), **more):
    """Files of a result of two arrays of one ciphertext each."""
    arrays = [{"format": "jupyterfhe array", "version": 2, "params": "cd" * 32, "key": KEY, "shape": [3], "dtype": "float64", "ciphertexts": 1, "strips": []}
              for _ in data]
    index = None if shape == "record" else {"range": [0, 3, 1], "names": [None], "secret": [None]}
    manifest = {"format": "jupyterfhe result", "version": 1, "arrays": arrays, "nodes": [["part", 0, 0, [3]]], "shape": shape, "title": "",
                "outputs": [{"name": "x", "node": 0}], "keep": None, "index": index, "tables": []} | more
    return {**{f"{i}.jfhe": d for i, d in enumerate(data)}, "manifest.json": shapes.canonical(manifest)}


def put(store, data, ws=WS):
    """Keep a blob in a store without a server."""
    incoming = store.files.put(data)
    store.put_blob(ws, "tester", incoming)
    incoming.abort()
    return incoming.sha256


def commit_body(files, parent=None, **more):
    return {"branch": "main", "parent": parent, "tree": tree_of(files), "key_id": KEY, **more}


def commit(store, name, files, parent=None, ws=WS, **more):
    """Commit files to a store without a server."""
    for data in files.values():
        put(store, data, ws)
    return store.commit(ws, "tester", name, commit_body(files, parent, **more))


def fresh(prefix="d"):
    """A name that no other test uses."""
    return f"{prefix}-{secrets.token_hex(6)}"


class Api:
    """A client of a server.

    Parameters
    ----------
    server : Server
    grant : str, optional
        Digits; default: Jupyter's token.
    """

    def __init__(self, server, grant=None):
        said = f"token {TOKEN}" if grant is None else f"Bearer {grant}"
        self.client = httpx.Client(base_url=server.address + ROOT, headers={"Authorization": said}, timeout=300)
        self.seen = set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()

    def ask(self, method, path, json=None, status=None, **kwargs):
        """Send a request, hold both sides against the contract, return the answer.

        Parameters
        ----------
        status : int, optional
            What the answer's must be.
        """
        response = self.client.request(method, path, json=json, **kwargs)
        bare = urlsplit(path).path
        operation = CONTRACT.check_answer(method, bare, response)
        if json is not None:
            assert CONTRACT.accepts(method, bare, json) or response.status_code >= 400, "what the contract forbids was accepted"
        if response.status_code < 400:
            self.seen.add(operation)
        if status is not None:
            assert response.status_code == status, f"{method} {path}: {response.status_code} {response.text[:300]}"
        return response

    def put_blob(self, data, status=(200, 201), ws=WS):
        sha256 = shapes.digest(data)
        response = self.ask("PUT", f"/workspaces/{ws}/blobs/{sha256}", content=data, headers={"Content-Type": "application/octet-stream"})
        assert response.status_code in status, response.text
        return sha256

    def put_files(self, files):
        for data in files.values():
            self.put_blob(data)

    def commit(self, name, files, parent=None, status=201, **more):
        self.put_files(files)
        return self.ask("POST", f"/workspaces/{WS}/datasets/{name}/commits", json=commit_body(files, parent, **more),
                        status=status).json()
