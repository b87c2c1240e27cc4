"""A message goes out by our own short way as it would by the SDK's, and its reply is read alike."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.sending import send

ARGUMENTS = {
    "channel": "C1",
    "text": "Näher",
    "blocks": [{"type": "divider"}],
    "unfurl_links": False,
}
JSON_TYPE, HTML = "application/json", "text/html"
OURS_ALONE = {"Host", "Content-Length"}
"""What the way itself decides: where it goes, and how long what it says is."""


@dataclass
class Far:
    """The other end: it keeps what it is told, and replies as it was told to."""

    status: int = 200
    body: str = '{"ok": true, "ts": "1772400000.000100"}'
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)

    async def reply(self, request: web.Request) -> web.Response:
        """Hear a call."""
        headers = {n: v for n, v in request.headers.items() if n not in OURS_ALONE}
        self.heard.append((request.method, request.path, headers, await request.json()))
        return web.Response(
            status=self.status,
            text=self.body,
            content_type=self.content_type,
            headers=self.headers,
        )


@pytest.fixture
def far() -> Far:
    """The other end."""
    return Far()


@pytest.fixture
async def client(far: Far) -> AsyncIterator[AsyncWebClient]:
    """A client of the SDK that speaks to it."""
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", far.reply)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as session:
        # Without the last "/", as somebody may write it.
        yield AsyncWebClient(
            base_url=f"http://127.0.0.1:{port}/api", session=session, retry_handlers=[]
        )
    await runner.cleanup()


async def test_it_asks_what_the_sdk_would_ask(client: AsyncWebClient, far: Far) -> None:
    await client.chat_postMessage(token="xoxb-1", **ARGUMENTS)  # type: ignore[arg-type]
    await send(client, "chat.postMessage", "xoxb-1", ARGUMENTS)
    theirs, ours = far.heard
    assert ours == theirs
    assert ours[1] == "/api/chat.postMessage"


async def test_a_yes_is_what_slack_said(client: AsyncWebClient) -> None:
    reply = await send(client, "chat.postMessage", "xoxb-1", ARGUMENTS)
    assert reply["ts"] == "1772400000.000100"


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (200, '{"ok": false, "error": "channel_not_found"}', JSON_TYPE),
        (200, "{}", JSON_TYPE),
        (429, '{"ok": false, "error": "ratelimited"}', JSON_TYPE),
        (429, "slow down", HTML),
        (503, '{"ok": true}', JSON_TYPE),
        (502, "<h1>Bad gateway</h1>", HTML),
    ],
)
async def test_a_no_is_the_same_as_by_the_sdk(
    client: AsyncWebClient, far: Far, status: int, body: str, content_type: str
) -> None:
    far.status, far.body, far.content_type = status, body, content_type
    far.headers = {"Retry-After": "7"}
    with pytest.raises(SlackApiError) as theirs:
        await client.chat_postMessage(token="xoxb-1", **ARGUMENTS)  # type: ignore[arg-type]
    with pytest.raises(SlackApiError) as ours:
        await send(client, "chat.postMessage", "xoxb-1", ARGUMENTS)
    said, expected = ours.value.response, theirs.value.response
    assert str(ours.value) == str(theirs.value)
    assert (said.status_code, said.data, said.api_url) == (
        expected.status_code,
        expected.data,
        expected.api_url,
    )
    assert said.headers["Retry-After"] == "7"
    assert len(far.heard) == 2, "neither asked again"


@pytest.mark.parametrize("body", ["<h1>Please sign in</h1>", "[]", "", '"ok"', '{"ok": tru'])
@pytest.mark.parametrize("content_type", [HTML, JSON_TYPE])
async def test_a_200_that_is_not_slacks_is_neither_a_yes_nor_a_no(
    client: AsyncWebClient, far: Far, body: str, content_type: str
) -> None:
    far.body, far.content_type = body, content_type
    with pytest.raises(ValueError, match="not Slack's"):
        await send(client, "chat.postMessage", "xoxb-1", ARGUMENTS)
