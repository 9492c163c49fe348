"""A real Jupyter server with the extension, as a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

TOKEN = "5e71" * 12
ROOT = "/jupyterfhe/v1"
OTHERS = {name: False for name in ("jupyterlab", "jupyter_lsp", "jupyter_server_terminals", "notebook_shim", "notebook")}
START_SECONDS = 300


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """Started on entry, ended on exit; `kill` and `start` between.

    Parameters
    ----------
    folder : Path
        Of the store, its log and Jupyter's own files.
    *arguments : str
        More of the command line.
    """

    def __init__(self, folder, *arguments, vault=False):
        self.folder, self.port, self.process = Path(folder), free_port(), None
        self.store_dir, self.log_path = self.folder / "store", self.folder / "server.log"
        self.address = f"http://127.0.0.1:{self.port}"
        self.arguments = [
            f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0", "--ServerApp.open_browser=False", "--allow-root",
            f"--ServerApp.root_dir={self.folder}", f"--ServerApp.jpserver_extensions={OTHERS | {'jupyterfhe_server': True}}",
            f"--IdentityProvider.token={TOKEN}", f"--JupyterFHE.store_dir={self.store_dir}", "--JupyterFHE.reserve=0",
            *(() if vault else ("--JupyterFHE.start_vault=False",)), *arguments]

    def environment(self):
        env = {**os.environ, "JUPYTER_CONFIG_DIR": str(self.folder / "config"), "JUPYTER_DATA_DIR": str(self.folder / "data"),
               "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime")}
        for name in [n for n in env if n.startswith("JUPYTERFHE_")]:
            del env[name]
        return env

    def start(self):
        """Start it and wait until it answers."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "jupyter_server", *self.arguments], cwd=self.folder,
                                            env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self.wait(lambda: self.process.poll() is None)

    def wait(self, lives):
        """Wait until it answers."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if not lives():
                raise RuntimeError(self.log_path.read_text())
            try:
                if httpx.get(f"{self.address}{ROOT}/status", timeout=30).status_code == 401:
                    return self
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError("the server did not answer: " + self.log_path.read_text())

    def kill(self):
        """SIGKILL: nothing gets a chance to tidy up."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def grant(self, audience="vault"):
        """A bearer grant, made as the lab makes one."""
        made = httpx.post(f"{self.address}{ROOT}/grants", json={"audience": audience}, headers={"Authorization": f"token {TOKEN}"},
                          timeout=240)
        assert made.status_code == 201, made.text
        return made.json()["grant"]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


class Forked(Server):
    """A server that is killed and started again and again; see forking.py."""

    def __enter__(self):
        script = Path(__file__).with_name("forking.py")
        self.log = open(self.log_path, "ab")
        self.process = subprocess.Popen([sys.executable, str(script), *self.arguments], cwd=self.folder, env=self.environment(),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.pid = None
        return self.start()

    def start(self):
        self.process.stdin.write("start\n")
        self.process.stdin.flush()
        self.pid = int(self.process.stdout.readline())
        return self.wait(self.lives)

    def lives(self):
        return Path(f"/proc/{self.pid}").exists()

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        while self.lives():
            time.sleep(0.002)

    def __exit__(self, *_):
        if self.lives():
            self.kill()
        self.process.stdin.close()
        self.process.wait(120)
        self.process.stdout.close()
        self.log.close()
