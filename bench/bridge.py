"""Totals that go from exact integers to approximate numbers, beside the same totals of a second encryption: error, time, bytes.

    python bench/bridge.py [PRESET [ROWS]]      stats, 10,000 rows by default

Every result is held against numpy's and against its own bound. Times are processor time on one thread.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from jupyterfhe import client
from jupyterfhe.plan import compute

MOST = 120


def spent():
    """Processor time so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def measured(name, make, want, key, times=3):
    """Compute what `make` builds, at no levels kept, and print what it took and how far it is off."""
    best = np.inf
    for _ in range(times):
        out, start = make(), spent()
        compute(out.values, keep_levels=0)
        best = min(best, spent() - start)
    opened = client.decrypt_array(out, key)
    off, bound = np.max(np.abs(opened.values - want)), np.max(opened.error_bound)
    assert off <= bound, name
    print(f"{name}: {1000 * best:.0f} ms, bound {bound:.2g}, off by {off:.2g}, of {np.max(np.abs(want)):.4g}")
    return best


def main(preset="stats", rows="10000"):
    """Encrypt, compute, compare."""
    rng, rows = np.random.default_rng(4), int(rows)
    x, y = rng.integers(0, MOST, rows), rng.uniform(0, MOST, rows)
    with tempfile.TemporaryDirectory() as home:
        key = client.keygen(Path(home) / "keys", preset)
        key.params.threads = 1
        start = time.perf_counter()
        options = {"keys": Path(home) / "keys", "bounds": (0, MOST)}
        exact = client.encrypt_array(x, key, exact=True, **options)
        second, other = (client.encrypt_array(v.astype(float), key, **options) for v in (x, y))
        bits = exact.session.product.bit_length() - 1
        print(f"{preset}, {rows:,} rows encrypted in {time.perf_counter() - start:.1f} s; {bits} bits of moduli")
        total = exact.sum()
        over = total.approximate()
        print(f"over the bridge at level {over.values[0].made[2].level}, its integers at {over.values[0].made[2].keep}")
        measured("the integers alone", exact.sum, x.sum(), key)
        measured("total, by the bridge", lambda: exact.sum().approximate(), x.sum(), key)
        measured("total, second encryption", second.sum, x.sum(), key)
        measured("difference of means, by the bridge", lambda: exact.mean() - other.mean(), x.mean() - y.mean(), key)
        measured("difference of means, second encryption", lambda: second.mean() - other.mean(), x.mean() - y.mean(), key)
        kept = exact.sum().compute(keep_levels=2)
        measured("a total that is there, by the bridge", kept.approximate, x.sum(), key)


if __name__ == "__main__":
    main(*sys.argv[1:])
