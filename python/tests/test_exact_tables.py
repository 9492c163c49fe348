"""Tables with exact columns: breast cancer data and made ones, from a file to exact results by scripts and by the command line."""

import csv
import datetime
import json

import numpy as np
import pytest
from test_cli_main import call

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.array import Refused
from jupyterfhe.client import tables
from jupyterfhe.core import errors
from jupyterfhe.core.tables import open_table

ROWS = 569


def columns():
    """Whole numbers, truth values, dates, categories and floats of the breast cancer data; some values are missing."""
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    area = np.rint(data.data[:, 3]).astype(int)
    return {"area": area, "sick": data.target == 0, "radius": data.data[:, 0], "size": np.digitize(area, [400, 700]),
            "day": [datetime.date(2020, 1, 1) + datetime.timedelta(int(i) % 30) for i in range(ROWS)],
            "grade": [("low", "mid", "high")[i % 3] for i in range(ROWS)], "gap": np.arange(ROWS) % 7}


@pytest.fixture(scope="module")
def made(quick, tmp_path_factory):
    home = tmp_path_factory.mktemp("exact-tables") / "h"
    (home / "data").mkdir(parents=True)
    (home / "keys").symlink_to(quick.folder)
    found = columns()
    records = [{n: None if n == "gap" and i % 5 == 2 else c[i].isoformat() if n == "day" else
                c[i].item() if hasattr(c[i], "item") else c[i] for n, c in found.items()} for i in range(ROWS)]
    (home / "t.json").write_text(json.dumps(records))
    overrides = {"size": {"exact": "both"}, "day": {"epoch": "2020-01-01"}}
    with tables.open_source(home / "t.json") as source:
        tables.draft(source, exact="yes", overrides=overrides).encrypt(home / "data/bc", quick.secret)
    return home, found


@pytest.fixture
def table(made, monkeypatch):
    monkeypatch.setenv("JUPYTERFHE_HOME", str(made[0]))
    return jf.open("bc")


def exactly(quick, got, want):
    opened = client.decrypt_array(got, quick.secret)
    np.testing.assert_array_equal(opened.values, want)


def test_columns_are_exact_by_their_kinds(table):
    assert [c.exact for c in table.columns] == [True, True, False, True, True, True, True]
    assert table["area"].exact and table["area"].dtype == np.int64 and not table["radius"].exact
    assert "exact" in repr(table.columns[0])


def test_sums_and_masks_are_exact(quick, made, table):
    found = made[1]
    exactly(quick, table["area"], found["area"])
    exactly(quick, (table["area"] * table["sick"]).sum(), found["area"][found["sick"]].sum())
    exactly(quick, table[["area", "sick"]].sum(axis=0), [found["area"].sum(), found["sick"].sum()])
    labels = table.table.column("grade").categories
    code = labels.index("mid")
    exactly(quick, (table["grade"] == code).sum(), sum(g == "mid" for g in found["grade"]))
    exactly(quick, table["day"].sum(), sum((d - datetime.date(2020, 1, 1)).days for d in found["day"]))


def test_missing_values_hold_nothing(quick, made, table):
    there = np.arange(ROWS) % 5 != 2
    with pytest.raises(Refused, match="may be missing"):
        table["gap"]
    exactly(quick, table.there("gap").sum(), there.sum())
    exactly(quick, table.filled("gap", 0).sum(), made[1]["gap"][there].sum())
    exactly(quick, table.filled("gap", 9), np.where(there, made[1]["gap"], 9))
    with pytest.raises(Refused):
        table.filled("gap", 0.5)


def test_exact_and_approximate_columns_meet_where_both_are_there(quick, made, table):
    found = made[1]
    mixed = table["size"] * table["radius"]
    assert not mixed.exact and "went over to its approximate encryption" in str(mixed.sum().explain())
    opened = client.decrypt_array(mixed, quick.secret)
    assert np.all(np.abs(opened.values - found["size"] * found["radius"]) <= opened.error_bound)
    assert table[["size", "radius"]].shape == (ROWS, 2) and not table.approximate("size").exact
    for refused in (lambda: table["area"] + table["radius"], lambda: table[["area", "radius"]], lambda: table.approximate("area")):
        with pytest.raises(Refused, match="exact"):
            refused()


def test_the_owner_reads_what_was_encrypted(quick, made):
    table = open_table(made[0] / "data/bc")
    opened, = tables_opened(table, quick.secret)
    found = made[1]
    np.testing.assert_array_equal(opened[0].values, found["area"])
    assert opened[0].bound == 0
    np.testing.assert_array_equal(opened[6].missing, np.arange(ROWS) % 5 == 2)


def tables_opened(table, key):
    from jupyterfhe.client.tables_opened import open_chunks

    return list(open_chunks(table, key))


@pytest.mark.parametrize("change", [
    lambda r: r.pop("moduli"), lambda r: r["moduli"].update(primes=[]), lambda r: r["moduli"].update(log_slots=12),
    lambda r: r["moduli"].update(primes=r["moduli"]["primes"] + [65537]), lambda r: r["columns"][2].update(exact={"files": []}),
    lambda r: r["columns"][0]["exact"].update(files=[]), lambda r: r["columns"][0]["exact"].update(other=1),
    lambda r: r["columns"][0].update(exact=None), lambda r: r["columns"][3]["exact"].update(mask=[])])
def test_a_manifest_that_does_not_fit_is_refused(quick, made, tmp_path, change):
    root = json.loads((made[0] / "data/bc/manifest.json").read_text())
    change(root)
    (tmp_path / "manifest.json").write_text(json.dumps(root))
    with pytest.raises(errors.FormatError):
        open_table(tmp_path, quick.params)


def test_files_that_were_exchanged_are_refused(quick, made, tmp_path):
    for path in (made[0] / "data/bc").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    first = open_table(tmp_path).column("area").exact_paths(0)[0]
    first.write_bytes(open_table(tmp_path).column("size").exact_paths(0)[0].read_bytes())
    with pytest.raises(errors.ChecksumError):
        tables_opened(open_table(tmp_path), quick.secret)


def test_a_wish_that_does_not_fit_is_refused(made):
    with tables.open_source(made[0] / "t.json") as source, pytest.raises(errors.ArgumentError, match="whole numbers"):
        tables.draft(source, overrides={"radius": {"exact": "yes"}})


def test_the_command_line_takes_a_table_there_and_back(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTERFHE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    rows = [[i, i % 3 == 0, ("a", "b")[i % 2], i / 4] for i in range(40)]
    with open("t.csv", "w", newline="") as out:
        csv.writer(out).writerows([["n", "odd", "kind", "x"], *rows])
    call("init", "home", "--preset", "stats-lite")
    shown, _ = call("encrypt", "t.csv", "--as", "t", "--yes", "--exact", "yes")
    assert "int, exact" in shown and "category, exact" in shown
    assert "int, exact" in call("inspect", "t")[0]
    call("decrypt", "t", "--csv", "back.csv")
    with open("back.csv", newline="") as file:
        back = list(csv.DictReader(file))
    assert [int(r["n"]) for r in back] == list(range(40)) and [r["kind"] for r in back] == [r[2] for r in rows]
    (tmp_path / "s.py").write_text("import jupyterfhe as jf\nt = jf.open('t')\njf.save((t['n'] * t['odd']).sum(), 'total')\n"
                                   "jf.save(t['n'].mean(), 'mean')\n")
    call("run", "s.py")
    assert call("decrypt", "total")[0].strip() == str(sum(r[0] for r in rows if r[1]))
    assert call("decrypt", "mean")[0].startswith("19.5")
    assert "int64" in call("inspect", "total")[0]
