"""Evaluation keys, devices, sealed keys; results."""

from typing import ClassVar

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..services import shapes
from .base import Handler


class Keys(Handler):
    """GET /workspaces/{ws}/keys."""

    needs: ClassVar = {"GET": "compute"}

    @web.authenticated
    @authorized
    async def get(self, ws):
        """All keys in short."""
        await self.answer(await self.app.reading(self.store.keys, self.ws))


class Key(Handler):
    """GET and PUT /workspaces/{ws}/keys/{key_id}."""

    needs: ClassVar = {"GET": "compute", "PUT": "edit"}

    @web.authenticated
    @authorized
    async def get(self, ws, key_id):
        """One key in full."""
        await self.answer(await self.app.reading(self.store.keys, self.ws, shapes.key_id(key_id)))

    @web.authenticated
    @authorized
    async def put(self, ws, key_id):
        """Add evaluation keys."""
        key_id, body = shapes.key_id(key_id), await self.json()
        await self.answer(await self.app.writing(self.store.put_keys, self.ws, self.actor, key_id, body))


class Devices(Handler):
    """GET /workspaces/{ws}/devices."""

    needs: ClassVar = {"GET": "read"}

    @web.authenticated
    @authorized
    async def get(self, ws):
        """All devices."""
        await self.answer(await self.app.reading(self.store.devices, self.ws))


class Device(Handler):
    """GET and PUT /workspaces/{ws}/devices/{device}."""

    needs: ClassVar = {"GET": "read", "PUT": "read"}
    takes = 1 << 19

    @web.authenticated
    @authorized
    async def get(self, ws, device):
        """One device."""
        await self.answer(await self.app.reading(self.store.devices, self.ws, shapes.device(device)))

    @web.authenticated
    @authorized
    async def put(self, ws, device):
        """Register a device."""
        device, body = shapes.device(device), await self.json()
        await self.answer(await self.app.writing(self.store.put_device, self.ws, self.actor, self.user, device, body))


class Wrap(Handler):
    """GET and PUT /workspaces/{ws}/keys/{key_id}/wraps/{device}."""

    needs: ClassVar = {"GET": "read", "PUT": "admin"}
    takes = 1 << 18

    @web.authenticated
    @authorized
    async def get(self, ws, key_id, device):
        """A sealed key."""
        await self.answer(await self.app.reading(self.store.wrap, self.ws, shapes.key_id(key_id), shapes.device(device)))

    @web.authenticated
    @authorized
    async def put(self, ws, key_id, device):
        """Keep a sealed key."""
        key_id, device, body = shapes.key_id(key_id), shapes.device(device), await self.json()
        await self.answer(await self.app.writing(self.store.put_wrap, self.ws, self.actor, key_id, device, body))


class Result(Handler):
    """GET and PUT /workspaces/{ws}/results/{memo}."""

    needs: ClassVar = {"GET": "compute", "PUT": "compute"}

    @web.authenticated
    @authorized
    async def get(self, ws, memo):
        """What was computed before."""
        await self.answer(await self.app.reading(self.store.result, self.ws, shapes.sha256(memo, "the memo")))

    @web.authenticated
    @authorized
    async def put(self, ws, memo):
        """Keep a result."""
        memo, body = shapes.sha256(memo, "the memo"), await self.json()
        await self.answer(await self.app.writing(self.store.put_result, self.ws, self.actor, memo, body))


_WS = r"/workspaces/(?P<ws>[^/]+)"
ROUTES = [
    (rf"{_WS}/keys", Keys), (rf"{_WS}/keys/(?P<key_id>[^/]+)", Key), (rf"{_WS}/devices", Devices),
    (rf"{_WS}/devices/(?P<device>[^/]+)", Device), (rf"{_WS}/keys/(?P<key_id>[^/]+)/wraps/(?P<device>[^/]+)", Wrap),
    (rf"{_WS}/results/(?P<memo>[^/]+)", Result)]
