"""A store in this process, of protocol/rest.yaml only what a kernel asks: for tests of kernels without a server."""

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from jupyterfhe.kernel.trees import canonical, sha256


class Data:
    """What a workspace holds."""

    def __init__(self, folder):
        self.folder, self.lock = folder, threading.RLock()
        self.datasets, self.snapshots, self.keys, self.results, self.asked = {}, {}, {}, {}, []
        self.grant, self.broken, self.cut = "secret-grant", 0, 0

    def path(self, digest):
        return self.folder / digest[:2] / digest

    def put(self, digest, data):
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(data)
            path.chmod(0o444)

    def missing(self, digests):
        return [d for d in digests if not self.path(d).exists()]

    def lacking(self, tree):
        return self.missing([f["sha256"] for f in tree["files"]])

    def name_tree(self, tree):
        data = canonical(tree)
        self.put(sha256(data), data)
        return sha256(data)

    def dataset(self, name):
        found = self.datasets[name]
        head = self.snapshots[found["branches"].get("main") or next(iter(found["branches"].values()))]
        return {"name": name, "kind": head["kind"], "branches": found["branches"], "tags": found["tags"],
                "created": head["created"], "updated": head["created"],
                "snapshot": {k: v for k, v in head.items() if k not in ("tree", "manifest")}}

    def commit(self, name, body, action="commit"):
        found = self.datasets.get(name)
        head = found["branches"].get(body["branch"]) if found else None
        if head != body["parent"]:
            return 409, {"error": {"code": "conflict", "message": "the branch moved", "hint": ""}, "head": head}
        if lack := self.lacking(body["tree"]):
            return 422, {"error": {"code": "missing", "message": "blobs are missing", "hint": ""}, "missing": lack}
        manifest = json.loads(self.path(next(f["sha256"] for f in body["tree"]["files"] if f["name"] == "manifest.json")).read_bytes())
        kind = "table" if "rows" in manifest else "array" if manifest["shape"] else "scalar"
        shape = [manifest["rows"], len(manifest["columns"])] if kind == "table" else manifest["shape"]
        if manifest["format"] == "jupyterfhe result":
            kind, shape = shape, [len(manifest["outputs"])]
        snapshot = {"dataset": name, "branch": body["branch"], "action": action, "parent": body["parent"],
                    "tree_hash": self.name_tree(body["tree"]), "kind": kind, "key_id": body["key_id"],
                    "program": body.get("program"), "inputs": body.get("inputs", []), "note": None, "actor": "ann",
                    "created": f"2026-11-22T10:00:{len(self.snapshots):02}.000Z", "size": sum(f["size"] for f in body["tree"]["files"]),
                    "files": len(body["tree"]["files"]), "summary": {"shape": shape}}
        snapshot["id"] = sha256(canonical(snapshot))
        self.snapshots[snapshot["id"]] = snapshot | {"tree": body["tree"], "manifest": manifest}
        self.datasets.setdefault(name, {"branches": {}, "tags": {}})["branches"][body["branch"]] = snapshot["id"]
        return 201, {"snapshot": snapshot["id"], "tree_hash": snapshot["tree_hash"], "parent": body["parent"], "rebased": False}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def _send(self, status, data=b"", kind="application/json"):
        if not isinstance(data, bytes):
            data = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.server.data.cut > 0 and len(data) > 1:
            self.server.data.cut -= 1
            self.wfile.write(data[:len(data) // 2])
            self.close_connection = True
            return
        self.wfile.write(data)

    def _refuse(self, status, code, message="", **more):
        self._send(status, {"error": {"code": code, "message": message, "hint": ""}, **more})

    def _any(self):
        data, url = self.server.data, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data.asked.append((self.command, url.path.removeprefix("/base/jupyterfhe/v1")))
        if data.broken > 0:
            data.broken -= 1
            self.close_connection = True
            return
        if self.headers.get("Authorization") != f"Bearer {data.grant}":
            return self._refuse(401, "unauthenticated")
        path = url.path.removeprefix("/base/jupyterfhe/v1")
        if (self.command, path) == ("GET", "/status"):
            return self._send(200, {"version": "0", "api": 1, "workspace": {"id": "personal", "name": "", "role": "edit", "epoch": 1}})
        match = re.fullmatch(r"/workspaces/personal/(.*)", path)
        if not match:
            return self._refuse(404, "not_found")
        with data.lock:
            return self._route(data, match[1], body, parse_qs(url.query))

    do_GET = do_PUT = do_POST = _any

    def _route(self, data, path, body, query):
        words, ask = path.split("/"), self.command
        if path == "blobs:missing":
            return self._send(200, {"missing": data.missing(json.loads(body)["sha256"])})
        if words[0] == "blobs":
            if ask == "PUT":
                if hashlib.sha256(body).hexdigest() != words[1]:
                    return self._refuse(422, "wrong_hash", "these are other bytes")
                data.put(words[1], body)
                return self._send(201, {"sha256": words[1], "size": len(body)})
            if not data.path(words[1]).exists():
                return self._refuse(404, "not_found", "there is no such blob")
            return self._send(200, data.path(words[1]).read_bytes(), "application/octet-stream")
        if words[0] == "results" and ask == "PUT":
            content = json.loads(body)
            if lack := data.lacking(content["tree"]):
                return self._refuse(422, "missing", "blobs are missing", missing=lack)
            kept = data.results.setdefault(words[1], content | {"memo": words[1], "tree_hash": data.name_tree(content["tree"])})
            if kept["tree"] != content["tree"]:
                return self._refuse(409, "conflict", "another tree is kept")
            return self._send(200, kept)
        if words[0] in ("results", "keys", "snapshots") and len(words) == 2:
            found = getattr(data, words[0]).get(words[1])
            return self._refuse(404, "not_found", "there is no such thing") if found is None else self._send(200, found)
        if words == ["keys"]:
            return self._send(200, [{k: v for k, v in found.items() if k != "tree"} for found in data.keys.values()])
        if words == ["datasets"]:
            return self._send(200, [data.dataset(name) for name in sorted(data.datasets)])
        if words[0] == "datasets" and words[2:] == ["commits"]:
            return self._send(*data.commit(words[1], json.loads(body)))
        if words[0] != "datasets" or words[1] not in data.datasets:
            return self._refuse(404, "not_found", "there is no such dataset")
        if words[2:] == ["snapshots"]:
            rows, at = [], data.datasets[words[1]]["branches"].get(query.get("branch", ["main"])[0])
            while at:
                rows.append({k: v for k, v in data.snapshots[at].items() if k not in ("tree", "manifest")})
                at = data.snapshots[at]["parent"]
            ids = [row["id"] for row in rows]
            rows = rows[ids.index(query["before"][0]) + 1 if "before" in query else 0:][:int(query["limit"][0])]
            return self._send(200, {"snapshots": rows, "more": False})
        return self._send(200, data.dataset(words[1]))


class FakeStore:
    """The server; ``with FakeStore(folder) as store``."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.data = Data(folder)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads, self.server.data = True, self.data
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/base/jupyterfhe/v1"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def environment(self, local=True):
        return {"JUPYTERFHE_STORE": self.url, "JUPYTERFHE_WORKSPACE": "personal", "JUPYTERFHE_GRANT": self.data.grant,
                "JUPYTERFHE_BLOBS": str(self.data.folder) if local else ""}

    # ---- what a vault does ----
    def tree(self, folder, leave=()):
        files = []
        for path in sorted(folder.iterdir()):
            if path.name not in leave:
                data = path.read_bytes()
                self.data.put(sha256(data), data)
                files.append({"name": path.name, "sha256": sha256(data), "size": len(data)})
        return {"files": files}

    def add_keys(self, folder, key_id):
        tree = self.tree(folder, leave=("secret.key",))
        self.data.keys[key_id] = {"key_id": key_id, "tree": tree, "tree_hash": self.data.name_tree(tree), "files": len(tree["files"]),
                                  "size": sum(f["size"] for f in tree["files"]), "galois_elements": len(tree["files"]) - 3}

    def upload(self, name, folder, key_id, branch="main"):
        found = self.data.datasets.get(name)
        parent = found["branches"].get(branch) if found else None
        status, answer = self.data.commit(name, {"branch": branch, "parent": parent, "tree": self.tree(folder), "key_id": key_id})
        assert status == 201, answer
        return answer["snapshot"]

    def rollback(self, name, to):
        old = self.data.snapshots[to]
        status, answer = self.data.commit(name, {"branch": "main", "parent": self.data.datasets[name]["branches"]["main"],
                                                 "tree": old["tree"], "key_id": old["key_id"]}, "rollback")
        assert status == 201, answer
        return answer["snapshot"]
