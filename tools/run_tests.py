"""Run every test of the repository and end with one line: N passed, N failed.

    .venv/bin/python tools/run_tests.py [--jobs N]

What runs: the C programs (native, then in WebAssembly under Node), the structure checks, pytest,
Node's tests, and the walk of a browser through JupyterLab. A C program counts for what its last line says; one that died counts as one failure.
A part that is not built yet fails, it is never left out in silence.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COUNT = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$", re.M)


class Tally:
    """What passed, failed and was skipped so far."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add(self, name, passed, failed, skipped, seconds):
        self.passed, self.failed, self.skipped = (
            self.passed + passed, self.failed + failed, self.skipped + skipped)
        parts = f"{passed:6} ok" + (f", {failed} FAILED" if failed else "") + (
            f", {skipped} skipped" if skipped else "")
        print(f"{name:<22} {parts} in {seconds:.1f} s", flush=True)


def run(command, **kwargs):
    return subprocess.run([str(c) for c in command], cwd=ROOT, stdin=subprocess.DEVNULL, **kwargs)


def count_program(case):
    """(passed, failed, skipped, output) of one program that ctest ran."""
    output = case.findtext("system-out") or ""
    counts = COUNT.findall(output)
    passed, failed, skipped = (int(n or 0) for n in counts[-1]) if counts else (0, 0, 0)
    status = case.get("status")
    if status == "fail":
        failed = max(failed, 1)
    elif status in ("notrun", "disabled"):
        skipped = max(skipped, 1)
        if "Not Run" in (case.findtext("skipped") or "") or case.find("skipped") is None:
            failed = max(failed, 1)
    elif not counts:
        passed = 1
    return passed, failed, skipped, output


def ctest(tally, name, build, jobs):
    start = time.monotonic()
    if not (build / "CTestTestfile.cmake").exists():
        print(f"{name}: {build.relative_to(ROOT)} is not built")
        tally.add(name, 0, 1, 0, 0)
        return
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        done = run(["ctest", "--test-dir", build, "-j", jobs, "-Q", "--output-junit", report,
                    "--test-output-size-passed", 1 << 20, "--test-output-size-failed", 1 << 20])
        cases = ElementTree.parse(report).getroot().findall("testcase") if report.exists() else []
    sums = [0, 0, 0]
    for case in cases:
        *counts, output = count_program(case)
        sums = [a + b for a, b in zip(sums, counts)]
        if counts[1]:
            print(f"--- {name} {case.get('name')}\n{output.strip()}")
    if done.returncode and not sums[1]:
        sums[1] = 1
    tally.add(name, *sums, time.monotonic() - start)


def checks(tally):
    start, bad = time.monotonic(), 0
    tools = sorted(p for p in (ROOT / "tools").glob("check_*") if os.access(p, os.X_OK))
    for tool in tools:
        done = run([sys.executable, tool], capture_output=True, text=True)
        if done.returncode:
            bad += 1
            print(f"--- {tool.name}\n{(done.stdout + done.stderr).strip()}")
    tally.add("structure checks", len(tools) - bad, bad, 0, time.monotonic() - start)


# Suites of one process each, as many at a time as there are jobs, the longest first.
PYTEST = {"pytest, its folders": ("python/tests/*/",), "pytest, package": ("python/tests/test_*.py",),
          "pytest, rest": ("tools", "engine/test", "protocol", "bench", "server/tests")}
NODE = {"node": ("engine/wasm/**/*.test.mjs", "lab/packages/core/test/*.test.mjs", "lab/packages/vault/test/*.test.mjs")}
BROWSER = {"browser": ("lab/tests/*.test.mjs",)}  # alone: a browser waits by the clock


def found(patterns):
    """The places that patterns name, sorted."""
    return sorted(p for pattern in patterns for p in ROOT.glob(pattern) if p.name != "__pycache__")


def pytest(patterns):
    """One pytest of the places: (passed, failed, skipped), and what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        done = run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}",
                    *found(patterns)], capture_output=True, text=True)
        suite = ElementTree.parse(report).getroot().find("testsuite") if report.exists() else None
    get = (lambda key: int(suite.get(key))) if suite is not None else (lambda key: 0)
    failed, skipped = get("failures") + get("errors"), get("skipped")
    passed = get("tests") - failed - skipped
    if done.returncode not in (0, 5) and not failed:
        failed = 1
    return (passed, failed, skipped), done.stdout + done.stderr


def node(patterns):
    """Node's tests of the files, one file at a time; what :func:`pytest` returns."""
    files = found(patterns)
    if not files:  # Node would look for tests of its own choice
        return (0, 1, 0), f"no file is named {' or '.join(patterns)}"
    done = run(["node", "--no-warnings", "--test", "--test-concurrency=1", "--test-reporter=tap", *files],
               capture_output=True, text=True)
    numbers = {what: int(n) for what, n in re.findall(r"^# (pass|fail|cancelled|skipped) (\d+)$", done.stdout, re.M)}
    failed = numbers.get("fail", 0) + numbers.get("cancelled", 0)
    if done.returncode and not failed:
        failed = 1
    return (numbers.get("pass", 0), failed, numbers.get("skipped", 0)), done.stdout + done.stderr


def suites(tally, jobs, runs):
    """Run suites, each a name and a call, and tell of each as soon as those before it are told."""
    def timed(call):
        start = time.monotonic()
        counts, output = call()
        return counts, output, time.monotonic() - start

    with ThreadPoolExecutor(min(jobs, len(runs))) as pool:
        for name, (counts, output, seconds) in zip(runs, pool.map(timed, runs.values()), strict=True):
            if counts[1]:
                print(f"--- {name}\n{output.strip()}")
            tally.add(name, *counts, seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    tally = Tally()
    checks(tally)
    ctest(tally, "C, native", ROOT / "build/test", args.jobs)
    ctest(tally, "C, WebAssembly", ROOT / "build/wasm-test", args.jobs)
    suites(tally, args.jobs, {name: partial(suite, places) for suite, group in ((pytest, PYTEST), (node, NODE))
                              for name, places in group.items()})
    suites(tally, 1, {name: partial(node, places) for name, places in BROWSER.items()})
    tail = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {tally.failed} failed{tail}")
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
