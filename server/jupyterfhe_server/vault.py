"""The vault's static files, served by a child process on a port of their own: another origin than the lab's.

The child is `python -m jupyterfhe.vault`. It gets a pipe as standard input and ends when that closes, so it does not outlive
this process however this process ends.
"""

import asyncio
import os
import socket
import subprocess
import sys
from contextlib import suppress

HOST = "127.0.0.1"
TRIES = 10  # ports
READY_SECONDS, STOP_SECONDS = 30, 5
RESTARTS, RESTART_SECONDS = 3, 2
_PRIVATE = ("JUPYTER_TOKEN", "JUPYTERFHE_GRANT", "JPY_API_TOKEN", "JUPYTERHUB_API_TOKEN")


def free_port(first, host=HOST):
    """The first port from here on that nobody listens at, or None."""
    for port in range(first, min(first + TRIES, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    return None


class VaultProcess:
    """A child that serves the vault.

    Parameters
    ----------
    port : int
        Where it should listen; the next free one is taken when that is busy.
    log : Logger
    command : list of str, optional
        What is run before `--port`; for tests.

    Attributes
    ----------
    port : int or None
    state : str
        `starting`, `running` or `failed`.
    detail : str or None
        A line for the person.
    """

    def __init__(self, port, log, command=None):
        self.log, self.command = log, command or [sys.executable, "-m", "jupyterfhe.vault"]
        self.port, self.state, self.detail = free_port(port), "starting", None
        self._process = self._task = None
        if self.port is None:
            self.state, self.detail = "failed", f"ports {port} to {port + TRIES - 1} are in use; set c.JupyterFHE.vault_port"
        elif self.port != port:
            self.detail = (f"port {port} is in use, so the vault is at {self.port}: keys that were made at another port are "
                           "not seen there; a recovery file brings them")

    def start(self, origins):
        """Start it and keep it running.

        Parameters
        ----------
        origins : list of str
            Origins of the lab, which alone may frame the vault.
        """
        if self.port is not None:
            self._task = asyncio.create_task(self._keep(origins))

    async def _keep(self, origins):
        for attempt in range(1 + RESTARTS):
            if attempt:
                await asyncio.sleep(RESTART_SECONDS)
            self.state = "starting"
            if not self._spawn(origins):
                return
            if await self._ready():
                self.state = "running"
                self.log.info("JupyterFHE: the vault is at port %d", self.port)
            while self._process.poll() is None:
                await asyncio.sleep(0.5)
            self.state = "failed"
            self.detail = (f"the vault's process ended with status {self._process.returncode}; "
                           "is the package jupyterfhe installed?")
            self.log.warning("JupyterFHE: %s", self.detail)

    def _spawn(self, origins):
        labs = [part for origin in origins for part in ("--lab", origin)]
        env = {k: v for k, v in os.environ.items() if k not in _PRIVATE}
        try:
            self._process = subprocess.Popen(
                [*self.command, "--port", str(self.port), *labs, "--no-browser", "--until-eof"],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=env)
        except OSError as why:
            self.state, self.detail = "failed", f"the vault's process could not be started: {type(why).__name__}"
            return False
        return True

    async def _ready(self):
        """Wait until it answers, ends, or too long has passed."""
        loop = asyncio.get_running_loop()
        end = loop.time() + READY_SECONDS
        while self._process.poll() is None and loop.time() < end:
            with suppress(OSError, asyncio.TimeoutError):
                if await asyncio.wait_for(self._answers(), 2):
                    return True
            await asyncio.sleep(0.1)
        return False

    async def _answers(self):
        reader, writer = await asyncio.open_connection(HOST, self.port)
        try:
            writer.write(f"GET / HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            return b" 200" in await reader.readline()
        finally:
            writer.close()

    async def stop(self):
        """End it."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.stdin.close()
        process.terminate()
        for _ in range(STOP_SECONDS * 20):
            if process.poll() is not None:
                return
            await asyncio.sleep(0.05)
        process.kill()
        process.wait()
