"""Target: the HTTP door itself, knocked at by whoever finds its address."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import assert_never

from hypothesis import strategies as st

from bot.slack import server
from proof.fuzz.house import LONGEST_S, House
from proof.fuzz.judge import HarmError
from proof.fuzz.letters import FORM_TYPE, JSON_TYPE, SECRET, Letter, signature, written
from proof.fuzz.words import words
from sandbox.clock import signing_time

EVENTS = "/slack/events"
LARGEST = 1024 * 1024
"""What docs/operations.md promises; on purpose not read from the app."""
HASTE_S = 0.2
"""How long the app waits for a body while it is knocked at: the real patience would take hours."""
HAPPY_S = 0.05
"""How long a reply to what is no request is waited for: there need be none."""
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


@dataclass(frozen=True)
class Signing:
    """How a request is signed: `good`, or one of the ways that must not open the door."""

    how: str
    odd: str = ""


@dataclass(frozen=True)
class Knock:
    """A whole request, `times` in a row on one connection. `body` None: that of a real payload."""

    signing: Signing
    body: bytes | None
    seed: int
    content_type: str
    headers: tuple[tuple[str, str], ...]
    method: str = "POST"
    path: str = EVENTS
    chunked: bool = False
    times: int = 1


@dataclass(frozen=True)
class Flood:
    """A body of `size` bytes: announced, or in chunks; `sent`: how much of it really comes."""

    size: int
    chunked: bool


@dataclass(frozen=True)
class Dribble:
    """A body that stops after some bytes."""

    some: bytes
    chunked: bool


@dataclass(frozen=True)
class Noise:
    """Bytes that are no request, or a broken one."""

    parts: tuple[bytes, ...]


@dataclass(frozen=True)
class Crowd:
    """Many who connect and say little; one more must be heard all the same."""

    count: int
    each: bytes


Case = Knock | Flood | Dribble | Noise | Crowd

_BAD = ("none", "no stamp", "stale", "early", "other secret", "other body", "unsigned first")
_signings = (
    st.just(Signing("good"))
    | st.builds(Signing, st.sampled_from(("good", *_BAD)))
    | st.builds(Signing, st.just("odd stamp"), words)
    | st.builds(Signing, st.just("odd signature"), words)
)
_NAMES = (
    "X-Slack-Retry-Num",
    "X-Slack-Retry-Reason",
    "Content-Encoding",
    "Accept",
    "Cookie",
    "Expect",
    "Upgrade",
    "X-Forwarded-For",
    "Range",
    "If-None-Match",
    "Authorization",
)
_VALUES = ("", "1", "gzip", "deflate", "br", "identity", "text/html", "100-continue", "websocket")
_headers = st.lists(
    st.tuples(st.sampled_from(_NAMES), st.sampled_from(_VALUES) | words.map(lambda w: w[:200])),
    max_size=3,
).map(tuple)
_TYPES = (
    *(JSON_TYPE,) * 6,
    *(FORM_TYPE,) * 3,
    "text/plain",
    "",
    "application/json; charset=utf-16",
    "application/json; charset=none",
    "multipart/form-data; boundary=x",
    "a" * 300,
)
_PATHS = (
    EVENTS,
    "/",
    "/health",
    "/slack/events/",
    "/slack/../health",
    "/slack/events?x=1&payload={}",
    "/%00",
    "/%ff",
    "//slack/events",
    "*",
    "http://elsewhere.example/slack/events",
)
_METHODS = ("POST", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW")
_bodies = st.one_of(
    st.none(),
    st.none(),
    st.binary(max_size=60),
    st.sampled_from((b"", b"null", b"[]", b"1", b'""', b"{", b"payload=", b"payload=[]", b"=")),
    st.sampled_from((b"ssl_check=1", b"command=/prep&ssl_check=1")),
    st.sampled_from((b"[" * 9_000, b'{"a":' * 9_000)),
    words.map(lambda text: text.encode("utf-8", "surrogatepass")),
    words.map(lambda text: b"payload=" + text.encode("utf-8", "surrogatepass")),
)
_usual = st.builds(
    Knock, _signings, _bodies, st.integers(0, 120), st.sampled_from(_TYPES), _headers
)
_trusted = st.builds(
    Knock, st.just(Signing("good")), _bodies, st.just(0), st.just(JSON_TYPE), st.just(())
)
_elsewhere = st.builds(
    Knock,
    _signings,
    _bodies,
    st.integers(0, 120),
    st.sampled_from(_TYPES),
    _headers,
    st.sampled_from(_METHODS),
    st.sampled_from(_PATHS),
    st.booleans(),
    st.sampled_from((1, 1, 2, 40)),
)
_SCRAPS = (
    b"POST /slack/events HTTP/1.1\r\n",
    b"Host: x\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: -1\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"X: " + b"y" * 9_000 + b"\r\n",
    b"X: y\r\n" * 200,
    b"\xff\xfe: \x00\r\n",
    b" folded\r\n",
    b"\r\n",
    b"5\r\nhello\r\n",
    b"ffffffffffffffff\r\n",
    b"-1\r\n",
    b"0\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"GET / HTTP/9.9\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)
_scraps = st.lists(st.sampled_from(_SCRAPS) | st.binary(max_size=20), min_size=1, max_size=6)
_ends = st.sampled_from((b"", b"{", b'{"type":'))
cases: st.SearchStrategy[Case] = st.one_of(
    _usual,
    _usual,
    _trusted,
    _elsewhere,
    _scraps.map(lambda parts: Noise(tuple(parts))),
    st.builds(Flood, st.sampled_from((LARGEST + 1, LARGEST * 3, 2**40)), st.booleans()),
    st.builds(Dribble, _ends, st.booleans()),
    st.builds(Crowd, st.sampled_from((10, 60)), st.sampled_from(_SCRAPS)),
)


async def bring(house: House, case: Case) -> None:
    """Knock, and judge the replies."""
    server.BODY_PATIENCE_S = HASTE_S
    match case:
        case Knock():
            await _knock(house, case)
        case Flood():
            await _must_reply(house, await _flood(house, case), 413)
        case Dribble():
            await _must_reply(house, await _dribble(house, case), 408)
        case Noise():
            await _hear(house, b"".join(case.parts), 0)
        case Crowd():
            await _crowd(house, case)
        case _:
            assert_never(case)


async def _knock(house: House, case: Knock) -> None:
    if "health" in case.path:
        # An app that nobody winds up is unwell, and says so with a 503.
        await house.turn()
        house.slack.ledger.clear()
    letter = _letter(house, case)
    said = await _hear(house, _request(case, letter) * case.times, case.times)
    opened = case.signing.how == "good" or _is_ssl_check(letter)
    at_the_door = case.path.partition("?")[0] == EVENTS and case.method == "POST"
    if at_the_door and not opened and any(200 <= status < 400 for status in said):
        house.judge.harm.append(f"an unsigned request was taken: {said}")
    effects = bool(house.slack.ledger.entries)
    if effects and not (at_the_door and case.signing.how == "good"):
        house.judge.harm.append(f"an unsigned request had an effect: {house.slack.ledger.entries}")


def _is_ssl_check(letter: Letter) -> bool:
    """Whether it is the one request that need not be signed: it asks for nothing."""
    return letter.body.startswith(b"ssl_check=1") and letter.content_type == FORM_TYPE


def _letter(house: House, case: Knock) -> Letter:
    if case.body is not None:
        return Letter(case.body, case.content_type)
    seed = house.seeds[case.seed % len(house.seeds)]
    return written(seed.kind, house.refreshed(seed))


def _request(case: Knock, letter: Letter) -> bytes:
    lines = [f"{case.method} {case.path} HTTP/1.1", "Host: prep", "Connection: keep-alive"]
    lines += [f"{name}: {value}" for name, value in _signed(case.signing, letter.body)]
    lines += [f"Content-Type: {letter.content_type}"]
    lines += [f"{name}: {value}" for name, value in case.headers]
    if case.chunked:
        lines.append("Transfer-Encoding: chunked")
        body = _chunk(letter.body) + b"0\r\n\r\n"
    else:
        lines.append(f"Content-Length: {len(letter.body)}")
        body = letter.body
    head = [re.sub(rb"[\r\n\x00]", b"", line.encode("utf-8", "surrogatepass")) for line in lines]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data) if data else b""


def _signed(signing: Signing, body: bytes) -> list[tuple[str, str]]:
    age = {"stale": 900, "early": -900}.get(signing.how, 0)
    stamp = str(signing_time() - age)
    if signing.how == "odd stamp":
        stamp = signing.odd[:200]
    secret = "a guess" if signing.how == "other secret" else SECRET
    meant = body + b" " if signing.how == "other body" else body
    proof = signature(meant, stamp.encode("utf-8", "replace").decode(), secret)
    if signing.how == "odd signature":
        proof = signing.odd[:200]
    headers = [("X-Slack-Request-Timestamp", stamp), ("X-Slack-Signature", proof)]
    match signing.how:
        case "none":
            return []
        case "no stamp":
            return headers[1:]
        case "unsigned first":
            return [("X-Slack-Signature", "v0=0"), *headers]
    return headers


async def _flood(house: House, case: Flood) -> list[int]:
    head = f"POST {EVENTS} HTTP/1.1\r\nHost: prep\r\nContent-Type: {JSON_TYPE}\r\n".encode()
    if not case.chunked:
        return await _hear(house, head + b"Content-Length: %d\r\n\r\n" % case.size, 1)
    pieces = _chunk(b"x" * 0x10000) * (LARGEST // 0x10000 + 1)
    return await _hear(house, head + b"Transfer-Encoding: chunked\r\n\r\n" + pieces, 1)


async def _dribble(house: House, case: Dribble) -> list[int]:
    head = f"POST {EVENTS} HTTP/1.1\r\nHost: prep\r\nContent-Type: {JSON_TYPE}\r\n".encode()
    if case.chunked:
        return await _hear(
            house, head + b"Transfer-Encoding: chunked\r\n\r\n" + _chunk(case.some), 1
        )
    return await _hear(house, head + b"Content-Length: 100\r\n\r\n" + case.some, 1)


async def _must_reply(house: House, said: list[int], status: int) -> None:
    if said != [status]:
        house.judge.harm.append(f"the door replied {said} and not {status}")


async def _crowd(house: House, case: Crowd) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(case.count):
            group.create_task(_hear(house, case.each, 0))
        greeting = Letter(b'{"type": "url_verification", "challenge": "x"}')
        status, _ = await house.posts(greeting)
        if status != 200:
            house.judge.harm.append(f"in a crowd the door replied {status}")


async def _hear(house: House, data: bytes, replies: int) -> list[int]:
    """Send bytes; return the statuses of as many replies, or of what comes soon if none is due."""
    async with _line(house) as (reader, writer):
        heard = b""
        try:
            writer.write(data)
            async with asyncio.timeout(LONGEST_S if replies else HAPPY_S):
                while len(_STATUS.findall(heard)) < max(replies, 1):
                    piece = await reader.read(65_536)
                    if not piece:
                        break
                    heard += piece
        except TimeoutError:
            if replies:
                raise HarmError(f"the door hangs after {_STATUS.findall(heard)}") from None
        except ConnectionError:
            pass
    statuses = [int(status) for status in _STATUS.findall(heard)]
    for status in statuses:
        house.judge.reply(status, heard.decode("latin-1"))
    await house.app.guard.idle()
    return statuses


@asynccontextmanager
async def _line(house: House) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.app.port)
    try:
        yield reader, writer
    finally:
        # As rudely as it can be done: no goodbye, and no reading to the end.
        writer.transport.abort()
