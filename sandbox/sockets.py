"""Socket Mode: single-use URLs, envelopes, acks, and the ways a connection ends."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from sandbox.faults import Faults
from sandbox.workspace import JSON, InstalledApp, Workspace

MOST_CONNECTIONS = 10
_LIFETIME = 3600


class NoSocketError(ConnectionError):
    """The app has no open connection, or it closed before it acknowledged."""


@dataclass(eq=False)
class Connection:
    """One websocket of an app, and the acks it still owes."""

    app: InstalledApp
    ws: web.WebSocketResponse
    transport: asyncio.Transport | None
    owed: dict[str, asyncio.Future[JSON]] = field(default_factory=dict)
    retiring: bool = False

    def settle(self, answer: JSON) -> None:
        """Take an ack; answers to nothing, or too late, are ignored as Slack does."""
        future = self.owed.get(str(answer.get("envelope_id")))
        if future is not None and not future.done():
            future.set_result(answer)

    def give_up(self) -> None:
        """Fail every ack still owed."""
        for future in self.owed.values():
            if not future.done():
                future.set_exception(NoSocketError("the socket closed before the ack"))


class Sockets:
    """The websockets of every app."""

    def __init__(self, workspace: Workspace, faults: Faults) -> None:
        self._workspace = workspace
        self._faults = faults
        self._tickets: dict[str, InstalledApp] = {}
        self._connections: list[Connection] = []
        self._turn = itertools.count()
        self._waiting: list[asyncio.Future[None]] = []

    def new_ticket(self, app: InstalledApp) -> str:
        """A ticket for one websocket upgrade."""
        ticket = self._workspace.new_id("ticket")
        self._tickets[ticket] = app
        return ticket

    def open_for(self, app: InstalledApp) -> list[Connection]:
        """The connections over which an app can be reached."""
        return [c for c in self._connections if c.app is app and not c.ws.closed]

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something holds of the connections; looked at whenever one opens or ends.
        ``await sockets.until(lambda: sockets.open_for(app))`` waits for an app to connect."""
        while not true():
            change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(change)
            await change

    def _tell_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            if not change.done():
                change.set_result(None)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The websocket endpoint. A used or unknown ticket earns 408, as with Slack."""
        app = self._tickets.pop(request.query.get("ticket", ""), None)
        refused = self._faults.take_for_upgrade()
        if refused is not None:
            return web.Response(status=refused, text="refused")
        if app is None or not app.socket_mode_on:
            return web.Response(status=408, text="Request Timeout")
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        connection = Connection(app, ws, request.transport)
        if len(self.open_for(app)) >= MOST_CONNECTIONS:
            await ws.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await ws.close()
            return ws
        self._connections.append(connection)
        try:
            await ws.send_json(self._hello(app))
            self._tell_waiting()
            with contextlib.suppress(ConnectionResetError):  # it may be dropped at any moment
                await self._listen(connection)
        finally:
            self._connections.remove(connection)
            connection.give_up()
            self._tell_waiting()
        return ws

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.ws:
            if frame.type is not WSMsgType.TEXT:
                continue
            with contextlib.suppress(ValueError):
                answer = json.loads(frame.data)
                if isinstance(answer, dict):
                    connection.settle(answer)

    def _hello(self, app: InstalledApp) -> JSON:
        return {
            "type": "hello",
            "num_connections": len(self.open_for(app)),
            "connection_info": {"app_id": app.app_id},
            "debug_info": {"host": "sandbox", "approximate_connection_time": _LIFETIME},
        }

    async def ask(self, app: InstalledApp, envelope: JSON) -> JSON | None:
        """Send an envelope over one of the app's sockets and wait for its ack on that socket.

        Returns the ack's payload. Raises NoSocketError without a connection. Waits for ever: the
        caller sets the time-out.
        """
        candidates = [c for c in self.open_for(app) if not c.retiring]
        if not candidates:
            raise NoSocketError("no open socket")
        connection = candidates[next(self._turn) % len(candidates)]
        envelope_id = self._workspace.new_id("envelope")
        future: asyncio.Future[JSON] = asyncio.get_running_loop().create_future()
        connection.owed[envelope_id] = future
        try:
            await connection.ws.send_json({"envelope_id": envelope_id, **envelope})
            answer = await future
        except ConnectionResetError as gone:
            raise NoSocketError("the socket is closing") from gone
        finally:
            del connection.owed[envelope_id]
            future.cancel()
        payload = answer.get("payload")
        return payload if isinstance(payload, dict) else None

    async def disconnect(self, app: InstalledApp, reason: str = "refresh_requested") -> None:
        """Ask the app's sockets to go: ``warning`` (go soon), ``refresh_requested`` (go now) or
        ``link_disabled`` (Socket Mode has been switched off, and no new URL is issued)."""
        if reason == "link_disabled":
            app.socket_mode_on = False
        for connection in self.open_for(app):
            connection.retiring = reason != "warning"
            notice = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
            await connection.ws.send_json(notice)

    def drop(self, app: InstalledApp) -> None:
        """Abort the app's sockets without a word, as a broken network does."""
        for connection in self.open_for(app):
            if connection.transport is not None:
                connection.transport.abort()

    async def close(self) -> None:
        """Close every socket."""
        for connection in tuple(self._connections):
            await connection.ws.close(code=1001, message=b"sandbox closing")
