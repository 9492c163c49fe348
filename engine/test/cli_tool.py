"""What the tests of the command line tool share: running it, tables, keys made once, exact statistics."""

import atexit
import csv
import functools
import io
import json
import os
import shutil
import signal
import subprocess
import tempfile
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
TOOL = Path(os.environ.get("JFHE_TOOL", ROOT / "build/jfhe"))
SLOW = bool(os.environ.get("JFHE_TEST_SLOW"))


def run(*words, env=None, **kwargs):
    """The finished process; output as text."""
    assert TOOL.exists(), f"{TOOL} is not built"
    return subprocess.run([str(w) for w in (TOOL, *words)], capture_output=True, text=True, timeout=600,
                          stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})}, **kwargs)


def plain_signals():
    """Before a child starts: a suite that runs in the background ignores SIGINT, and its children would too."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def works(*words, **kwargs):
    done = run(*words, **kwargs)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


def refused(*words, says=(), absent=None, **kwargs):
    """The one line of a refusal: exit status 2, nothing on standard output, nothing written."""
    done = run(*words, **kwargs)
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert done.stderr.startswith("jfhe: ") and done.stderr.count("\n") == 1 and done.stderr.endswith("\n"), done.stderr
    assert done.stdout == ""
    for text in [says] if isinstance(says, str) else says:
        assert text in done.stderr, done.stderr
    if absent is not None:
        gone(absent)
    return done.stderr


def gone(target):
    """Neither the target nor what it would have become."""
    assert not os.path.lexists(target)
    assert not list(Path(target).parent.glob(Path(target).name + ".part-*"))


@functools.cache
def place():
    folder = tempfile.mkdtemp(prefix="jfhe-test-")
    atexit.register(shutil.rmtree, folder, True)
    return Path(folder)


def keys(preset="stats-lite", number=0):
    """A folder of keys, made once; another number, another secret."""
    return keys_once(preset, number)


@functools.cache
def keys_once(preset, number):
    folder = place() / f"keys-{preset}-{number}"
    works("keygen", "--preset", preset, "--out", folder)
    return folder


def write_table(path, names, columns):
    with open(path, "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(names)
        rows.writerows([repr(float(x)) for x in row] for row in zip(*columns))
    return path


@functools.cache
def cancer():
    """The Wisconsin breast-cancer measurements, 569 x 30, as (names, columns, CSV)."""
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    names = tuple(n.replace(" ", "_") for n in data.feature_names)
    columns = tuple(np.array(c) for c in data.data.T)
    return names, columns, write_table(place() / "cancer.csv", names, columns)


def seal(table, out, *more, preset="stats-lite"):
    works("encrypt", "--keys", keys(preset), "--in", table, "--out", out, *more)
    return out


def statistics(table, folder, *encrypt, preset="stats-lite", stats=()):
    """Encrypt, compute, decrypt: {(statistic, column, with): (value, bound)}; null stays None."""
    seal(table, folder / "sealed", *encrypt, preset=preset)
    works("stats", "--keys", keys(preset), "--in", folder / "sealed", "--out", folder / "result", *stats)
    return opened(folder / "result", preset)


def opened(result, preset="stats-lite"):
    answer = json.loads(works("decrypt", "--keys", keys(preset), "--in", result, "--json"))
    return {(s["statistic"], s["column"], s["with"]): (s["value"], s["bound"]) for s in answer["statistics"]}


def exact(names, columns):
    """The same statistics of the same doubles in exact arithmetic; correlations to 50 digits, None where undefined."""
    n, out, scaled = len(columns[0]), {}, []
    for column in columns:
        fractions = [Fraction(float(x)) for x in column]
        unit = max(f.denominator for f in fractions)  # a power of two
        scaled.append((np.array([int(f * unit) for f in fractions], dtype=object), unit))
    cov = {}
    for i, (x, ux) in enumerate(scaled):
        out["sum", names[i], names[i]] = Fraction(int(x.sum()), ux)
        out["mean", names[i], names[i]] = Fraction(int(x.sum()), ux * n)
        for j, (y, uy) in enumerate(scaled[i:], i):
            cov[i, j] = Fraction(n * int((x * y).sum()) - int(x.sum()) * int(y.sum()), n * (n - 1) * ux * uy)
    for (i, j), c in cov.items():
        if i == j:
            out["variance", names[i], names[i]] = c
            continue
        out["covariance", names[i], names[j]] = c
        square = c * c / (cov[i, i] * cov[j, j]) if cov[i, i] and cov[j, j] else None
        with localcontext() as context:
            context.prec = 50
            root = square is not None and (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
        out["correlation", names[i], names[j]] = None if square is None else Fraction(root) * (-1 if c < 0 else 1)
    return out


def assert_within(got, want):
    """Each value within its bound of the exact one; undefined where it must be. The largest share of a bound that was used."""
    assert set(got) == set(want)
    used = 0.0
    for key, (value, bound) in got.items():
        if value is None:
            assert key[0] == "correlation" and bound is None
            continue
        assert want[key] is not None, key
        off = abs(Fraction(value) - want[key])
        assert off <= Fraction(bound), (key, value, float(want[key]), float(off), bound)
        used = max(used, float(off / Fraction(bound))) if bound else used
    return used


def csv_text(text):
    return list(csv.DictReader(io.StringIO(text)))
