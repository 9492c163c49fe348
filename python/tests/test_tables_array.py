"""Encrypted tables as arrays: columns compute like numpy's, missing values are named, names find their way."""

import json
import shutil

import numpy as np
import pytest
from world import World

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.client import tables
from jupyterfhe.core import Parameters, errors


@pytest.fixture(scope="module")
def deep(place):
    """Its keys turn by all powers of two: of the session's, a sum would take 500 rotations."""
    return World(place / "tables", Parameters.custom(6), rotations=[1 << i for i in range(13)])


@pytest.fixture(scope="module")
def space(deep, tmp_path_factory):
    """A workspace with the diabetes data, some values of which are missing."""
    from sklearn.datasets import load_diabetes

    home = tmp_path_factory.mktemp("home") / "h"
    (home / "data").mkdir(parents=True)
    shutil.copytree(deep.folder, home / "keys")
    data = load_diabetes(scaled=False)
    columns = dict(zip(data.feature_names, data.data.T, strict=True)) | {"target": data.target}
    gone = np.arange(len(data.target)) % 13 == 5
    records = [{n: None if n == "bp" and gone[i] else float(c[i]) for n, c in columns.items()} for i in range(len(gone))]
    (home / "t.json").write_text(json.dumps(records))
    with tables.open_source(home / "t.json") as source:
        tables.draft(source).encrypt(home / "data/diabetes", deep.secret)
    (home / "one.csv").write_text("x\n3.5\n")
    with tables.open_source(home / "one.csv") as source:
        tables.draft(source).encrypt(home / "data/one", deep.secret)
    return home, columns, gone


@pytest.fixture
def table(space, monkeypatch):
    monkeypatch.setenv("JUPYTERFHE_HOME", str(space[0]))
    return jf.open("diabetes")


def close(deep, got, want):
    opened = client.decrypt_array(got, deep.secret)
    assert opened.values.shape == np.shape(want)
    assert np.all(np.abs(opened.values - want) <= opened.error_bound)
    assert np.max(opened.error_bound) <= 1e-4 * (1 + np.max(np.abs(want)))


def test_columns_compute_like_numpys(deep, space, table):
    _, columns, _ = space
    x = table["bmi"]
    assert x.shape == (442,) and x.bounds[0] <= columns["bmi"].min() and columns["bmi"].max() <= x.bounds[1]
    close(deep, x, columns["bmi"])
    close(deep, np.mean(x), columns["bmi"].mean())
    close(deep, (x - 26) * table["s6"] / 100, (columns["bmi"] - 26) * columns["s6"] / 100)
    many = table[["age", "bmi", "target"]]
    want = np.column_stack([columns[n] for n in ("age", "bmi", "target")])
    assert many.shape == (442, 3)
    close(deep, many.sum(axis=0), want.sum(axis=0))
    close(deep, np.cov(many.T), np.cov(want.T))


def test_missing_values_are_named(deep, space, table):
    _, columns, gone = space
    with pytest.raises(jf.Refused, match=r"table\.filled"):
        table["bp"]
    with pytest.raises(jf.Refused, match="no value"):
        table.there("bmi")
    there = table.there("bp")
    close(deep, there, (~gone).astype(float))
    for value in (0, 94.5):
        close(deep, table.filled("bp", value), np.where(gone, value, columns["bp"]))
    total, count = (client.decrypt_array(x.sum(), deep.secret) for x in (table.filled("bp", 0), there))
    assert round(float(count.values)) == (~gone).sum()
    assert abs(total.values - columns["bp"][~gone].sum()) <= total.error_bound
    close(deep, table.filled("bmi", 0), columns["bmi"])


def test_what_is_seen_of_a_table(table):
    assert "442 rows" in repr(table) and table.shape == (442, 11) and len(table) == 442 and "age" in list(table)
    assert "bmi" in table and "may be missing" in table._repr_html_()
    with pytest.raises(errors.ArgumentError, match="no column"):
        table["none"]
    for wrong in ([], [1], 5):
        with pytest.raises((errors.ArgumentError, TypeError)):
            table[wrong]


def test_one_row(deep, table):
    close(deep, jf.open("one")["x"], [3.5])
    close(deep, jf.open("one")["x"].sum() * 2, 7.0)


def test_a_chunk_that_changes_is_found_when_it_is_read(deep, space, table, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(table.table.folder, copy)
    x = jf.open(copy, space[0] / "keys")["bmi"]
    at = x.strips.flat[0].values[0].stored.path
    other = jf.open(copy, space[0] / "keys")["s6"].strips.flat[0].values[0].stored.path
    shutil.copy(other, at)  # another column's, of the same key, level and size
    with pytest.raises(errors.ChecksumError, match="SHA-256"):
        x.sum().compute()


def test_results_are_saved_and_opened_by_name(deep, space, table):
    home, columns, _ = space
    place = jf.save(table["age"].sum(), "age-sum")
    assert place == home / "data/age-sum"
    close(deep, jf.open("age-sum"), columns["age"].sum())
    with pytest.raises(errors.StorageError, match="exists already"):
        jf.save(table["bmi"].sum(), "age-sum")
    jf.save(jf.open("age-sum") + 1, "age-sum", replace=True)  # computed of what it replaces
    close(deep, jf.open("age-sum"), columns["age"].sum() + 1)
    assert sorted(p.name for p in (home / "data").iterdir()) == ["age-sum", "diabetes", "one"]
    with pytest.raises(errors.StorageError, match="no result"):
        jf.save(table["age"].sum(), "diabetes", replace=True)
    with pytest.raises(errors.ArgumentError):
        jf.save(table["age"].sum(), "..")
    with pytest.raises(TypeError):
        jf.save(5, "five")
    with pytest.raises(errors.StorageError, match="nothing called"):
        jf.open("nothing")


def test_tables_of_other_keys_are_refused(lite, table):
    with pytest.raises(errors.ContextError):
        jf.open(table.table.folder, lite.folder)
