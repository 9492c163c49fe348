"""The extension: reads settings, makes the store, adds the routes, starts what runs beside. It decides nothing else."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from jupyter_core.paths import jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Int, List, Unicode

from .handlers import ROUTES
from .services.errors import Refused
from .services.store import Limits, Store
from .services.trees import FILES_MAX
from .services.workspaces import PERSONAL
from .vault import VaultProcess

ROOT = "/jupyterfhe/v1"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ENVIRONMENT = ("JUPYTERFHE_STORE", "JUPYTERFHE_WORKSPACE", "JUPYTERFHE_GRANT", "JUPYTERFHE_BLOBS")
RENEW_SECONDS = 3600
# Outputs run scripts in the lab's page; these directives keep them from sending anything to another machine.
POLICY = ("default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
          "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
          "worker-src 'self' blob:; frame-src 'self' data: blob:{vault}; object-src 'none'; base-uri 'self'; "
          "form-action 'self'; frame-ancestors 'self'; report-uri {base}api/security/csp-report")


class JupyterFHE(ExtensionApp):
    """JupyterFHE's store as an extension of Jupyter's server."""

    name = "jupyterfhe"
    extension_url = "/lab"
    load_other_extensions = True

    store_dir = Unicode("", config=True, help="""
        Folder of ciphertexts and database. Default: `jupyterfhe` in Jupyter's data folder. It must lie on a local disk: on
        network file systems neither locks nor durability can be relied on.""")
    database_url = Unicode("", config=True, help="""
        Database as SQLAlchemy writes it. Default: SQLite in `store_dir`. PostgreSQL: `postgresql+psycopg://USER@HOST/NAME`,
        with the extra `jupyterfhe-server[postgresql]` installed.""")
    vault_url = Unicode("", config=True, help="""
        Address of a vault that runs elsewhere: on the user's own machine (`jupyterfhe vault`) or a sibling subdomain behind a
        hub. Default: a child process of this server serves it on 127.0.0.1.""")
    vault_port = Int(8899, min=1024, max=65535, config=True, help="""
        Port of the vault that this server starts. Keep it: browsers keep keys by origin, and the port is part of it.""")
    start_vault = Bool(True, config=True, help="Start the vault when `vault_url` is empty.")
    lab_origins = List(Unicode(), config=True, help="""
        More origins of this lab than its own addresses, `https://hub.example.org` for one; they may frame the vault.""")
    single_person = Bool(True, config=True, help="""
        Whoever Jupyter lets in is the owner of the workspace `personal`. With false, people are known by Jupyter's names and
        need a role.""")
    blob_max = Int(1 << 30, min=1 << 20, config=True, help="Bytes of one blob at most.")
    reserve = Int(1 << 30, min=0, config=True, help="Bytes of the disk that stay free; uploads into them are refused (507).")
    idle_seconds = Int(60, min=1, config=True, help="An upload that sends nothing for so long is dropped.")
    grace_days = Int(7, min=0, config=True, help="""
        What nothing names any more is kept for so many days: blobs of uploads that were never committed, deleted datasets.""")
    results_days = Int(30, min=1, config=True, help="A result that nobody asked for in so many days is forgotten.")
    sweep_seconds = Int(3600, min=0, config=True, help="Seconds between two sweeps of garbage; 0: never.")
    content_security_policy = Unicode("", config=True, help="""
        Content-Security-Policy of Jupyter's pages. Default: scripts and connections of this origin alone, frames of it and of
        the vault.""")
    nbconvert = Bool(False, config=True, help="""
        Keep Jupyter's routes for nbconvert. They show outputs as pages of the lab's origin; JupyterFHE turns them off.""")

    tree_files_max = FILES_MAX

    # ---- starting ----
    def _link_jupyter_server_extension(self, serverapp):
        super()._link_jupyter_server_extension(serverapp)
        if not self.nbconvert:  # before the web application is made
            serverapp.default_services = tuple(s for s in serverapp.default_services if s != "nbconvert")

    def initialize_settings(self):
        """Open the store; choose the vault's port; set the pages' policy."""
        folder = Path(self.store_dir or Path(jupyter_data_dir()) / "jupyterfhe").expanduser().absolute()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.blobs_folder, self.uploads, self._tasks, self._grant = folder / "blobs", 0, [], None
        limits = Limits(blob_max=self.blob_max, reserve=self.reserve, grace_seconds=self.grace_days * 86_400,
                        results_days=self.results_days)
        url = self.database_url or f"sqlite:///{folder / 'store.db'}"
        self.store = Store(url, self.blobs_folder, limits, self.single_person)
        self._readers = ThreadPoolExecutor(6, "jupyterfhe-read")
        self._disk = ThreadPoolExecutor(6, "jupyterfhe-disk")
        self._writer = ThreadPoolExecutor(1, "jupyterfhe-write")  # writes are one at a time anyway: a queue instead of locks
        self.vault = VaultProcess(self.vault_port, self.log) if self.start_vault and not self.vault_url else None
        self._set_policy()

    def _set_policy(self):
        headers = dict(self.settings.get("headers", {}))
        vault = "".join(f" {origin}" for origin in self.vault_origins())
        ours = self.content_security_policy or POLICY.format(vault=vault, base=self.serverapp.base_url)
        headers.setdefault("Content-Security-Policy", ours)
        # An output's script that asks for a picture of the screen would get decrypted numbers for one careless click.
        headers.setdefault("Permissions-Policy", "display-capture=()")
        self.settings["headers"] = headers

    def initialize_handlers(self):
        """Add the routes."""
        self.handlers.extend((ROOT + pattern, handler) for pattern, handler in ROUTES)

    async def _start_jupyter_server_extension(self, serverapp):
        """Tell kernels where the store is; start the vault; keep house."""
        if not serverapp.sock:
            self._grant = (await self.writing(self.store.grant, PERSONAL, "owner", "kernel"))["grant"]
            address = f"{self.lab_addresses()[0]}{serverapp.base_url.rstrip('/')}{ROOT}"
            os.environ.update(zip(ENVIRONMENT, (address, PERSONAL, self._grant, str(self.blobs_folder)), strict=True))
        else:
            self.log.warning("JupyterFHE: kernels do not reach the store: Jupyter listens at a socket file")
        if self.vault is not None:
            self.vault.start([*self.lab_addresses(), *self.lab_origins])
        self._tasks = [asyncio.create_task(self._renew())]
        if self.sweep_seconds:
            self._tasks.append(asyncio.create_task(self._sweep()))
        self.log.info("JupyterFHE: the store is %s", self.blobs_folder.parent)

    async def stop_extension(self):
        """End what was started."""
        for task in self._tasks:
            task.cancel()
        if self.vault is not None:
            await self.vault.stop()
        if self._grant is not None:
            with suppress(Refused):
                await self.writing(self.store.revoke, self._grant)
            for name in ENVIRONMENT:
                os.environ.pop(name, None)
        for pool in (self._writer, self._disk, self._readers):
            pool.shutdown(wait=True, cancel_futures=True)
        self.store.close()

    # ---- beside ----
    async def _renew(self):
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if self._grant is not None:
                with suppress(Refused):
                    await self.writing(self.store.renew, self._grant)

    async def _sweep(self):
        while True:
            await asyncio.sleep(self.sweep_seconds)
            try:
                gone = await self.storing(self.store.sweep)
            except Exception as why:  # the next sweep tries again
                self.log.warning("JupyterFHE: a sweep ended early: %s", type(why).__name__)
                continue
            if any(gone.values()):
                self.log.info("JupyterFHE: swept %s", ", ".join(f"{n} {name}" for name, n in gone.items() if n))

    # ---- threads ----
    def reading(self, function, *args):
        """Run a function that reads the database or computes."""
        return asyncio.get_running_loop().run_in_executor(self._readers, partial(function, *args))

    def storing(self, function, *args):
        """Run a function that works with files."""
        return asyncio.get_running_loop().run_in_executor(self._disk, partial(function, *args))

    def writing(self, function, *args):
        """Run a function that writes to the database; they wait for each other here."""
        return asyncio.get_running_loop().run_in_executor(self._writer, partial(function, *args))

    # ---- who and where ----
    def name_of(self, user):
        """How the store calls a person whom Jupyter let in."""
        return "owner" if self.single_person else user.username

    def lab_addresses(self):
        """Origins of this server's pages; the first is for kernels."""
        app = self.serverapp
        scheme = "https" if app.certfile else "http"
        named = [] if app.ip in ("", "*", "0.0.0.0", "::", "localhost", "127.0.0.1") else [app.ip]
        hosts = [f"[{h}]" if ":" in h else h for h in (*named, "127.0.0.1", "localhost")]
        return [f"{scheme}://{host}:{app.port}" for host in hosts]

    def vault_origins(self):
        """Origins of the vault, for the policy of pages."""
        if self.vault_url:
            parts = urlsplit(self.vault_url)
            return [f"{parts.scheme}://{parts.netloc}"]
        port = self.vault.port if self.vault is not None else None
        return [f"http://{host}:{port}" for host in ("127.0.0.1", "localhost")] if port else []

    def is_vault(self, origin, request):
        """Whether a page of this origin is the vault: the one place that may ask from another origin."""
        if self.vault_url:
            return origin in self.vault_origins()
        try:
            parts, host = urlsplit(origin), urlsplit(f"//{request.host}").hostname
            port = parts.port
        except ValueError:
            return False
        if self.vault is None or self.vault.port is None or port != self.vault.port or parts.scheme != "http":
            return False
        return parts.hostname == host or (parts.hostname in LOOPBACK and host in LOOPBACK)

    def vault_status(self):
        """What `GET status` says of the vault."""
        if self.vault_url:
            url = self.vault_url if self.vault_url.endswith("/") else f"{self.vault_url}/"
            return {"url": url, "port": None, "mode": "external", "state": "external", "detail": None}
        if self.vault is None:
            return {"url": "", "port": None, "mode": "none", "state": "none", "detail": "no vault: set c.JupyterFHE.vault_url"}
        port = self.vault.port
        return {"url": f"http://127.0.0.1:{port}/" if port else "", "port": port, "mode": "local", "state": self.vault.state,
                "detail": self.vault.detail}


main = JupyterFHE.launch_instance
