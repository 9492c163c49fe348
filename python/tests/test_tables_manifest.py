"""The manifest of an encrypted table, read as if a stranger had written it."""

import copy
import json
import os

import numpy as np
import pytest

from jupyterfhe import client
from jupyterfhe.client import tables as sealing
from jupyterfhe.core import errors, evaluate, tables, workspace


@pytest.fixture(scope="module")
def folder(lite, tmp_path_factory):
    place = tmp_path_factory.mktemp("tables")
    rows = [f"{i % 7},{['a', 'b'][i % 2]},{'' if i == 5 else i / 4}" for i in range(20)]
    (place / "t.csv").write_text("n,c,x\n" + "\n".join(rows) + "\n")
    with sealing.open_source(place / "t.csv") as source:
        sealing.draft(source).encrypt(place / "T", lite.secret, log_slots=3)
    return place / "T"


def test_what_a_table_says(lite, folder):
    table = tables.open_table(folder, lite.params)
    assert (table.rows, table.chunks, table.log_slots, table.level) == (20, 3, 3, 2)
    assert table.names == ["n", "c", "x"] and table.key_id == lite.secret.id
    n, c, x = table.columns
    assert (n.kind, c.kind, x.kind) == ("int", "category", "float") and c.categories == ("a", "b")
    assert x.masked and not n.masked and len(x.mask_paths) == len(x.paths) == 3 and n.mask_paths == []
    assert all(p.is_file() for p in x.paths + x.mask_paths) and len(x.files) == 6
    assert n.lo <= 0 and n.hi >= 6 and "20 rows" in repr(table) and "'x'" in repr(x)
    with pytest.raises(errors.ArgumentError, match="no column 'y'"):
        table.column("y")


def test_a_kernel_computes_with_it(lite, folder):
    """Sum of the values that are there and their count, by masks, without a multiplication."""
    x = tables.open_table(folder, lite.params).column("x")
    def total_of(mask):
        sums = [evaluate.inner_sum(x.load(lite.params, i, mask=mask), lite.keys) for i in range(3)]
        return sum(client.decrypt(s, lite.secret, 1).values[0] for s in sums)

    total, count = total_of(False), total_of(True)
    assert abs(count - 19) < 1e-6
    assert abs(x.centre * 19 + x.half * total - sum(i / 4 for i in range(20) if i != 5)) < 1e-6


def broken(folder, tmp_path, change):
    """A folder whose manifest was changed; its containers are links."""
    root = json.loads((folder / "manifest.json").read_text())
    change(root)
    out = tmp_path / "T"
    out.mkdir()
    (out / "manifest.json").write_text(json.dumps(root))
    for path in folder.glob("*.ct"):
        os.link(path, out / path.name)
    return out


def put(*path):
    *where, last, value = path

    def change(root):
        for step in where:
            root = root[step]
        root[last] = value
    return change


def drop(*path):
    *where, last = path

    def change(root):
        for step in where:
            root = root[step]
        del root[last]
    return change


@pytest.mark.parametrize(("change", "why"), [
    (put("rows", 0), "'rows'"), (put("rows", True), "'rows'"), (put("rows", 2**60), "'rows'"), (put("rows", 21.0), "'rows'"),
    (put("rows", 200), "does not list"), (put("log_slots", 99), "'log_slots'"), (put("log_slots", None), "'log_slots'"),
    (put("level", -1), "'level'"), (put("packing", "complex"), "'packing'"), (put("params", "x" * 64), "'params'"),
    (put("key_id", "00"), "'key_id'"), (put("columns", []), "'columns'"), (put("columns", {}), "'columns'"),
    (put("more", 1), "unknown member 'more'"), (put("columns", 0, "value", 3), "unknown member 'value'"),
    (put("columns", 0, 5), "column 1 is no object"), (put("columns", 1, "name", "n"), "two columns"),
    (put("columns", 0, "name", ""), "the name of column 1"), (put("columns", 0, "name", "\ud800"), "the name of column 1"),
    (put("columns", 0, "name", "n\0"), "the name of column 1"), (put("columns", 0, "name", "n" * 5000), "the name of column 1"),
    (put("columns", 0, "kind", "text"), "no known kind"), (put("columns", 0, "half", 0), "the range"),
    (put("columns", 0, "half", 1e200), "'half'"), (put("columns", 0, "centre", "1"), "'centre'"),
    (put("columns", 0, "lo", -1e6), "the bounds"), (put("columns", 0, "lo", 3), None),
    (put("columns", 0, "lo", 99), "the bounds"),
    (put("columns", 0, "epoch", "2020-01-01"), "the epoch"), (put("columns", 0, "unit", 5), "the unit"),
    (put("columns", 0, "categories", ["a"]), "no category"), (put("columns", 1, "categories", ["a", "a"]), "twice"),
    (put("columns", 1, "categories", ["a"]), "does not fit"), (put("columns", 1, "categories", []), "empty"),
    (put("columns", 1, "categories", [1, 2]), "a label"), (put("columns", 0, "files", []), "does not list 3"),
    (put("columns", 0, "files", 0, "name", "../secret.key"), "no plain name"),
    (put("columns", 0, "files", 0, "name", ".."), "no plain name"), (put("columns", 0, "files", 0, "sha256", "0"), "a SHA-256"),
    (put("columns", 0, "files", 0, "more", "0"), "unknown member"), (put("columns", 2, "mask", []), "'mask'"),
    (put("columns", 2, "mask", 5), "'mask'"), (drop("columns", 0, "centre"), "'centre'"), (drop("rows"), "'rows'"),
    (put("format", "jfhe-table-1"), "its format is"), (put("format", 5), "no format"), (put("format", "\x1b[2J"), "no format")])
def test_a_wrong_manifest_is_refused_in_one_line(folder, tmp_path, change, why):
    place = broken(folder, tmp_path, change)
    if why is None:  # narrower bounds than the range are a promise, and may stand
        tables.open_table(place)
        return
    with pytest.raises(errors.FormatError, match=why) as caught:
        tables.open_table(place)
    assert "\n" not in str(caught.value) and str(place) in str(caught.value)


@pytest.mark.parametrize(("text", "why"), [
    (b"", "Expecting value"), (b"{", "Expecting"), (b"[]", "no JSON object"), (b"\xff{}", "UTF-8"), (b'{"format": NaN}', "NaN"),
    (b'{"format": "a", "format": "b"}', "twice"), (b"[" * 100_000, "deeply"), (b'{"a": ' * 50_000, "deeply"),
    (b'{"rows": ' + b"9" * 5000 + b"}", "digits")])
def test_hostile_json_is_refused(tmp_path, text, why):
    (tmp_path / "manifest.json").write_bytes(text)
    with pytest.raises(errors.FormatError, match=why):
        tables.open_table(tmp_path)


def test_sizes_are_limited(tmp_path):
    with open(tmp_path / "manifest.json", "wb") as out:
        out.truncate(tables.MANIFEST_MAX + 1)
    with pytest.raises(errors.OutOfMemoryError, match=r"64\.0 MiB"):
        tables.open_table(tmp_path)
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(errors.FormatError, match=r"no manifest\.json"):
        tables.open_table(tmp_path)
    os.mkfifo(tmp_path / "manifest.json")
    with pytest.raises(errors.StorageError, match="no regular file"):
        tables.open_table(tmp_path)


def test_mutated_manifests_are_read_or_refused(folder, tmp_path):
    rng, good = np.random.default_rng(5), (folder / "manifest.json").read_bytes()
    refused = 0
    for _ in range(2000):
        bad = bytearray(good)
        for _ in range(rng.integers(1, 4)):
            at = rng.integers(len(bad))
            bad[at:at + rng.integers(0, 3)] = bytes(rng.integers(32, 127, rng.integers(0, 3)).tolist())
        (tmp_path / "manifest.json").write_bytes(bad)
        try:
            tables.open_table(tmp_path)
        except errors.JupyterFHEError:
            refused += 1
    assert refused > 1000


def test_exchanged_files_are_found(lite, folder, tmp_path):
    def swap(root):
        files = root["columns"][0]["files"]
        files[0]["name"], files[1]["name"] = files[1]["name"], files[0]["name"]

    column = tables.open_table(broken(folder, tmp_path, swap)).column("n")
    with pytest.raises(errors.ChecksumError, match="SHA-256"):
        column.load(lite.params, 0)
    column.load(lite.params, 2)


def test_a_container_that_is_not_as_the_manifest_says_is_found(lite, folder, tmp_path):
    column = tables.open_table(broken(folder, tmp_path, put("level", 1))).column("n")
    with pytest.raises(errors.FormatError, match="not packed"):
        column.load(lite.params, 0)


def test_a_container_that_may_exceed_its_bounds_is_found(lite, folder, tmp_path):
    import hashlib

    data = lite.seal([1.5], bound=2.0, packing="real", log_slots=3).to_bytes()

    def replace(root):
        root["columns"][0]["files"][0] = {"name": "big.ct", "sha256": hashlib.sha256(data).hexdigest()}

    place = broken(folder, tmp_path, replace)
    (place / "big.ct").write_bytes(data)
    with pytest.raises(errors.FormatError, match="may exceed"):
        tables.open_table(place).column("n").load(lite.params, 0)


def test_other_parameters_are_refused(deep, folder):
    with pytest.raises(errors.ContextError, match="other parameters"):
        tables.open_table(folder, deep.params)


def test_manifests_are_not_changed_by_reading(folder):
    before = json.loads((folder / "manifest.json").read_text())
    tables.open_table(folder)
    assert copy.deepcopy(before) == json.loads((folder / "manifest.json").read_text())


# ---- workspaces ----
@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-x", ".x", "a\n", "a b", "ä", "x" * 65, "a.part-x", None, 5])
def test_names_are_plain(name, tmp_path):
    with pytest.raises(errors.ArgumentError):
        workspace.Workspace(tmp_path).place(name)


def test_a_workspace_is_found(tmp_path, monkeypatch):
    monkeypatch.delenv("JUPYTERFHE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errors.StorageError, match=r"jupyterfhe init$"):
        workspace.find()
    for home in (tmp_path / ".jupyterfhe", tmp_path / "other"):
        (home / "keys").mkdir(parents=True)
        (home / "keys/params.jfhe").write_bytes(b"")
        (home / "data/one").mkdir(parents=True)
        (home / "data/two.part-abc").mkdir()
    assert workspace.find().home.resolve() == tmp_path / ".jupyterfhe"
    monkeypatch.setenv("JUPYTERFHE_HOME", str(tmp_path / "other"))
    space = workspace.find()
    assert space.home == tmp_path / "other" and space.names() == ["one"] and "other" in repr(space)
    assert space.existing("one") == space.data / "one"
    with pytest.raises(errors.StorageError, match="It holds one;"):
        space.existing("none")
    assert workspace.find(tmp_path / ".jupyterfhe").home == tmp_path / ".jupyterfhe"
