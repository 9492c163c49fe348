"""Our Python package on what the peers compute: ``np.mean``, ``np.cov``, products of matrices.

Results keep no level for further work, as in the peers' lean ways; the way `all-levels` keeps all, as their others.
"""

from __future__ import annotations

import importlib.metadata
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "common"))
import matrices
import numpy as np
import peer_table as table

import jupyterfhe as jf
from jupyterfhe import client

PRESETS = {14: "stats"}  # the same chain as in cases.json
REPEATS = 3


def measure(printer, name, op, want, secret, wrong=table.WRONG, **params) -> None:
    """Build the expression, plan it, run it: all is timed, and the first time too; then decrypt and compare."""
    times = []
    for _ in range(REPEATS):
        took, result = table.seconds(lambda: op().compute())
        times.append(took)
    if isinstance(result, jf.EncryptedArray):
        opened = client.decrypt_array(result, secret)
    else:
        opened = client.decrypt_matrix(result, secret)
    off = np.abs(opened.values - want)
    if not np.all(off <= opened.error_bound):
        raise SystemExit(f"jupyterfhe: {name} outside of its bound")
    printer.line(name, times, off.max(), wrong, **params)


def run_table(printer, secret, args) -> None:
    """Means and covariances."""
    data = table.columns(args.rows).T
    sealed = client.encrypt_array(data, secret, bounds=(-1.0, 1.0))
    params = {"columns": table.COLUMNS, "rows": args.rows}
    measure(printer, "array_mean", lambda: np.mean(sealed, axis=0), data.mean(axis=0), secret, **params)
    measure(printer, "array_cov", lambda: np.cov(sealed, rowvar=False, bias=True), np.cov(data, rowvar=False, bias=True), secret,
            **params)


def outer(printer, secret) -> None:
    """The layout that tenseal_arrays.py uses, in numpy's terms: a product and a sum."""
    a, b = matrices.factors(matrices.ENCRYPTED)
    side = matrices.ENCRYPTED
    left, right = np.tile(a.T, side), np.repeat(b, side, axis=1)
    left, right = (client.encrypt_array(m, secret, slot_axis=1, bounds=(-1.0, 1.0)) for m in (left, right))
    want = (a @ b).T.ravel()
    measure(printer, matrices.NAMES[side], lambda: np.sum(left * right, axis=0), want, secret, matrices.WRONG)


def run_matrices(printer, secret) -> None:
    """Both products, whole."""
    a, b = matrices.factors(matrices.ENCRYPTED)
    left, right = (client.encrypt_matrix(m, secret, square=True, bound=1.0) for m in (a, b))
    measure(printer, matrices.NAMES[matrices.ENCRYPTED], lambda: left @ right, a @ b, secret, matrices.WRONG)
    a, b = matrices.factors(matrices.PLAIN)
    left = client.encrypt_matrix(a, secret, bound=1.0)
    measure(printer, matrices.NAMES[matrices.PLAIN], lambda: left @ b, a @ b, secret, matrices.WRONG)


def main() -> None:
    args = table.arguments()
    every = args.way == "all-levels"  # results keep all levels
    jf.options.progress, jf.options.keep_levels = False, None if every else 0
    name = "-".join(filter(None, ["jupyterfhe", args.way]))
    printer = table.Printer(name, importlib.metadata.version("jupyterfhe"), "Python package" + (", all levels kept" if every else ""), args)
    with tempfile.TemporaryDirectory() as folder:
        secret = client.keygen(Path(folder) / "keys", PRESETS[args.logn])
        if args.what == "matrices" and args.way == "outer":
            outer(printer, secret)
        elif args.what == "matrices":
            run_matrices(printer, secret)
        else:
            run_table(printer, secret, args)


if __name__ == "__main__":
    main()
