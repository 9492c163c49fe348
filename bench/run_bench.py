#!/usr/bin/env python3
"""Run `jfhe bench` and keep its figures: bench/out/bench-<time>.json with machine and commit, and a table on the terminal.

    bench/run_bench.py [--jfhe PATH] [arguments of jfhe bench]...
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

BENCH = Path(__file__).resolve().parent


def machine() -> dict:
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return {"cpu": model, "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 2), "system": platform.system()}


def commit() -> str:
    done = subprocess.run(["git", "-C", str(BENCH), "describe", "--always", "--dirty"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def row(line: str) -> dict | None:
    """A measurement, or None for a line that is none."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "name" in found else None


def main(args: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jfhe", type=Path, default=BENCH.parent / "build" / "jfhe")
    known, rest = parser.parse_known_args(args)
    if not known.jfhe.exists():
        print(f"{known.jfhe}: not there; run `make engine`", file=sys.stderr)
        return 2
    report = {"machine": machine(), "commit": commit(), "rows": []}
    with subprocess.Popen([known.jfhe, "bench", "--json", *rest], stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            if not (found := row(line)):
                continue
            report["rows"].append(found)
            params = found.get("params", {})
            what = f"{found['name']:<24} {params.get('set', ''):<11} 2^{params.get('logN', '?')}"
            if found.get("median_ns"):
                print(f"{what}  {found['median_ns'] / 1e6:10.3f} ms  ({found['p10_ns'] / 1e6:.3f} .. {found['p90_ns'] / 1e6:.3f})")
            else:
                print(f"{what}  {found.get('bytes', 0):10} bytes")
    if run.returncode:
        return run.returncode
    out = BENCH / "out" / time.strftime("bench-%Y%m%d-%H%M%S.json")
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(report, indent=1) + "\n")
    print(f"written to {out.relative_to(BENCH.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
