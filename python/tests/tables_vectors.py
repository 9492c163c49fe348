"""Files of tables and what must be found in them: `protocol/vectors/tables`, read by the command line and by the vault.

    .venv/bin/python python/tests/tables_vectors.py     # write the files that are generated, and expected.json anew

A file that is there stays as it is; those of numbers and Parquet are made here. `expected.json` holds, by file, the rows and columns
as they would be encrypted, or the lines of malformed rows, or that the file is refused.
"""

import datetime
import json
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "protocol" / "vectors" / "tables"
DELIMITERS = {"semicolon.csv": ";"}
DROPPED = {"ids.csv": ["id"], "nested.parquet": ["list"], "empty-column.csv": ["nothing"]}
TEXTS = {
    "plain.csv": "age,sex,bmi,smokes\n41,f,22.5,yes\n29,m,31,no\n63,f,19.25,no\n",
    "crlf.csv": "a,b\r\n1,2\r\n3,4\r\n",
    "bom.csv": "\ufeffa,b\n1,0\n3,1\n",
    "no-newline.csv": "a,b\n1,2\n3,4",
    "quotes.csv": 'name,"value ""x""",note\n"a,b",1,"line\nbreak"\n"c ""d""",2,plain\n"",3,"line\nbreak"\n',
    "emoji.csv": "größe 📏,\"say \"\"hi\"\"\",城市\n1.5,🙂,München\n2.5,🙃,東京\n-1,🙂,München\n",
    "missing.csv": "x,y,z\n1,NA,\n,2.5,NaN\n3,null,0\n4,1.5,1\n",
    "spaces.csv": "a,b,c\n 1 , x,true \n\t2,x , FALSE\n3, x,Yes\n",
    "numbers.csv": "a,b,c,d\n+1,.5,1e3,-0\n2,5.,-2.5E-3,0\n3,0.25,1e+2,0\n",
    "binary.csv": "flag,two\n0,0\n1,2\n0,1\n",
    "dates.csv": "d,t,u\n2024-02-29,2024-05-31T10:00:00,2024-05-31 10:00\n1969-12-31,2024-05-31T10:00:00.123456789Z,2024-06-01\n"
                 "2000-01-01,1960-01-01T00:00:00+05:30,2024-06-02T23:59:59-0100\n",
    "blank-end.csv": "a,b\n1,2\n3,4\n\n\n",
    "blank-between.csv": "a,b\n1,2\n\n3,4\n",
    "ragged.csv": "a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,2,3\n",
    "mixed.csv": "a,b\n1,2\nx,3\n4,5\n6,oops\n7,8\n",
    "infinite.csv": "a,b\n1,2\ninf,3\n1e999,4\n5,NaN\n6,7\n",
    "large.csv": "a,b\n9007199254740991,1\n1,2\n",
    "too-large.csv": "a,b\n9007199254740992,1\n1,2\n",
    "semicolon.csv": "a;b\n1;2\n3;4\n",
    "wrong-delimiter.csv": "a;b\n1;2\n3;4\n",
    "twice.csv": "a,a\n1,2\n",
    "no-name.csv": "a,\n1,2\n",
    "header-only.csv": "a,b\n",
    "open-quote.csv": 'a,b\n1,"2\n3,4\n',
    "ids.csv": "id,v\n" + "".join(f"person-{i:03},{i % 7}\n" for i in range(120)),
    "empty-column.csv": "a,nothing\n1,\n2,NA\n",
    "tabs.tsv": "a\tb\n1\tx\n2\ty\n",
    "array.json": '[{"a": 1, "b": 2.5, "c": "x"},\n {"a": 2, "b": 3, "c": "y"},\n {"a": -7, "c": "x"}]\n',
    "ints.json": '[{"a": 1, "b": 0, "c": true}, {"a": 2, "b": 1, "c": false}, {"a": 3, "b": 1, "c": null}]',
    "floats.json": '[{"a": 1.0}, {"a": 2.0}, {"a": 1e2}]',
    "lines.ndjson": '{"t": "2024-05-31T10:00:00Z", "v": 1}\n\n{"t": "2024-06-01T10:00:00Z", "v": 2, "w": "é\\u00e9"}\n{"t": null, "v": 3}\n',
    "bad.ndjson": '{"v": 1}\n{"v": oops}\n{"v": 1, "v": 2}\n[1]\n{"v": NaN}\n{"v": {"w": 1}}\n{"v": 2}\n',
    "words.json": '[{"a": 1, "b": "x"}, {"a": "2", "b": "NA"}, {"a": "NA", "b": "x"}]',
    "cut.json": '[{"a": 1},\n {"a": 2},\n {"a": ',
    "big.json": '[{"a": 9223372036854775808}, {"a": 1}]',
    "nothing.json": "[]",
    "scalar.json": "17\n",
}
BYTES = {"empty.csv": b"", "utf16.csv": "a,b\n1,2\n".encode("utf-16"), "latin1.csv": "a,b\n1,é\n".encode("latin-1"),
         "zero.csv": b"a,b\n1,\x002\n", "not.parquet": b"PAR1 no parquet at all PAR1"}


def make():
    """Write the files that are not there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in TEXTS.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="")
    for name, data in BYTES.items():
        (FOLDER / name).write_bytes(data)
    ranges(FOLDER / "ranges.csv")
    parquet()


def ranges(path):
    """Numbers of many sizes: what bounds are found is the same to the last bit."""
    draw = random.Random(4)
    columns = []
    for i in range(40):
        size, centre = 10.0 ** draw.randint(-12, 12), draw.choice((0, 1, -1, 1e6)) * 10.0 ** draw.randint(-3, 6)
        columns.append([repr(centre + size * draw.uniform(-1, 1)) if i % 4 else str(round(centre + size * draw.uniform(0, 1)) % 10**15)
                        for _ in range(5)])
    rows = zip(*columns, strict=True)
    path.write_text(",".join(f"x{i}" for i in range(40)) + "\n" + "".join(",".join(row) + "\n" for row in rows))


def parquet():
    """Parquet of every type that is read."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    day, time = datetime.date(2024, 2, 29), datetime.datetime(2024, 5, 31, 10, 0, 0, 123456)
    from decimal import Decimal
    table = pa.table({
        "i8": pa.array([1, -2, None], pa.int8()), "u32": pa.array([4294967295, 0, 7], pa.uint32()),
        "i64": pa.array([1, 2, 9007199254740991], pa.int64()), "f32": pa.array([0.5, None, 2.25], pa.float32()),
        "f64": pa.array([0.1, float("nan"), -3.5], pa.float64()), "flag": pa.array([True, False, None]),
        "date": pa.array([day, None, datetime.date(1960, 1, 1)]), "us": pa.array([time, None, time], pa.timestamp("us")),
        "ms": pa.array([time.replace(microsecond=5000), time.replace(microsecond=0), None], pa.timestamp("ms", "UTC")),
        "ns": pa.array([1717149600123456000, 1, None], pa.timestamp("ns")),
        "dec": pa.array([Decimal("0.3"), Decimal("-12.75"), None], pa.decimal128(9, 2)),
        "text": pa.array(["x", "é", None]), "cat": pa.array(["a", "b", "a"]).dictionary_encode()})
    for name, codec in (("types.parquet", "snappy"), ("zstd.parquet", "zstd"), ("gzip.parquet", "gzip"), ("brotli.parquet", "brotli")):
        if not (FOLDER / name).exists():
            pq.write_table(table, FOLDER / name, compression=codec, row_group_size=2)
    if not (FOLDER / "nested.parquet").exists():
        pq.write_table(pa.table({"v": [1, 2], "list": [[1], [2, 3]]}), FOLDER / "nested.parquet")
    if not (FOLDER / "decimal.parquet").exists():  # those whose whole part times a power of ten is another double
        values = [Decimal(v) for v in ("1.15", "4.35", "-1.15", "0.07", "8.95", "123456789.55")]
        pq.write_table(pa.table({"v": pa.array(values, pa.decimal128(12, 2))}), FOLDER / "decimal.parquet")
    if not (FOLDER / "large.parquet").exists():
        pq.write_table(pa.table({"v": pa.array([2**53, 1], pa.int64())}), FOLDER / "large.parquet")


def found(path):
    """What the command line finds in a file.

    Returns
    -------
    dict
    """
    from jupyterfhe.client import tables
    from jupyterfhe.core import errors
    try:
        with tables.open_source(path, delimiter=DELIMITERS.get(path.name)) as source:
            draft = tables.draft(source, drop=DROPPED.get(path.name, ()))
    except tables.TableError as why:
        lines = getattr(why, "lines", None)
        return {"malformed": [int(line.split()[1].rstrip(":")) for line in lines if line[0] != "a"]} if lines else {"refused": True}
    except errors.JupyterFHEError:
        return {"refused": True}
    columns = [{"name": s.name, "kind": s.kind, "unit": s.unit, "epoch": s.epoch, "categories": s.labels, "lo": s.lo, "hi": s.hi,
                "centre": s.centre, "half": s.half, "masked": s.masked} for s in draft.specs]
    return {"rows": draft.rows, "columns": columns}


def expected():
    """Of all files."""
    out = []
    for path in sorted(FOLDER.iterdir()):
        if path.name in ("expected.json", "README.md"):
            continue
        options = {"delimiter": DELIMITERS[path.name]} if path.name in DELIMITERS else {}
        options |= {"drop": DROPPED[path.name]} if path.name in DROPPED else {}
        out.append({"file": path.name, **options, **found(path)})
    return out


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "python"))
    make()
    (FOLDER / "expected.json").write_text(json.dumps(expected(), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
