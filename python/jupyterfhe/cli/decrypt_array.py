"""``jupyterfhe decrypt`` of a result that a script saved: a number, a row, a table of numbers."""

import csv
import json

import numpy as np

from ..client import decrypt_array
from .decrypt import output, say_assumed
from .main import Refused, load_key
from .text import columns, cut, shown_bound


def _cut(value, bound, kind):
    """Text of one number, and a bound on what it shows."""
    if kind == "b":
        return ("true" if value else "false"), 0.0
    if kind == "c":
        (re, a), (im, b) = cut(value.real, bound), cut(value.imag, bound)
        return f"{re}{'' if im.startswith('-') else '+'}{im}i", float(np.hypot(a, b))
    return cut(float(value), bound)


def _plain(value, text, kind):
    """The same for JSON: complex numbers are pairs, what has no value is null."""
    if kind == "b":
        return bool(value)
    if kind == "c":
        return [float(value.real), float(value.imag)]
    return None if text == "undefined" else float(text)


def _texts(opened):
    """Texts and bounds of all numbers, of the array's shape."""
    values, kind = opened.values, opened.values.dtype.kind
    bounds = np.broadcast_to(opened.error_bound, values.shape)
    texts, left = np.empty(values.shape, dtype=object), np.zeros(values.shape)
    for at in np.ndindex(values.shape):
        texts[at], left[at] = _cut(values[at], float(bounds[at]), kind)
    return texts, left


def _grid(array):
    """Rows of an array of up to two axes."""
    return array.reshape(-1, 1) if array.ndim < 2 else array


def _print(texts, left, most):
    if texts.ndim > 2:
        raise Refused(f"decrypt: the result has {texts.ndim} axes; --json prints it")
    if texts.ndim == 0:
        bound = float(left)
        print(f"{texts[()]}" + (f"  ± {shown_bound(bound)}" if bound else ""))
        return
    rows, bounds = _grid(texts), _grid(left)
    worst = bounds.max(axis=0, initial=0.0)
    head = [[f"± {shown_bound(b)}" if b else "exact" for b in worst]] if texts.size else []
    print("\n".join(columns(head + rows[:most].tolist(), right=range(rows.shape[1]))))
    if len(rows) > most:
        print(f"... {len(rows) - most} more rows; --csv, --json and --parquet write all")


def _parquet(out, opened):
    import pyarrow as pa
    import pyarrow.parquet as pq

    values = _grid(opened.values)
    bounds = _grid(np.broadcast_to(opened.error_bound, opened.values.shape)).max(axis=0, initial=0.0)
    if values.dtype.kind == "c":
        values, bounds = np.concatenate([values.real, values.imag], axis=1), np.concatenate([bounds, bounds])
    fields = [pa.field(f"c{i}", pa.from_numpy_dtype(values.dtype), metadata={"error_bound": repr(float(b))})
              for i, b in enumerate(bounds)]
    pq.write_table(pa.table([pa.array(c) for c in values.T], schema=pa.schema(fields)), out.buffer)


def run(args, space, folder):
    """Open it, and show it as asked.

    Parameters
    ----------
    args : argparse.Namespace
    space : jupyterfhe.core.workspace.Workspace
    folder : Path
    """
    if args.only:
        raise Refused("decrypt: --only names columns of tables; this is a result")
    with load_key(args, space) as key:
        opened = decrypt_array(folder, key)
    kind = opened.values.dtype.kind
    if (args.parquet or args.csv) and opened.values.ndim > 2:
        raise Refused(f"decrypt: the result has {opened.values.ndim} axes; --json writes it")
    if args.parquet:
        with output(args.parquet) as out:
            _parquet(out, opened)
        return
    texts, left = _texts(opened)
    if args.csv:
        with output(args.csv) as out:
            csv.writer(out, lineterminator="\n").writerows(_grid(texts).tolist())
    elif args.json:
        plain = np.empty(texts.shape, dtype=object)
        for at in np.ndindex(texts.shape):
            plain[at] = _plain(opened.values[at], texts[at], kind)
        with output(args.json) as out:
            json.dump({"shape": list(texts.shape), "dtype": str(opened.values.dtype), "values": plain.tolist(),
                       "error_bound": [None if not np.isfinite(b) else b for b in left.ravel().tolist()],
                       "assumed": list(opened.assumed)}, out)
            out.write("\n")
    else:
        _print(texts, left, max(args.rows, 0))
        say_assumed(opened)
