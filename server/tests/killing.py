"""Clients that write and remember what was acknowledged, and the judge who asks for it after a crash."""

import hashlib
import random
import sqlite3
import threading

import httpx
from serving import ROOT
from things import KEY, WS, commit_body, table_files, tree_of

from jupyterfhe_server.services import shapes
from jupyterfhe_server.services.events import SIGNED, leaf

AT = f"{ROOT}/workspaces/{WS}"


class Writer(threading.Thread):
    """One client with a dataset of its own: uploads, commits, rolls back, tags, keeps results and keys, until it is stopped.

    What the server answered with 2xx is in the attributes below; what was under way when it died is in `maybe`.
    """

    def __init__(self, server, grant, number, seed, before=None):
        super().__init__(daemon=True)
        self.random, self.name_of_dataset, self.stopping = random.Random(f"{seed}-{number}"), f"d{number}", threading.Event()
        self.client = httpx.Client(base_url=server.address, headers={"Authorization": f"Bearer {grant}"}, timeout=240)
        self.blobs, self.tags, self.results = {}, {}, {}
        self.chain = [] if before is None else before.chain  # (snapshot, tree hash) along the branch, oldest first
        self.maybe, self.trouble, self.acknowledged = None, [], 0

    def run(self):
        try:
            while not self.stopping.is_set():
                self.random.choices([self.upload, self.commit, self.rollback, self.tag, self.result], [5, 5, 3, 1, 1])[0]()
        except httpx.TransportError:
            pass  # killed
        except Exception as why:
            self.trouble.append(repr(why))
        finally:
            self.client.close()

    def send(self, method, path, want, **kwargs):
        answer = self.client.request(method, AT + path, **kwargs)
        if answer.status_code not in want:
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        self.acknowledged += 1
        return answer.json()

    def put(self, data):
        sha256 = hashlib.sha256(data).hexdigest()
        self.send("PUT", f"/blobs/{sha256}", (200, 201), content=data, headers={"Content-Type": "application/octet-stream"})
        self.blobs[sha256] = len(data)

    def upload(self):
        self.put(self.random.randbytes(self.random.choice([1, 1000, 70_000, 1_500_000])))

    def files(self):
        files = table_files({"a": [self.random.randbytes(300), b"x"], "b": b"same"}, self.random.randrange(1, 1000))
        for data in files.values():
            self.put(data)
        return files

    def commit(self):
        files, parent = self.files(), self.chain[-1][0] if self.chain else None
        self.maybe = "commit", parent, shapes.digest(shapes.canonical(tree_of(files)))
        made = self.send("POST", f"/datasets/{self.name_of_dataset}/commits", (201,), json=commit_body(files, parent))
        self.chain.append((made["snapshot"], made["tree_hash"]))
        self.maybe = None

    def rollback(self):
        if len(self.chain) < 2:
            return
        (to, tree), parent = self.random.choice(self.chain), self.chain[-1][0]
        self.maybe = "rollback", parent, tree
        made = self.send("POST", f"/datasets/{self.name_of_dataset}/rollback", (201,),
                         json={"branch": "main", "to": to, "parent": parent})
        self.chain.append((made["snapshot"], made["tree_hash"]))
        self.maybe = None

    def tag(self):
        if self.chain:
            name, snapshot = f"t{self.random.getrandbits(60)}", self.random.choice(self.chain)[0]
            self.send("PUT", f"/datasets/{self.name_of_dataset}/tags/{name}", (200,), json={"snapshot": snapshot})
            self.tags[name] = snapshot

    def result(self):
        files, memo = self.files(), self.random.randbytes(32).hex()
        self.send("PUT", f"/results/{memo}", (200,), json={"tree": tree_of(files), "key_id": KEY, "program": None, "inputs": []})
        self.results[memo] = shapes.digest(shapes.canonical(tree_of(files)))


class Judge:
    """Asks the restarted server for everything that was acknowledged.

    Parameters
    ----------
    server : Server
    grant : str
    """

    def __init__(self, server, grant):
        self.server, self.grant = server, grant
        self.blobs, self.tags, self.results, self.checked = {}, {}, {}, set()
        self.finished = 0  # writes under way at the crash that turned out to be done

    def accuse(self, writers):
        """Raise AssertionError for the first thing that is lost or wrong."""
        with httpx.Client(base_url=self.server.address, headers={"Authorization": f"Bearer {self.grant}"}, timeout=240) as client:
            for writer in writers:
                assert not writer.trouble, writer.trouble
                self.chain(client, writer)
                for memo, tree in writer.results.items():
                    assert client.get(f"{AT}/results/{memo}").json()["tree_hash"] == tree
                for sha256, size in writer.blobs.items():
                    found = client.head(f"{AT}/blobs/{sha256}")
                    assert found.status_code == 200 and int(found.headers["content-length"]) == size, sha256
                self.blobs |= writer.blobs
                self.results |= writer.results
        self.database(writers)
        self.disk()

    def chain(self, client, writer):
        """The branch is where the last answer said, or one further: where the write under way would have put it."""
        answer = client.get(f"{AT}/datasets/{writer.name_of_dataset}")
        if answer.status_code == 404:
            assert not writer.chain, "a dataset is lost"
            return
        told, known = answer.json(), [s for s, _ in writer.chain]
        assert all(told["tags"].get(name) == snapshot for name, snapshot in writer.tags.items()), "a tag is lost"
        head = told["branches"]["main"]
        if not known or head != known[-1]:
            found = client.get(f"{AT}/snapshots/{head}").json()
            assert writer.maybe == (found["action"], found["parent"], found["tree_hash"]), "the branch is somewhere else"
            assert found["parent"] == (known[-1] if known else None)
            writer.chain.append((head, found["tree_hash"]))
            self.finished += 1
        for snapshot, tree in [*writer.chain[-4:], *writer.random.sample(writer.chain, min(2, len(writer.chain)))]:
            found = client.get(f"{AT}/snapshots/{snapshot}").json()
            assert found["tree_hash"] == tree == shapes.digest(shapes.canonical(found["tree"]))
            for file in found["tree"]["files"]:
                assert client.head(f"{AT}/blobs/{file['sha256']}").headers["content-length"] == str(file["size"])

    def database(self, writers):
        with sqlite3.connect(f"file:{self.server.store_dir / 'store.db'}?mode=ro", uri=True, timeout=240) as raw:
            raw.row_factory = sqlite3.Row
            assert raw.execute("PRAGMA integrity_check").fetchall()[0][0] == "ok"
            assert not raw.execute("PRAGMA foreign_key_check").fetchall()
            rows = {r["sha256"] for r in raw.execute("SELECT sha256 FROM blobs")}
            log = raw.execute("SELECT * FROM events ORDER BY id").fetchall()
            snapshots = dict(raw.execute("SELECT id, tree FROM snapshots").fetchall())
            results = dict(raw.execute("SELECT memo, tree FROM results").fetchall())
        assert all(snapshots.get(s) == tree for w in writers for s, tree in w.chain), "a snapshot of long ago is lost"
        assert rows >= set(self.blobs) and results.items() >= self.results.items(), "a write of long ago is lost"
        assert [r["id"] for r in log] == list(range(1, len(log) + 1)), "the log has a gap"
        done = {r["object"] for r in log if r["outcome"] == "done"}
        assert all(s in done for w in writers for s, _ in w.chain), "an acknowledged write is not in the log"
        for row in log[-200:]:
            entry = {n: row[n] for n in SIGNED if n != "time"}
            assert leaf({**entry, "time": _iso(row["time"])}) == row["leaf"]
        for sha256 in rows:
            assert (self.server.store_dir / "blobs" / sha256[:2] / sha256).exists(), "a row names a file that is gone"

    def disk(self):
        """Each file is what its name says; those that were checked before cannot change."""
        for path in (self.server.store_dir / "blobs").glob("??/*"):
            if path.name not in self.checked:
                assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name, "a blob is corrupt"
                self.checked.add(path.name)


def _iso(moment):
    from jupyterfhe_server.services.database import iso

    return iso(moment)
