"""Minimum and its index, ranks, argmax, sorting of encrypted vectors: what the computation takes, and what is proved of it.

    bench/order.py CASE [N] [--depth D | --preset deep-lean] [--steps S] [--json]

Cases: minimum (with its index, one plan), rank, argmax, quantile, sort. Numbers are drawn from S + 1 equidistant ones of [0, 1], ties
included, and ``options.resolution`` is their distance. Parameters: a ring for D levels, built by ``Parameters.custom``, or a preset, with
bootstraps where it has them; keys are made in a folder that is removed. They are read before anything is timed, as peers have theirs in
memory; polynomials are chosen anew. The processor's clock; the load that stood beside it is printed. ``--json`` prints the line of
``run_peers.py`` instead.
"""

import argparse
import importlib.metadata
import json
import os
import resource
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.array.approximation import composite, tables
from jupyterfhe.core import EvaluationKeys, Parameters
from jupyterfhe.plan import compute, foresee

CASES = {
    "minimum": (lambda x: [np.min(x), np.argmin(x)], lambda x: [x.min(), x.argmin()]),
    "rank": (lambda x: [jf.rank(x, "first")], lambda x: [1 + np.argsort(np.argsort(x, kind="stable"), kind="stable")]),
    "argmax": (lambda x: [np.argmax(x)], lambda x: [x.argmax()]),
    "quantile": (lambda x: [np.quantile(x, 0.3)], lambda x: [np.quantile(x, 0.3)]),
    "sort": (lambda x: [np.sort(x)], lambda x: [np.sort(x)]),
}
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}


def arguments():
    """Of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=CASES)
    parser.add_argument("n", type=int, nargs="?", default=128)
    parser.add_argument("--depth", type=int, default=22)
    parser.add_argument("--scale", type=int, default=46)
    parser.add_argument("--preset", help="instead of a depth and a scale")
    parser.add_argument("--steps", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--plan", action="store_true", help="say what it would take and what is proved, and stop")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--clock", choices=CLOCKS, default="processor")
    parser.add_argument("--budget-ms", type=float, default=0, help="as every program beside the peers' takes it; once is all")
    return parser.parse_args()


def timed(clock, f):
    """Seconds of a call, and its result."""
    begin = clock()
    out = f()
    return clock() - begin, out


def fresh(f):
    """A call with no polynomial chosen before."""
    for kept in (composite.part, composite._best, tables.table):
        kept.cache_clear()
    return f()


def opened(made, truth, key):
    """(off, proved, probable) of every result, all of which are within their bounds."""
    found = []
    for got, want in zip(made, truth, strict=True):
        out = client.decrypt_array(got, key)
        off = float(np.abs(out.values - want).max())
        found.append((off, float(np.max(out.error_bound)), float(np.max(out.error_probable))))
        assert off <= found[-1][1]
    return found


def measured(args, params, place):
    """What the case takes and gives."""
    x = np.random.default_rng(3).integers(0, args.steps, args.n, endpoint=True) / args.steps
    key = client.keygen(Path(place) / "keys", params)
    keys = EvaluationKeys.open(Path(place) / "keys", params)
    sealed = client.encrypt_array(x, key, keys=keys, bounds=(-0.55, 1.55)).within(0, 1)  # so differences fit [-1, 1]: a level less
    ours, truth = CASES[args.case]
    reading, made = timed(time.process_time, lambda: ours(sealed))
    values = [v for a in made for v in a.values]
    forecast = foresee(values, 0)[1].forecast
    out = {"reading_s": reading, "forecast_s": forecast.seconds, "memory_bytes": forecast.memory_bytes, "bootstraps": forecast.bootstraps}
    if args.plan:
        return out | {"results": [(None, a.error_bound(), None) for a in made]}
    load, clock = os.getloadavg()[0], CLOCKS[args.clock]
    choosing, made = timed(clock, lambda: fresh(lambda: ours(sealed)))
    computing, _ = timed(clock, lambda: compute([v for a in made for v in a.values], 0))
    return out | {"choosing_s": choosing, "computing_s": computing, "load": load, "results": opened(made, truth(x), key)}


def shown(args, params, out):
    """In words."""
    for off, proved, probable in out["results"]:
        print(f"  proved {np.max(proved):.1e}" + ("" if off is None else f", off by {off:.1e}, probable {probable:.1e}"))
    ring = f"2^{params.log_n}, {params.name if args.preset else f'{args.depth} levels of {args.scale} bits'}, {args.threads} thread"
    text = f"{args.case} of {args.n}, {args.steps} steps: forecast {out['forecast_s']:.2f} s, {out['bootstraps']} bootstraps"
    if not args.plan:
        text += (f"; {out['choosing_s'] + out['computing_s']:.2f} s ({args.clock}), {out['choosing_s']:.2f} s of them choosing "
                 f"polynomials; keys read in {out['reading_s']:.2f} s before; load {out['load']:.1f}")
    print(f"{text}; {ring}")


def line(args, params, out):
    """As ``run_peers.py`` reads it."""
    ns = round((out["choosing_s"] + out["computing_s"]) * 1e9)
    shape = {"ring": params.log_n, "primes": params.levels + 1, "threads": args.threads, "steps": args.steps}
    shape |= {"off": f"{max(r[0] for r in out['results']):.1e}", "proved": f"{max(r[1] for r in out['results']):.1e}"}
    print(json.dumps({"peer": "jupyterfhe", "version": importlib.metadata.version("jupyterfhe"), "flags": "release", "name": f"{args.case}_{args.n}",
                      "params": shape, "reps": 1, "min_ns": ns, "median_ns": ns, "p10_ns": ns, "p90_ns": ns,
                      "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


def main():
    """Run a case."""
    args = arguments()
    jf.options.resolution, jf.options.progress, jf.options.precision = 1 / args.steps, False, 1e-5
    params = (Parameters.preset(args.preset, threads=args.threads) if args.preset
              else Parameters.custom(args.depth, scale_bits=args.scale, threads=args.threads))
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = measured(args, params, place)
    (line if args.json else shown)(args, params, out)


if __name__ == "__main__":
    main()
