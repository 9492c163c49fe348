"""What the store is, grants, the log; and addresses that are none."""

from typing import ClassVar

from jupyter_server.auth.decorator import authorized
from tornado import web

from .. import __version__
from ..services import shapes
from .base import Handler


class Status(Handler):
    """GET /status."""

    needs: ClassVar = {"GET": "relay"}

    @web.authenticated
    @authorized
    async def get(self):
        """Version, workspace, limits, vault."""
        found, limits = await self.app.reading(self.store.status, self.ws), self.store.limits
        await self.answer({
            "version": __version__, "api": 1, "user": self.user, "workspace": {**found["workspace"], "role": self.role},
            "limits": {"blob_max": limits.blob_max, "blobs_per_request": limits.blobs_per_request, "body_max": limits.body_max,
                       "manifest_max": limits.manifest_max, "tree_files_max": self.app.tree_files_max},
            "vault": self.app.vault_status(), "storage": found["storage"]})


class Grants(Handler):
    """POST /grants."""

    needs: ClassVar = {"POST": "relay"}
    takes = 1 << 16
    grants_allowed = False

    @web.authenticated
    @authorized
    async def post(self):
        """Make a grant."""
        body = shapes.known(await self.json(), "the body", ("audience",), ("workspace",))
        if "workspace" in body and shapes.workspace(body["workspace"]) != self.ws:
            await self.other(body["workspace"])
        await self.answer(await self.app.writing(self.store.grant, self.ws, self.user, body["audience"]), 201)

    async def other(self, ws):
        """Take the workspace that the body names, if one is a member there."""
        name = self.app.name_of(self.current_user)
        self.actor, self.user, self.ws, self.role, _ = await self.app.reading(self.store.identify, None, name, ws)
        await self.permit()


class Events(Handler):
    """GET /workspaces/{ws}/events."""

    needs: ClassVar = {"GET": "compute"}

    @web.authenticated
    @authorized
    async def get(self, ws):
        """Entries of the log."""
        after = self.query("after", lambda t: shapes.whole(t, "after", 0, (1 << 53) - 1), 0)
        limit = self.query("limit", lambda t: shapes.whole(t, "limit", 1, 1000), 100)
        await self.answer(await self.app.reading(self.store.events, self.ws, after, limit))


class Nothing(Handler):
    """An address that is none; :meth:`permit` says so, but first to nobody that they are nobody."""


ROUTES = [(r"/status", Status), (r"/grants", Grants), (r"/workspaces/(?P<ws>[^/]+)/events", Events)]
