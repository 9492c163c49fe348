"""`make run`: wrong words are refused by name; it prints an address that answers; Ctrl-C leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

TOOL = Path(__file__).resolve().parents[1] / "run_lab.py"


def _run(*words):
    return subprocess.run([sys.executable, TOOL, *words], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(("words", "said"), [
    (["--colour"], "--colour"), (["--port", "80"], "--port 80"), (["--port", "many"], "many"), (["notebooks"], "notebooks")])
def test_wrong_words_are_refused_by_name(words, said):
    done = _run(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_said():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        port = one.getsockname()[1]
        done = _run("--port", str(port), "--no-browser")
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr


def plain_interrupt():
    """Before a child starts: a suite in the background ignores SIGINT, and its children would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_it_starts_says_where_and_ends_with_ctrl_c(tmp_path):
    env = {**os.environ, "JUPYTER_DATA_DIR": str(tmp_path / "data"), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    with (tmp_path / "out").open("w+") as out:
        lab = subprocess.Popen([sys.executable, TOOL, "--no-browser", "--folder", tmp_path / "notebooks"], stdout=out,
                               stderr=subprocess.STDOUT, env=env, preexec_fn=plain_interrupt)
        try:
            end, found = time.monotonic() + 90, None
            while not found:
                assert lab.poll() is None and time.monotonic() < end, (tmp_path / "out").read_text()
                found = re.search(r"http://localhost:\d+/lab\S+", (tmp_path / "out").read_text())
                time.sleep(0.2)
            with urllib.request.urlopen(found[0], timeout=30) as page:
                assert page.status == 200
            assert (tmp_path / "notebooks/welcome.ipynb").exists()
            assert (tmp_path / "notebooks/breast-cancer.csv").read_text().count("\n") == 570
            family = psutil.Process(lab.pid).children(recursive=True)
            assert family
            lab.send_signal(signal.SIGINT)
            assert lab.wait(40) == 0
            assert not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        finally:
            if lab.poll() is None:
                lab.send_signal(signal.SIGTERM)
                lab.wait(40)
