"""What all handlers share: who asks and what they may do, bodies with a limit, errors as JSON, the vault's origin.

Bodies are streamed, so that who asks is known before a byte of the body is read, and a limit holds while it arrives.
"""

import asyncio
import re
from typing import ClassVar

from jupyter_server.auth import User
from jupyter_server.base.handlers import APIHandler
from tornado import web

from ..services import shapes, workspaces
from ..services.errors import STATUS, Refused
from ..services.events import Entry

ALLOWED = "Authorization, Content-Type, Range"
EXPOSED = "Accept-Ranges, Content-Length, Content-Range, ETag, Retry-After"
BODY_SECONDS = 120  # for a JSON body to arrive
DRAINED = 8 << 20  # bytes of a stranger's refused body that are read and dropped
_BEARER = re.compile(r"bearer +([0-9a-f]{64})", re.IGNORECASE)
_CODES = {status: code for code, status in reversed(STATUS.items())}  # 422 has several; none of ours comes from Tornado


@web.stream_request_body
class Handler(APIHandler):
    """One address of the store.

    Attributes
    ----------
    auth_resource : str
        What Jupyter's authorizer is asked about.
    needs : dict of str to str
        Role that each method needs; as `x-role` of protocol/rest.yaml, which a test compares.
    takes : int or None
        Bytes of a body; None: the store's limit for JSON.
    """

    auth_resource = "jupyterfhe"
    needs: ClassVar = {}
    takes = None
    grants_allowed = True
    refusal = role = audience = None

    def initialize(self, **kwargs):
        """Begin with no body."""
        super().initialize(**kwargs)
        self.body = bytearray()

    @property
    def app(self):
        """The extension."""
        return self.settings["jupyterfhe"]

    @property
    def store(self):
        """The services."""
        return self.app.store

    # ---- cross-origin ----
    def set_default_headers(self):
        """Say nothing to other origins, except to the vault's, and to it only about requests that bear a grant."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        origin = self.request.headers.get("Origin")
        bears = self.request.method == "OPTIONS" or "Authorization" in self.request.headers
        self.set_header("Vary", "Origin")
        if origin and bears and self.app.is_vault(origin, self.request):
            self.set_header("Access-Control-Allow-Origin", origin)
            self.set_header("Access-Control-Expose-Headers", EXPOSED)

    def set_cors_headers(self):
        """Jupyter's own would let any origin read what a token asked for."""

    @property
    def content_security_policy(self):
        """An answer is no page."""
        return "default-src 'none'; frame-ancestors 'none'; sandbox"

    def compute_etag(self):
        """Hash no answer."""

    async def options(self, *_, **__):
        """Answer a browser that asks before a request to another origin."""
        if "Access-Control-Allow-Origin" in self._headers:
            self.set_header("Access-Control-Allow-Headers", ALLOWED)
            self.set_header("Access-Control-Allow-Methods", "DELETE, GET, HEAD, POST, PUT")
            self.set_header("Access-Control-Max-Age", "600")
        self.set_status(204)

    # ---- before the body ----
    async def prepare(self):
        """Find out who asks and whether they may, before the body is read.

        A refusal waits for the body: a client that is still sending when the connection closes may never see it, and takes the
        refusal for a broken network. A stranger's body is not waited for when it is long; a member's is, up to what a blob may
        have, since a member may send as much anyway.
        """
        try:
            await self.examine()
        except Refused as why:
            most = DRAINED if self.role is None else max(DRAINED, self.store.limits.blob_max)
            if self.announced() > most:
                raise
            self.refusal = why
            self.request.connection.set_max_body_size(most)
            self.request.connection.set_body_timeout(BODY_SECONDS)
            setattr(self, self.request.method.lower(), self.refuse)

    async def refuse(self, *_, **__):
        """Stand in for the method of a request that was refused."""
        raise self.refusal

    def announced(self):
        """Length of the body as the client says it; huge when it does not say."""
        said = self.request.headers.get("Content-Length")
        if said is None:
            return 1 << 60 if "Transfer-Encoding" in self.request.headers else 0
        return int(said) if re.fullmatch(r"\d{1,18}", said) else 1 << 60

    async def examine(self):
        """Who asks, what they may, how much may come."""
        if self.request.method == "OPTIONS":
            if not self.check_host():
                raise Refused("forbidden", "this host name is not served")
            self.current_user = self._jupyter_current_user = None
            return
        await self.identify()
        await self.permit()
        self.limit(self.store.limits.body_max if self.takes is None else self.takes)

    async def identify(self):
        """Set `actor`, `user`, `ws` and `role` from a grant, or else from Jupyter's identity."""
        said = self.path_kwargs.get("ws", self.get_query_argument("workspace", None))
        asked = None if said is None else shapes.workspace(said)
        bearer = _BEARER.fullmatch(self.request.headers.get("Authorization", "").strip())
        found = await self.app.reading(self.store.identify, bearer[1].lower(), None, asked) if bearer else None
        if found is None:
            await self.ask_jupyter()
            found = await self.app.reading(self.store.identify, None, self.app.name_of(self.current_user), asked)
        elif not self.check_host():
            raise Refused("forbidden", "this host name is not served")
        else:  # a header that no other site can make a browser send: nothing to check against forgery
            self.current_user = self._jupyter_current_user = User(username=found[1])
        self.actor, self.user, self.ws, self.role, self.audience = found

    async def ask_jupyter(self):
        """Let Jupyter authenticate, check the origin and the XSRF token."""
        try:
            await super().prepare()
        except web.HTTPError as why:
            if getattr(self, "_jupyter_current_user", None) is None:
                raise Refused("unauthenticated", "no valid grant, token or login", "Ask for a new grant.") from None
            raise Refused("forbidden", "the request was refused", "Send the X-XSRFToken header.") from why
        if self.current_user is None:
            raise Refused("unauthenticated", "no valid grant, token or login", "Ask for a new grant.")

    async def permit(self):
        """Refuse who has not the role; members' refusals are logged."""
        needed = self.needs.get(self.request.method)
        if needed is None:
            code, why = ("method", "this address has no such method") if self.needs else ("not_found", "no such address")
            raise Refused(code, why)
        if self.role is None:
            raise Refused("not_found", "there is no such workspace")
        if not workspaces.at_least(self.role, needed) or not (self.audience is None or self.grants_allowed):
            action = f"refused.{self.request.method.lower()}"
            await self.app.writing(self.store.refuse, Entry(self.ws, self.actor, action), "forbidden")
            raise Refused("forbidden", f"this needs the role {needed!r}" if self.grants_allowed else "a grant makes no grants")

    def limit(self, most):
        """Refuse a body that is announced too long, and stop one that becomes too long."""
        most = most if self.request.method in ("POST", "PUT") else 0
        self.request.connection.set_max_body_size(most)
        self.request.connection.set_body_timeout(BODY_SECONDS)
        if most < self.announced() < 1 << 60:
            raise Refused("too_large", f"a body has at most {most} bytes here")

    # ---- the body ----
    def data_received(self, chunk):
        """Keep a JSON body; its length is limited by :meth:`limit`."""
        if self.refusal is None:
            self.body += chunk

    async def json(self):
        """The body as a checked object; parsed in a thread when it is long."""
        data = bytes(self.body)
        if len(data) < 1 << 16:
            return shapes.parse(data, "the body")
        return await self.app.reading(shapes.parse, data, "the body")

    # ---- answers ----
    async def answer(self, value, status=200):
        """Send JSON; made in a thread, where it may be long."""
        self.set_status(status)
        text = await self.app.reading(shapes.canonical, value)
        await self.finish(text)

    def write_error(self, status_code, **kwargs):
        """Send a refusal; nothing of an unforeseen exception is shown."""
        why = kwargs.get("exc_info", (None, None))[1]
        if not isinstance(why, Refused):
            code = _CODES.get(status_code, "bad_request" if status_code < 500 else "internal")
            why = Refused(code, "the request was refused" if status_code < 500 else "something went wrong in the server")
        if why.code == "unauthenticated":
            self.set_header("WWW-Authenticate", "Bearer")
        prepared = getattr(self, "_prepared_future", None)
        if prepared is not None and not prepared.done():  # the body was not read: Tornado closes, and the client should know
            self.set_header("Connection", "close")
        if why.code == "busy":
            self.set_header("Retry-After", "1")
        self.finish(shapes.canonical(why.body()))

    def _handle_request_exception(self, e):
        if isinstance(e, Refused):
            if self._finished:
                return
            self.send_error(e.status, exc_info=(Refused, e, None))
        else:
            super()._handle_request_exception(e)

    def log_exception(self, typ, value, tb):
        """Log where it happened; a message could hold what was asked for."""
        if isinstance(value, (Refused, web.HTTPError, asyncio.CancelledError)):
            return
        at = tb
        while at is not None and at.tb_next is not None:
            at = at.tb_next
        where = f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at else "?"
        self.log.error("jupyterfhe: %s in %s %s at %s", typ.__name__, self.request.method, type(self).__name__, where)

    def query(self, name, check, default=None):
        """A checked argument of the query."""
        text = self.get_query_argument(name, None)
        return default if text is None else check(text)
