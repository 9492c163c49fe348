"""The built wheels in an environment of their own: JupyterLab starts with the extension, the kernel and the vault, without Node or a compiler."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "0123456789abcdef"

pytestmark = pytest.mark.skipif(not os.environ.get("JFHE_TEST_SLOW"), reason="slow: installs JupyterLab; JFHE_TEST_SLOW=1")


def _free():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _get(port, path):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request, timeout=5) as reply:
        return reply.read()


def _until(seconds, probe):
    end = time.monotonic() + seconds
    while True:
        try:
            if found := probe():
                return found
        except OSError:
            pass
        assert time.monotonic() < end, f"nothing after {seconds} s"
        time.sleep(0.3)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    subprocess.run([ROOT / "tools/wheels.sh", folder / "dist"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    wheels = sorted((folder / "dist").glob("*.whl"))
    assert len(wheels) == 3
    # The names are the wheels' own; what they need comes from where pip looks.
    subprocess.run([folder / "env/bin/pip", "install", "-q", "--disable-pip-version-check", "--find-links", folder / "dist",
                    *wheels], check=True)
    return folder


def test_jupyter_lab_starts_with_everything(place):
    tools = place / "tools"
    tools.mkdir()
    port = _free()
    env = {"PATH": f"{place / 'env/bin'}:{tools}", "HOME": str(place), "JUPYTER_TOKEN": TOKEN,
           "JUPYTER_DATA_DIR": str(place / "data"), "JUPYTER_CONFIG_DIR": str(place / "config")}
    words = [place / "env/bin/jupyter", "lab", "--no-browser", f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "-y",
             f"--ServerApp.root_dir={place}", f"--JupyterFHE.vault_port={_free()}"]
    log = (place / "log").open("w")
    lab = subprocess.Popen([*words, "--allow-root"], env=env, stdout=log, stderr=log)
    try:
        _until(60, lambda: b"kernels" in _get(port, "api/status"))
        status = _until(60, lambda: (s := json.loads(_get(port, "jupyterfhe/v1/status")))["vault"]["state"] == "running" and s)
        assert "jupyterfhe" in json.loads(_get(port, "api/kernelspecs"))["kernelspecs"]
        page = _get(port, "lab").decode()
        assert "@jupyterfhe/extension" in page, "the extension is not in JupyterLab's page"
        with urllib.request.urlopen(f"http://localhost:{status['vault']['port']}/", timeout=5) as reply:
            assert "wasm-unsafe-eval" in reply.headers["Content-Security-Policy"]
        with urllib.request.urlopen(f"http://localhost:{status['vault']['port']}/jfhe.wasm", timeout=5) as reply:
            assert reply.read(4) == b"\0asm"
    finally:
        lab.terminate()
        lab.wait(30)
        log.close()
