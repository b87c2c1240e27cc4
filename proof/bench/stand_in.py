"""A stand-in for Slack's Web API that costs next to nothing, so that the app has its core's time.

It answers each call as Slack would, within Slack's documented rate limits: 429 with `Retry-After`
beyond them. The sandbox is the faithful one; this one only keeps up with a benchmark.
"""

import asyncio
import contextlib
import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from proof.bench.events import BOT, TEAM
from proof.bench.message_names import MessageNames
from proof.bench.places import HOST
from sandbox.limits import RateLimits, Tier
from sandbox.web_api.dispatch import METHODS

_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)
_CHANNEL = re.compile(rb'"channel": ?"([^"]+)"')
_REASONS = {200: "OK", 429: "Too Many Requests"}


@dataclass(slots=True)
class StandIn:
    """Answers calls and counts them. With `limits.enabled` false it accepts every one."""

    limits: RateLimits = field(default_factory=RateLimits)
    names: MessageNames = field(default_factory=MessageNames)
    accepted: Counter[str] = field(default_factory=Counter)
    limited: Counter[str] = field(default_factory=Counter)
    last_call: float = 0.0
    port: int = 0

    @property
    def api_url(self) -> str:
        """What `SLACK_API_URL` must be."""
        return f"http://{HOST}:{self.port}/api/"

    def forget(self) -> None:
        """Begin anew: no call was counted, and no limit is used up."""
        self.accepted.clear()
        self.limited.clear()
        self.limits = _limits(enabled=self.limits.enabled)

    def answer(self, method: str, body: bytes) -> bytes:
        """Return the whole reply to a call."""
        self.last_call = time.perf_counter()
        tier = METHODS[method].tier if method in METHODS else Tier.TWO
        channel = _channel_of(body) if method == "chat.postMessage" else ""
        wait = self.limits.wait_for((TEAM, method), tier, channel, self.last_call)
        if wait is not None:
            self.limited[method] += 1
            return _reply(429, {"ok": False, "error": "ratelimited"}, f"Retry-After: {wait}\r\n")
        self.accepted[method] += 1
        return _reply(200, {"ok": True, **self._facts(method)})

    def _facts(self, method: str) -> dict[str, Any]:
        if method == "auth.test":
            return {"team_id": TEAM, "user_id": BOT, "bot_id": "B0PREP", "team": "Bench"}
        if method.startswith("chat."):
            return {"ts": self.names.next(), "channel": "C0000"}
        return {}


def _limits(*, enabled: bool) -> RateLimits:
    limits = RateLimits()
    limits.enabled = enabled
    return limits


def _channel_of(body: bytes) -> str:
    found = _CHANNEL.search(body)
    if found:
        return found[1].decode()
    return parse_qs(body.decode()).get("channel", [""])[0]


def _reply(status: int, body: dict[str, Any], more: str = "") -> bytes:
    raw = json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(raw)}\r\n{more}\r\n"
    )
    return head.encode() + raw


class _Talk(asyncio.Protocol):
    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        data = self._waiting + data
        while (end := data.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(data, 0, end + 1)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(data) < whole:
                break
            path = data[: data.index(b"\r\n")].split(b" ")[1].partition(b"?")[0]
            method = path.rpartition(b"/")[2].decode()
            self._answer(self._stand_in.answer(method, data[end + 4 : whole]))
            data = data[whole:]
        self._waiting = data

    def _answer(self, reply: bytes) -> None:
        self._transport.write(reply)


@contextlib.asynccontextmanager
async def standing_in(*, limited: bool) -> AsyncIterator[StandIn]:
    """Serve on a free port of this process until the end of the block."""
    stand_in = StandIn(_limits(enabled=limited))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Talk(stand_in), HOST, 0)
    stand_in.port = server.sockets[0].getsockname()[1]
    try:
        yield stand_in
    finally:
        server.close()
