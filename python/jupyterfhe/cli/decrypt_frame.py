"""``jupyterfhe decrypt`` of what a frame or a statistic gave: rows and columns with labels, or named numbers."""

import csv
import json

import numpy as np

from ..client import decrypt_frame
from ..core import tables
from ..frame import result as results
from .decrypt import harmless_cell, output
from .main import Refused, load_key
from .text import columns, cut, shown_bound


def _labels_of(space, names):
    """Private labels by column, of the tables that a result was made of."""
    kept = {}
    for name in names:
        path = space.private / f"{name}.json"
        if "/" not in name and path.exists():
            found = tables.read_json(path).get("categories")
            kept |= found if isinstance(found, dict) else {}
    return lambda column: kept.get(column) if isinstance(kept.get(column), list) else None


def _text(value, bound):
    """Text of one cell, and a bound on what it shows; None where nothing is there."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None, 0.0
    if isinstance(value, (bool, np.bool_)):
        return ("true" if value else "false"), 0.0
    if isinstance(value, (int, np.integer)):
        return str(int(value)), 0.0
    return cut(float(value), float(bound)) if isinstance(value, (float, np.floating)) else (str(value), 0.0)


def _texts(opened, name):
    """Texts of a column and its largest bound."""
    values, bounds = np.atleast_1d(opened.columns[name]), np.atleast_1d(opened.error_bound[name])
    cells = [_text(v, b) for v, b in zip(values.ravel().tolist(), bounds.ravel().tolist(), strict=True)]
    return [c[0] for c in cells], max((c[1] for c in cells), default=0.0)


def _index(opened):
    return [" ".join(map(str, x)) if isinstance(x, tuple) else str(x) for x in opened.index]


def _print(opened, most):
    if opened.shape == "record":
        rows = []
        for name in opened.columns:
            texts, worst = _texts(opened, name)
            shown = ", ".join("undefined" if t is None else t for t in texts)
            rows.append([name, shown, f"± {shown_bound(worst)}" if worst else "exact"])
        print("\n".join([*([opened.title] if opened.title else []), *columns(rows, most=120)]))
        return
    made = {name: _texts(opened, name) for name in opened.columns}
    head = [" ".join(n for n in opened.names if n), *made]
    bounds = ["", *(f"± {shown_bound(worst)}" if worst else "exact" for _, worst in made.values())]
    cells = [["-" if t is None else t for t in texts[:most]] for texts, _ in made.values()]
    body = zip(_index(opened)[:most], *cells, strict=True)
    print("\n".join(columns([head, bounds, *map(list, body)], right=range(1, len(head)))))
    if len(opened.index) > most:
        print(f"... {len(opened.index) - most} more rows; --csv and --json write all")


def _plain(opened):
    """For JSON: bounds beside values, null where nothing is there."""
    out = {}
    for name, values in opened.columns.items():
        cells = [None if _text(v, 0.0)[0] is None else v if isinstance(v, (bool, int, float, str)) else str(v)
                 for v in np.atleast_1d(values).ravel().tolist()]
        bounds = [b if np.isfinite(b) else None for b in np.atleast_1d(opened.error_bound[name]).ravel().tolist()]
        cells = [c if not isinstance(c, float) or np.isfinite(c) else None for c in cells]
        out[name] = {"values": cells, "error_bound": bounds, "shape": list(np.shape(values))}
    index = None if opened.index is None else _index(opened)
    return {"kind": opened.shape, "title": opened.title, "index": index, "columns": out}


def run(args, space, folder):
    """Open it, and show it as asked.

    Parameters
    ----------
    args : argparse.Namespace
    space : jupyterfhe.core.workspace.Workspace
    folder : Path
    """
    if args.only or args.parquet:
        raise Refused("decrypt: this is a result; it is shown, or written with --csv or --json")
    found = results.read_manifest(folder).get("tables")
    names = [n for n in found if isinstance(n, str)] if isinstance(found, list) else []
    with load_key(args, space) as key:
        opened = decrypt_frame(folder, key, _labels_of(space, names))
    if args.csv:
        if opened.shape == "record":
            raise Refused("decrypt: named numbers are no table; --json writes them")
        with output(args.csv) as out:
            made = [["" if t is None else harmless_cell(t) for t in _texts(opened, n)[0]] for n in opened.columns]
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(map(harmless_cell, [" ".join(n for n in opened.names if n), *opened.columns]))
            writer.writerows(zip(map(harmless_cell, _index(opened)), *made, strict=True))
    elif args.json:
        with output(args.json) as out:
            json.dump(_plain(opened), out, ensure_ascii=False, allow_nan=False)
            out.write("\n")
    else:
        _print(opened, max(args.rows, 0))
