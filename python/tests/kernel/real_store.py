"""The real server, started as Jupyter starts it, and what a vault asks of it; for tests."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from jupyterfhe.kernel.trees import sha256

ROOT = Path(__file__).resolve().parents[3]


class RealStore:
    """A Jupyter server with the extension; ``with RealStore(folder) as store``."""

    def __init__(self, folder):
        self.folder, self.token = folder, secrets.token_hex(16)
        folder.mkdir(parents=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def __enter__(self):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTERFHE_", "JUPYTER_"))}
        path = os.pathsep.join(filter(None, [str(ROOT / "server"), os.environ.get("PYTHONPATH")]))
        environment = clean | {"PYTHONPATH": path, "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
                               "JUPYTER_DATA_DIR": str(self.folder / "data"), "JUPYTER_RUNTIME_DIR": str(self.folder / "run")}
        command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={self.port}", "--port-retries=0",
                   "--ip=127.0.0.1", f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.folder}",
                   '--ServerApp.jpserver_extensions={"jupyterfhe_server": True}', "--JupyterFHE.start_vault=False",
                   f"--JupyterFHE.store_dir={self.folder / 'store'}"]
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log, cwd=self.folder)
        for _ in range(300):
            try:
                self.ask("GET", "/status")
                break
            except (OSError, AssertionError):
                assert self.process.poll() is None, (self.folder / "log").read_text()
                time.sleep(0.1)
        self.grant = self.ask("POST", "/grants", {"audience": "kernel"})["grant"]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/jupyterfhe/v1"

    def environment(self, local=True):
        return {"JUPYTERFHE_STORE": self.url, "JUPYTERFHE_WORKSPACE": "personal", "JUPYTERFHE_GRANT": self.grant,
                "JUPYTERFHE_BLOBS": str(self.folder / "store/blobs") if local else ""}

    def ask(self, method, path, content=None, raw=None):
        data = raw if content is None else json.dumps(content).encode()
        kind = "application/octet-stream" if content is None else "application/json"
        request = urllib.request.Request(self.url + path, data, {"Authorization": f"token {self.token}", "Content-Type": kind},
                                         method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                body = answer.read()
                return json.loads(body) if "json" in answer.headers["Content-Type"] else body
        except urllib.error.HTTPError as why:
            raise AssertionError(f"{method} {path}: {why.code} {why.read()[:500]}") from None

    # ---- what a vault does ----
    def blob(self, digest):
        return self.ask("GET", f"/workspaces/personal/blobs/{digest}")

    def tree(self, folder, leave=()):
        files = []
        for path in sorted(folder.iterdir()):
            if path.name not in leave:
                data = path.read_bytes()
                self.ask("PUT", f"/workspaces/personal/blobs/{sha256(data)}", raw=data)
                files.append({"name": path.name, "sha256": sha256(data), "size": len(data)})
        return {"files": files}

    def add_keys(self, folder, key_id):
        tree = self.tree(folder, leave=("secret.key",))
        elements = []
        for file in tree["files"]:
            galois = re.fullmatch(r"galois-(\d+)\.key", file["name"])
            kind = "galois" if galois else {"relin.key": "relin", "params.jfhe": "params", "public.key": "public"}[file["name"]]
            elements.append({"file": file["name"], "kind": kind, "galois_element": int(galois[1]) if galois else None})
        self.ask("PUT", f"/workspaces/personal/keys/{key_id}", {"tree": tree, "elements": elements})

    def head(self, name):
        try:
            return self.ask("GET", f"/workspaces/personal/datasets/{name}")["branches"]["main"]
        except AssertionError:
            return None

    def upload(self, name, folder, key_id):
        content = {"branch": "main", "parent": self.head(name), "tree": self.tree(folder), "key_id": key_id}
        return self.ask("POST", f"/workspaces/personal/datasets/{name}/commits", content)["snapshot"]

    def rollback(self, name, to):
        return self.ask("POST", f"/workspaces/personal/datasets/{name}/rollback",
                        {"branch": "main", "to": to, "parent": self.head(name)})["snapshot"]

    def snapshot(self, number):
        return self.ask("GET", f"/workspaces/personal/snapshots/{number}")

    def fetch(self, tree, folder):
        folder.mkdir(exist_ok=True)
        for file in tree["files"]:
            (folder / file["name"]).write_bytes(self.blob(file["sha256"]))
        return folder

    def erase(self):
        shutil.rmtree(self.folder / "store", ignore_errors=True)
