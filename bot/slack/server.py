"""The HTTP door: `POST /slack/events` for everything Slack sends, `GET /health` for operators."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp.http import HttpProcessingError, HttpVersion11
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot import quick_json
from bot.slack.dispatch import Dispatcher
from bot.slack.guard import log_bug, log_undigested
from bot.slack.inbound import is_message_event

log = logging.getLogger(__name__)

FORM = "application/x-www-form-urlencoded"
EVENTS_PATH = "/slack/events"
LARGEST_BODY = 1024 * 1024
"""Bytes. Slack's payloads stay far below; what is larger is refused with 413 unread."""
BODY_PATIENCE_S = 3.0
"""How long a body may take to arrive: after that Slack has stopped waiting for a reply."""
HEADER_PATIENCE_S = 75.0
"""How long a connection may stay open without a whole request; proxies keep idle ones 60."""
LINGER_S = 1.0
"""How long what follows a refusal is read and dropped, so that its sender can hear of it."""
LARGEST_SSL_CHECK = 1024

Health = Callable[[], Awaitable[tuple[bool, Mapping[str, Any]]]]
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class EventsDoor:
    """Takes what Slack sends, messages first, and hands the rest to Bolt."""

    def __init__(self, signing_secret: str, dispatcher: Dispatcher, bolt: AsyncApp) -> None:
        self._verifier = SignatureVerifier(signing_secret)
        self._dispatcher = dispatcher
        self._bolt = bolt

    async def receive(self, request: web.BaseRequest) -> web.StreamResponse:
        """Reply 401 to what Slack did not sign, 200 once a message is stored, 5xx if it is not.

        A body that is too large gets 413, one that dribbles 408, before anything is made of it.
        """
        raw = await _body(request)
        if isinstance(raw, web.Response):
            return raw
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

    async def _through_bolt(self, raw: bytes, request: web.BaseRequest) -> web.StreamResponse:
        try:
            reply = await self._bolt.async_dispatch(
                AsyncBoltRequest(
                    body=raw.decode("utf-8"),
                    query=request.query_string,
                    headers={name: [value] for name, value in request.headers.items()},
                )
            )
        except Exception as error:
            # What fails behind Bolt, the dispatcher has answered for.
            log_undigested("request", error)
            return web.Response(status=400, text="The body is not a payload of Slack's.\n")
        return await to_aiohttp_response(reply)


async def _body(request: web.BaseRequest) -> bytes | web.Response:
    """Read the whole body, or say why it is not read; nobody can hold a connection with it."""
    if (request.content_length or 0) > LARGEST_BODY:
        return _unread(413, "The body is too large.\n")
    try:
        if request.content.is_eof():  # all of it came with its head, as nearly always
            return await request.read()
        async with asyncio.timeout(BODY_PATIENCE_S):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return _unread(413, "The body is too large.\n")
    except TimeoutError:
        return _unread(408, "The body took too long.\n")
    except (web.RequestPayloadError, ConnectionError):
        return _unread(400, "The body broke off.\n")


def _unread(status: int, text: str) -> web.Response:
    refusal = web.Response(status=status, text=text)
    refusal.force_close()
    return refusal


def _is_ssl_check(raw: bytes) -> bool:
    """Tell whether Slack only looks at our certificate; that request need not be signed."""
    if len(raw) > LARGEST_SSL_CHECK:
        return False
    fields = parse_qs(raw.decode("utf-8", errors="replace"))
    return fields.get("ssl_check") == ["1"] and "payload" not in fields and "command" not in fields


def _json(raw: bytes) -> Any:
    try:
        return quick_json.loads(raw)
    except (ValueError, RecursionError):
        return None


def runner(health: Health, door: EventsDoor | None, patience_s: float) -> web.ServerRunner:
    """Prepare to serve, hard on those who keep a connection busy with nothing.

    Without a door (Socket Mode) it only tells the app's health. Stopping waits up to `patience_s`
    seconds for requests under way.
    """

    async def report(_request: web.BaseRequest) -> web.StreamResponse:
        healthy, facts = await health()
        return web.json_response(dict(facts), status=200 if healthy else 503)

    handlers: dict[str, dict[str, Handler]] = {"/health": {"GET": report, "HEAD": report}}
    if door is not None:
        handlers[EVENTS_PATH] = {"POST": door.receive}

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        refusal = await _expectation(request)
        if refusal is not None:
            return refusal
        methods = handlers.get(request.path)
        if methods is None:
            return web.Response(status=404, text="There is nothing here.\n")
        handler = methods.get(request.method)
        if handler is None:
            allowed = {"Allow": ", ".join(methods)}
            return web.Response(status=405, text="Not by this method.\n", headers=allowed)
        return await handler(request)

    server = web.Server(
        serve,
        request_factory=_request,
        access_log=None,
        keepalive_timeout=HEADER_PATIENCE_S,
        lingering_time=LINGER_S,
        # Slack compresses nothing, and a few bytes of a stranger's could unpack to gigabytes.
        auto_decompress=False,
        logger=_connections,
    )
    return web.ServerRunner(server, shutdown_timeout=patience_s)


def _request(*parts: Any) -> web.BaseRequest:
    facts = (*parts, asyncio.get_running_loop())
    return web.BaseRequest(*facts, client_max_size=LARGEST_BODY)


async def _expectation(request: web.BaseRequest) -> web.Response | None:
    """Tell whoever waits for it to go on; return a refusal if anything else is expected.

    aiohttp's own routing would repeat the header in its refusal, which nobody may be able to write.
    """
    expected = request.headers.get("Expect")
    if not expected:
        return None
    if expected.lower() != "100-continue":
        return _unread(417, "Nothing but 100-continue can be expected here.\n")
    if request.version == HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the reply itself has not begun
    return None


def _without_tracebacks(record: logging.LogRecord) -> bool:
    """Tell of what is not HTTP in a line: anybody can send it, as often as they like."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.msg, record.args, record.exc_info = "not_http", (), None
        record.levelno, record.levelname = logging.INFO, "INFO"
    return True


_connections = logging.getLogger(f"{__name__}.connections")
_connections.addFilter(_without_tracebacks)
