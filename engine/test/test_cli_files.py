"""Files of the command line tool: who may read them, what is opened, and that a folder appears complete or not at all."""

import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from cli_tool import SLOW, TOOL, cancer, gone, keys, place, plain_signals, refused, run, seal, works, write_table


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


@pytest.fixture(scope="module")
def big():
    """200,000 rows of 2 columns: encryption takes long enough to be interrupted."""
    rng = np.random.default_rng(3)
    path = place() / "big.csv"
    np.savetxt(path, rng.normal(size=(200_000, 2)), delimiter=",", header="a,b", comments="", fmt="%.17g")
    return path


def start(*words, **kwargs):
    return subprocess.Popen([str(w) for w in (TOOL, *words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            **{"preexec_fn": plain_signals, **kwargs})


def parts(folder):
    return [p for p in folder.iterdir() if ".part-" in p.name]


def wait_for_file(folder, process):
    """Until something was written beside the target."""
    while process.poll() is None:
        for part in parts(folder):
            if any(part.iterdir()):
                return
        time.sleep(0.002)


# ---- permissions ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_secret_key_is_private(tmp_path, mask):
    out = tmp_path / "keys"
    done = start("keygen", "--preset", "stats-lite", "--rotations", "none", "--out", out, preexec_fn=lambda: os.umask(mask))
    assert done.communicate()[1] == "" and done.returncode == 0
    assert mode(out / "secret.key") == 0o600
    assert mode(out) == 0o777 & ~mask
    assert {mode(p) for p in out.iterdir() if p.name != "secret.key"} == {0o644 & ~mask}
    assert sorted(p.name for p in out.iterdir()) == ["params.jfhe", "public.key", "relin.key", "secret.key"]


def test_keys_for_stats_lie_one_element_a_file():
    names = sorted(p.name for p in keys().iterdir())
    assert len([n for n in names if re.fullmatch(r"galois-\d+\.key", n)]) == 13  # 12 rotations and the conjugation
    for name in names:
        if name.startswith("galois"):
            assert f"element {name[7:-4]}," in works("inspect", keys() / name)


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o644])
def test_a_readable_secret_is_refused(tmp_path, bits):
    shutil.copytree(keys(), tmp_path / "keys")
    os.chmod(tmp_path / "keys/secret.key", bits)
    refused("encrypt", "--keys", tmp_path / "keys", "--in", cancer()[2], "--out", tmp_path / "o", says="others may read it", absent=tmp_path / "o")


# ---- the secret is never opened -------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def sealed():
    return seal(write_table(place() / "files.csv", ["a", "b"], [[1, 2, 3.5], [4, 4.5, 6]]), place() / "files")


def test_stats_works_without_the_secret(tmp_path, sealed):
    server = tmp_path / "server"
    shutil.copytree(keys(), server)
    (server / "secret.key").unlink()
    works("stats", "--keys", server, "--in", sealed, "--out", tmp_path / "a")
    os.mkfifo(server / "secret.key")  # opening this would fail or hang
    works("stats", "--keys", server, "--in", sealed, "--out", tmp_path / "b")
    (server / "secret.key").unlink()
    (server / "secret.key").mkdir()
    works("stats", "--keys", server, "--in", sealed, "--out", tmp_path / "c")
    assert len({(tmp_path / x / "sums-0.ct").read_bytes() for x in "abc"}) == 1
    refused("decrypt", "--keys", server, "--in", tmp_path / "a", says="secret.key")


def test_stats_opens_no_secret(tmp_path, sealed):
    """Access times: the file is not even read. (The clock of a relatime mount moves when it lies before the last change.)"""
    secret = keys() / "secret.key"
    os.utime(secret, ns=(0, os.stat(secret).st_mtime_ns))
    works("stats", "--keys", keys(), "--in", sealed, "--out", tmp_path / "o")
    assert os.stat(secret).st_atime_ns == 0


@pytest.mark.skipif(not shutil.which("strace"), reason="no strace")
def test_stats_system_calls(tmp_path, sealed):
    trace = tmp_path / "trace"
    done = subprocess.run(["strace", "-f", "-o", trace, "-e", "trace=file,network", str(TOOL), "stats", "--keys", str(keys()), "--in",
                           str(sealed), "--out", str(tmp_path / "o")], capture_output=True, text=True)
    text = trace.read_text() if trace.exists() else ""
    if "relin.key" not in text:
        pytest.skip("strace may not trace here")
    assert done.returncode == 0 and "secret" not in text and "socket(" not in text


def test_stats_code_knows_no_secret():
    """By its source: what the command's file includes cannot name a secret key."""
    from cli_tool import ROOT

    folder = ROOT / "engine/src"
    seen, todo = set(), ["cli/cmd_stats.c"]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        place_of = folder / name if (folder / name).exists() else ROOT / "engine/include" / name
        todo += re.findall(r'^#include "([^"]+)"', place_of.read_text(), re.M)
    assert "jfhe/jfhe.h" in seen and not [n for n in seen if "secret" in n]


# ---- complete or not at all -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("command", ["keygen", "encrypt", "stats"])
@pytest.mark.parametrize("kind", ["folder", "file", "full folder", "link", "dangling link"])
def test_targets_that_exist(tmp_path, sealed, command, kind):
    target = tmp_path / "target"
    if kind == "file":
        target.write_text("keep")
    elif kind == "link":
        (tmp_path / "elsewhere").mkdir()
        target.symlink_to(tmp_path / "elsewhere")
    elif kind == "dangling link":
        target.symlink_to(tmp_path / "nowhere")
    else:
        target.mkdir()
        if kind == "full folder":
            (target / "keep").write_text("keep")
    before = sorted(os.listdir(tmp_path))
    words = {"keygen": ["--preset", "stats-lite", "--rotations", "none"], "encrypt": ["--keys", keys(), "--in", cancer()[2], "--columns", "mean_area"],
             "stats": ["--keys", keys(), "--in", sealed]}[command]
    refused(command, *words, "--out", target, says="exists already")
    refused(command, *words, "--out", f"{target}/", says="exists already")
    assert sorted(os.listdir(tmp_path)) == before and not os.path.exists(tmp_path / "nowhere")
    if kind == "file":
        assert target.read_text() == "keep"


def test_a_target_without_a_parent(tmp_path):
    refused("keygen", "--preset", "stats-lite", "--out", tmp_path / "none/keys", says="No such file", absent=tmp_path / "keys")


def test_names_of_targets(tmp_path):
    os.mkdir(tmp_path / "here")
    works("keygen", "--preset", "stats-lite", "--rotations", "none", "--out", "keys/", cwd=tmp_path / "here")
    assert sorted(os.listdir(tmp_path / "here")) == ["keys"]
    refused("keygen", "--preset", "stats-lite", "--out", "x" * 5000, says="the path is too long")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_clean_up(tmp_path, big, number):
    process = start("encrypt", "--keys", keys(), "--in", big, "--out", tmp_path / "o")
    wait_for_file(tmp_path, process)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == -number, (process.returncode, said)
    assert said == "jfhe: stopped; nothing was written\n"
    gone(tmp_path / "o")


def test_kill_leaves_no_target(tmp_path, big):
    for _ in range(5):
        process = start("encrypt", "--keys", keys(), "--in", big, "--out", tmp_path / "o")
        wait_for_file(tmp_path, process)
        time.sleep(np.random.default_rng().uniform(0, 0.05))
        process.kill()
        process.communicate()
        assert not (tmp_path / "o").exists() or process.returncode == 0
        shutil.rmtree(tmp_path / "o", ignore_errors=True)
    works("encrypt", "--keys", keys(), "--in", cancer()[2], "--columns", "mean_area", "--out", tmp_path / "o")  # what was left behind is no obstacle


@pytest.mark.parametrize("command", ["keygen", "encrypt", "stats"])
def test_full_disk(tmp_path, sealed, command):
    """A limit on file sizes stands for a full disk: in the middle of a file, a write fails."""
    words = {"keygen": ["--preset", "stats-lite"], "encrypt": ["--keys", keys(), "--in", cancer()[2]], "stats": ["--keys", keys(), "--in", sealed]}[command]
    process = start(command, *words, "--out", tmp_path / "o",
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)))
    out, said = process.communicate(timeout=60)
    assert process.returncode == 2 and out == "" and said.count("\n") == 1 and "cannot be written: File too large" in said
    gone(tmp_path / "o")


def test_many_open_files_are_not_needed(tmp_path):
    """Descriptors are closed: 30 columns under a limit of 12."""
    process = start("encrypt", "--keys", keys(), "--in", cancer()[2], "--out", tmp_path / "o",
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12)))
    assert process.communicate()[1] == "" and process.returncode == 0


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (1, 2), (0, 1, 2)])
def test_standard_descriptors_never_become_files(tmp_path, big, closed):
    """Started without them, as some daemons do: else the next file takes the number, and what is printed lands in it."""
    process = start("encrypt", "--keys", keys(), "--in", big, "--out", tmp_path / "o", preexec_fn=lambda: [os.close(d) for d in closed])
    wait_for_file(tmp_path, process)
    process.send_signal(signal.SIGSTOP)
    opened = [os.readlink(f"/proc/{process.pid}/fd/{d}") for d in closed]
    process.kill()
    process.communicate()
    assert opened == ["/dev/null"] * len(closed)


def test_output_that_nobody_can_read_is_an_error(tmp_path):
    """The keys are there, the report is not: the exit status says so."""
    process = start("keygen", "--preset", "stats-lite", "--rotations", "none", "--out", tmp_path / "k", preexec_fn=lambda: os.close(1))
    assert process.communicate() == ("", "jfhe: standard output cannot be written\n") and process.returncode == 2
    for path in (tmp_path / "k").iterdir():
        works("inspect", path)


def test_a_table_that_changes_meanwhile(tmp_path):
    """The second pass checks what the first one found; a file that grows in between is refused or was read before."""
    path = tmp_path / "t.csv"
    path.write_text("a\n" + "1\n" * 300_000)
    process = start("encrypt", "--keys", keys(), "--in", path, "--out", tmp_path / "o")
    wait_for_file(tmp_path, process)
    with open(path, "a") as more:
        more.write("5\n")
    said = process.communicate()[1]
    assert process.returncode == 2 and "changed while it was read" in said, said
    gone(tmp_path / "o")


def test_two_at_once(tmp_path):
    """Two writers to one target: one wins, the other says so."""
    processes = [start("keygen", "--preset", "stats-lite", "--rotations", "none", "--out", tmp_path / "keys") for _ in range(2)]
    codes = []
    for process in processes:
        process.communicate()
        codes.append(process.returncode)
    assert sorted(codes) in ([0, 2],), codes
    assert not parts(tmp_path) and len(list((tmp_path / "keys").iterdir())) == 4


def test_a_million_rows_need_little_memory(tmp_path):
    """Memory does not grow with rows: the peak of ten times as many rows is nearly the same."""
    peaks = []
    for rows in (30_000, 300_000):
        path = tmp_path / f"{rows}.csv"
        path.write_text("a\n" + "1.25\n2.5\n" * (rows // 2))
        script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        done = subprocess.run(["python3", "-c", script, str(TOOL), "encrypt", "--json", "--keys", str(keys()), "--in", str(path), "--out",
                               str(tmp_path / str(rows))], capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout.splitlines()[-1]))
    assert peaks[1] < peaks[0] + 8192, peaks


def test_core_dumps_are_off(tmp_path, big):
    process = start("encrypt", "--keys", keys(), "--in", big, "--out", tmp_path / "o")
    wait_for_file(tmp_path, process)
    limits = Path(f"/proc/{process.pid}/limits").read_text() if process.poll() is None else ""
    process.kill()
    process.communicate()
    assert limits == "" or re.search(r"Max core file size\s+0\s+0", limits)


def test_run_without_home_or_locale(tmp_path):
    """A locale with a decimal comma changes nothing."""
    path = tmp_path / "t.csv"
    path.write_text("a\n1.5\n2.5\n")
    assert run("encrypt", "--keys", keys(), "--in", path, "--out", tmp_path / "o", env={"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}).returncode == 0
    assert '"centre":2,' in (tmp_path / "o/manifest.json").read_text()


@pytest.mark.skipif(not SLOW, reason="JFHE_TEST_SLOW")
def test_keys_for_bootstrapping_are_few(tmp_path):
    out = tmp_path / "keys"
    works("keygen", "--preset", "deep-lean", "--rotations", "bootstrap", "--out", out)
    names = sorted(p.name for p in out.iterdir())
    assert len([n for n in names if n.startswith("galois-")]) == 4  # three rotations and the conjugation
    assert {"relin.key", "sparse.key", "dense.key"} <= set(names)
    assert sum(p.stat().st_size for p in out.iterdir() if p.name != "secret.key") < 200e6
    assert "use         to sparse, up to level 0" in works("inspect", out / "sparse.key")


def test_keys_for_bootstrapping_need_levels_for_it(tmp_path):
    refused("keygen", "--preset", "stats-lite", "--rotations", "bootstrap", "--out", tmp_path / "k", says="no levels for bootstrapping", absent=tmp_path / "k")
