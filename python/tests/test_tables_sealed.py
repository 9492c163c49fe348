"""Tables encrypted and opened again: every kind, real data in every format, within bounds; whole or not at all."""

import csv
import datetime
import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jupyterfhe import client
from jupyterfhe.client import tables
from jupyterfhe.client.tables_opened import open_chunks, units_bound
from jupyterfhe.core import errors
from jupyterfhe.core.tables import open_table


def real(name):
    """Column names and columns of a data set that scikit-learn ships."""
    from sklearn import datasets

    data = {"diabetes": datasets.load_diabetes(scaled=False), "cancer": datasets.load_breast_cancer()}[name]
    return [*data.feature_names, "target"], np.column_stack([data.data, data.target])


def as_csv(path, names, data):
    with open(path, "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(names)
        rows.writerows([repr(float(v)) for v in row] for row in data)


def as_json(path, names, data):
    path.write_text(json.dumps([dict(zip(map(str, names), row, strict=True)) for row in data.tolist()]))


def as_ndjson(path, names, data):
    path.write_text("".join(json.dumps(dict(zip(map(str, names), row, strict=True))) + "\n" for row in data.tolist()))


def as_parquet(path, names, data):
    pq.write_table(pa.table({str(n): column for n, column in zip(names, data.T, strict=True)}), path, row_group_size=100)


def seal(lite, path, folder, *, slots=None, level=None, **options):
    with tables.open_source(path) as source:
        draft = tables.draft(source, **options)
        made = draft.encrypt(folder, lite.secret, log_slots=slots, level=level)
    assert made["bytes"] == sum(p.stat().st_size for p in folder.iterdir()) and made["files"] == len(list(folder.iterdir()))
    return open_table(folder, lite.params)


def opened(lite, table):
    """Values, missing and the largest bound of every column."""
    parts = list(open_chunks(table, lite.secret))
    out = {}
    for i, column in enumerate(table.columns):
        chunks = [part[i] for part in parts]
        missing = np.concatenate([c.missing for c in chunks]) if column.masked else None
        out[column.name] = np.concatenate([c.values for c in chunks]), missing, max(c.bound for c in chunks)
    return out


@pytest.mark.parametrize("form", ["csv", "json", "ndjson", "parquet"])
@pytest.mark.parametrize("name", ["diabetes", "cancer"])
def test_real_data_comes_back_within_its_bounds(lite, tmp_path, name, form):
    names, data = real(name)
    path = tmp_path / f"t.{form}"
    {"csv": as_csv, "json": as_json, "ndjson": as_ndjson, "parquet": as_parquet}[form](path, names, data)
    table = seal(lite, path, tmp_path / "T", slots=8 if name == "diabetes" else None)
    assert table.rows == len(data) and table.names == [str(n) for n in names]
    found = opened(lite, table)
    for column, want in zip(table.columns, data.T, strict=True):
        values, missing, bound = found[column.name]
        off = np.abs(values - want).max()
        assert off <= bound and missing is None, column.name
        assert bound <= 1e-6 * column.half and column.lo <= want.min() and want.max() <= column.hi


def test_chunks_of_eight_rows(lite, tmp_path):
    (tmp_path / "t.csv").write_text("x\n" + "\n".join(str(i / 8) for i in range(8 * 5 + 3)) + "\n")
    table = seal(lite, tmp_path / "t.csv", tmp_path / "T", slots=3)
    assert table.chunks == 6 and np.abs(opened(lite, table)["x"][0] - np.arange(43) / 8).max() < 1e-6
    # behind the last row there is nothing, so that sums need no mask
    last = client.decrypt(table.columns[0].load(lite.params, 5), lite.secret)
    assert np.abs(last.values[3:]).max() <= last.error_bound


def test_every_kind(lite, tmp_path):
    text = ("f,i,b,d,t,c,m\n"
            "1.5,-7,true,2024-02-29,2024-02-29T12:00:00.25Z,red,\n"
            "-2.25,12,false,1969-12-31,1969-12-31T23:59:59Z,green,5\n"
            "1e-3,0,true,2000-01-01,2000-01-01T00:00:00Z,red,NA\n")
    (tmp_path / "t.csv").write_text(text)
    table = seal(lite, tmp_path / "t.csv", tmp_path / "T")
    found = opened(lite, table)
    assert [c.kind for c in table.columns] == ["float", "int", "bool", "date", "datetime", "category", "int"]
    day = lambda *ymd: (datetime.date(*ymd) - datetime.date(1970, 1, 1)).days  # noqa: E731
    exact = {"i": [-7, 12, 0], "b": [1, 0, 1], "d": [day(2024, 2, 29), -1, day(2000, 1, 1)], "c": [1, 0, 1]}
    for name, want in exact.items():
        assert found[name][0].tolist() == want and found[name][2] == 0.0
    assert np.abs(found["f"][0] - [1.5, -2.25, 1e-3]).max() <= found["f"][2] < 1e-8
    times = np.array([day(2024, 2, 29) * 86400 + 43200.25, -1, day(2000, 1, 1) * 86400])
    assert np.abs(found["t"][0] - times).max() <= found["t"][2] < 1
    assert found["m"][1].tolist() == [True, False, True] and found["m"][0][1] == 5
    assert table.column("c").categories == ("green", "red") and table.column("d").unit == "days"


def test_missing_values_hold_nothing(lite, tmp_path):
    """The slot of a missing value is 0, and a masked sum is a sum."""
    (tmp_path / "t.csv").write_text("x\n10\n\"\"\n14\n\"\"\n12\n")
    table = seal(lite, tmp_path / "t.csv", tmp_path / "T", slots=3)
    column = table.columns[0]
    u, m = (client.decrypt(column.load(lite.params, 0, mask=mask), lite.secret) for mask in (False, True))
    assert np.abs(u.values[[1, 3, 5, 6, 7]]).max() <= u.error_bound
    assert np.abs(m.values - [1, 0, 1, 0, 1, 0, 0, 0]).max() <= m.error_bound


def test_nothing_but_what_was_said_is_public(lite, tmp_path):
    """Containers tell the declared bound 1, never a column's largest number; labels may stay out."""
    (tmp_path / "t.csv").write_text("x,c\n0.001,alpha-secret\n0.0013791,beta-secret\n")
    table = seal(lite, tmp_path / "t.csv", tmp_path / "T", labels="private", overrides={"x": {"bounds": (-1.0, 1.0)}})
    assert all(c.load(lite.params, 0).magnitude == pytest.approx(1, rel=1e-9) for c in table.columns)
    everything = b"".join(p.read_bytes() for p in (tmp_path / "T").iterdir())
    assert b"secret" not in everything and b"0.0013791" not in everything
    assert table.column("c").categories is None and table.column("c").hi == 1  # how many there are is public: docs/adr/0026


def test_levels_and_slots_are_chosen(lite, tmp_path):
    (tmp_path / "t.csv").write_text("x\n1\n2\n")
    table = seal(lite, tmp_path / "t.csv", tmp_path / "T", level=1, slots=5)
    assert (table.level, table.log_slots) == (1, 5) and opened(lite, table)["x"][0].tolist() == [1, 2]
    with tables.open_source(tmp_path / "t.csv") as source:
        draft = tables.draft(source)
        for wrong in ({"level": 3}, {"level": -1}, {"log_slots": 13}, {"log_slots": -1}):
            with pytest.raises(errors.ArgumentError, match="level is 0 to 2"):
                draft.encrypt(tmp_path / "U", lite.secret, **wrong)
        with pytest.raises(errors.StorageError, match="exists already"):
            draft.encrypt(tmp_path / "T", lite.secret)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["T", "t.csv"]


def test_the_bound_in_units_covers_double_arithmetic(rng):
    """Whatever the centre and half, the way there and back through doubles stays within the bound of an exact u."""
    from fractions import Fraction

    from jupyterfhe.client.tables_schema import middle

    class Column:
        pass

    for _ in range(3000):
        low = float(rng.normal() * 10.0 ** rng.integers(-5, 9))
        high = low + float(rng.random() * 10.0 ** rng.integers(-5, 9))
        column = Column()
        column.centre, column.half = middle(low, high)
        x = min(max(low + float(rng.random()) * (high - low), low), high)
        back = column.centre + column.half * np.array([(x - column.centre) / column.half])
        assert abs(Fraction(float(back[0])) - Fraction(x)) <= Fraction(units_bound(column, 0.0, back))


# ---- whose key, which bytes ----
@pytest.fixture
def small(lite, tmp_path):
    (tmp_path / "t.csv").write_text("x,m\n" + "".join(f"{i},{i if i % 2 else ''}\n" for i in range(10)))
    seal(lite, tmp_path / "t.csv", tmp_path / "T", exact="no")
    return tmp_path / "T"


def test_another_key_opens_nothing(lite, deep, small):
    with client.SecretKey.generate(lite.params) as other, pytest.raises(errors.KeyMissingError, match="this is key"):
        list(open_chunks(open_table(small), other))
    with pytest.raises(errors.ContextError):
        list(open_chunks(open_table(small), deep.secret))


def forge(small, lite, which, values):
    """Put another ciphertext of the right key in a chunk's place, hash and all: a store that lies."""
    data = lite.seal(values, bound=1.0, packing="real", level=2).to_bytes()
    root = json.loads((small / "manifest.json").read_text())
    entry = root["columns"][1][which][0]
    entry["sha256"] = hashlib.sha256(data).hexdigest()
    (small / entry["name"]).write_bytes(data)
    (small / "manifest.json").write_text(json.dumps(root))


def test_a_mask_of_other_numbers_is_refused(lite, small):
    forge(small, lite, "mask", [0.5] * 10)
    with pytest.raises(errors.FormatError, match="neither 0 nor 1"):
        list(open_chunks(open_table(small), lite.secret))


# ---- whole or not at all ----
def test_a_failure_leaves_nothing(lite, tmp_path, monkeypatch):
    (tmp_path / "t.csv").write_text("x\n" + "1\n2\n" * 20)
    calls = []

    def full(*args, **options):
        calls.append(1)
        if len(calls) == 3:
            raise OSError(28, "no room")
        return client.seal(*args, **options)

    monkeypatch.setattr(tables, "seal", full)
    with tables.open_source(tmp_path / "t.csv") as source, pytest.raises(OSError, match="no room"):
        tables.draft(source).encrypt(tmp_path / "T", lite.secret, log_slots=3)
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def test_a_file_that_changes_leaves_nothing(lite, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x\n1\n2\n")
    with tables.open_source(path) as source:
        draft = tables.draft(source)
        state = path.stat()
        path.write_text("x\n1\n9\n")  # as long as before, and as old
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        with pytest.raises(errors.FormatError, match="changed while"):
            draft.encrypt(tmp_path / "T", lite.secret)
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


KILLED = """
import sys, time
from jupyterfhe import client
from jupyterfhe.client import tables
seal, count = tables.seal, [0]
def slow(*args, **options):
    count[0] += 1
    if count[0] == 5:
        print("half", flush=True)
        time.sleep(60)
    return seal(*args, **options)
tables.seal = slow
with client.SecretKey.load(sys.argv[1]) as key, tables.open_source("t.csv") as source:
    tables.draft(source).encrypt("T", key, log_slots=3)
"""


def test_a_kill_in_the_middle_leaves_no_table_and_the_next_run_sweeps(lite, tmp_path):
    (tmp_path / "t.csv").write_text("x\n" + "1\n2\n" * 40)
    with subprocess.Popen([sys.executable, "-c", KILLED, str(lite.folder)], cwd=tmp_path, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"half\n"
        parts = list(tmp_path.glob("T.part-*"))
        assert len(parts) == 1 and len(list(parts[0].iterdir())) == 4
        (tmp_path / "u.csv").write_text("x\n1\n2\n")
        seal(lite, tmp_path / "u.csv", tmp_path / "U")  # beside a writer that lives: its folder stays
        assert parts[0].exists()
        (tmp_path / ".V.part-1").mkdir()  # an array that a script is saving
        process.send_signal(signal.SIGKILL)
    assert not (tmp_path / "T").exists() and parts[0].exists()
    table = seal(lite, tmp_path / "t.csv", tmp_path / "T", slots=3)
    assert table.rows == 80 and sorted(p.name for p in tmp_path.iterdir()) == [".V.part-1", "T", "U", "t.csv", "u.csv"]


def test_two_writers_of_one_name(lite, tmp_path):
    """The second to finish is refused, and leaves the first's table as it is."""
    (tmp_path / "t.csv").write_text("x\n1\n2\n")
    with tables.open_source(tmp_path / "t.csv") as one, tables.open_source(tmp_path / "t.csv") as two:
        first, second = tables.draft(one), tables.draft(two)
        with pytest.raises(errors.StorageError, match="exists already"), tables._stage(tmp_path / "T") as part:
            (part / "x").write_text("")
            first.encrypt(tmp_path / "T", lite.secret)  # while the other is half done
        with pytest.raises(errors.StorageError, match="exists already"):
            second.encrypt(tmp_path / "T", lite.secret)
    assert opened(lite, open_table(tmp_path / "T"))["x"][0].tolist() == [1, 2]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["T", "t.csv"]


def test_memory_does_not_grow_with_the_rows(lite, tmp_path):
    """Peak memory of a process that encrypts 20 times as many rows is at most a tenth more."""
    script = ("import resource, sys\nfrom jupyterfhe import client\nfrom jupyterfhe.client import tables\n"
              "with client.SecretKey.load(sys.argv[1]) as key, tables.open_source(sys.argv[2]) as source:\n"
              "    tables.draft(source).encrypt(sys.argv[3], key)\n"
              "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n")
    names, data = real("diabetes")
    peaks = []
    for times in (20, 400):
        path = tmp_path / f"{times}.csv"
        as_csv(path, names[:4], np.tile(data[:, :4], (times, 1)))
        done = subprocess.run([sys.executable, "-c", script, lite.folder, path, tmp_path / str(times)], check=True,
                              capture_output=True, text=True)
        peaks.append(int(done.stdout))
    assert peaks[1] <= 1.1 * peaks[0], peaks


def test_encryption_keeps_up(lite, tmp_path):
    """Reading three times and encrypting stays within a generous time: a quadratic step somewhere would not."""
    names, data = real("diabetes")
    as_csv(tmp_path / "t.csv", names[:2], np.tile(data[:, :2], (200, 1)))
    start = time.monotonic()
    seal(lite, tmp_path / "t.csv", tmp_path / "T")
    assert time.monotonic() - start < 60
