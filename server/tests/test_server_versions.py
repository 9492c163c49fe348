"""Commits, joining of disjoint changes, conflicts, history, rollback, tags, branches, diff."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from things import WS, array_files, commit, new_store, put, result_files, table_files, tree_of

from jupyterfhe_server.services import columns, manifests, shapes
from jupyterfhe_server.services.errors import Refused
from jupyterfhe_server.services.trees import Tree


def refused(code, function, *args, **kwargs):
    with pytest.raises(Refused) as why:
        function(*args, **kwargs)
    assert why.value.code == code, why.value.message
    return why.value


def head(store, name, branch="main"):
    return store.datasets(WS, name)["branches"][branch]


def test_a_branch_moves_only_from_where_one_thinks_it_is(store):
    one = commit(store, "d", array_files((), b"1"))
    assert refused("conflict", commit, store, "d", array_files((), b"2")).extra == {"head": one["snapshot"]}
    assert refused("conflict", commit, store, "e", array_files(), "0" * 64).extra == {"head": None}
    two = commit(store, "d", array_files((), b"2"), one["snapshot"])
    assert refused("conflict", commit, store, "d", array_files((), b"3"), one["snapshot"]).extra == {"head": two["snapshot"]}
    assert head(store, "d") == two["snapshot"]


def test_a_commit_that_is_sent_again_is_the_same(store):
    one = commit(store, "d", array_files())
    assert commit(store, "d", array_files()) == one
    two = commit(store, "d", array_files((), b"2"), one["snapshot"], program="ab" * 32)
    assert commit(store, "d", array_files((), b"2"), one["snapshot"], program="ab" * 32) == two
    refused("conflict", commit, store, "d", array_files((), b"2"), one["snapshot"], program="cd" * 32)
    back = store.rollback(WS, "tester", "d", "main", one["snapshot"], two["snapshot"])
    assert store.rollback(WS, "tester", "d", "main", one["snapshot"], two["snapshot"]) == back
    refused("conflict", store.rollback, WS, "tester", "d", "main", two["snapshot"], two["snapshot"])
    assert len(store.history(WS, "d", "main", 10, None)["snapshots"]) == 3


def test_disjoint_changes_are_joined(store):
    base = commit(store, "d", table_files({"a": b"1", "b": b"2", "c": b"3"}, sealed=b"s"))["snapshot"]
    theirs = commit(store, "d", table_files({"a": b"1x", "b": b"2", "c": b"3"}, sealed=b"s"), base)
    ours = commit(store, "d", table_files({"a": b"1", "b": b"2", "new": b"4"}, sealed=b"t"), base)  # c removed, new added
    assert ours["rebased"] and ours["parent"] == theirs["snapshot"]
    found = store.snapshot(WS, ours["snapshot"])
    assert found["action"] == "rebase" and found["parent"] == theirs["snapshot"]
    assert found["tree"] == tree_of(table_files({"a": b"1x", "b": b"2", "new": b"4"}, sealed=b"t"))
    again = commit(store, "d", table_files({"a": b"1", "b": b"2", "new": b"4"}, sealed=b"t"), base)
    assert again["snapshot"] == ours["snapshot"]  # sent again: nothing is left to join


@pytest.mark.parametrize("files", [
    table_files({"a": b"1y", "b": b"2"}), table_files({"b": b"2"}), table_files({"a": b"1", "b": b"2y"}, rows=11),
    table_files({"a": b"1", "b": b"2y"}, sealed=b"other"), array_files()])
def test_other_changes_conflict(store, files):
    base = commit(store, "d", table_files({"a": b"1", "b": b"2"}, sealed=b"s"))["snapshot"]
    top = commit(store, "d", table_files({"a": b"1x", "b": b"2"}, sealed=b"changed"), base)["snapshot"]
    why = refused("conflict", commit, store, "d", files, base)
    assert why.extra == {"head": top} and why.hint and head(store, "d") == top


def test_joining_can_be_declined_and_needs_a_common_past(store):
    base = commit(store, "d", table_files({"a": b"1", "b": b"2"}))["snapshot"]
    commit(store, "d", table_files({"a": b"1x", "b": b"2"}), base)
    refused("conflict", commit, store, "d", table_files({"a": b"1", "b": b"2x"}), base, rebase=False)
    other = commit(store, "d", table_files({"a": b"1", "b": b"2", "c": b"3"}), None, branch="other")["snapshot"]
    refused("conflict", commit, store, "d", table_files({"a": b"1", "b": b"2x"}), other)
    refused("conflict", commit, store, "d", table_files({"a": b"1", "b": b"2x"}), "0" * 64)


TABLES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([b"0", b"1", b"2"]), min_size=1)


def side(columns_of, extra):
    files = table_files(columns_of, 10, **extra)
    tree = Tree(tree_of(files))
    return tree, manifests.read(files["manifest.json"], tree)


@settings(max_examples=200, deadline=None)
@given(TABLES, TABLES, TABLES)
def test_joining_takes_each_change_and_loses_none(base, ours, theirs):
    wanted, clash = {}, False
    for name in {*base, *ours, *theirs}:
        b, o, t = base.get(name), ours.get(name), theirs.get(name)
        clash |= o != b and t != b and o != t
        if (found := o if t == b else t) is not None:
            wanted[name] = found
    sides = [side(c, {}) for c in (base, ours, theirs)]
    if clash or not wanted:
        refused("conflict", columns.merge, *sides)
        return
    files, manifest = columns.merge(*sides)
    assert {c["name"]: files[c["files"][0]["name"]][0] for c in manifest["columns"]} == {
        n: shapes.digest(d) for n, d in wanted.items()}
    data = shapes.canonical(manifest)
    manifests.read(data, Tree.of({**files, "manifest.json": (shapes.digest(data), len(data))}))
    mirrored, _ = columns.merge(sides[0], sides[2], sides[1])
    assert mirrored == files


@settings(max_examples=100, deadline=None)
@given(TABLES, TABLES)
def test_diff_says_what_changed(a, b):
    found = columns.diff(side(a, {}), side(b, {}))["columns"]
    assert {*found["added"]} == {*b} - {*a} and {*found["removed"]} == {*a} - {*b}
    assert {c["name"] for c in found["changed"]} == {n for n in {*a} & {*b} if a[n] != b[n]}
    assert found["unchanged"] == sum(a[n] == b[n] for n in {*a} & {*b})


def test_diff_names_chunks(store):
    one = commit(store, "d", table_files({"a": [b"1", b"2", b"3"], "b": b"x"}))["snapshot"]
    two = commit(store, "d", table_files({"a": [b"1", b"two", b"3", b"4"], "b": b"x"}, rows=20), one)["snapshot"]
    found = store.diff(WS, "d", one, two)
    assert found["rows"] == {"from": 10, "to": 20} and not found["same"]
    assert found["columns"]["changed"] == [{"name": "a", "chunks": [1, 3], "mask_chunks": [], "described": []}]
    assert found["files"] == {"added": 1, "removed": 0, "changed": 2}
    assert store.diff(WS, "d", two, two)["same"]
    array = commit(store, "d", array_files((3,)), two)["snapshot"]
    assert store.diff(WS, "d", one, array)["kind"] == {"from": "table", "to": "array"}
    refused("not_found", store.diff, WS, "d", one, "0" * 64)
    commit(store, "other", array_files())
    refused("not_found", store.diff, WS, "other", one, two)


def _exact(files, name="a", keep=False, part="c"):
    """The same table with a column's files as those of its exact encryption."""
    root = json.loads(files["manifest.json"])
    column = next(c for c in root["columns"] if c["name"] == name)
    column["exact"] = {"files": [{"name": f"{part}-{i}", "sha256": shapes.digest(b"%d" % i)} for i in range(2)], "mask": None}
    if not keep:
        column["files"] = None
    found = {n: d for n, d in files.items() if keep or not n.startswith(f"{name}-")}
    return found | {f"{part}-{i}": b"%d" % i for i in range(2)} | {"manifest.json": shapes.canonical(root)}


def test_exact_columns_are_kept_checked_and_compared(store):
    plain = table_files({"a": b"1", "b": b"2"})
    first = commit(store, "e", _exact(plain, keep=True))["snapshot"]
    second = commit(store, "e", _exact(plain), first)["snapshot"]
    found = store.diff(WS, "e", first, second)["columns"]
    assert found["unchanged"] == 1 and [c["name"] for c in found["changed"]] == ["a"]
    for bad in (lambda c: c.update(exact=5), lambda c: c["exact"]["files"][0].update(sha256="0" * 64), lambda c: c.update(exact=None)):
        files = _exact(plain)
        root = json.loads(files["manifest.json"])
        bad(root["columns"][0])
        with pytest.raises(Refused, match="column"):
            commit(store, "f", files | {"manifest.json": shapes.canonical(root)})


@pytest.mark.parametrize("shape", ["frame", "series", "record"])
def test_results_are_kept_and_listed(store, shape):
    first = commit(store, "r", result_files(shape))["snapshot"]
    found = store.snapshot(WS, first)
    assert found["kind"] == shape and found["summary"]["rows"] == (None if shape == "record" else 3)
    assert found["summary"]["format"] == "jupyterfhe result" and found["summary"]["dtype"] == shape
    second = commit(store, "r", result_files(shape, (b"one", b"three")), first)["snapshot"]
    assert store.diff(WS, "r", first, second)["files"]["changed"] == 1


@pytest.mark.parametrize("change", [
    {"arrays": []}, {"arrays": 5}, {"arrays": [7]}, {"shape": "html"}, {"outputs": []}, {"outputs": [1]}, {"title": None}, {"index": None},
    {"index": {"labels": "abc"}}, {"index": {"range": [0, 1 << 60, 1]}}, {"index": {"range": [0, 3, 0]}}, {"arrays": [{"format": "jupyterfhe-table-1"}]}])
def test_results_that_are_none_are_refused(store, change):
    with pytest.raises(Refused) as why:
        commit(store, "bad", result_files(**change))
    assert why.value.code == "bad_manifest"


def test_a_result_lists_files_that_are_there(store):
    files = result_files()
    del files["1.jfhe"]
    with pytest.raises(Refused, match="not in the tree"):
        commit(store, "short", files)


def test_joining_keeps_exact_files(store):
    base = table_files({"a": b"1", "b": b"2"})
    first = commit(store, "g", base)["snapshot"]
    commit(store, "g", _exact(base), first)
    ours = table_files({"a": b"1", "b": b"3"})
    merged = commit(store, "g", ours, first)
    assert merged["rebased"]
    names = {f["name"] for f in store.snapshot(WS, merged["snapshot"])["tree"]["files"]}
    assert names == {"c-0", "c-1", "b-0.jfhe", "manifest.json"}


def test_rolling_back_gives_the_old_tree_and_keeps_history(store):
    trees, at = [], None
    for i in range(5):
        made = commit(store, "d", array_files((), bytes([i])), at)
        trees.append(made)
        at = made["snapshot"]
    back = store.rollback(WS, "tester", "d", "main", trees[1]["snapshot"], at)
    assert back["tree_hash"] == trees[1]["tree_hash"] and back["parent"] == at
    told = store.history(WS, "d", "main", 100, None)["snapshots"]
    assert [s["tree_hash"] for s in told] == [back["tree_hash"], *[t["tree_hash"] for t in trees[::-1]]]
    assert told[0]["action"] == "rollback" and store.datasets(WS, "d")["snapshot"]["id"] == back["snapshot"]
    refused("not_found", store.rollback, WS, "tester", "d", "main", "0" * 64, back["snapshot"])
    refused("not_found", store.rollback, WS, "tester", "d", "none", at, at)


def test_history_in_pages(store):
    at, ids = None, []
    for i in range(7):
        at = commit(store, "d", array_files((), bytes([i])), at)["snapshot"]
        ids.insert(0, at)
    for branch in ("main", None):
        found, before = [], None
        while True:
            page = store.history(WS, "d", branch, 3, before)
            found += [s["id"] for s in page["snapshots"]]
            if not page["more"]:
                break
            before = found[-1]
        assert found == ids
    refused("not_found", store.history, WS, "d", "none", 3, None)


def test_tags_never_move_and_branches_begin_once(store):
    one = commit(store, "d", array_files((), b"1"))["snapshot"]
    two = commit(store, "d", array_files((), b"2"), one)["snapshot"]
    store.put_tag(WS, "tester", "d", "v1", one)
    store.put_tag(WS, "tester", "d", "v1", one)
    assert refused("conflict", store.put_tag, WS, "tester", "d", "v1", two).extra == {"head": one}
    store.put_branch(WS, "tester", "d", "side", one)
    store.put_branch(WS, "tester", "d", "side", one)
    refused("conflict", store.put_branch, WS, "tester", "d", "side", two)
    refused("not_found", store.put_tag, WS, "tester", "d", "v2", "0" * 64)
    three = commit(store, "d", array_files((), b"3"), one, branch="side")["snapshot"]
    told = store.datasets(WS, "d")
    assert told["branches"] == {"main": two, "side": three} and told["tags"] == {"v1": one}
    assert told["snapshot"]["id"] == two
    assert [s["id"] for s in store.history(WS, "d", "side", 9, None)["snapshots"]] == [three, one]


def test_a_deleted_name_is_free_and_its_past_is_gone_from_sight(store):
    one = commit(store, "d", array_files((), b"1"))["snapshot"]
    store.delete(WS, "tester", "d")
    refused("not_found", store.datasets, WS, "d")
    refused("not_found", store.snapshot, WS, one)
    refused("not_found", store.delete, WS, "tester", "d")
    again = commit(store, "d", array_files((), b"2"))["snapshot"]
    assert [s["id"] for s in store.history(WS, "d", None, 9, None)["snapshots"]] == [again]
    refused("not_found", store.put_tag, WS, "tester", "d", "old", one)


def test_a_tree_committed_under_another_key_than_its_manifest_is_refused(store):
    refused("bad_manifest", commit, store, "d", array_files(), key_id="00" * 16)
    assert store.datasets(WS) == []


def test_summaries(store):
    commit(store, "scalar", array_files(()))
    commit(store, "array", array_files((3, 4)))
    commit(store, "table", table_files({"a": b"1", "b": b"2"}))
    told = {d["name"]: d for d in store.datasets(WS)}
    assert {n: d["kind"] for n, d in told.items()} == {"scalar": "scalar", "array": "array", "table": "table"}
    assert told["table"]["snapshot"]["summary"] == {"format": "jupyterfhe-table-1", "params": "cd" * 32, "shape": [10, 2],
                                                    "rows": 10, "columns": 2, "dtype": None}
    assert told["array"]["snapshot"]["summary"]["shape"] == [3, 4]
    assert told["scalar"]["snapshot"]["size"] == sum(len(d) for d in array_files(()).values())


def test_a_store_of_a_newer_program_is_refused(tmp_path):
    import sqlite3

    store = new_store(tmp_path)
    put(store, b"x")
    store.close()
    with sqlite3.connect(tmp_path / "store.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RuntimeError, match="newer"):
        new_store(tmp_path)


def test_the_database_says_no_value_in_its_errors(store):
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    with pytest.raises(SQLAlchemyError) as why, store.database.read() as conn:
        conn.execute(text("SELECT * FROM nothing WHERE a = :a"), {"a": "a secret text"})
    assert "a secret text" not in str(why.value)
    assert json.dumps("x")
