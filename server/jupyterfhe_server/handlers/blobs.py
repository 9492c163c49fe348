"""Blobs: streamed in with the hash computed as they arrive, streamed out with ranges."""

import re
from typing import ClassVar

from jupyter_server.auth.decorator import authorized
from tornado import web
from tornado.ioloop import IOLoop
from tornado.iostream import StreamClosedError

from ..services import shapes
from ..services.blobs import PIECE
from ..services.errors import Refused
from .base import Handler

UPLOADS_MAX = 64  # at once
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Missing(Handler):
    """POST /workspaces/{ws}/blobs:missing."""

    needs: ClassVar = {"POST": "compute"}
    takes = 1 << 20

    @web.authenticated
    @authorized
    async def post(self, ws):
        """Which are not stored yet."""
        body = shapes.known(await self.json(), "the body", ("sha256",))
        most = self.store.limits.blobs_per_request
        if type(body["sha256"]) is not list or not 0 < len(body["sha256"]) <= most:
            raise Refused("bad_request", f"sha256 is no list of 1 to {most} hashes")
        hashes = [shapes.sha256(h, "an entry of sha256") for h in body["sha256"]]
        await self.answer(await self.app.writing(self.store.missing, self.ws, hashes))


class Blob(Handler):
    """HEAD, GET and PUT /workspaces/{ws}/blobs/{sha256}."""

    needs: ClassVar = {"HEAD": "compute", "GET": "compute", "PUT": "compute"}
    incoming = idle = None
    counted = known = False

    # ---- PUT ----
    async def examine(self):
        """Make room before the first byte is read."""
        await super().examine()
        if self.request.method != "OPTIONS":
            self.sha256 = shapes.sha256(self.path_kwargs["sha256"], "the address")
        if self.request.method == "PUT":
            await self.expect()

    def limit(self, most):
        """A blob's body has its own limit, checked by the store."""
        super().limit(self.store.limits.blob_max)
        self.request.connection.set_body_timeout(24 * 3600)  # `watch` drops the idle

    async def expect(self):
        """Open a temporary file, unless the blob is there or the room is not."""
        if "Content-Length" not in self.request.headers:
            raise Refused("length_required", "a blob is sent with its length", "Send Content-Length.")
        self.known = await self.app.reading(self.store.has, self.ws, self.sha256) is not None
        if self.known:
            return
        if self.app.uploads >= UPLOADS_MAX:
            raise Refused("busy", "too many uploads at once", "Try again.")
        self.app.uploads += 1
        self.counted = True
        try:
            self.incoming = await self.app.storing(self.store.files.begin, self.sha256, self.announced())
        except Refused as why:
            await self.refused(why)
        self.watch()

    def watch(self):
        """Drop the connection when nothing comes for long."""
        loop = IOLoop.current()
        if self.idle is not None:
            loop.remove_timeout(self.idle)
        self.idle = loop.call_later(self.app.idle_seconds, self.request.connection.stream.close)

    async def data_received(self, chunk):
        """Hash and write; the next bytes are read when these are on their way to the disk."""
        if self.incoming is None or self.refusal is not None or self._finished:
            return
        self.watch()
        self.body += chunk
        if len(self.body) >= PIECE:
            await self.flush_body()

    async def flush_body(self):
        """Hand what has gathered to a thread."""
        data, self.body = self.body, bytearray()
        try:
            await self.app.storing(self.incoming.write, data)
        except Refused as why:
            self.refusal = why

    async def refused(self, why):
        """Log a refusal, leave nothing, and say so."""
        await self.discard()
        await self.app.writing(self.store.refuse_blob, self.ws, self.actor, self.sha256, why.code)
        raise why

    @web.authenticated
    @authorized
    async def put(self, ws, sha256):
        """Keep the bytes that came."""
        if self.known:
            size = await self.app.reading(self.store.has, self.ws, self.sha256)
            if size is not None:
                return await self.answer({"sha256": self.sha256, "size": size})
            raise Refused("busy", "the blob was swept just now", "Send it again.")
        try:
            await self.flush_body()
            if self.refusal is not None:
                raise self.refusal
            await self.app.storing(self.incoming.seal)
        except Refused as why:
            await self.refused(why)
        new = await self.app.writing(self.store.put_blob, self.ws, self.actor, self.incoming)
        await self.answer({"sha256": self.sha256, "size": self.announced()}, 201 if new else 200)

    async def discard(self):
        """Close and remove the temporary file; harmless when it has its name."""
        if self.idle is not None:
            IOLoop.current().remove_timeout(self.idle)
            self.idle = None
        if self.counted:
            self.app.uploads -= 1
            self.counted = False
        if self.incoming is not None:
            incoming, self.incoming = self.incoming, None
            await self.app.storing(incoming.abort)

    def on_finish(self):
        """Leave nothing."""
        IOLoop.current().add_callback(self.discard)

    def on_connection_close(self):
        """The client went away in the middle."""
        super().on_connection_close()
        IOLoop.current().add_callback(self.discard)

    # ---- GET ----
    @web.authenticated
    @authorized
    async def head(self, ws, sha256):
        """How long it is."""
        await self.describe()

    @web.authenticated
    @authorized
    async def get(self, ws, sha256):
        """The bytes."""
        start, end = await self.describe()
        file = await self.app.storing(open, self.store.files.path(self.sha256), "rb")
        try:
            await self.app.storing(file.seek, start)
            while start < end:
                data = await self.app.storing(file.read, min(PIECE, end - start))
                if not data:
                    break  # cannot be: blobs never change; the client sees too few bytes and refuses them
                self.write(data)
                await self.flush()
                start += len(data)
        except StreamClosedError:
            return
        finally:
            await self.app.storing(file.close)

    async def describe(self):
        """Headers; returns the bytes that were asked for."""
        size = await self.app.reading(self.store.has, self.ws, self.sha256)
        if size is None:
            raise Refused("not_found", "there is no such blob")
        start, end = self.span(size)
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Content-Length", str(end - start))
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("ETag", f'"{self.sha256}"')
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        return start, end

    def span(self, size):
        """The one range of the request, or everything."""
        said = _RANGE.fullmatch(self.request.headers.get("Range", "").replace(" ", ""))
        if said is None or not (said[1] or said[2]) or self.request.method == "HEAD":
            return 0, size
        if said[1]:
            start, end = int(said[1]), min(size, int(said[2]) + 1 if said[2] else size)
        else:
            start, end = max(0, size - int(said[2])), size
        if start >= end:
            self.set_header("Content-Range", f"bytes */{size}")
            raise Refused("range", "the blob has no such bytes")
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        return start, end

    def finish(self, *args, **kwargs):
        """Jupyter's own would call the bytes JSON."""
        if self.request.method in ("GET", "HEAD") and self.get_status() < 400:
            kwargs["set_content_type"] = "application/octet-stream"
        return super().finish(*args, **kwargs)


ROUTES = [(r"/workspaces/(?P<ws>[^/]+)/blobs:missing", Missing),
          (r"/workspaces/(?P<ws>[^/]+)/blobs/(?P<sha256>[^/]+)", Blob)]
