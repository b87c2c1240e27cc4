"""The HTTP door and those who are no Slack: floods, dribbles, and what is not HTTP."""

import asyncio
import gzip
import logging

import pytest

from bot.slack import server
from bot.slack.server import LARGEST_BODY
from tests.prep_team import PrepTeam
from tests.slack.letters import Letter, Postman

POST = b"POST /slack/events HTTP/1.1\r\nHost: prep\r\nContent-Type: application/json\r\n"
GREETING = b'{"type": "url_verification", "challenge": "only Slack knows"}'


class Stranger:
    """Somebody with a bare connection to the app."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def calls(cls, prep: PrepTeam) -> "Stranger":
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", prep.app.port))

    async def sends(self, data: bytes) -> None:
        """Send bytes."""
        self._writer.write(data)
        await self._writer.drain()

    async def hears(self) -> bytes:
        """Read up to the end of the headers of a reply."""
        return await self._reader.readuntil(b"\r\n\r\n")

    async def hangs_up(self) -> None:
        """Leave."""
        self._writer.close()
        await self._writer.wait_closed()


async def test_a_body_that_says_it_is_too_large_is_refused_before_any_of_it_came(
    prep: PrepTeam,
) -> None:
    stranger = await Stranger.calls(prep)
    await stranger.sends(POST + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1))
    assert (await stranger.hears()).startswith(b"HTTP/1.1 413 ")
    await stranger.hangs_up()


async def test_a_body_in_chunks_is_refused_when_it_becomes_too_large(prep: PrepTeam) -> None:
    stranger = await Stranger.calls(prep)
    await stranger.sends(POST + b"Transfer-Encoding: chunked\r\n\r\n")
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    for _ in range(LARGEST_BODY // 0x10000 + 1):
        await stranger.sends(piece)
    assert (await stranger.hears()).startswith(b"HTTP/1.1 413 ")
    await stranger.hangs_up()


async def test_a_body_that_dribbles_is_not_waited_for(
    prep: PrepTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "BODY_PATIENCE_S", 0.05)
    stranger = await Stranger.calls(prep)
    await stranger.sends(POST + b"Content-Length: 100\r\n\r\n{")
    reply = await stranger.hears()
    assert reply.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in reply.lower()
    await stranger.hangs_up()


async def test_a_body_that_breaks_off_is_no_fault_of_ours(
    prep: PrepTeam, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = await Stranger.calls(prep)
    await stranger.sends(POST + b"Content-Length: 100\r\n\r\n{")
    await stranger.hangs_up()
    await prep.stops()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    await prep.starts()


async def test_a_body_whose_chunks_are_no_chunks_is_refused(prep: PrepTeam) -> None:
    stranger = await Stranger.calls(prep)
    await stranger.sends(POST + b"Transfer-Encoding: chunked\r\n\r\n")
    await stranger.sends(b"zz\r\n")
    assert b" 400 " in (await stranger.hears()).splitlines()[0]
    await stranger.hangs_up()


@pytest.mark.parametrize(
    "request_line",
    [
        b"POST /slack/events",
        b"GET /slack/events",
        b"GET /health",
        b"PUT /health",
        b"GET /odd",
        b"OPTIONS *",
    ],
)
async def test_what_nobody_can_expect_is_refused_without_repeating_it(
    prep: PrepTeam, caplog: pytest.LogCaptureFixture, request_line: bytes
) -> None:
    stranger = await Stranger.calls(prep)
    await stranger.sends(request_line + b" HTTP/1.1\r\nHost: prep\r\nExpect: \xff\xfe\r\n\r\n")
    assert (await stranger.hears()).startswith(b"HTTP/1.1 417 ")
    assert not [record for record in caplog.records if record.exc_info]
    await stranger.hangs_up()


async def test_who_waits_to_be_told_to_go_on_is_told(prep: PrepTeam) -> None:
    stranger = await Stranger.calls(prep)
    await stranger.sends(POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert (await stranger.hears()).startswith(b"HTTP/1.1 100 ")
    await stranger.sends(b"{}")
    assert (await stranger.hears()).startswith(b"HTTP/1.1 401 ")
    await stranger.hangs_up()


async def test_what_is_not_http_leaves_a_line_in_the_log_and_no_traceback(
    prep: PrepTeam, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    stranger = await Stranger.calls(prep)
    await stranger.sends(b"POST /slack/events HTTP/1.1\r\nno header\r\n\r\n")
    assert (await stranger.hears()).startswith(b"HTTP/1.0 400 ")
    await stranger.hangs_up()
    [line] = [record for record in caplog.records if record.message == "not_http"]
    assert (line.levelname, line.exc_info) == ("INFO", None)


@pytest.mark.parametrize(
    "packed",
    [pytest.param(gzip.compress(GREETING), id="packed"), pytest.param(b"no gzip", id="unpackable")],
)
async def test_nothing_is_unpacked(postman: Postman, packed: bytes) -> None:
    letter = Letter(packed, headers={"Content-Encoding": "gzip"})
    assert 400 <= (await postman.brings(letter)).status < 500
