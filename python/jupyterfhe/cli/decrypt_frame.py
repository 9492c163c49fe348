"""``jupyterfhe decrypt`` of what a frame or a statistic gave: rows and columns with labels, or named numbers."""

import csv
import json

import numpy as np

from ..client import decrypt_frame
from ..frame import result as results
from .decrypt import harmless_cell, output, say_assumed
from .kept import Kept
from .main import Refused, load_key
from .text import columns, cut, shown_bound


def _text(value, likely, worst=0.0):
    """Text of one cell to the digits of its probable bound, and bounds on what it shows; None where nothing is there."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None, 0.0, 0.0
    if isinstance(value, (bool, np.bool_)):
        return ("true" if value else "false"), 0.0, 0.0
    if isinstance(value, (int, np.integer)):
        return str(int(value)), 0.0, 0.0
    if not isinstance(value, (float, np.floating)):
        return str(value), float(likely), float(worst)
    if not np.isfinite(likely):
        return "unknown", np.inf, np.inf
    text, left = cut(float(value), float(likely))
    return text, left, worst and worst + (left - likely)


class _Column:
    """Texts of a column, and the largest bounds on what is shown where anything is."""

    def __init__(self, opened, name):
        """Write all entries."""
        parts = opened.columns, opened.error_probable, opened.error_bound
        rows = zip(*(np.atleast_1d(part[name]).ravel().tolist() for part in parts), strict=True)
        cells = [_text(*row) for row in rows]
        self.texts = [text for text, _, _ in cells]
        self.likely, self.worst = (max((c[i] for c in cells if np.isfinite(c[1])), default=0.0) for i in (1, 2))

    @property
    def words(self):
        """What is likely, and what is proved."""
        if not self.worst:
            return "exact", "exact"
        proved = f"± {shown_bound(self.worst)}" if np.isfinite(self.worst) else "nothing"
        return f"± {shown_bound(self.likely)}", proved


def _index(opened):
    return [" ".join(map(str, x)) if isinstance(x, tuple) else str(x) for x in opened.index]


def _print(opened, most):
    made = {name: _Column(opened, name) for name in opened.columns}
    alike = all(likely == proved for likely, proved in (one.words for one in made.values()))
    if opened.shape == "record":
        rows = []
        for name, one in made.items():
            shown = ", ".join("undefined" if t is None else t for t in one.texts)
            likely, proved = one.words
            rows.append([name, shown, likely, *([] if alike else ["" if likely == proved else f"proved {proved}"])])
        print("\n".join([*([opened.title] if opened.title else []), *columns(rows, most=120)]))
        return
    head = [" ".join(n for n in opened.names if n), *made]
    words = [one.words for one in made.values()]
    bounds = [["" if alike else "probably", *(likely for likely, _ in words)]]
    bounds += [] if alike else [["proved", *(proved for _, proved in words)]]
    cells = [["-" if t is None else t for t in one.texts[:most]] for one in made.values()]
    body = zip(_index(opened)[:most], *cells, strict=True)
    print("\n".join(columns([head, *bounds, *map(list, body)], right=range(1, len(head)))))
    if len(opened.index) > most:
        print(f"... {len(opened.index) - most} more rows; --csv and --json write all")


def _plain(opened):
    """For JSON: bounds beside values, null where nothing is there."""
    out = {}
    for name, values in opened.columns.items():
        cells = [None if _text(v, 0.0)[0] is None else v if isinstance(v, (bool, int, float, str)) else str(v)
                 for v in np.atleast_1d(values).ravel().tolist()]
        worst, likely = ([b if np.isfinite(b) else None for b in np.atleast_1d(of[name]).ravel().tolist()]
                         for of in (opened.error_bound, opened.error_probable))
        cells = [c if not isinstance(c, float) or np.isfinite(c) else None for c in cells]
        out[name] = {"values": cells, "error_bound": worst, "error_probable": likely, "shape": list(np.shape(values))}
    index = None if opened.index is None else _index(opened)
    return {"kind": opened.shape, "title": opened.title, "index": index, "columns": out, "assumed": list(opened.assumed)}


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
    kept = Kept(space, found if isinstance(found, list) else [])
    with load_key(args, space) as key:
        opened = decrypt_frame(folder, key, kept.labels, kept.name)
    if args.csv:
        if opened.shape == "record":
            raise Refused("decrypt: named numbers are no table; --json writes them")
        with output(args.csv) as out:
            made = [["" if t is None else harmless_cell(t) for t in _Column(opened, n).texts] for n in opened.columns]
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(map(harmless_cell, [" ".join(n for n in opened.names if n), *opened.columns]))
            writer.writerows(zip(map(harmless_cell, _index(opened)), *made, strict=True))
    elif args.json:
        with output(args.json) as out:
            json.dump(_plain(opened), out, ensure_ascii=False, allow_nan=False)
            out.write("\n")
    else:
        _print(opened, max(args.rows, 0))
        say_assumed(opened)
