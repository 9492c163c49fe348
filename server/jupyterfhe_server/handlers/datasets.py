"""Datasets and their versions."""

from typing import ClassVar

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..services import shapes
from .base import Handler


class Datasets(Handler):
    """GET /workspaces/{ws}/datasets."""

    needs: ClassVar = {"GET": "compute"}

    @web.authenticated
    @authorized
    async def get(self, ws):
        """All datasets."""
        await self.answer(await self.app.reading(self.store.datasets, self.ws))


class Dataset(Handler):
    """GET and DELETE /workspaces/{ws}/datasets/{name}."""

    needs: ClassVar = {"GET": "compute", "DELETE": "edit"}
    takes = 0

    @web.authenticated
    @authorized
    async def get(self, ws, name):
        """One dataset."""
        await self.answer(await self.app.reading(self.store.datasets, self.ws, shapes.name(name)))

    @web.authenticated
    @authorized
    async def delete(self, ws, name):
        """Put a tombstone."""
        await self.answer(await self.app.writing(self.store.delete, self.ws, self.actor, shapes.name(name)))


class Commits(Handler):
    """POST /workspaces/{ws}/datasets/{name}/commits."""

    needs: ClassVar = {"POST": "compute"}

    @web.authenticated
    @authorized
    async def post(self, ws, name):
        """Make a tree the head of a branch."""
        name, body = shapes.name(name), await self.json()
        await self.answer(await self.app.writing(self.store.commit, self.ws, self.actor, name, body), 201)


class Snapshots(Handler):
    """GET /workspaces/{ws}/datasets/{name}/snapshots."""

    needs: ClassVar = {"GET": "compute"}

    @web.authenticated
    @authorized
    async def get(self, ws, name):
        """History."""
        branch, before = self.query("branch", shapes.name), self.query("before", shapes.sha256)
        limit = self.query("limit", lambda t: shapes.whole(t, "limit", 1, 1000), 100)
        await self.answer(await self.app.reading(self.store.history, self.ws, shapes.name(name), branch, limit, before))


class Tag(Handler):
    """PUT /workspaces/{ws}/datasets/{name}/tags/{tag}."""

    needs: ClassVar = {"PUT": "edit"}
    takes = 1 << 16

    @web.authenticated
    @authorized
    async def put(self, ws, name, tag):
        """Name a snapshot."""
        body = shapes.known(await self.json(), "the body", ("snapshot",))
        snapshot = shapes.sha256(body["snapshot"], "snapshot")
        await self.answer(await self.app.writing(self.store.put_tag, self.ws, self.actor, shapes.name(name), shapes.name(tag),
                                                 snapshot))


class Branch(Handler):
    """PUT /workspaces/{ws}/datasets/{name}/branches/{branch}."""

    needs: ClassVar = {"PUT": "edit"}
    takes = 1 << 16

    @web.authenticated
    @authorized
    async def put(self, ws, name, branch):
        """Begin a branch."""
        body = shapes.known(await self.json(), "the body", ("snapshot",))
        snapshot = shapes.sha256(body["snapshot"], "snapshot")
        await self.answer(await self.app.writing(self.store.put_branch, self.ws, self.actor, shapes.name(name),
                                                 shapes.name(branch), snapshot))


class Rollback(Handler):
    """POST /workspaces/{ws}/datasets/{name}/rollback."""

    needs: ClassVar = {"POST": "edit"}
    takes = 1 << 16

    @web.authenticated
    @authorized
    async def post(self, ws, name):
        """Go back to an old tree."""
        body = shapes.known(await self.json(), "the body", ("branch", "to", "parent"))
        branch, to = shapes.name(body["branch"], "branch"), shapes.sha256(body["to"], "to")
        parent = shapes.sha256(body["parent"], "parent")
        done = await self.app.writing(self.store.rollback, self.ws, self.actor, shapes.name(name), branch, to, parent)
        await self.answer(done, 201)


class Diff(Handler):
    """GET /workspaces/{ws}/datasets/{name}/diff."""

    needs: ClassVar = {"GET": "compute"}

    @web.authenticated
    @authorized
    async def get(self, ws, name):
        """What differs."""
        old, new = shapes.sha256(self.query("from", str), "from"), shapes.sha256(self.query("to", str), "to")
        await self.answer(await self.app.reading(self.store.diff, self.ws, shapes.name(name), old, new))


class Snapshot(Handler):
    """GET /workspaces/{ws}/snapshots/{id}."""

    needs: ClassVar = {"GET": "compute"}

    @web.authenticated
    @authorized
    async def get(self, ws, id):
        """Tree and manifest."""
        await self.answer(await self.app.reading(self.store.snapshot, self.ws, shapes.sha256(id, "the address")))


_WS, _NAME = r"/workspaces/(?P<ws>[^/]+)", r"/workspaces/(?P<ws>[^/]+)/datasets/(?P<name>[^/]+)"
ROUTES = [
    (rf"{_WS}/datasets", Datasets), (_NAME, Dataset), (rf"{_NAME}/commits", Commits), (rf"{_NAME}/snapshots", Snapshots),
    (rf"{_NAME}/tags/(?P<tag>[^/]+)", Tag), (rf"{_NAME}/branches/(?P<branch>[^/]+)", Branch), (rf"{_NAME}/rollback", Rollback),
    (rf"{_NAME}/diff", Diff), (rf"{_WS}/snapshots/(?P<id>[^/]+)", Snapshot)]
