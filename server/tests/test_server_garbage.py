"""Sweeps take what nothing names, after its time, and nothing else."""

import os
import random
import threading
import time

import pytest
import sqlalchemy as sa
from things import KEY, WS, array_files, commit, commit_body, new_store, put, table_files, tree_of

from jupyterfhe_server.services import garbage, shapes, workspaces
from jupyterfhe_server.services.errors import Refused
from jupyterfhe_server.services.schema import blobs, datasets, results

DAY = 86_400_000


def age(store, milliseconds):
    """Make everything older, by the database's clock and the file system's."""
    with store.database.write() as conn:
        for column in (blobs.c.touched, datasets.c.deleted, results.c.used):
            conn.execute(sa.update(column.table).values({column: column - milliseconds}))
    for path in store.files.folder.glob("*/*"):
        os.utime(path, (time.time() - milliseconds / 1000,) * 2)


def there(store, sha256, ws=WS):
    row, file = store.has(ws, sha256) is not None, store.files.path(sha256).exists()
    assert file or not row, "a row without its file"
    return row


def test_what_is_fresh_stays_and_what_is_old_goes(store):
    old = put(store, b"old")
    age(store, 8 * DAY)
    fresh = put(store, b"fresh")
    gone = store.sweep()
    assert (gone["blobs"], gone["files"]) == (1, 1)
    assert not there(store, old) and there(store, fresh) and not store.files.path(old).exists()
    age(store, 6 * DAY)
    assert not any(store.sweep().values()) and there(store, fresh)


def test_asking_for_a_blob_keeps_it(store):
    old = put(store, b"old")
    age(store, 8 * DAY)
    assert store.missing(WS, [old]) == {"missing": []}
    assert store.sweep()["blobs"] == 0 and there(store, old)
    age(store, 8 * DAY)
    put(store, b"old")  # sent again
    assert store.sweep()["blobs"] == 0 and there(store, old)


def test_what_is_named_never_goes(store):
    program = put(store, b"program")
    one = commit(store, "d", table_files({"a": b"1"}), program=program)
    two = commit(store, "d", table_files({"a": b"2"}), one["snapshot"])
    for i, files in enumerate((array_files((), b"r1"), array_files((), b"r2"))):
        for data in files.values():
            put(store, data)
        store.put_result(WS, "t", f"{i}" * 64, {"tree": tree_of(files), "key_id": KEY, "program": None, "inputs": []})
    keys = {"relin.key": b"relin", "galois-5.key": b"galois"}
    for name, data in keys.items():
        put(store, data)
        element = {"file": name, "kind": "relin" if name == "relin.key" else "galois", "galois_element": 5 if "5" in name else None}
        store.put_keys(WS, "t", KEY, {"tree": tree_of({name: data}), "elements": [element]})
    with store.database.read() as conn:
        everything = set(conn.execute(sa.select(blobs.c.sha256)).scalars())
    assert {program, one["tree_hash"], two["tree_hash"]} <= everything
    age(store, 20 * DAY)
    superseded = shapes.digest(shapes.canonical(tree_of({"relin.key": b"relin"})))  # the keys' tree before the second file came
    assert store.sweep()["blobs"] == 1
    assert not there(store, superseded)
    assert all(there(store, h) for h in everything - {superseded})
    assert store.snapshot(WS, one["snapshot"]) and store.result(WS, "0" * 64) and store.keys(WS, KEY)["files"] == 2
    age(store, 20 * DAY)  # results: 40 days without being asked for, but one was, just now
    store.sweep()
    assert store.result(WS, "0" * 64)
    with pytest.raises(Refused):
        store.result(WS, "1" * 64)


def test_deleted_datasets_go_after_their_grace_and_shared_blobs_stay(store):
    commit(store, "gone", table_files({"a": b"shared", "b": b"own"}))
    commit(store, "stays", table_files({"a": b"shared"}))
    store.delete(WS, "t", "gone")
    age(store, 6 * DAY)
    assert not any(store.sweep().values())
    age(store, 2 * DAY)
    gone = store.sweep()
    assert gone["datasets"] == 1 and gone["trees"] == 1
    assert not there(store, shapes.digest(b"own")) and there(store, shapes.digest(b"shared"))
    assert store.datasets(WS, "stays")


def test_a_file_goes_when_no_workspace_has_it(store):
    with store.database.write() as conn:
        workspaces.create(conn, "other", "Other")
    sha256 = put(store, b"both")
    age(store, 8 * DAY)
    put(store, b"both", "other")
    store.sweep()
    assert not there(store, sha256, WS) and there(store, sha256, "other")
    age(store, 8 * DAY)
    store.sweep()
    assert not store.files.path(sha256).exists()


def test_files_that_a_killed_server_left(store):
    orphan = store.files.put(b"orphan")  # linked, but its row was never committed
    orphan.link()
    part = store.files.begin(shapes.digest(b"part"), 4)
    part.write(b"pa")
    store.sweep()
    assert store.files.path(orphan.sha256).exists() and len(list(store.files.temporary.iterdir())) == 1  # still young
    age(store, 8 * DAY)
    gone = store.sweep()
    assert gone["files"] == 1 and gone["temporary"] == 1
    assert not store.files.path(orphan.sha256).exists() and not list(store.files.temporary.iterdir())


def test_a_crash_between_the_steps_of_a_sweep(store, monkeypatch):
    old = put(store, b"old")
    age(store, 8 * DAY)
    with monkeypatch.context() as patch:
        patch.setattr(garbage, "_files", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store.sweep()
    assert store.files.path(old).exists() and not there(store, old)
    put(store, b"old")  # comes again before the next sweep
    store.sweep()
    assert there(store, old)
    with monkeypatch.context() as patch:
        age(store, 8 * DAY)
        patch.setattr(store.files, "unlink", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store.sweep()
    store.sweep()
    assert not store.files.path(old).exists()


def test_sweeps_beside_uploads_and_commits(tmp_path):
    """No grace at all: whatever a client was told is there is there when it commits, or it is told what is missing."""
    store, stop, trouble, commits = new_store(tmp_path, grace_seconds=0), threading.Event(), [], []

    def sweeper():
        while not stop.is_set():
            store.sweep()

    def client(number):
        chance = random.Random(number)
        try:
            for i in range(12):
                files = array_files((), f"{number}-{chance.randrange(4)}".encode())
                name = f"d{number}-{i}"
                for _ in range(200):
                    for data in files.values():
                        put(store, data)
                    try:
                        commits.append((store.commit(WS, "t", name, commit_body(files)), files))
                        break
                    except Refused as why:
                        if why.code != "missing":
                            raise
                if chance.random() < 0.5 and commits:
                    store.delete(WS, "t", name)
        except Exception as why:
            trouble.append(repr(why))

    clients = [threading.Thread(target=client, args=(i,)) for i in range(3)]
    sweeping = threading.Thread(target=sweeper)
    for thread in (*clients, sweeping):
        thread.start()
    for thread in clients:
        thread.join()
    stop.set()
    sweeping.join()
    assert not trouble, trouble
    for told in store.datasets(WS):
        for file in store.snapshot(WS, told["snapshot"]["id"])["tree"]["files"]:
            assert store.files.path(file["sha256"]).exists()
    with store.database.read() as conn:
        for sha256 in conn.execute(sa.select(blobs.c.sha256)).scalars():
            assert store.files.path(sha256).exists(), "a row without its file"
    assert commits
    store.close()
