"""The HTTP face of a sandbox, on loopback only."""

from __future__ import annotations

import json
from typing import Any, Protocol
from urllib.parse import parse_qs

from aiohttp import web

from sandbox.platform import Platform
from sandbox.responses import Responses
from sandbox.triggers import KeyRefusedError
from sandbox.web_api.dispatch import WebApi

HOST = "127.0.0.1"
LARGEST_BODY = 1024 * 1024


class Pages(Protocol):
    """Something for people to look at, on the same server."""

    def add_to(self, app: web.Application) -> None:
        """Add its routes."""

    async def close(self) -> None:
        """Let go of whoever still looks."""


class Server:
    """Serves the Web API, the websocket endpoint and the response URLs."""

    def __init__(self, platform: Platform, responses: Responses) -> None:
        self._platform = platform
        self._responses = responses
        self._api = WebApi(platform)
        self._runner: web.AppRunner | None = None
        self.pages: Pages | None = None

    async def start(self, port: int) -> str:
        """Listen, on any free port for 0; returns the root URL without a slash."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/api/{method}", self._api.serve)
        app.router.add_get("/link/", self._platform.sockets.serve)
        app.router.add_post("/respond/{key}", self._respond)
        if self.pages is not None:
            self.pages.add_to(app)
        # A caller that gives up must free a handler that a fault made wait.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        return f"http://{HOST}:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """Stop listening; held connections are aborted."""
        self._api.closing.set()
        if self.pages is not None:
            await self.pages.close()
        await self._platform.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _respond(self, request: web.Request) -> web.Response:
        try:
            said = _said(await request.text(), request.content_type)
        except web.HTTPRequestEntityTooLarge:
            return _refusal(413, "request_too_large")
        except (LookupError, UnicodeDecodeError):
            said = None
        if said is None:
            return _refusal(400, "invalid_payload")
        try:
            response = self._platform.keys.use_response(request.match_info["key"])
        except KeyRefusedError as refused:
            return _refusal(404, str(refused))
        if response.channel.is_archived:
            return _refusal(410, "channel_is_archived")
        faults = self._responses.show(response, said)
        if faults:
            error = "no_text" if faults == ["no_text"] else "invalid_blocks"
            return _refusal(400, error, faults)
        return web.json_response({"ok": True})


def _refusal(status: int, error: str, faults: list[str] | None = None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error": error}
    if faults:
        body["response_metadata"] = {"messages": faults}
    return web.json_response(body, status=status)


def _said(raw: str, content_type: str) -> dict[str, Any] | None:
    if content_type == "application/x-www-form-urlencoded":
        raw = parse_qs(raw).get("payload", [""])[0]
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None
