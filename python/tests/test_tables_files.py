"""Readers of CSV, JSON and Parquet: what they take, which line each fault stands in, and that no fault repeats a value."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jupyterfhe.client.tables_files import open_source
from jupyterfhe.client.tables_rows import FAULTS_MAX, Faults, TableError
from jupyterfhe.core import errors


def rows_of(path, **options):
    """All rows as lists of Python objects, their lines, and the faults."""
    faults = Faults()
    with open_source(path, **options) as source:
        rows, lines = [], []
        for batch in source.batches(faults, lambda n: None):
            columns = [batch.cells[name].array.to_pylist() for name in source.names if name in batch.cells]
            rows += [list(row) for row in zip(*columns, strict=True)]
            lines += [int(batch.line(i)) for i in range(batch.rows)]
        return rows, lines, faults.lines


@pytest.fixture
def write(tmp_path):
    def write(text, name="t.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path
    return write


# ---- CSV ----
def test_csv_as_rfc_4180_says(write):
    path = write('a,"b ""x"", y"\r\n1,"two\nlines"\r\n"3","4,5"\r\n6,\r\n')
    rows, lines, faults = rows_of(path)
    assert rows == [["1", "two\nlines"], ["3", "4,5"], ["6", None]] and lines == [2, 4, 5] and not faults
    with open_source(path) as source:
        assert source.names == ["a", 'b "x", y']


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "\ufeffa,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\n1,2", "a,b\n1,2\n\n\n",
                                  '"a","b"\n"1","2"\n'])
def test_one_row_in_many_dresses(write, text):
    assert rows_of(write(text)) == ([["1", "2"]], [2], [])


def test_other_delimiters(write):
    assert rows_of(write("a\tb\n1\t2\n", "t.tsv"))[0] == [["1", "2"]]
    assert rows_of(write("a;b\n1;2\n"), delimiter=";")[0] == [["1", "2"]]
    with pytest.raises(TableError, match="--delimiter"):
        open_source(write("a;b\n1;2\n"))


def test_lines_of_malformed_rows(write):
    path = write('h,i\n1,2\n3\n"4\n4",5\n6,7,8\n"9\n\n9",1,2\n10,11\n12\n')
    rows, lines, faults = rows_of(path)
    assert rows == [["1", "2"], ["4\n4", "5"], ["10", "11"]] and lines == [2, 4, 10]
    assert faults == ["3: 1 cells, the header has 2", "6: 3 cells, the header has 2", "7: 3 cells, the header has 2",
                      "11: 1 cells, the header has 2"]


def test_lines_over_many_blocks(write):
    """Rows of 100 bytes over several MiB: a bad one in each block is named by its line."""
    good, bad = "x" * 49 + "," + "y" * 49, {5000, 20000, 35000}
    path = write("a,b\n" + "\n".join("z" if i in bad else good for i in range(40000)) + "\n")
    rows, lines, faults = rows_of(path)
    assert [int(f.split(":")[0]) for f in faults] == [i + 2 for i in sorted(bad)]
    assert len(rows) == 40000 - 3 and lines == [i + 2 for i in range(40000) if i not in bad]


def test_a_blank_line_may_only_end_a_file(write):
    assert rows_of(write("a\n1\n\n2\n\n\n"))[1:] == ([2, 4], ["3: a blank line between rows"])
    assert rows_of(write("a,b\n\n1,2\n"))[2] == ["2: a blank line between rows"]
    assert rows_of(write('a\n1\n""\n2\n')) == ([["1"], [""], ["2"]], [2, 3, 4], [])  # quotes make it a missing value


@pytest.mark.parametrize(("text", "why"), [
    (b"a,b\n1,\0\n", ":2: a zero byte"), (b"\0", ":1: a zero byte"), (b"a,b\n1,2\n3,\xff\n", ":3: no UTF-8"),
    (b"a,a\n1,2\n", "two columns are called 'a'"), (b"a,\n1,2\n", "name of column 2 is missing"),
    (b"a," + b"x" * 300 + b"\n1,2\n", "over 200 characters"),
    (b",".join(b"%d" % i for i in range(5000)) + b"\n", "4096 columns"),
    (b"a,b\n", "no rows"), (b"", "is empty"), (b'a,b\n1,"2\n3,4\n', "a quote that is never closed"),
    (b'"a,b\n', ":1: "), (b"a,b\n1," + b"9" * (1 << 21) + b"\n", "longer than 1 MiB"), (b"x" * (1 << 21), "longer than 1 MiB"),
    (b'a,b\n1,"' + b"9\n" * (1 << 20) + b'"\n', "longer than 1 MiB")])
def test_hostile_csv_is_refused_in_one_line(write, text, why):
    with pytest.raises(errors.JupyterFHEError, match=why) as caught:
        rows_of(write(text))
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 500


def test_a_file_of_malformed_rows_alone_ends(write):
    with pytest.raises(TableError):
        rows_of(write("a,b\n" + "1\n" * (FAULTS_MAX + 10)))
    rows, _, faults = rows_of(write("a,b\n" + "1\n" * 50))
    assert rows == [] and len(faults) == 20


def test_a_file_that_changes_is_found(write):
    path = write("a,b\n1,2\n3,4\n")
    with open_source(path) as source:
        with open(path, "a") as out:
            out.write("5,6\n")
        with pytest.raises(TableError, match="changed while"):
            list(source.batches(Faults(), lambda n: None))


# ---- JSON ----
def test_json_arrays_and_lines_are_the_same_table(write):
    records = [{"a": 1, "b": None, "c": "x"}, {"a": 2.5, "c": "y\u2028\n"}, {"b": True, "a": -3}]  # U+2028 ends no line
    array, lines = json.dumps(records, indent=2), "\n".join(json.dumps(r) for r in records) + "\n\n"
    one, two = rows_of(write(array, "t.json")), rows_of(write(lines, "t.ndjson"))
    assert one[0] == two[0] and one[0][1][0] == 2.5 and one[1] == [2, 7, 11] and two[1] == [1, 2, 3]
    assert rows_of(write("\ufeff" + lines, "u.jsonl"))[0] == one[0]


def test_json_in_one_long_line(write):
    records = [{"name": "x" * 90, "n": i} for i in range(30000)]
    rows, lines, _ = rows_of(write(json.dumps(records), "t.json"))
    assert [r[1] for r in rows] == list(range(30000)) and set(lines) == {1}


def test_faults_of_json_lines(write):
    deep = '{"a": ' + "[" * 50000
    text = ['{"a": 1}', '{"a": }', "5", '{"a": 1, "a": 2}', '{"a": NaN}', deep, '{"a": [1]}', '{"a": 9' + "9" * 5000 + "}",
            '{"a": 2} 3', '{"a": "secret', "", '{"a": 3}']
    rows, lines, faults = rows_of(write("\n".join(text), "t.ndjson"))
    assert lines == [1, 7, 12] and [r[0] for r in rows] == [1, None, 3]
    assert [int(f.split(":")[0]) for f in faults] == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    whys = ["no JSON", "no JSON object", "twice", "NaN", "deeply", "a list", "digits", "no JSON", "no JSON"]
    for fault, why in zip(faults, whys, strict=True):
        assert why in fault and "secret" not in fault and "999" not in fault


def test_what_follows_a_fault_in_an_array_is_not_read(write):
    _, lines, faults = rows_of(write('[{"a": 1},\n{"a": 2},\n{"a": oh},\n{"a": 4}]', "t.json"))
    assert lines == [1, 2] and faults == ["3: no JSON: expecting value; what follows was not read"]


@pytest.mark.parametrize(("text", "why"), [
    ("5", "begins neither"), ("", "is empty"), ('[{"a": 1}', "it ends"), ('[{"a": 1} {"a": 2}]', "is wanted"),
    ("[]", "no records"), ('[{"a": 1}] x', "behind the array"), ("[" * 100000, "has no records|malformed"), ("{", "malformed"),
    ('[{"a": "' + "x" * (3 << 20) + '"}]', "malformed|longer"), ('{"a": "' + "x" * (3 << 20) + '"}', "longer than 1 MiB"),
    ("[" + " " * (3 << 20) + "1]", "more blanks"), ('[{"a": "\0"}]', "zero byte"), (b'{"a": "\xc3"}', "no UTF-8"),
    ('{"": 1}', "name of column 1 is missing"), (json.dumps({str(i): 1 for i in range(5000)}), "4096 columns")])
def test_hostile_json_is_refused_in_one_line(write, text, why):
    with pytest.raises(errors.JupyterFHEError, match=why) as caught:
        rows_of(write(text, "t.json"))
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 500


# ---- Parquet ----
def parquet(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet_keeps_its_types(tmp_path):
    import datetime
    import decimal

    path = parquet(tmp_path / "t.parquet", i=pa.array([1, None], pa.int8()), f=pa.array([0.5, 1.5], pa.float32()),
                   b=[True, None], d=pa.array([datetime.date(2024, 1, 1)] * 2), s=pa.array(["x", "y"]).dictionary_encode(),
                   m=pa.array([decimal.Decimal("0.1"), decimal.Decimal("-2.5")]),
                   t=pa.array([datetime.datetime(2024, 1, 1, 1)] * 2, pa.timestamp("ns")), n=pa.nulls(2))
    rows, lines, _ = rows_of(path)
    assert lines == [1, 2] and rows[0][:6] == [1, 0.5, True, datetime.date(2024, 1, 1), "x", 0.1] and rows[1][7] is None


def test_columns_of_lists_are_named(tmp_path):
    with open_source(parquet(tmp_path / "t.parquet", a=[1, 2], nested=[[1], [2]])) as source:
        assert source.unreadable("nested") and not source.unreadable("a")


def test_hostile_parquet_is_refused_in_one_line(tmp_path):
    good = parquet(tmp_path / "t.parquet", a=np.arange(1000), b=np.arange(1000) / 7, c=["text"] * 1000).read_bytes()
    rng, refused = np.random.default_rng(3), 0
    bad = tmp_path / "bad.parquet"
    for i in range(300):
        data = bytearray(good)
        if i % 3 == 0:
            data = data[:rng.integers(len(data))]
        for _ in range(rng.integers(1, 5)):
            if data:
                data[rng.integers(len(data))] = rng.integers(256)
        bad.write_bytes(data)
        try:
            rows_of(bad)
        except errors.JupyterFHEError as why:
            refused += 1
            assert "\n" not in str(why) and len(str(why)) < 500
    assert refused > 100
    bad.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(TableError, match="not a whole Parquet"):
        open_source(bad)


# ---- which reader ----
def test_names_say_the_format(write, tmp_path):
    with pytest.raises(TableError, match="--format"):
        open_source(write("a\n1\n", "t.txt"))
    assert rows_of(write("a\n1\n", "t.txt"), form="csv")[0] == [["1"]]
    with pytest.raises(FileNotFoundError):
        open_source(tmp_path / "none.csv")
    with pytest.raises(errors.StorageError, match="no regular file"):
        open_source(tmp_path, form="csv")
