"""``jupyterfhe decrypt``: values with bounds, as a table or a file."""

import contextlib
import csv
import datetime
import json
import os
import sys
from pathlib import Path

import numpy as np

from ..array import store
from ..client import files
from ..core import errors, tables
from ..frame import result as results
from .kept import Kept
from .main import Refused, home_of, load_key
from .text import columns, cut_all, harmless, progress, shown_bound


class Field:
    """How a column's numbers are shown.

    Parameters
    ----------
    column : jupyterfhe.core.tables.Column
    kept : jupyterfhe.cli.kept.Kept
    """

    def __init__(self, column, kept):
        """Ask for what the owner kept of it."""
        labels = kept.labels(column.name) if column.kind == "category" and column.categories is None else column.categories
        self.column, self.labels, self.name = column, labels, kept.name(column.name)
        self.bound = 0.0  # the largest shown so far

    def texts(self, opened):
        """Texts of some rows; None for missing.

        Parameters
        ----------
        opened : OpenedColumn

        Returns
        -------
        list of (str or None)
        """
        texts = self._texts(opened.values, opened.bound)
        if opened.missing is None:
            return texts
        return [None if gone else text for text, gone in zip(texts, opened.missing.tolist(), strict=True)]

    def _texts(self, values, bound):
        kind = self.column.kind
        special = kind == "datetime" and bound < 30 * 86400
        if special or (bound == 0 and (kind in ("date", "bool") or (kind == "category" and self.labels))):
            return [self._text(v, bound) for v in values.tolist()]
        texts, left = cut_all(values, bound)
        self.bound = max(self.bound, left)
        return texts

    def _text(self, value, bound):
        kind = self.column.kind
        if kind == "date":
            return (datetime.date.fromisoformat(self.column.epoch) + datetime.timedelta(value)).isoformat()
        if kind == "datetime":
            return self._time(value, bound)
        if kind == "category":
            if 0 <= value < len(self.labels):
                return self.labels[int(value)]
            raise errors.FormatError(f"a code of {self.name!r} has no label", "It was not made from this table.")
        return "true" if value else "false"

    def _time(self, value, bound):
        """A time to the unit that its bound supports: microseconds, milliseconds, seconds."""
        per = next((p for p in (1e6, 1e3, 1.0) if bound <= 1 / p), 1.0)
        ticks = round(value * per)
        self.bound = max(self.bound, bound + abs(ticks / per - value) + 2.0**-52 * abs(value))
        when = datetime.datetime.fromisoformat(self.column.epoch) + datetime.timedelta(seconds=ticks // per,
                                                                                     microseconds=ticks % per * (1e6 / per))
        return when.isoformat(timespec={1e6: "microseconds", 1e3: "milliseconds", 1.0: "seconds"}[per])

    def plain(self, text):
        """The text as JSON's own type."""
        if text is None:
            return None
        kind = self.column.kind
        if kind == "bool" and text in ("true", "false"):
            return text == "true"
        if kind in ("date", "datetime") or (kind == "category" and self.labels):
            return text
        number = float(text) if text != "undefined" else None
        return int(text) if kind in ("int", "category") and text.lstrip("-").isdigit() else number


@contextlib.contextmanager
def output(path):
    """A new file for the owner alone that appears whole, or standard output for '-'."""
    if path == "-":
        yield sys.stdout
        return
    target = Path(path)
    if os.path.lexists(target):
        raise Refused(f"{path} exists already; nothing was written")
    part = target.with_name(f".{target.name}.part-{os.getpid()}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with open(handle, "w", encoding="utf-8", newline="") as out:
            yield out
            out.flush()
            os.fsync(handle)
        os.link(part, target)  # unlike a rename it replaces nothing
    finally:
        part.unlink(missing_ok=True)
    files.sync(target.absolute().parent)


def say_assumed(opened):
    """What the shown bounds count on, below the numbers: whoever computed promised it, and nothing could check.

    Parameters
    ----------
    opened : OpenedArray or OpenedFrame
    """
    for text in opened.assumed:
        print(f"assumed: {harmless(text)}")


def harmless_cell(text):
    """A label that a spreadsheet would take for a formula gets a quote in front."""
    return f"'{text}" if text[:1] in "=+@" or (text[:1] == "-" and not _is_number(text)) else text


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def _write_csv(out, fields, chunks):
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([harmless_cell(f.name) for f in fields])
    for opened in chunks:
        for row in zip(*(f.texts(o) for f, o in zip(fields, opened, strict=True)), strict=True):
            writer.writerow(["" if text is None else harmless_cell(text) for text in row])


def _write_json(out, fields, chunks, table):
    out.write(f'{{"rows": {table.rows}, "data": [')
    first = True
    for opened in chunks:
        for row in zip(*(f.texts(o) for f, o in zip(fields, opened, strict=True)), strict=True):
            record = {f.name: f.plain(text) for f, text in zip(fields, row, strict=True)}
            out.write(("" if first else ",") + "\n " + json.dumps(record, ensure_ascii=False, allow_nan=False))
            first = False
    described = [{"name": f.name, "kind": f.column.kind, "unit": f.column.unit, "error_bound": f.bound} for f in fields]
    out.write(f'],\n "columns": {json.dumps(described, ensure_ascii=False, allow_nan=False)}}}\n')


def _arrow_array(field, opened, kind):
    import pyarrow as pa

    missing = opened.missing
    values = opened.values
    if pa.types.is_string(kind):
        return pa.array(field.texts(opened), kind)
    if pa.types.is_timestamp(kind):
        start = datetime.datetime.fromisoformat(field.column.epoch) - datetime.datetime(1970, 1, 1)
        values = np.rint((values + start.total_seconds()) * 1e6).astype(np.int64)
    elif pa.types.is_date(kind):
        start = datetime.date.fromisoformat(field.column.epoch) - datetime.date(1970, 1, 1)
        values = (values + start.days).astype(np.int32)
    elif pa.types.is_integer(kind):
        values = values.astype(np.int64)
    elif pa.types.is_boolean(kind):
        values = values != 0
    return pa.array(values, kind, mask=missing)


def _arrow_kind(field, bound):
    import pyarrow as pa

    kind = field.column.kind
    if kind == "datetime":
        return pa.timestamp("us")
    if bound:
        return pa.float64()
    if kind == "category":
        return pa.string() if field.labels else pa.int64()
    return {"int": pa.int64(), "bool": pa.bool_(), "date": pa.date32(), "float": pa.float64()}[kind]


def _write_parquet(out, fields, chunks):
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer, schema = None, None
    for opened in chunks:
        if schema is None:
            # a chunk's bound differs from another's in the rounding of doubles alone: the next power of two holds for all
            bounds = [float(np.exp2(np.ceil(np.log2(o.bound)) + 1)) if o.bound else 0.0 for o in opened]
            # and times are rounded to microseconds
            bounds = [b + 1e-6 if f.column.kind == "datetime" else b for f, b in zip(fields, bounds, strict=True)]
            schema = pa.schema([pa.field(f.name, _arrow_kind(f, b), metadata={"error_bound": repr(b)})
                                for f, b in zip(fields, bounds, strict=True)])
            writer = pq.ParquetWriter(out.buffer, schema)
        if any(o.bound > b for o, b in zip(opened, bounds, strict=True)):
            raise errors.FormatError("a chunk's error bound is larger than others'", "The table was not encrypted as one.")
        writer.write_batch(pa.record_batch([_arrow_array(f, o, k.type) for f, o, k in zip(fields, opened, schema, strict=True)],
                                           schema=schema))
    writer.close()


def _print(fields, chunks, table, most):
    shown = [[] for _ in fields]
    for opened in chunks:
        room = most - len(shown[0])
        for field, texts, column in zip(fields, shown, opened, strict=True):
            part = type(column)(column.values[:room], None if column.missing is None else column.missing[:room], column.bound)
            texts += [text if text is not None else "-" for text in field.texts(part)]
        if len(shown[0]) >= most:
            break
    head = [[f.name + (f" ({f.column.unit})" if f.column.unit and f.column.kind not in ("date", "datetime") else "")
             for f in fields]]
    if any(f.bound for f in fields):
        head.append([f"± {shown_bound(f.bound)}" if f.bound else "exact" for f in fields])
    rows = head + [list(row) for row in zip(*shown, strict=True)]
    numbers = {i for i, f in enumerate(fields) if f.column.kind in ("int", "float")}
    print("\n".join(columns(rows, right=numbers)))
    if table.rows > most:
        print(f"... {table.rows - most} more rows; --csv, --json and --parquet write all")


def _decrypt_table(args, space, name, folder):
    from ..client.tables_opened import open_chunks

    table = tables.open_table(folder)
    fields = [Field(c, Kept(space, [name])) for c in table.columns]
    if args.only:
        called = {f.column.name: f for f in fields} | {f.name: f for f in fields}
        fields = [called[n] if n in called else table.column(n) for n in args.only]
    wanted = [f.column for f in fields]
    with load_key(args, space) as key:
        target = next((w for w in (args.csv, args.json, args.parquet) if w is not None), None)
        with progress(table.chunks, "decrypting") as tell:
            chunks = _told(open_chunks(table, key, wanted), tell)
            if target is None:
                _print(fields, chunks, table, max(args.rows, 0))
                return
            with output(target) as out:
                if args.csv:
                    _write_csv(out, fields, chunks)
                elif args.json:
                    _write_json(out, fields, chunks, table)
                else:
                    _write_parquet(out, fields, chunks)
    if args.csv and any(f.bound for f in fields):
        bounds = ", ".join(f"{f.name} {shown_bound(f.bound)}" for f in fields if f.bound)
        print(f"each value within: {bounds}", file=sys.stderr)


def _told(chunks, tell):
    for opened in chunks:
        yield opened
        tell(1)


def run(args):
    """Do it.

    Parameters
    ----------
    args : argparse.Namespace

    Returns
    -------
    int
    """
    if args.parquet == "-":
        raise Refused("decrypt: --parquet wants a file; see jupyterfhe help decrypt")
    space = home_of(args)
    folder = Path(args.name) if "/" in args.name else space.existing(args.name)
    kind = tables.format_of(folder)
    if kind == tables.FORMAT:
        _decrypt_table(args, space, folder.name, folder)
    elif kind == store.FORMAT:
        from . import decrypt_array

        decrypt_array.run(args, space, folder)
    elif kind == results.FORMAT:
        from . import decrypt_frame

        decrypt_frame.run(args, space, folder)
    else:
        raise Refused(f"{folder} is of format {kind}, which decrypt does not open")
    return 0


