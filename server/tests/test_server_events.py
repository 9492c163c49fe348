"""The log: one entry for each action, in its transaction, refusals too; leaves of RFC 6962; nothing that is private."""

import hashlib
import json

import pytest
from things import KEY, WS, array_files, commit, commit_body, put, table_files

from jupyterfhe_server.services import events, shapes
from jupyterfhe_server.services.errors import Refused
from jupyterfhe_server.services.events import Entry


def log(store):
    return store.events(WS, 0, 1000)["events"]


def test_each_action_is_an_entry(store):
    one = commit(store, "d", array_files((), b"1"), program="ab" * 32)
    two = commit(store, "d", array_files((), b"2"), one["snapshot"])
    store.rollback(WS, "tester", "d", "main", one["snapshot"], two["snapshot"])
    store.put_tag(WS, "tester", "d", "v1", one["snapshot"])
    store.put_branch(WS, "tester", "d", "b", one["snapshot"])
    store.delete(WS, "tester", "d")
    store.put_device(WS, "tester", "tester", "0" * 32, {"public_key": "eA=="})
    store.put_wrap(WS, "tester", KEY, "0" * 32, {"sealed": "eA=="})
    store.grant(WS, "tester", "kernel")
    found = log(store)
    assert [e["id"] for e in found] == list(range(1, len(found) + 1))
    assert [e["action"] for e in found] == [
        "blob.put", "blob.put", "dataset.commit", "blob.put", "blob.put", "dataset.commit", "dataset.rollback", "dataset.tag",
        "dataset.branch", "dataset.delete", "device.put", "key.wrap", "grant.kernel"]
    assert {e["outcome"] for e in found} == {"done"} and {e["actor"] for e in found} == {"tester"}
    assert found[2]["object"] == one["snapshot"] and found[2]["program"] == "ab" * 32 and found[2]["key_id"] == KEY


def test_refusals_are_entries_and_leave_nothing_else(store):
    files = table_files({"a": b"1"})
    for data in files.values():
        put(store, data)
    before = len(log(store))
    for body, code in ((commit_body(files, "0" * 64), "conflict"), (commit_body(table_files({"b": b"2"})), "missing"),
                       ({**commit_body(files), "key_id": "00" * 16}, "bad_manifest")):
        with pytest.raises(Refused):
            store.commit(WS, "tester", "d", body)
        assert log(store)[-1]["outcome"] == code
    assert len(log(store)) == before + 3
    assert store.datasets(WS) == []
    with store.database.read() as conn:
        from sqlalchemy import func, select

        from jupyterfhe_server.services.schema import trees

        assert conn.execute(select(func.count()).select_from(trees)).scalar_one() == 0
    assert not list(store.files.temporary.iterdir())


def test_an_action_whose_entry_cannot_be_written_did_not_happen(store, monkeypatch):
    one = commit(store, "d", array_files((), b"1"))
    with monkeypatch.context() as patch:
        patch.setattr(events, "append", lambda *_: 1 / 0)
        for act in (lambda: commit(store, "d", array_files((), b"1"), one["snapshot"]),
                    lambda: store.put_tag(WS, "tester", "d", "v", one["snapshot"]), lambda: store.delete(WS, "tester", "d")):
            with pytest.raises(ZeroDivisionError):
                act()
    told = store.datasets(WS, "d")
    assert told["branches"] == {"main": one["snapshot"]} and told["tags"] == {}


def test_leaves_are_those_of_rfc_6962(store):
    commit(store, "d", array_files())
    for entry in log(store):
        text = json.dumps({"workspace": WS, **{k: v for k, v in entry.items() if k != "leaf"}}, sort_keys=True,
                          separators=(",", ":"))
        assert entry["leaf"] == hashlib.sha256(b"\x00" + text.encode()).hexdigest()


def test_pages(store):
    for i in range(5):
        put(store, bytes([i]))
    assert [e["id"] for e in store.events(WS, 2, 2)["events"]] == [3, 4]
    assert store.events(WS, 5, 10) == {"events": [], "last": 5}


def test_no_name_and_no_note_is_in_the_log(store):
    note = "bm90ZS1ub3Rl"
    one = commit(store, "patients", table_files({"diagnosis": b"1"}), note=note)
    store.put_tag(WS, "tester", "patients", "visit", one["snapshot"])
    text = json.dumps(log(store))
    for word in ("patients", "diagnosis", "visit", note, "main"):
        assert word not in text
    assert one["snapshot"] in text


def test_entries_of_workspaces_count_for_themselves(store):
    from jupyterfhe_server.services import workspaces

    put(store, b"1")
    with store.database.write() as conn:
        workspaces.create(conn, "other", "Other")
    store.refuse(Entry("other", "x", "refused.get"), "forbidden")
    assert [e["id"] for e in store.events("other", 0, 9)["events"]] == [1]
    assert shapes.HASH.fullmatch(log(store)[0]["leaf"])
