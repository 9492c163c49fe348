"""Grouped sums, filters and contingency tables of exact integers: time, memory, bytes. Every result is compared with numpy's.

    python bench/exact_groups.py [ROWS [LEVEL]]      1,000,000 rows at the top level by default
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from jupyterfhe import client
from jupyterfhe.plan import compute

GROUPS, COLUMNS = 10, 8


def timed(name, make, want, times=3):
    """Compute what `make` builds, the least of some times, and compare."""
    best = np.inf
    for _ in range(times):
        out, start = make(), time.perf_counter()
        compute(out.values, keep_levels=0)
        best = min(best, time.perf_counter() - start)
    return name, best, out, want


def report(case, key):
    """Print a case; stop where it is not exact."""
    name, seconds, out, want = case
    assert np.array_equal(client.decrypt_array(out, key).values, want), name
    print(f"{name}: {seconds:.2f} s")


def grouped(key, rng, rows, level):
    """Sums of columns over groups, by masks."""
    x, group = rng.integers(0, 1000, (COLUMNS, rows)), rng.integers(0, GROUPS, rows)
    bits = (2 * rows * 1000).bit_length()
    start = time.perf_counter()
    masks = [client.encrypt_array(group == g, key, exact=True, results=bits, level=level) for g in range(GROUPS)]
    columns = [client.encrypt_array(c, key, exact=True, bounds=(0, 1000), results=bits, level=level) for c in x]
    spent = time.perf_counter() - start
    first = columns[0].values[0].stored.load(key.params)
    size = sum(len(part.to_bytes()) for part in first) / min(rows, columns[0].session.slots)
    print(f"{rows:,} rows, {GROUPS + COLUMNS} vectors encrypted in {spent:.1f} s, {size:.0f} bytes a value")
    want = [[c[group == g].sum() for g in range(GROUPS)] for c in x]
    return timed(f"{rows:,} rows, {COLUMNS} columns, {GROUPS} groups",
                 lambda: np.stack([np.stack([(m * c).sum() for m in masks]) for c in columns]), want, 1)


def filtered(key, rng, rows=10_000):
    """A filter on two categories, sums and counts over groups."""
    a, b, g, v = (rng.integers(0, most, rows) for most in (3, 4, GROUPS, 1000))

    def sealed(values, **bounds):
        return client.encrypt_array(values, key, exact=True, results=24, **bounds)

    first, second, groups, value = sealed(a == 1), sealed(b == 2), [sealed(g == k) for k in range(GROUPS)], sealed(v)
    chosen = (a == 1) & (b == 2)
    want = [[v[chosen & (g == k)].sum(), (chosen & (g == k)).sum()] for k in range(GROUPS)]

    def make():
        both = first * second
        return np.stack([np.stack([(both * m * value).sum(), (both * m).sum()]) for m in groups])

    return timed(f"{rows:,} rows, two filters, {GROUPS} groups, sum and count", make, want)


def contingency(key, rng, rows=4000):
    """A table of counts, from codes."""
    a, b = rng.integers(0, 5, rows), rng.integers(0, 4, rows)
    x = client.encrypt_array(a, key, exact=True, bounds=(0, 4), results=24)
    y = client.encrypt_array(b, key, exact=True, bounds=(0, 3), results=24)
    want = [[((a == i) & (b == j)).sum() for j in range(4)] for i in range(5)]

    def make():
        rows_of, columns_of = [x == i for i in range(5)], [y == j for j in range(4)]
        return np.stack([np.stack([(p * q).sum() for q in columns_of]) for p in rows_of])

    return timed(f"contingency table 5x4 of {rows:,} rows, from codes", make, want)


def main(rows=1_000_000, level=None):
    """Run all."""
    with tempfile.TemporaryDirectory() as place:
        key, rng = client.keygen(Path(place) / "keys", "stats"), np.random.default_rng(1)
        report(filtered(key, rng), key)
        report(contingency(key, rng), key)
        report(grouped(key, rng, rows, level), key)
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
