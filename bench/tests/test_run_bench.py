"""run_bench.py keeps what the engine printed, with machine and commit, and passes its failure on."""

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(BENCH))

import run_bench  # noqa: E402


def program(tmp_path, body):
    path = tmp_path / "jfhe"
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(0o755)
    return path


def test_rows_are_kept_with_machine_and_commit(tmp_path, monkeypatch):
    monkeypatch.setattr(run_bench, "BENCH", tmp_path / "bench")
    (tmp_path / "bench").mkdir()
    line = json.dumps({"name": "ckks_mul", "params": {"set": "stats", "logN": 14}, "median_ns": 2e6, "p10_ns": 1e6, "p90_ns": 3e6})
    assert run_bench.main(["--jfhe", str(program(tmp_path, f"echo noise\necho '{line}'\n"))]) == 0
    kept = json.loads(next((tmp_path / "bench" / "out").glob("bench-*.json")).read_text())
    assert kept["rows"][0]["name"] == "ckks_mul" and kept["commit"] and kept["machine"]["cores"]


def test_a_failing_engine_fails_the_run(tmp_path):
    assert run_bench.main(["--jfhe", str(program(tmp_path, "exit 2\n"))]) == 2


def test_a_missing_engine_is_one_line(tmp_path):
    done = subprocess.run([sys.executable, BENCH / "run_bench.py", "--jfhe", tmp_path / "none"], capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
