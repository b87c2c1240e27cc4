"""The HTTP door: `POST /slack/events` for everything Slack sends, `GET /health` for operators."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.slack.dispatch import Dispatcher
from bot.slack.guard import log_bug
from bot.slack.inbound import is_message_event

log = logging.getLogger(__name__)

FORM = "application/x-www-form-urlencoded"
EVENTS_PATH = "/slack/events"
LARGEST_BODY = 1024 * 1024
"""Bytes. Slack's payloads stay far below; what is larger is refused with 413 unread."""
LARGEST_SSL_CHECK = 1024

Health = Callable[[], Awaitable[tuple[bool, Mapping[str, Any]]]]


class EventsDoor:
    """Takes what Slack sends, messages first, and hands the rest to Bolt."""

    def __init__(self, signing_secret: str, dispatcher: Dispatcher, bolt: AsyncApp) -> None:
        self._verifier = SignatureVerifier(signing_secret)
        self._dispatcher = dispatcher
        self._bolt = bolt

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Reply 401 to what Slack did not sign, 200 once a message is stored, 5xx if it is not."""
        raw = await request.read()
        if request.content_type == FORM and _is_ssl_check(raw):
            return web.Response()
        if not self._is_signed(raw, request.headers):
            return web.Response(status=401, text="The signature is missing, stale or wrong.\n")
        if request.content_type == "application/json":
            payload = _json(raw)
            if payload is None:
                return web.Response(status=400, text="The body is not JSON.\n")
            if is_message_event(payload):
                return await self._message(payload)
            if isinstance(payload, dict) and payload.get("type") == "app_rate_limited":
                log.warning("slack_limits_our_events")
                return web.Response()
        return await self._through_bolt(raw, request)

    def _is_signed(self, raw: bytes, headers: Mapping[str, str]) -> bool:
        stamp = headers.get("X-Slack-Request-Timestamp", "")
        signature = headers.get("X-Slack-Signature", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16):
            return False
        try:
            return self._verifier.is_valid(body=raw, timestamp=stamp, signature=signature)
        except (UnicodeDecodeError, TypeError):
            return False

    async def _message(self, payload: Mapping[str, Any]) -> web.Response:
        try:
            await self._dispatcher.on_message(payload)
        except Exception:
            # Not stored, so not acknowledged: Slack will send it again.
            reference = log_bug("message event")
            return web.Response(status=500, text=f"Not stored; send it again ({reference}).\n")
        return web.Response()

    async def _through_bolt(self, raw: bytes, request: web.Request) -> web.StreamResponse:
        try:
            reply = await self._bolt.async_dispatch(
                AsyncBoltRequest(
                    body=raw.decode("utf-8"),
                    query=request.query_string,
                    headers={name: [value] for name, value in request.headers.items()},
                )
            )
        except Exception:
            # Bolt digs in a payload as it takes it in, and trusts the types it finds there. What
            # fails behind it, the dispatcher has answered for.
            log_bug("reading a payload")
            return web.Response(status=400, text="The body is not a payload of Slack's.\n")
        return await to_aiohttp_response(reply)


def _is_ssl_check(raw: bytes) -> bool:
    """Tell whether Slack only looks at our certificate; that request need not be signed."""
    if len(raw) > LARGEST_SSL_CHECK:
        return False
    fields = parse_qs(raw.decode("utf-8", errors="replace"))
    return fields.get("ssl_check") == ["1"] and "payload" not in fields and "command" not in fields


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def web_app(health: Health, door: EventsDoor | None) -> web.Application:
    """Build the HTTP application; without a door (Socket Mode) it only tells its health."""
    app = web.Application(client_max_size=LARGEST_BODY)

    async def report(_request: web.Request) -> web.Response:
        healthy, facts = await health()
        return web.json_response(dict(facts), status=200 if healthy else 503)

    app.router.add_get("/health", report)
    if door is not None:
        app.router.add_post(EVENTS_PATH, door.receive)
    return app
