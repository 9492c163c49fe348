"""Runs that are killed: nothing half-written, and the next one computes only what is missing, to the same bytes."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.core import containers
from jupyterfhe.plan import Session, shelf
from lab import Lab

SCRIPT = """
import hashlib, json, os, signal, sys
import numpy as np
import jupyterfhe as jf
from jupyterfhe.plan import shelf
folder, keys, kept, deaths = sys.argv[1:]
jf.options.shelf, jf.options.slow = kept or None, 0
real, done = shelf.Shelf.put, []
def put(self, number, ciphertext):
    real(self, number, ciphertext)
    done.append(number)
    if len(done) == int(deaths):
        os.kill(os.getpid(), signal.SIGKILL)
shelf.Shelf.put = put
cov = np.cov(jf.open(folder, keys), rowvar=False).compute()
hashes = [hashlib.sha256(v.stored.ciphertext.to_bytes()).hexdigest() for v in cov.values]
print(json.dumps([len(done), hashes]))
"""


@pytest.fixture(scope="module")
def lab(short):
    return Lab(short)


@pytest.fixture(scope="module")
def table(lab, tmp_path_factory):
    path = tmp_path_factory.mktemp("shelf") / "table"
    client.seal_array(path, np.linspace(-1, 1, 60).reshape(20, 3), lab.key, keys=lab.world.keys, log_slots=4)
    return path


@pytest.fixture
def kept(tmp_path):
    with jf.options.set(shelf=tmp_path / "shelf", slow=0):
        yield tmp_path / "shelf"


def ran(lab, table, folder, deaths=0):
    done = subprocess.run([sys.executable, "-c", SCRIPT, table, lab.world.folder, folder or "", str(deaths)], capture_output=True,
                          text=True, check=False)
    return done.returncode, json.loads(done.stdout) if done.returncode == 0 else done.stderr


def test_a_killed_run_goes_on_to_the_same_bytes(lab, table, tmp_path):
    kept = tmp_path / "kept"
    assert ran(lab, table, kept, deaths=2)[0] == -signal.SIGKILL
    files = sorted(kept.iterdir())
    assert len(files) == 2
    for path in files:
        assert containers.inspect_file(path).total_bytes == path.stat().st_size
    assert ran(lab, table, kept, deaths=3)[0] == -signal.SIGKILL
    status, (computed, hashes) = ran(lab, table, kept)
    assert status == 0 and computed == 1 and len(hashes) == 6  # 2 and 3 were there
    assert ran(lab, table, kept) == (0, [0, hashes])  # nothing is computed twice
    assert ran(lab, table, None) == (0, [0, hashes])  # the bytes of a run without a shelf


def test_what_is_on_the_shelf_is_checked(lab, table, kept, monkeypatch):
    def run():
        made = []
        monkeypatch.setattr(shelf.Shelf, "put", lambda self, n, c, real=shelf.Shelf.put: (made.append(n), real(self, n, c)))
        got = np.square(jf.open(table, lab.world.keys)).compute()
        monkeypatch.undo()
        jf.options.shelf, jf.options.slow = kept, 0
        lab.agree(got, np.linspace(-1, 1, 60).reshape(20, 3) ** 2)
        return sorted(made)
    assert run() == [0, 1, 2, 3, 4, 5] and run() == []
    first = sorted(kept.iterdir())[0]
    first.write_bytes(first.read_bytes()[:-8] + bytes(8))
    assert run() == [0]
    (kept / first.name).write_bytes((kept / first.name.replace("-0.", "-1.")).read_bytes()[:100])
    assert run() == [0]
    lower = lab.seal(np.zeros(20), level=2).values[0].stored.ciphertext  # somebody's, of another level
    lower.save(first)
    assert run() == [0]


def test_other_inputs_other_plans_other_names(lab, table, kept):
    x = jf.open(table, lab.world.keys)
    for i, f in enumerate((lambda: x * x, lambda: lab.seal(np.ones((20, 3))) ** 2, lambda: x * x + x, lambda: x**3)):
        f().compute()
        assert len(list(kept.iterdir())) == 6 * (i + 1)
    with jf.options.set(keep_levels=0):
        (x * x).compute()
    assert len(list(kept.iterdir())) == 30


def test_the_oldest_go_first(lab, table, kept):
    x = jf.open(table, lab.world.keys)
    (x * x).compute()
    size = sum(p.stat().st_size for p in kept.iterdir())
    half = kept / f".{'0' * 64}-0.jfhe.part-abc"
    half.write_bytes(b"half")
    (kept / "notes.txt").write_text("not ours")
    for path in (p for p in kept.iterdir() if p.suffix != ".txt"):
        os.utime(path, (1, 1))
    with jf.options.set(shelf_limit=size):
        (x**3).compute()
    names = {p.name for p in kept.iterdir()}
    assert half.name not in names and "notes.txt" in names
    assert sum(p.stat().st_size for p in kept.glob("*.jfhe")) <= size and all(p.stat().st_mtime > 1 for p in kept.glob("*.jfhe"))


def test_a_shelf_that_takes_nothing_costs_no_results(lab, table, tmp_path):
    (tmp_path / "file").write_text("")
    with jf.options.set(shelf=tmp_path / "file", slow=0), pytest.warns(UserWarning, match="results are not kept"):
        np.square(jf.open(table, lab.world.keys)).compute()
    with jf.options.set(shelf=tmp_path / "fresh"):  # quick runs leave no files
        np.square(jf.open(table, lab.world.keys)).compute()
    assert not (tmp_path / "fresh").exists()
    assert Session.of(lab.world.keys, 4).results is None


def test_scripts_of_a_workspace_have_one(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    client.keygen(home / "keys", "stats-lite", rotations="none", conjugate=False).close()
    (tmp_path / "script.py").write_text("import jupyterfhe as jf; print(jf.options.shelf)")
    command = [sys.executable, "-m", "jupyterfhe.cli", "run", "--home", home, tmp_path / "script.py"]
    clean = {k: v for k, v in os.environ.items() if k != "JUPYTERFHE_SHELF"}
    assert subprocess.run(command, capture_output=True, text=True, check=True, env=clean).stdout.strip() == str(home / "shelf")
    assert not (home / "shelf").exists()
