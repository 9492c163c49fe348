"""From a file to a decrypted table by the command line: real data in every format, scripts between, faults by line."""

import csv
import datetime
import json
import os
import pty
import re
import shutil
import signal
import stat
import subprocess
import sys
import time

import numpy as np
import pyarrow.parquet as pq
import pytest
from test_cli_main import GOLDEN, call, refused

from jupyterfhe.core import tables, workspace

TOOL = [sys.executable, "-m", "jupyterfhe.cli"]


def plain_interrupt():
    """Before a child starts: a suite in the background ignores SIGINT, and its children would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A workspace of preset stats with the breast cancer data and two more columns."""
    from sklearn.datasets import load_breast_cancer

    place = tmp_path_factory.mktemp("ready")
    data = load_breast_cancer()
    names = [*data.feature_names[:4], "target", "day", "grade"]
    rows = [[*map(repr, map(float, row[:4])), int(t), datetime.date(2020, 1, 1) + datetime.timedelta(i), ("low", "high")[i % 2]]
            for i, (row, t) in enumerate(zip(data.data, data.target, strict=True))]
    rows[5][0] = ""
    with open(place / "bc.csv", "w", newline="") as out:
        csv.writer(out).writerows([names, *rows])
    call("init", place / "home", "--preset", "stats")
    shown, err = call("encrypt", place / "bc.csv", "--as", "bc", "--yes", "--home", place / "home")
    assert err == ""
    return place, data, shown


@pytest.fixture
def inside(ready, monkeypatch, tmp_path):
    """Work in an empty folder, with the workspace named by the environment."""
    monkeypatch.setenv("JUPYTERFHE_HOME", str(ready[0] / "home"))
    monkeypatch.chdir(tmp_path)
    return workspace.find()


# ---- encrypt ----
def test_what_encrypt_shows_is_as_it_was_agreed(ready):
    place, _, shown = ready
    shown = shown.replace(str(place), "PLACE")
    shown = re.sub(r"made in .*", "made in TIME", shown)
    wanted = GOLDEN / "encrypt-bc.txt"
    if os.environ.get("JFHE_GOLDEN") == "write":
        wanted.write_text(shown)
    assert shown == wanted.read_text()


def test_inspect_shows_what_is_public(ready, inside):
    assert "bc  jupyterfhe-table-1" in call("inspect")[0]
    out, _ = call("inspect", "bc")
    assert "569 rows, 7 columns" in out and "owner's" in out and "low" not in out and re.search(r"mean radius +float +4 \.\. 30 +yes", out)
    found = json.loads(call("inspect", "bc", "--json")[0])
    assert found["rows"] == 569 and [f["kind"] for f in found["fields"]] == ["float"] * 4 + ["bool", "date", "category"]
    assert json.loads(call("inspect", inside.keys / "relin.key", "--json")[0])["object"] == "switching key"
    out, _ = call("inspect", inside.data / "bc/c0-0.ct")
    assert "ciphertext" in out and "|number| <= 1" in out
    assert {"name": "bc", "format": "jupyterfhe-table-1"} in json.loads(call("inspect", "--json")[0])["names"]


def test_inspect_of_something_else(ready, inside, tmp_path):
    (tmp_path / "junk").write_bytes(b"junk")
    (tmp_path / "cut").write_bytes((inside.keys / "relin.key").read_bytes()[:5000])
    refused("inspect", "junk", why="junk: ")
    refused("inspect", "cut", why="5000 bytes, its header says")
    refused("inspect", "nothing", why="nothing called nothing")
    refused("inspect", tmp_path, why="no manifest")
    out, err = call("inspect", "junk", "bc", status=2)  # what is well is shown
    assert "569 rows" in out and err.count("\n") == 1


def test_the_c_tool_inspects_the_containers(ready, inside, tool):
    files = [inside.data / "bc" / name for name in ("c0-0.ct", "m0-0.ct")]
    done = subprocess.run([tool, "inspect", *files], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.count("seeded") == 2 and "2^13 real slots" in done.stdout


# ---- decrypt ----
def test_decrypt_as_text(ready, inside):
    out, _ = call("decrypt", "bc", "--rows", "7")
    lines = out.splitlines()
    assert lines[0].split()[:2] == ["mean", "radius"] and "exact" in lines[1] and len(lines) == 10
    assert lines[2].split()[4:] == ["false", "2020-01-01", "low"] and lines[7].split()[0] == "-"
    assert lines[-1] == "... 562 more rows; --csv, --json and --parquet write all"
    bound = float(re.match(r" *± (\S+)", lines[1])[1])
    assert abs(float(lines[2].split()[0]) - 17.99) <= bound < 1e-6


def test_decrypt_into_every_format(ready, inside, tmp_path):
    _, data, _ = ready
    call("decrypt", "bc", "--csv", "t.csv")
    call("decrypt", "bc", "--json", "t.json")
    call("decrypt", "bc", "--parquet", "t.parquet")
    assert all(stat.S_IMODE((tmp_path / f"t.{e}").stat().st_mode) == 0o600 for e in ("csv", "json", "parquet"))
    found = json.loads((tmp_path / "t.json").read_text())
    bounds = {c["name"]: c["error_bound"] for c in found["columns"]}
    assert found["rows"] == len(found["data"]) == 569 and bounds["day"] == bounds["target"] == bounds["grade"] == 0
    rows = list(csv.DictReader((tmp_path / "t.csv").open()))
    table = pq.read_table(tmp_path / "t.parquet")
    for i, name in enumerate(data.feature_names[:4]):
        there = np.arange(569) != 5 if i == 0 else np.ones(569, dtype=bool)
        want, bound = data.data[there, i], float(table.schema.field(name).metadata[b"error_bound"])
        for got, most in (([r[name] for r in found["data"]], bounds[name]), ([r[name] or None for r in rows], bounds[name]),
                          (table[name].to_pylist(), bound)):
            assert [v is not None for v in got] == there.tolist()
            assert np.abs(np.array([float(v) for v in got if v is not None]) - want).max() <= most < 1e-5
    days = [datetime.date(2020, 1, 1) + datetime.timedelta(i) for i in range(569)]
    assert table["day"].to_pylist() == days and [r["day"] for r in found["data"]] == [str(d) for d in days]
    assert table["target"].to_pylist() == [r["target"] for r in found["data"]] == (data.target == 1).tolist()
    assert table["grade"].to_pylist()[:3] == [r["grade"] for r in rows[:3]] == ["low", "high", "low"]


def test_decrypt_refuses(ready, inside, tmp_path):
    (tmp_path / "here.csv").write_text("mine")
    refused("decrypt", "bc", "--csv", "here.csv", why="exists already")
    assert (tmp_path / "here.csv").read_text() == "mine"
    refused("decrypt", "bc", "--only", "none", why="no column 'none'")
    refused("decrypt", "nothing", why="nothing called")
    refused("decrypt", "bc", "--key", "none.key", why="say where it is with --key")
    refused("decrypt", "bc", "--parquet", "-", why="wants a file")
    call("init", tmp_path / "other", "--preset", "stats")
    refused("decrypt", "bc", "--key", tmp_path / "other/keys/secret.key", why="this is key")
    key = tmp_path / "open.key"
    key.write_bytes((inside.keys / "secret.key").read_bytes())
    key.chmod(0o644)
    refused("decrypt", "bc", "--key", key, why="chmod 600")
    assert not [p for p in tmp_path.iterdir() if "part" in p.name]


def test_a_workspace_without_its_secret(ready, inside, tmp_path, monkeypatch):
    """What a server has: it inspects and computes, and neither encrypts nor decrypts."""
    import shutil

    shutil.copytree(inside.home, tmp_path / "server", ignore=shutil.ignore_patterns("secret.key", "private"))
    monkeypatch.setenv("JUPYTERFHE_HOME", str(tmp_path / "server"))
    call("inspect", "bc")
    refused("decrypt", "bc", why="there is no secret key")
    (tmp_path / "s.py").write_text("import jupyterfhe as jf\njf.save(jf.open('bc')['target'].sum(), 'n')\n")
    assert call("run", tmp_path / "s.py")[1] == "saved: n\n"
    out, _ = call("decrypt", tmp_path / "server/data/n", "--key", inside.keys / "secret.key")
    assert out.split()[0] == "357", "a sum of whole numbers is exact"


# ---- declaring, asking, refusing ----
@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    rows = [f"person {i},{20 + i % 50},{'fm'[i % 2]},2024-01-{1 + i % 28:02}\n" for i in range(200)]
    path.write_text("name,age,sex,when\n" + "".join(rows))
    return path


def test_overrides_reach_the_table(inside, people):
    refused("encrypt", people, "--as", "p1", "--yes", why="'name' holds more than 100 different texts.*--drop 'name'")
    out, _ = call("encrypt", people, "--as", "p1", "--yes", "--json", "--drop", "name",
                  "--column", "age:type=float,bounds=0..128,unit=years", "--column", "sex:categories=f|m|x,labels=public",
                  "--column", "when:bounds=2024-01-01..2024-12-31,epoch=2024-01-01")
    made = json.loads(out)
    table = tables.open_table(inside.place("p1"))
    assert [c.name for c in table.columns] == ["age", "sex", "when"] and made["rows"] == 200 and made["files"] == 8
    age, sex, when = table.columns
    assert (age.kind, age.lo, age.hi, age.unit) == ("float", 0, 128, "years") and sex.categories == ("f", "m", "x")
    assert (when.lo, when.hi, when.epoch) == (0, 365, "2024-01-01")
    out, _ = call("decrypt", "p1", "--rows", "1")
    assert "age (years)" in out and "2024-01-01" in out


def test_private_labels_stay_here(inside, people, tmp_path):
    out, _ = call("encrypt", people, "--as", "p2", "--yes", "--only", "sex")
    assert "2 labels, private" in out and "Secret: every value, private labels." in out
    manifest = (inside.place("p2") / "manifest.json").read_text()
    assert json.loads(manifest)["columns"][0]["hi"] == 1 and '"f"' not in manifest, "their number is public, they are not"
    kept = inside.private / "p2.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert tables.open_table(inside.place("p2")).columns[0].categories is None
    assert call("decrypt", "p2", "--rows", "2")[0].split()[:4] == ["sex", "f", "m", "..."]
    kept.unlink()
    assert call("decrypt", "p2", "--rows", "2")[0].split()[:3] == ["sex", "0", "1"]


def test_missing_values_of_every_kind_are_shown_as_missing(inside, tmp_path):
    text = "c,d,b,t,i\n" + "yes please,2024-01-01,true,2024-01-01T00:00:00Z,1\n" + '"","","","",""\n' * 3 + ",,,,7\n"
    (tmp_path / "m.csv").write_text(text)
    call("encrypt", "m.csv", "--as", "gaps", "--yes", "--categories", "private", "--column", "c:categories=yes please|no")
    rows = call("decrypt", "gaps", "--csv", "-")[0].splitlines()
    assert rows[1].startswith("yes please,2024-01-01,true,2024-01-01T00:00:00") and rows[2:] == [",,,,"] * 3 + [",,,,7"]


def test_malformed_rows_are_listed_and_nothing_is_written(inside, tmp_path):
    rows = ["1,\x1b[2Jtext\n" if i % 2 else f"{i},{i}\n" for i in range(60)] + [f"{i},1\n" for i in range(9)]
    (tmp_path / "bad.csv").write_text("a,b\n" + "".join(rows))
    before = sorted(inside.data.iterdir())
    _, err = call("encrypt", "bad.csv", "--as", "bad", "--yes", status=2)
    lines = err.splitlines()
    assert lines[0].endswith("bad.csv: 30 malformed rows. Nothing was written.") and len(lines) == 22
    assert lines[1] == "  line 3: column 'b' is no finite number" and lines[-1] == "  and 10 more" and "text" not in err
    assert sorted(inside.data.iterdir()) == before


@pytest.mark.parametrize(("words", "why"), [
    (["--column", "age"], "NAME:key=value"), (["--column", "age:type=text"], "is one of"),
    (["--drop", "nothing"], "no column 'nothing'"), (["--column", "x:type=int"], "no column 'x'"),
    (["--column", "age:type=int", "--column", "age:type=float"], "twice"),
    (["--column", "age:bounds=30..40"], "malformed"), (["--slots", "100"], "power of two"),
    (["--slots", "65536"], "log2 of the slots"), (["--level", "9"], "level is 0 to 6"),
    (["--delimiter", "ab"], "one character"), (["--delimiter", ";"], "no column 'name'"),
    (["--format", "parquet"], "Parquet"), (["--format", "json"], "begins neither"), (["--key", "none.key"], "no secret key"),
    (["--only", "age", "--drop", "age"], "no column is left"), (["--missing", "guess"], "invalid choice"),
    (["--column", "age:epoch=2020-01-01"], "is for dates"), (["--column", "sex:bounds=0..1"], "do not fit")])
def test_wrong_options_of_encrypt(inside, people, words, why):
    _, err = call("encrypt", people, "--as", "p3", "--yes", "--drop", "name", *words, status=2)
    assert re.search(why, err) and (err.count("\n") == 1 or "malformed" in err)
    assert not inside.place("p3").exists() and not list(inside.data.glob("*part*"))


def test_names_and_files_that_are_wrong(inside, people, tmp_path):
    refused("encrypt", people, "--as", "../x", why="1 to 64 of")
    refused("encrypt", people, "--as", "bc", why="exists already")
    refused("encrypt", "none.csv", "--as", "p4", why="No such file")
    refused("encrypt", tmp_path, "--as", "p4", "--format", "csv", why="no regular file")
    os.mkfifo(tmp_path / "pipe.csv")
    refused("encrypt", "pipe.csv", "--as", "p4", why="no regular file")


def test_nothing_is_encrypted_without_a_yes(inside, people):
    out, err = call("encrypt", people, "--as", "p5", "--drop", "name", status=2)
    assert "Public afterwards" in out and "--yes" in err and err.count("\n") == 1
    out, err = call("encrypt", people, "--drop", "name", "--dry-run")
    assert "Public afterwards" in out and err == ""
    assert [c["kind"] for c in json.loads(call("encrypt", people, "--drop", "name", "--dry-run", "--json")[0])["columns"]] == \
        ["int", "category", "date"]
    assert not inside.place("p5").exists()


@pytest.mark.parametrize(("answer", "status", "made"), [("y\n", 0, True), ("n\n", 1, False), ("\n", 1, False)])
def test_a_person_is_asked_on_a_terminal(inside, people, tmp_path, answer, status, made):
    name = f"asked-{len(answer)}{status}"
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [*TOOL, "encrypt", str(people), "--as", name, "--drop", "name"])
    seen = b""
    while b"[y/N]" not in seen:
        seen += os.read(terminal, 4096)
    assert b"Public afterwards" in seen
    os.write(terminal, answer.encode())
    with pytest.raises(OSError):  # the terminal ends with the process
        while True:
            seen += os.read(terminal, 4096)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == status
    assert inside.place(name).exists() == made


# ---- stopping ----
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_kill_in_the_middle_leaves_no_table(ready, inside, tmp_path, number):
    names = "abcdefgh"
    path, rows = tmp_path / "large.csv", 100_000
    command = [*TOOL, "encrypt", str(path), "--as", f"k{number}", "--yes"]
    while True:
        path.write_text(",".join(names) + "\n" + "1,2,3,4,5,6,7,8\n8,7,6,5,4,3,2,1\n" * rows)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=plain_interrupt) as process:
            until = time.monotonic() + 60
            while not any(list(p.glob("*.ct")) for p in inside.data.glob(f"k{number}.part-*")) and process.poll() is None:
                assert time.monotonic() < until
                time.sleep(0.005)
            process.send_signal(signal.SIGSTOP)  # it holds still while one looks whether it is in the middle
            middle = process.poll() is None and not inside.place(f"k{number}").exists()
            process.send_signal(number)
            process.send_signal(signal.SIGCONT)
            _, err = process.communicate(timeout=60)
        if middle:
            break
        shutil.rmtree(inside.place(f"k{number}"))  # a busy machine looked too late: once more with a longer file
        rows *= 2
        assert rows < 2_000_000
    assert not inside.place(f"k{number}").exists() and f"k{number}" not in inside.names()
    if number != signal.SIGKILL:
        assert process.returncode == 130 and err == b"jupyterfhe: stopped; nothing half-written was left\n"
    else:
        assert list(inside.data.glob(f"k{number}.part-*"))
        (tmp_path / "s.csv").write_text("x\n1\n2\n")
        call("encrypt", "s.csv", "--as", f"k{number}", "--yes")  # the next one sweeps
    assert not list(inside.data.glob(f"k{number}.part-*"))


# ---- run ----
def script(tmp_path, text):
    (tmp_path / "s.py").write_text(text)
    return tmp_path / "s.py"


def test_a_script_computes_and_saves(ready, inside, tmp_path):
    _, data, _ = ready
    path = script(tmp_path, "import sys\nimport numpy as np\nimport jupyterfhe as jf\nfrom beside import NAMES\n"
                            "assert __name__ == '__main__' and sys.argv[1:] == ['--json', 'x']\n"
                            "x = jf.open('bc')[NAMES]\njf.save(np.mean(x, axis=0), 'means')\njf.save(np.cov(x.T), 'cov')\n")
    (tmp_path / "beside.py").write_text("NAMES = ['mean texture', 'mean area']\n")
    out, err = call("run", path, "--json", "x")
    assert (out, err) == ("", "saved: cov, means\n")
    x = data.data[:, [1, 3]]
    means = json.loads(call("decrypt", "means", "--json")[0])
    assert np.all(np.abs(np.array(means["values"]) - x.mean(axis=0)) <= means["error_bound"])
    cov = json.loads(call("decrypt", "cov", "--json")[0])
    assert cov["shape"] == [2, 2] and np.all(np.abs(np.array(cov["values"]) - np.cov(x.T)).ravel() <= cov["error_bound"])
    call("decrypt", "cov", "--csv", "cov.csv")
    assert np.allclose(np.loadtxt(tmp_path / "cov.csv", delimiter=","), np.cov(x.T), rtol=1e-3)
    call("decrypt", "cov", "--parquet", "cov.parquet")
    table = pq.read_table(tmp_path / "cov.parquet")
    off = np.abs(np.column_stack([table["c0"], table["c1"]]) - np.cov(x.T)).max(axis=0)
    assert np.all(off <= [float(f.metadata[b"error_bound"]) for f in table.schema])
    text, _ = call("decrypt", "cov")
    assert text.count("±") == 2 and len(text.splitlines()) == 3
    refused("decrypt", "cov", "--only", "x", why="this is a result")
    assert "shape [2, 2]" in call("inspect", "cov")[0]


def test_a_script_never_loads_secret_code(ready, inside, tmp_path):
    path = script(tmp_path, """
import sys
import jupyterfhe as jf
for name in ("jupyterfhe.client", "jupyterfhe.client._secret_native", "jupyterfhe.client.tables"):
    try:
        __import__(name)
    except ImportError as why:
        assert "computes without" in str(why)
    else:
        raise SystemExit(f"{name} was imported")
try:
    from jupyterfhe import client
except ImportError:
    pass
else:
    raise SystemExit("client was imported")
jf.open("bc")["target"].sum().compute()
maps = open("/proc/self/maps").read()
assert "_native.abi3.so" in maps and "_secret_native" not in maps
assert not [m for m in sys.modules if m.startswith("jupyterfhe.client")]
print("clean")
""")
    done = subprocess.run([*TOOL, "run", path], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "clean\n", "")


def test_the_guard_is_what_keeps_it_out(ready, inside, tmp_path):
    """The same import works in a process that is not guarded, or the test above would prove nothing."""
    path = script(tmp_path, "import jupyterfhe.client\n")
    assert subprocess.run([sys.executable, path], capture_output=True).returncode == 0
    done = subprocess.run([*TOOL, "run", path], capture_output=True, text=True)
    assert done.returncode == 1 and "computes without it" in done.stderr


def test_a_scripts_status_and_output_are_its_own(ready, inside, tmp_path):
    assert subprocess.run([*TOOL, "run", script(tmp_path, "raise SystemExit(7)")]).returncode == 7
    killed = script(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    assert subprocess.run([*TOOL, "run", killed]).returncode == 137
    path = script(tmp_path, "import jupyterfhe as jf\nprint('words')\njf.save(jf.open('bc')['target'].sum(), 'n1')\n")
    done = subprocess.run([*TOOL, "run", "--json", path], capture_output=True, text=True)
    assert json.loads(done.stdout)["saved"] == ["n1"] and done.stderr == "words\n"
    refused("run", "none.py", why="no such script")


def test_stopping_stops_the_script(ready, inside, tmp_path):
    path = script(tmp_path, "import time\nprint('up', flush=True)\ntry:\n    time.sleep(60)\n"
                            "except KeyboardInterrupt:\n    print('down')\n")
    with subprocess.Popen([*TOOL, "run", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          preexec_fn=plain_interrupt) as process:
        assert process.stdout.readline() == "up\n"
        process.terminate()
        out, err = process.communicate(timeout=30)
    assert out == "down\n" and process.returncode == 130 and "stopped" in err


def test_labels_are_no_formulas_for_spreadsheets(inside, tmp_path):
    (tmp_path / "f.csv").write_text("x\n=1+1\n@a\n-b\n")
    call("encrypt", "f.csv", "--as", "formulas", "--yes", "--column", "x:type=category")
    assert call("decrypt", "formulas", "--csv", "-")[0].splitlines() == ["x", "'=1+1", "'@a", "'-b"]
