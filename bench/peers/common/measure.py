"""One way to time for every Python peer: warm up, repeat until a budget is spent, print one JSON line."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable


def arguments(more: Callable[[argparse.ArgumentParser], object] | None = None) -> argparse.Namespace:
    """The few arguments that every peer takes; `more` adds others."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--logn", type=int, default=14)
    parser.add_argument("--bits", default="48,46,46,46,46,46,46", help="the primes of the ciphertext modulus")
    parser.add_argument("--special", default="48,48", help="the special primes, where the library lets one choose")
    parser.add_argument("--scale", type=int, default=46)
    parser.add_argument("--dnum", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--budget-ms", type=float, default=800)
    if more:
        more(parser)
    args = parser.parse_args()
    args.bits = [int(b) for b in args.bits.split(",")]
    args.special = [int(b) for b in args.special.split(",")]
    return args


class Meter:
    """Times operations of one peer at one parameter set."""

    def __init__(self, peer: str, version: str, flags: str, params: dict, budget_ms: float):
        self._head = {"peer": peer, "version": version, "flags": flags}
        self._params = params
        self._budget_ns = budget_ms * 1e6

    def time(self, name: str, op: Callable[[], object], *, note: str = "", bytes: int | None = None, **params) -> None:
        """Print one line for ``op``; at least 5 repetitions even where one exceeds the budget."""
        op()
        op()
        ns: list[int] = []
        begin = time.perf_counter_ns()
        while len(ns) < 5 or (len(ns) < 5000 and time.perf_counter_ns() - begin < self._budget_ns):
            t0 = time.perf_counter_ns()
            op()
            ns.append(time.perf_counter_ns() - t0)
        self._print(self._line(name, note, params), ns, {} if bytes is None else {"bytes": bytes})

    def times(self, name: str, ns: list[int], *, peak_bytes: int, **params) -> None:
        """Print one line for what was timed elsewhere, in nanoseconds."""
        self._print(self._line(name, "", params), ns, {"peak_bytes": peak_bytes})

    def _print(self, line: dict, ns: list[int], more: dict) -> None:
        ns = sorted(ns)

        def at(fraction: float) -> int:
            return ns[int(fraction * (len(ns) - 1) + 0.5)]

        line |= {"reps": len(ns), "min_ns": ns[0], "median_ns": at(0.5), "p10_ns": at(0.1), "p90_ns": at(0.9)}
        print(json.dumps(line | more), flush=True)

    def size(self, name: str, count: int) -> None:
        """Print one line that holds a size and no time."""
        print(json.dumps(self._line(name, "", {}) | {"bytes": count}), flush=True)

    def _line(self, name: str, note: str, params: dict) -> dict:
        head = dict(self._head)
        if note:
            head["flags"] += ", " + note
        return head | {"name": name, "params": self._params | params}
