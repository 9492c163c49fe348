"""From a file to an opened table by the command line alone: encrypt, run a script on frames, decrypt."""

import csv
import json
import math
import os
import shutil
import subprocess
import sys

import pytest

SCRIPT = """
import jupyterfhe as jf
from jupyterfhe import stats

df = jf.open_frame("people")
jf.save(df.groupby("job").agg(n=("age", "count"), mean=("age", "mean")), "by-job")
jf.save(df[df.job == 1][["age", "job"]], "cooks")
jf.save(stats.ttest_1samp(df.age, 40.0), "test")
jf.save(df.groupby("job").agg(root=("root", "mean")), "roots")
sealed = jf.open_frame("sealed")
jf.save(sealed.groupby("c1")[["c2"]].agg(["mean", "count"]), "unnamed")
jf.save(sealed[["c2", "c3"]].mean(), "means")
jf.save(sealed.c1.value_counts(), "jobs")
root = df.root.values.within(0.25, 7.5)
jf.save(root.sum(), "promised")
jf.save(jf.EncryptedSeries(root, name="root"), "promises")
"""
ROWS = [("job", "age", "root"), ("cook", 30, 5.5), ("cook", 50, 7.1), ("=SUM(1)", 41, 6.4), ("smith", "", 0.25), ("smith", 28, 5.3)]


@pytest.fixture(scope="module")
def run(owner, tmp_path_factory):
    """The tool in a workspace whose keys are there already."""
    home = tmp_path_factory.mktemp("cli") / "h"
    shutil.copytree(owner.folder, home / "keys")
    (home / "data").mkdir()
    (home / "private").mkdir(mode=0o700)
    with open(home.parent / "people.csv", "w", newline="") as out:
        csv.writer(out).writerows(ROWS)
    (home.parent / "script.py").write_text(SCRIPT)

    def call(*words):
        done = subprocess.run([sys.executable, "-m", "jupyterfhe.cli", *words], capture_output=True, text=True, cwd=home.parent,
                              env=os.environ | {"JUPYTERFHE_HOME": str(home)}, timeout=600)
        assert done.returncode == 0, done.stderr
        return done.stdout
    call("encrypt", "people.csv", "--as", "people", "--yes", "--column", "job:type=category,labels=private",
         "--slots", "16")
    told = call("encrypt", "people.csv", "--as", "sealed", "--yes", "--names", "sealed", "--column", "job:type=category", "--slots", "16")
    assert "in scripts" in told and "names of columns" in told and "job" not in (home / "data/sealed/manifest.json").read_text()
    call("run", "script.py")
    return call


def test_groups_are_shown_with_their_private_labels(run):
    lines = run("decrypt", "by-job").splitlines()
    assert lines[0].split() == ["job", "n", "mean"] and len(lines) == 5
    assert [line.split()[:2] for line in lines[2:]] == [["=SUM(1)", "1"], ["cook", "2"], ["smith", "1"]]
    assert abs(float(lines[3].split()[2]) - 40) < 0.1


def test_filtered_rows_alone_are_written(run, tmp_path):
    path = tmp_path / "cooks.csv"
    run("decrypt", "cooks", "--csv", str(path))
    rows = list(csv.reader(path.open()))
    assert rows[0][1:] == ["age", "job"] and [r[0] for r in rows[1:]] == ["0", "1"]
    assert [(float(r[1]), r[2]) for r in rows[1:]] == [(30, "cook"), (50, "cook")]
    path = tmp_path / "by-job.csv"
    run("decrypt", "by-job", "--csv", str(path))
    assert next(r for r in csv.reader(path.open()) if "SUM" in r[0])[0] == "'=SUM(1)"


def test_digits_are_those_of_the_probable_bound_and_both_bounds_are_told(run):
    head, likely, proved, *rows = (line.split() for line in run("decrypt", "roots").splitlines())
    assert head == ["job", "root"] and likely[:2] == ["probably", "±"] and proved[:2] == ["proved", "±"] and len(rows) == 3
    assert 0 < float(likely[2]) < float(proved[2])
    assert len(rows[1][1].split(".")[1]) >= -round(math.log10(float(likely[2]))) - 1 and abs(float(rows[1][1]) - 6.3) <= float(likely[2])


def test_sealed_names_are_shown_to_their_owner_alone(run, tmp_path):
    told = run("inspect", "sealed")
    assert "job" not in told and "c1" in told
    assert [c["name"] for c in json.loads(run("decrypt", "sealed", "--json", "-"))["columns"]] == ["job", "age", "root"]
    path = tmp_path / "one.csv"
    run("decrypt", "sealed", "--only", "root", "--only", "c2", "--csv", str(path))
    assert next(csv.reader(path.open())) == ["root", "age"]
    assert run("decrypt", "unnamed").splitlines()[0].split() == ["job", "age_mean", "age_count"]
    found = json.loads(run("decrypt", "means", "--json", "-"))
    (numbers,) = found["columns"].values()
    assert found["index"] == ["age", "root"]
    assert 0 < numbers["error_probable"][1] < numbers["error_bound"][1]  # ages are whole numbers: their mean is rounded alone
    assert [line.split()[:2] for line in run("decrypt", "jobs").splitlines()[2:]] == [["=SUM(1)", "1"], ["cook", "2"], ["smith", "2"]]


def test_named_numbers_and_json(run):
    assert run("decrypt", "test").splitlines()[0] == "TtestResult"
    found = json.loads(run("decrypt", "test", "--json", "-"))
    assert found["columns"]["df"]["values"] == [3] and found["columns"]["pvalue"]["error_bound"][0] < 0.1
    assert json.loads(run("decrypt", "by-job", "--json", "-"))["index"] == ["=SUM(1)", "cook", "smith"]


def test_what_was_promised_stands_below_the_numbers(run):
    """The bounds hold if it does: a reader who was not there when it was computed has to see it."""
    line = run("decrypt", "promised").splitlines()[-1]
    assert line.startswith("assumed: ") and "0.25" in line and line in run("decrypt", "promises").splitlines()
    for name in ("promised", "promises"):
        assert [f"assumed: {text}" for text in json.loads(run("decrypt", name, "--json"))["assumed"]] == [line]
    assert f"  {line}" in run("inspect", "promised").splitlines()
    assert "assumed" not in run("decrypt", "by-job") and json.loads(run("decrypt", "by-job", "--json"))["assumed"] == []
