"""The extension in Jupyter's server: what kernels inherit, the vault's process, policies, settings."""

import asyncio
import logging
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from serving import ROOT, TOKEN
from things import WS, Api

from jupyterfhe_server.app import JupyterFHE
from jupyterfhe_server.services import grants
from jupyterfhe_server.vault import VaultProcess, free_port

HEADERS = {"Authorization": f"token {TOKEN}"}


def test_nbconvert_is_off_and_pages_have_a_policy(server):
    for path in ("/nbconvert/html/x.ipynb", "/api/nbconvert"):
        assert httpx.get(server.address + path, headers=HEADERS, timeout=240).status_code == 404, path
    policy = httpx.get(server.address + "/api", headers=HEADERS, timeout=240).headers["content-security-policy"]
    for directive in ("default-src 'self'", "object-src 'none'", "connect-src 'self' data: blob:", "frame-ancestors 'self'"):
        assert directive in policy
    assert "http" not in policy.replace("https", "").split("report-uri")[0]  # no vault here, so no other origin


def test_answers_are_no_pages(server):
    answer = httpx.get(f"{server.address}{ROOT}/status", headers=HEADERS, timeout=240)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["cache-control"] == "no-store"


def test_a_kernel_inherits_where_the_store_is(server):
    specs = httpx.get(f"{server.address}/api/kernelspecs", headers=HEADERS, timeout=240).json()
    made = httpx.post(f"{server.address}/api/kernels", json={"name": specs["default"]}, headers=HEADERS, timeout=240)
    assert made.status_code == 201, made.text
    try:
        child = next(c for c in psutil.Process(server.process.pid).children(recursive=True) if "ipykernel" in " ".join(c.cmdline())
                     or "jupyterfhe" in " ".join(c.cmdline()))
        env = child.environ()
    finally:
        httpx.delete(f"{server.address}/api/kernels/{made.json()['id']}", headers=HEADERS, timeout=240)
    assert env["JUPYTERFHE_STORE"] == f"{server.address}{ROOT}" and env["JUPYTERFHE_WORKSPACE"] == WS
    with Api(server, env["JUPYTERFHE_GRANT"]) as kernel:
        assert kernel.ask("GET", "/status", status=200).json()["workspace"]["role"] == "compute"
        sha256 = kernel.put_blob(b"from a kernel")
    assert Path(env["JUPYTERFHE_BLOBS"], sha256[:2], sha256).read_bytes() == b"from a kernel"


def test_a_server_that_stops_ends_its_grants(tmp_path):
    from serving import Server

    with Server(tmp_path) as server:
        grant, text = server.grant("kernel"), str(server.store_dir)
        assert text in server.log_path.read_text()
    with sqlite3.connect(server.store_dir / "store.db") as raw:
        left = [row[0] for row in raw.execute("SELECT hash FROM grants")]
    assert left == [grants._hash(grant)]  # the server's own, which kernels had, is revoked; the person's lives on


def test_every_setting_is_explained():
    for name, trait in JupyterFHE.class_own_traits(config=True).items():
        assert len(trait.help.strip()) > 20, name


SERVE = """
import http.server, sys, threading
port = int(sys.argv[sys.argv.index("--port") + 1])
assert sys.argv.count("--lab") == 2 and "--no-browser" in sys.argv
class Quiet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *a): pass
threading.Thread(target=http.server.HTTPServer(("127.0.0.1", port), Quiet).serve_forever, daemon=True).start()
sys.stdin.read()
"""


def run_vault(command, act):
    async def main():
        vault = VaultProcess(20_000 + os.getpid() % 20_000, logging.getLogger("test"), command)
        try:
            vault.start(["http://127.0.0.1:1", "http://localhost:1"])
            await act(vault)
        finally:
            await vault.stop()
        return vault

    return asyncio.run(main())


async def until(condition, seconds=240):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        await asyncio.sleep(0.02)


def test_the_vault_runs_is_started_again_and_ends():
    async def act(vault):
        await until(lambda: vault.state == "running")
        first = vault._process
        first.kill()
        await until(lambda: vault._process is not first and vault.state == "running")

    vault = run_vault([sys.executable, "-c", SERVE], act)
    assert vault._process.poll() is not None


def test_the_vault_does_not_outlive_its_server():
    script = ("import asyncio, logging, sys\nfrom jupyterfhe_server.vault import VaultProcess\n"
              "async def main():\n"
              f"    vault = VaultProcess({free_port(31000)}, logging.getLogger(), [sys.executable, '-c', {SERVE!r}])\n"
              "    vault.start(['a', 'b'])\n"
              "    while vault.state != 'running': await asyncio.sleep(0.02)\n"
              "    print(vault._process.pid, flush=True)\n"
              "    await asyncio.sleep(1000)\n"
              "asyncio.run(main())")
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    child.wait(120)


def test_a_vault_that_cannot_start_says_so(monkeypatch):
    monkeypatch.setattr("jupyterfhe_server.vault.RESTART_SECONDS", 0.01)

    async def act(vault):
        await until(lambda: vault._task.done())

    for command in (["/nonexistent/python"], [sys.executable, "-c", "raise SystemExit(3)"]):
        vault = run_vault(command, act)
        assert vault.state == "failed" and "\n" not in vault.detail and re.search(r"not be started|status 3", vault.detail)


def test_a_busy_port_is_passed_by_and_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        vault = VaultProcess(port, logging.getLogger("test"))
        assert vault.port != port and f"port {port} is in use" in vault.detail


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8899", "http://localhost:8899"])
def test_the_vault_of_this_machine_may_ask(origin):
    from types import SimpleNamespace

    app = SimpleNamespace(vault_url="", vault=SimpleNamespace(port=8899))
    ask = lambda o, host: JupyterFHE.is_vault(app, o, SimpleNamespace(host=host))  # noqa: E731
    assert ask(origin, "localhost:8888") and ask(origin, "127.0.0.1:8888")
    assert not ask(origin, "hub.example:8888") and ask("http://hub.example:8899", "hub.example:8888")
    for other in ("http://localhost:8898", "https://localhost:8899", "http://localhost:8899x", "null", "http://[::2]:8899",
                  "http://localhost.evil.example:8899", "http://localhost:99999999"):
        assert not ask(other, "localhost:8888"), other
