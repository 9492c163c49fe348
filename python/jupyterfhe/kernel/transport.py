"""Asking the store: requests with limits, retries and one-line errors, on connections that are kept open."""

import contextlib
import http.client
import json
import os
import random
import ssl
import threading
import time
from urllib.parse import urlsplit

from ..core.errors import JupyterFHEError, StorageError

CONNECT, READ = 10.0, 120.0  # seconds
PAUSES = (0.1, 0.4, 1.5, 4.0)  # seconds between tries; each is stretched by up to a half, so that kernels do not come in step
JSON_MAX = 64 << 20  # bytes of an answer
PIECE = 1 << 20  # bytes read or sent at once
AGAIN = (429, 502, 503, 504)


class StoreError(StorageError):
    """The store refused, or could not be reached.

    Attributes
    ----------
    http : int
        Status of the answer; 0 when there was none.
    code : str
    answer : dict
        Members of the answer beside ``error``.
    """

    advice = "Look whether the Jupyter server still runs; %fhe status says what this kernel can reach."

    def __init__(self, detail, advice=None, http=0, code="unreachable", answer=None):
        """Keep the parts."""
        super().__init__(detail, advice)
        self.http, self.code, self.answer = http, code, answer or {}


def line(text, most=300):
    """A text that came from elsewhere as one harmless line.

    Parameters
    ----------
    text : object
    most : int

    Returns
    -------
    str
    """
    text = text if isinstance(text, str) else ""
    text = "".join(c if c.isprintable() else " " for c in text[:4 * most])
    return " ".join(text.split())[:most]


class Http:
    """One store's address and the right to use it.

    Parameters
    ----------
    base : str
        ``http://host:port/.../jupyterfhe/v1``.
    grant : str
    """

    def __init__(self, base, grant):
        """Connect to nothing yet."""
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise StoreError("JUPYTERFHE_STORE is no address of a store", "It looks like http://127.0.0.1:8888/jupyterfhe/v1.")
        self.host, self.port, self.tls = parts.hostname, parts.port, parts.scheme == "https"
        self.path, self._grant, self._local, self._pid = parts.path.rstrip("/"), grant, threading.local(), os.getpid()

    def renew(self, grant):
        """Use another grant from now on.

        Parameters
        ----------
        grant : str
        """
        self._grant = grant

    # ---- one exchange ----
    def _connection(self):
        if self._pid != os.getpid():  # a forked child must not speak on its parent's connection
            self._pid, self._local = os.getpid(), threading.local()
        found = getattr(self._local, "connection", None)
        if found is None:
            context = ssl.create_default_context() if self.tls else None
            kind = http.client.HTTPSConnection if self.tls else http.client.HTTPConnection
            found = kind(self.host, self.port, timeout=CONNECT, **({"context": context} if self.tls else {}))
            found.connect()
            found.sock.settimeout(READ)
            self._local.connection = found
        return found

    def _drop(self):
        found, self._local.connection = getattr(self._local, "connection", None), None
        if found is not None:
            with contextlib.suppress(OSError):
                found.close()

    @contextlib.contextmanager
    def _sent(self, method, path, body, headers):
        """One request and its answer; the connection is dropped unless all of the answer was read."""
        answer = None
        try:
            connection = self._connection()
            if hasattr(body, "read"):
                body.seek(0)
            connection.request(method, self.path + path, body=body, headers=headers)
            answer = connection.getresponse()
            yield answer
        finally:
            if answer is None or not answer.isclosed() or answer.will_close:
                self._drop()

    def _headers(self, more):
        headers = {"Accept": "application/json", **more}
        if self._grant:
            headers["Authorization"] = f"Bearer {self._grant}"
        return headers

    def ask(self, method, path, body=None, headers=(), take=None):
        """A request, tried again when the store is away for a moment: all that we ask may be asked twice.

        Parameters
        ----------
        method, path : str
            The path below the base address.
        body : bytes or file, optional
            A file is read from its start at each try.
        headers : dict, optional
        take : callable, optional
            Gets the ``HTTPResponse`` of a success and reads it; by default the JSON is read.

        Returns
        -------
        object
            What `take` gave, or the JSON.

        Raises
        ------
        StoreError
        """
        for pause in (*PAUSES, None):
            try:
                with self._sent(method, path, body, self._headers(dict(headers))) as answer:
                    if answer.status < 300:
                        return (take or _json)(answer)
                    if answer.status not in AGAIN or pause is None:
                        raise self._refusal(answer)
                    answer.read(JSON_MAX)
            except (OSError, http.client.HTTPException) as why:
                if isinstance(why, JupyterFHEError):
                    raise
                if pause is None:
                    raise StoreError(f"the store at {self.host}:{self.port} does not answer ({type(why).__name__})") from None
            time.sleep(pause * (1 + random.random() / 2))
        return None

    def _refusal(self, answer):
        status = answer.status
        try:
            told = _json(answer)
        except (JupyterFHEError, OSError, http.client.HTTPException):
            told = {}
        error = told.get("error") if isinstance(told.get("error"), dict) else {}
        words, hint, code = line(error.get("message")), line(error.get("hint")), line(error.get("code"), 40)
        if status in (401, 403) and not words:
            words, hint = "the store does not accept this kernel's grant", "Restart the kernel: a grant lasts twelve hours."
        return StoreError(words or f"the store answered {status}", hint or None, status, code or str(status),
                          {k: v for k, v in told.items() if k != "error"})


def whole(answer):
    """Complain of an answer that ended before it said it would, so that it is asked for again.

    Parameters
    ----------
    answer : HTTPResponse
        Read to its end.
    """
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)


def _json(answer):
    """The JSON object of an answer; an empty one for no content."""
    data = answer.read(JSON_MAX + 1)
    if len(data) > JSON_MAX:
        raise StoreError("the store's answer is longer than any should be", code="bad_answer")
    whole(answer)
    if not data:
        return {}
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise StoreError("the store's answer is no JSON", "Is JUPYTERFHE_STORE the address of a store?",
                         answer.status, "bad_answer") from None
    return found if isinstance(found, dict) else {"items": found}
