"""A server of a fixed set of files, on loopback: no directory, no listing, no request with a body, strict headers."""

import ipaddress
import json
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from . import bundle

ORIGIN = re.compile(r"(https?)://([a-z0-9.-]{1,253}|\[[0-9a-f:]{2,45}\])(?::([0-9]{1,5}))?")
TRUSTED_TYPES = "jupyterfhe-vault"
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",  # a process of its own where the browser can, though the lab is of the same site
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=(), payment=(), "
                          "publickey-credentials-get=(self), publickey-credentials-create=(self)",
    "Cache-Control": "no-cache",
}


def origin(text):
    """An origin in its one form, ``http://localhost:8888``.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Raises
    ------
    ValueError
    """
    found = ORIGIN.fullmatch(text.strip().rstrip("/").lower())
    if found is None or not 0 < int(found[3] or 1) < 65536:
        raise ValueError(f"{text!r} is no origin as http://localhost:8888")
    scheme, host, port = found.groups()
    return f"{scheme}://{host}" if port in (None, {"http": "80", "https": "443"}[scheme]) else f"{scheme}://{host}:{int(port)}"


def policy(labs, stores):
    """The content security policy.

    Parameters
    ----------
    labs, stores : sequence of str
        Origins that may frame the vault, and to which it may send ciphertexts.

    Returns
    -------
    str
    """
    return "; ".join([
        "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'",
        " ".join(["connect-src 'self'", *stores]), "worker-src 'self'", "img-src 'self' blob: data:",
        " ".join(["frame-ancestors", *(labs or ["'none'"])]), "base-uri 'none'", "form-action 'none'",
        "require-trusted-types-for 'script'", f"trusted-types {TRUSTED_TYPES}"])


class Vault:
    """The vault's server.

    Parameters
    ----------
    port : int, default=0
        0 takes a free one.
    labs : sequence of str
        Origins of the JupyterLab pages that may frame it and speak to it.
    stores : sequence of str, optional
        Origins that it may send ciphertexts to; the labs' by default.
    host : str, default='127.0.0.1'
        An address of this machine's loopback.
    mode : {'local', 'hub'}
        Whether the machine is the user's own.
    folder : path-like, optional
        The bundle.

    Raises
    ------
    ValueError
        For what is no origin, or an address that others reach.
    jupyterfhe.vault.bundle.BundleError
    """

    def __init__(self, port=0, labs=(), stores=None, host="127.0.0.1", mode="local", folder=bundle.STATIC):
        """Read the bundle and bind the port."""
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"{host} is no loopback address: whoever ships these files sees what is typed into them")
        self.files = bundle.load(folder)
        self.labs = list(dict.fromkeys(map(origin, labs)))
        self.stores = list(dict.fromkeys(map(origin, self.labs if stores is None else stores)))
        self.config = {"mode": mode, "labs": self.labs, "stores": self.stores,
                       "files": {name: file.sha256 for name, file in self.files.items()}}
        answers = self._answers()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        server = type("_Server", (ThreadingHTTPServer,), {"address_family": family, "daemon_threads": True})
        self._server = server((host, port), type("_Bound", (_Handler,), {"answers": answers}))
        self.port = self._server.server_address[1]
        self._server.RequestHandlerClass.hosts = {f"{name}:{self.port}" for name in ("localhost", "127.0.0.1", "[::1]")}

    @property
    def url(self):
        """Its address.

        Returns
        -------
        str
        """
        return f"http://localhost:{self.port}/"

    def _answers(self):
        """By path: (media type, bytes, further headers)."""
        csp = {"Content-Security-Policy": policy(self.labs, self.stores)}
        out = {f"/{name}": (file.kind, file.data, {**csp, "ETag": f'"{file.sha256}"'}) for name, file in self.files.items()}
        out["/config.json"] = ("application/json", json.dumps(self.config).encode(), csp)
        out["/"] = out["/index.html"]
        return out

    def serve(self):
        """Serve until :meth:`close`."""
        self._server.serve_forever(poll_interval=0.2)

    def start(self):
        """Serve in a thread.

        Returns
        -------
        Vault
            Itself.
        """
        threading.Thread(target=self.serve, daemon=True, name="jupyterfhe-vault").start()
        return self

    def close(self):
        """Stop, and free the port."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """GET and HEAD of the known paths; everything else is refused."""

    protocol_version, server_version, sys_version, timeout = "HTTP/1.1", "jupyterfhe-vault", "", 30
    answers, hosts = {}, frozenset()

    def log_message(self, *_):
        """Say nothing: who looks when is nobody's business."""

    def _send(self, status, kind="text/plain; charset=utf-8", data=b"", headers=(), body=True):
        self.send_response(status)
        for name, value in {**COMMON, **dict(headers), "Content-Type": kind, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(data)

    def _answer(self, body):
        strict = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
        if self.headers.get("Host", "").lower() not in self.hosts:  # a page that gave its own name our address
            return self._send(421, data=b"This is not the host that you asked for.\n", headers=strict, body=body)
        found = self.answers.get(self.path.split("?", 1)[0])
        if found is None:
            return self._send(404, data=b"There is no such file.\n", headers=strict, body=body)
        kind, data, headers = found
        if "ETag" in headers and self.headers.get("If-None-Match") == headers["ETag"]:
            return self._send(304, kind, headers=headers, body=False)
        return self._send(200, kind, data, headers, body)

    def do_GET(self):
        """Give a file."""
        self._answer(True)

    def do_HEAD(self):
        """Give its headers."""
        self._answer(False)
