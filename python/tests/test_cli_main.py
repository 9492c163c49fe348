"""The command line: help that is true, one line for what is wrong, keys that are never overwritten."""

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from jupyterfhe.cli import help as texts
from jupyterfhe.cli import main as cli
from jupyterfhe.cli.text import bounds, columns, cut, cut_all, harmless, shown_bound

GOLDEN = Path(__file__).parent / "golden"
COMMANDS = ("init", "ladder", "encrypt", "inspect", "run", "decrypt")


def call(*words, status=0):
    """Standard output, and standard error, of a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        found = cli.main([str(w) for w in words])
    assert found == status, err.getvalue()
    return out.getvalue(), err.getvalue()


def refused(*words, why):
    """A refusal: one line, status 2, nothing on standard output."""
    out, err = call(*words, status=2)
    assert re.search(why, err), err
    assert out == "" and err.count("\n") == 1 and err.startswith("jupyterfhe: ")
    return err


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("JUPYTERFHE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    call("init", "--preset", "stats-lite")
    return tmp_path / ".jupyterfhe"


# ---- help ----
@pytest.mark.parametrize("command", ["main", *COMMANDS, "vault"])
def test_help_is_as_it_was_agreed(command):
    out, err = call("help") if command == "main" else call("help", command)
    wanted = GOLDEN / f"help-{command}.txt"
    if os.environ.get("JFHE_GOLDEN") == "write":
        wanted.parent.mkdir(exist_ok=True)
        wanted.write_text(out)
    assert out == wanted.read_text() and err == ""
    assert max(map(len, out.splitlines())) <= 120
    if command != "main":
        assert call(command, "--help")[0] == call(command, "-h")[0] == out


def options_of(command, monkeypatch):
    """Options that a command's parser takes."""
    parsers = []
    monkeypatch.setattr(cli, "_Parser", lambda name, make=cli._Parser: parsers.append(make(name)) or parsers[-1])
    with pytest.raises(cli.Refused):
        cli.COMMANDS[command](["--no-such-option", "x", "y"])
    return {o for action in parsers[0]._actions for o in action.option_strings}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_the_options_that_there_are(command, monkeypatch):
    named = set(re.findall(r"^  (--[a-z-]+)", texts.OF[command], re.M))
    everywhere = {"--home", "--as"} if command == "encrypt" else {"--home"}
    assert options_of(command, monkeypatch) - everywhere <= named <= options_of(command, monkeypatch)


def test_examples_of_help_can_be_typed(monkeypatch):
    seen = []
    for command in COMMANDS:
        monkeypatch.setitem(sys.modules, f"jupyterfhe.cli.{command}", type("M", (), {"run": staticmethod(seen.append)}))
    import jupyterfhe.cli as package

    for command in COMMANDS:
        monkeypatch.setattr(package, command, sys.modules[f"jupyterfhe.cli.{command}"], raising=False)
    monkeypatch.setattr("jupyterfhe.vault.command.main", seen.append)
    for line in re.findall(r"^  (jupyterfhe [a-z].*)$", "".join(t.split("Examples")[1] for t in texts.OF.values()), re.M):
        cli._dispatch(shlex.split(line)[1:])
    assert len(seen) == 20


def test_no_command_is_not_enough():
    out, err = call(status=2)
    assert out.startswith("jupyterfhe: numbers") and err == ""
    refused("fly", why="there is no command 'fly'")
    assert re.fullmatch(r"jupyterfhe \d.*\n", call("--version")[0])


@pytest.mark.parametrize(("words", "why"), [
    (["init", "a", "b"], "unrecognized"), (["init", "--preset", "huge"], "invalid choice"),
    (["init", "--dep", "3"], "unrecognized"), (["init", "--depth", "x"], "invalid int"), (["init", "--depth", "99"], "."),
    (["init", "--scale-bits", "30"], "go with --depth"), (["init", "--preset", "ml", "--depth", "2"], "exclude"),
    (["init", "a", "--home", "b"], "one of them"),
    (["init", "--depth", "2", "--scale-bits", "0"], "."), (["init", "none/there"], "No such file"),
    (["init", "--preset", "exact", "--ladder"], "there is no ring above exact"),
    (["init", "--ladder=xx"], r"invalid choice: 'xx' \(choose from 'deep-lean'"),
    (["init", "--ladder", "deep"], "above stats there is deep-small"), (["ladder"], "no workspace"),
    (["encrypt"], "FILE|file"), (["encrypt", "t.csv"], "--as NAME is missing"), (["decrypt"], "name"), (["run"], "script"),
    (["encrypt", "t.csv", "--as", "a/b"], "no workspace"),
    (["inspect", "x"], "no workspace"), (["decrypt", "x"], "no workspace"),
    (["decrypt", "x", "--csv", "a", "--json", "b"], "exclude")])
def test_wrong_words_are_one_line(tmp_path, monkeypatch, words, why):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JUPYTERFHE_HOME", raising=False)
    refused(*words, why=why)
    assert list(tmp_path.iterdir()) == []


# ---- init ----
def test_init_makes_a_workspace(home):
    mode = lambda p: stat.S_IMODE(p.stat().st_mode)  # noqa: E731
    assert sorted(p.name for p in home.iterdir()) == ["data", "keys", "private"]
    assert mode(home / "keys/secret.key") == 0o600 and mode(home / "private") == 0o700
    names = {p.name for p in (home / "keys").iterdir()}
    assert {"params.jfhe", "public.key", "relin.key", "secret.key"} < names and len([n for n in names if "galois" in n]) == 13


def test_keys_are_never_overwritten(home):
    before = (home / "keys/secret.key").read_bytes()
    refused("init", why="exists already")
    refused("init", home, why="exists already")
    assert (home / "keys/secret.key").read_bytes() == before
    assert list(home.parent.iterdir()) == [home]


def test_init_says_what_it_made(tmp_path):
    out, err = call("init", tmp_path / "a", "--depth", "1", "--scale-bits", "40", "--json")
    made = json.loads(out)
    assert made["levels"] == 1 and made["security"] >= 128 and made["files"] > 10 and err == ""
    out, _ = call("init", tmp_path / "b", "--preset", "stats-lite")
    assert "stats-lite: 2 multiplications" in out and "readable by you alone" in out


def test_a_ladder_is_made_once(tmp_path):
    """With the workspace or later: the same files."""
    home, above = tmp_path / "w", tmp_path / "w/keys/above"
    made = json.loads(call("init", home, "--ladder", "--json")[0])
    names = sorted(p.name for p in above.iterdir())
    refused("ladder", "--home", home, why="exists already")
    shutil.rmtree(above)
    later = json.loads(call("ladder", "--home", home, "--json")[0])
    assert made["above"] == later["preset"] == "deep-small" and later["below"] == "stats"
    assert names == sorted(p.name for p in above.iterdir()) and later["files"] == len(names)
    assert made["bytes"] - later["bytes"] == sum(p.stat().st_size for p in (home / "keys").glob("*.*")
                                                 if p.name != "secret.key")


def test_a_workspace_serves_the_c_tool(home, tool):
    """Both tools read the same keys."""
    (home.parent / "t.csv").write_text("x\n1\n2\n4\n")
    done = subprocess.run([tool, "encrypt", "--keys", home / "keys", "--in", "t.csv", "--out", "sealed"], capture_output=True)
    assert done.returncode == 0, done.stderr


def test_the_command_is_installed_as_declared():
    import tomllib

    root = Path(__file__).resolve().parents[2]
    scripts = tomllib.loads((root / "pyproject.toml").read_text())["project"]["scripts"]
    module, name = scripts["jupyterfhe"].split(":")
    assert getattr(__import__(module, fromlist=["x"]), name) is cli.main
    done = subprocess.run([sys.executable, "-m", "jupyterfhe.cli", "help", "run"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == texts.RUN


def test_reading_help_loads_no_client():
    script = ("import sys\nfrom jupyterfhe.cli.main import main\nmain(['help', 'encrypt'])\nmain(['inspect', '/dev/null'])\n"
              "print([m for m in sys.modules if 'jupyterfhe.client' in m or 'pyarrow' in m], file=sys.stderr)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_closed_pipe_is_no_fault(home):
    done = subprocess.run(f"{sys.executable} -m jupyterfhe.cli help encrypt | true", shell=True, capture_output=True, text=True)
    assert done.stderr == ""


# ---- words and digits ----
def test_text_is_harmless():
    assert harmless("a\x1b[2J\n\u202eb") == "a\\x1b[2J\\x0a\\x202eb"
    assert columns([["a\tb", "1"], ["c", "10"]], right={1}) == ["a\\x09b   1", "c       10"]
    assert columns([["x" * 100]], most=10) == ["x" * 9 + "…"]


@pytest.mark.parametrize(("value", "bound", "text"), [
    (3.14159265, 1e-3, "3.142"), (3.14159265, 2e-3, "3.14"), (-0.0001, 0.01, "0"), (1234.5678, 30, "1.2e+03"), (5.0, 1e9, "0"),
    (1e-9, 1e-12, "0.000000001000"), (1.5e-20, 1e-22, "1.50e-20"), (7.0, 0.0, "7"), (0.1, 0.0, "0.1"),
    (1e300, 1e290, "1.0000000000e+300"), (2.5e17, 1e3, "2.50000000000000e+17")])
def test_numbers_are_cut_to_what_their_bound_supports(value, bound, text):
    shown, left = cut(value, bound)
    assert shown == text
    assert abs(float(shown) - value) + bound <= left or bound == 0 == left  # exact numbers are shown whole
    assert left <= bound * 12


def test_cut_numbers_stay_within_the_bound_shown(rng):
    from fractions import Fraction

    for _ in range(5000):
        value = float(rng.normal() * 10.0 ** rng.integers(-12, 12))
        bound = float(rng.random() * 10.0 ** rng.integers(-14, 10))
        shown, left = cut(value, bound)
        assert abs(Fraction(shown) - Fraction(value)) + Fraction(bound) <= Fraction(left)
        assert float(shown_bound(left)) >= left and float(shown_bound(left)) <= left * 1.2


@pytest.mark.parametrize("bound", [0.0, 1e-20, 1e-9, 0.3, 40.0, 1e300, float("inf")])
def test_many_numbers_are_cut_as_one_is(rng, bound):
    for size in (1e-3, 1.0, 1e5, 1e17):
        values = np.append(rng.normal(size=50) * size, [0.0, -0.0, -1e-12])
        texts, left = cut_all(values, bound)
        pairs = [cut(v, bound) for v in values.tolist()]
        assert texts == [text for text, _ in pairs] and left >= max(b for _, b in pairs) * (1 - 1e-12)
    assert cut_all(np.array([]), bound)[0] == []


def test_bounds_in_words():
    assert bounds("int", 0.0, 120.0, "years", None) == "0 .. 120 years"
    assert bounds("date", 0.0, 365.0, "days", "2000-01-01") == "2000-01-01 .. 2000-12-31"
    assert bounds("datetime", 0.0, 60.0, "s", "2000-01-01") == "2000-01-01T00:00:00 .. 2000-01-01T00:01:00"
    assert bounds("date", -1e9, 1e9, "days", "2000-01-01") == "-1000000000 .. 1000000000"
