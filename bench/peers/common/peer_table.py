"""Means and covariances of an encrypted table of 8 columns over a library of vectors: one JSON line each, checked with numpy.

A library's file says how it encrypts, adds, multiplies, rotates; this one says what is computed and how long it takes.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable

import measure
import numpy as np

COLUMNS = 8
WRONG = 1e-5  # what no result may be off by
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}  # the second where others use the machine; for one thread


def arguments():
    """As of every Python peer; which of its ways, how many rows, and of how many chunks covariances are measured, 0 for all."""
    def more(parser):
        parser.add_argument("--rows", type=int, default=1_000_000)
        parser.add_argument("--chunks", type=int, default=0)
        parser.add_argument("--way", default="")
        parser.add_argument("--what", default="table", choices=["table", "matrices"])
        parser.add_argument("--clock", default="wall", choices=CLOCKS)
    args = measure.arguments(more)
    seconds.now = CLOCKS[args.clock]
    return args


def columns(rows: int) -> np.ndarray:
    """The same table for every library: uniform in [-1, 1], correlated, a column each."""
    draw = np.random.default_rng(8).uniform(-0.5, 0.5, (COLUMNS, rows))
    draw[1:] += 0.5 * draw[:-1]
    return draw


def peak() -> int:
    """Most memory that this process had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def seconds(op: Callable[[], object]):
    """How long a call takes, and its result."""
    begin = seconds.now()
    out = op()
    return seconds.now() - begin, out


class Printer:
    """Prints the lines of one peer."""

    def __init__(self, peer: str, version: str, flags: str, args):
        self.head = {"peer": peer, "version": version, "flags": flags}
        self.params = {"logN": args.logn, "primes": len(args.bits), "threads": args.threads, "clock": args.clock}

    def line(self, name: str, times: list[float], off: float, wrong: float = WRONG, **params) -> None:
        """One measurement; a wrong result ends the program."""
        if not off <= wrong:
            raise SystemExit(f"{self.head['peer']}: wrong {name}, off by {off}")
        ns = sorted(int(t * 1e9) for t in times)
        at = {"min_ns": ns[0], "p10_ns": ns[0], "median_ns": ns[len(ns) // 2], "p90_ns": ns[-1]}
        print(json.dumps(self.head | {"name": name, "params": self.params | params, "reps": len(ns), **at, "peak_bytes": peak(),
                                      "off": float(off)}), flush=True)


class Library:
    """What a peer's file gives: `slots`, encrypt, decrypt, add, over_slots, scaled, product, dot, minus."""

    slots = 0

    def lowered(self, column, levels):
        """The same ciphertexts with so many levels left, where the library lets one."""
        return column

    # What grows with the rows, then what does not.
    def sums(self, table):
        """Sums over the chunks of each column."""
        return [self.add(self.lowered(column, 1)) for column in table]

    def means(self, sums, rows):
        """Averages of what :meth:`sums` gave."""
        return [self.scaled(self.over_slots(s), 1.0 / rows) for s in sums]

    def products(self, table):
        """Sums over the chunks, and sums of the products of each pair of columns."""
        table = [self.lowered(column, 2) for column in table]
        return [self.add(column) for column in table], [self.dot(x, y) for i, x in enumerate(table) for y in table[:i + 1]]

    def covariances(self, both, rows):
        """The lower triangle: mean of products less product of means."""
        middle = self.means(both[0], rows)
        pairs = [(x, y) for i, x in enumerate(middle) for y in middle[:i + 1]]
        return [self.minus(m, self.product(x, y)) for m, (x, y) in zip(self.means(both[1], rows), pairs, strict=True)]


def in_part(over: Callable, table, part: int):
    """Seconds of ``over`` for all chunks, of what half of `part` chunks and all of them take: the difference is what as many
    more take. And what it gave for `part`, and how many times the half the whole took: 2 where time grows as their number.
    """
    over([column[:2] for column in table])
    half, _ = seconds(lambda: over([column[:part // 2] for column in table]))
    whole, out = seconds(lambda: over([column[:part] for column in table]))
    return whole + (len(table[0]) - part) * (whole - half) / (part - part // 2), out, round(whole / half, 3)


def run(library: Library, printer: Printer, args) -> None:
    """Encrypt, compute, check, print. Covariances of ``args.chunks`` chunks are measured where all would take minutes."""
    rows, n = args.rows, library.slots
    data = columns(rows)
    chunked = np.zeros((COLUMNS, -(-rows // n) * n))
    chunked[:, :rows] = data
    table = [[library.encrypt(part.tolist()) for part in column.reshape(-1, n)] for column in chunked]
    head = {"columns": COLUMNS, "rows": rows}

    def off(got, want):
        return np.abs(np.array([library.decrypt(c) for c in got]) - want).max()

    took, got = seconds(lambda: library.means(library.sums(table), rows))
    printer.line("array_mean", [took], off(got, data.mean(axis=1)), **head)
    if args.chunks:
        took, sums, linear = in_part(library.products, table, args.chunks)
        rows, head = args.chunks * n, head | {"measured": args.chunks * n, "linear": linear}
    else:
        took, sums = seconds(lambda: library.products(table))
    last, got = seconds(lambda: library.covariances(sums, rows))
    whole = np.cov(data[:, :rows], bias=True)
    printer.line("array_cov", [took + last], off(got, [whole[i, j] for i in range(COLUMNS) for j in range(i + 1)]), **head)
