"""Minimum and its index, ranks, argmax, sorting of encrypted vectors: processor time of the computation, and what is proved of it.

    bench/order.py CASE [N] [--depth D] [--steps S]

Cases: minimum (with its index, one plan), rank, argmax, sort. Numbers are drawn from S + 1 equidistant ones of [0, 1], ties included, and
``options.resolution`` is their distance. Parameters: a ring for D levels, built by ``Parameters.custom``; its keys are made in a folder that
is removed. Nothing is shared between cases. The clock of one thread; the load that stood beside it is printed.
"""

import argparse
import os
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.core import EvaluationKeys, Parameters
from jupyterfhe.plan import compute

CASES = {
    "minimum": (lambda x: [np.min(x), np.argmin(x)], lambda x: [x.min(), x.argmin()]),
    "rank": (lambda x: [jf.rank(x, "first")], lambda x: [1 + np.argsort(np.argsort(x, kind="stable"), kind="stable")]),
    "argmax": (lambda x: [np.argmax(x)], lambda x: [x.argmax()]),
    "sort": (lambda x: [np.sort(x)], lambda x: [np.sort(x)]),
}


def main():
    """Run a case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=CASES)
    parser.add_argument("n", type=int, nargs="?", default=128)
    parser.add_argument("--depth", type=int, default=22)
    parser.add_argument("--scale", type=int, default=46)
    parser.add_argument("--steps", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    jf.options.resolution, jf.options.progress, jf.options.precision = 1 / args.steps, False, 1e-5
    params = Parameters.custom(args.depth, scale_bits=args.scale, threads=args.threads)
    x = np.random.default_rng(3).integers(0, args.steps, args.n, endpoint=True) / args.steps
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        key = client.keygen(Path(place) / "keys", params)
        keys = EvaluationKeys.open(Path(place) / "keys", params)
        sealed = client.encrypt_array(x, key, keys=keys, bounds=(-0.55, 1.55)).within(0, 1)  # so differences fit [-1, 1]: a level less
        ours, truth = CASES[args.case]
        load, cpu, clock = os.getloadavg()[0], time.process_time(), time.perf_counter()
        made = ours(sealed)
        planned = time.process_time() - cpu
        compute([v for a in made for v in a.values], 0)
        cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
        for got, want in zip(made, truth(x), strict=True):
            opened = client.decrypt_array(got, key)
            off = np.abs(opened.values - want).max()
            print(f"  off by {off:.1e}, proved {np.max(opened.error_bound):.1e}, probable {np.max(opened.error_probable):.1e}")
            assert off <= np.max(opened.error_bound)
    print(f"{args.case} of {args.n}, {args.steps} steps: {cpu:.2f} s of processor time ({planned:.2f} s choosing polynomials), "
          f"{clock:.2f} s by the clock, load "
          f"{load:.1f}; 2^{params.log_n}, {args.depth} levels of {args.scale} bits, {args.threads} thread")


if __name__ == "__main__":
    main()
