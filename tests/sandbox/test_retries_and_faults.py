"""Redelivery of events, and trouble on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

from tests.sandbox.peer import Peer, Room


@dataclass
class Endpoint:
    """An HTTP endpoint that answers as scripted, 200 once the script is over."""

    script: list[int | str]
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    async def serve(self, request: web.Request) -> web.Response:
        """Keep the request and answer."""
        self.got.append(({k.lower(): v for k, v in request.headers.items()}, await request.text()))
        step = self.script.pop(0) if self.script else 200
        if step == "hangs":
            await asyncio.Event().wait()
        if step == "redirects":
            raise web.HTTPTemporaryRedirect(request.path)
        return web.Response(status=int(step), headers=self.headers)


@asynccontextmanager
async def _endpoint(room: Room, *script: int | str) -> AsyncIterator[Endpoint]:
    endpoint = Endpoint(list(script))
    app = web.Application()
    app.router.add_post("/", endpoint.serve)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    room.app.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield endpoint
    finally:
        await runner.cleanup()


def _reasons(room: Room) -> list[tuple[int, str | None]]:
    return [(d.attempt, d.reason) for d in room.sandbox.ledger.deliveries("events_api")]


# --- redelivery ----------------------------------------------------------------------------------


async def test_an_event_is_signed_with_the_app_s_secret(room: Room) -> None:
    async with _endpoint(room) as endpoint:
        await room.alice.says(room.channel, "hi")
        await room.sandbox.settled()
    ((headers, body),) = endpoint.got
    assert SignatureVerifier("s3cret").is_valid_request(body, headers)
    assert not SignatureVerifier("other").is_valid_request(body, headers)
    assert "x-slack-retry-num" not in headers


async def test_a_failed_event_comes_again_at_once_after_one_and_after_five_minutes(
    room: Room,
) -> None:
    async with _endpoint(room, 500, 500, 503, 500, 500) as endpoint:
        await room.alice.says(room.channel, "hi")
        await room.sandbox.settled()
        assert len(endpoint.got) == 2
        room.clock.move_on(timedelta(seconds=59))
        await room.sandbox.deliver_due()
        assert len(endpoint.got) == 2
        room.clock.move_on(timedelta(seconds=1))
        await room.sandbox.deliver_due()
        assert len(endpoint.got) == 3
        room.clock.move_on(timedelta(minutes=5))
        await room.sandbox.deliver_due()
        room.clock.move_on(timedelta(hours=2))
        await room.sandbox.deliver_due()
    assert len({body for _, body in endpoint.got}) == 1
    assert [h.get("x-slack-retry-num") for h, _ in endpoint.got] == [None, "1", "2", "3"]
    assert [h.get("x-slack-retry-reason") for h, _ in endpoint.got][1:] == ["http_error"] * 3
    assert _reasons(room) == [(n, "http_error") for n in range(4)]


async def test_a_recovered_app_is_left_alone(room: Room) -> None:
    async with _endpoint(room, 500) as endpoint:
        await room.alice.says(room.channel, "hi")
        await room.sandbox.settled()
        room.clock.move_on(timedelta(minutes=10))
        await room.sandbox.deliver_due()
    assert len(endpoint.got) == 2
    assert _reasons(room) == [(0, "http_error"), (1, None)]


async def test_an_app_may_ask_for_no_retries(room: Room) -> None:
    async with _endpoint(room, 500) as endpoint:
        endpoint.headers["x-slack-no-retry"] = "1"
        await room.alice.says(room.channel, "hi")
        await room.sandbox.settled()
        room.clock.move_on(timedelta(minutes=10))
        await room.sandbox.deliver_due()
    assert len(endpoint.got) == 1


async def test_a_slow_app_counts_as_timed_out(room: Room) -> None:
    room.sandbox.ack_seconds = 0.05
    async with _endpoint(room, "hangs") as endpoint:
        await room.alice.says(room.channel, "hi")
        await room.sandbox.settled()
    assert _reasons(room) == [(0, "http_timeout"), (1, None)]
    assert endpoint.got[1][0]["x-slack-retry-reason"] == "http_timeout"


async def test_a_command_to_a_slow_app_tells_its_caller(room: Room) -> None:
    room.sandbox.ack_seconds = 0.05
    async with _endpoint(room, "hangs") as endpoint:
        result = await room.alice.runs("/quiz", room.channel)
    assert (result.status, result.reason, result.ok) == (None, "http_timeout", False)
    assert len(endpoint.got) == 1
    (told,) = room.alice.ephemerals()
    assert told.text == '/quiz failed with the error "operation_timeout"'


async def test_an_app_that_is_down_or_redirects_for_ever_is_tried_again(room: Room) -> None:
    async with _endpoint(room):
        pass
    await room.alice.says(room.channel, "hi")
    await room.sandbox.settled()
    assert _reasons(room) == [(0, "connection_failed"), (1, "connection_failed")]
    async with _endpoint(room, *["redirects"] * 20):
        await room.alice.says(room.channel, "again")
        await room.sandbox.settled()
    assert _reasons(room)[2:] == [(0, "too_many_redirects"), (1, "too_many_redirects")]


# --- faults of events ----------------------------------------------------------------------------


async def test_an_event_may_come_eleven_times_with_new_ids(room: Room, listening: Peer) -> None:
    room.sandbox.faults.duplicate_events(11, new_event_ids=True)
    said = await room.alice.says(room.channel, "hi")
    await room.sandbox.settled()
    assert [event["ts"] for event in listening.events] == [said.ts] * 11
    sent = room.sandbox.ledger.deliveries("events_api")
    assert len({delivery.payload["event_id"] for delivery in sent}) == 11
    await room.alice.says(room.channel, "once")
    await room.sandbox.settled()
    assert len(listening.events) == 12


async def test_events_may_come_in_reverse(room: Room, listening: Peer) -> None:
    room.sandbox.faults.reorder_events(3)
    for n in range(3):
        assert listening.events == []
        await room.alice.says(room.channel, f"m{n}")
    await room.sandbox.settled()
    assert [event["text"] for event in listening.events] == ["m2", "m1", "m0"]


async def test_a_reordering_that_does_not_fill_up_can_be_ended(room: Room, listening: Peer) -> None:
    room.sandbox.faults.reorder_events(3)
    for n in range(2):
        await room.alice.says(room.channel, f"m{n}")
    room.sandbox.releases_events()
    await room.sandbox.settled()
    assert [event["text"] for event in listening.events] == ["m1", "m0"]


async def test_events_may_be_lost_or_late(room: Room, listening: Peer) -> None:
    room.sandbox.faults.drop_events(1)
    room.sandbox.faults.delay_events(timedelta(minutes=3), event_type="message")
    await room.alice.says(room.channel, "lost")
    await room.alice.says(room.channel, "late")
    await room.alice.says(room.channel, "now")
    await room.sandbox.settled()
    assert [event["text"] for event in listening.events] == ["now"]
    room.clock.move_on(timedelta(minutes=3))
    await room.sandbox.deliver_due()
    assert [event["text"] for event in listening.events] == ["now", "late"]


# --- faults of calls -----------------------------------------------------------------------------


async def _post(room: Room) -> None:
    await room.client.chat_postMessage(channel=room.channel.id, text="Q")


@pytest.mark.parametrize(("retry_after", "header"), [(7, "7"), (None, None)])
async def test_a_call_may_be_rate_limited(
    room: Room, retry_after: int | None, header: str | None
) -> None:
    room.sandbox.faults.on("chat.postMessage").rate_limited(retry_after)
    with pytest.raises(SlackApiError) as refused:
        await _post(room)
    assert refused.value.response.status_code == 429
    assert refused.value.response["error"] == "ratelimited"
    assert refused.value.response.headers.get("Retry-After") == header
    assert room.channel.messages == []
    await _post(room)
    assert len(room.channel.messages) == 1


@pytest.mark.parametrize(("after_effect", "posted"), [(False, 0), (True, 1)])
async def test_the_server_may_fail_before_or_after_the_effect(
    room: Room, after_effect: bool, posted: int
) -> None:
    room.sandbox.faults.on("chat.postMessage").server_error(503, after_effect=after_effect)
    with pytest.raises(SlackApiError) as refused:
        await _post(room)
    assert refused.value.response.status_code == 503
    assert len(room.channel.messages) == posted
    (call,) = room.sandbox.ledger.calls("chat.postMessage")
    assert (call.fault, call.ok) == ("server_error", bool(posted))


@pytest.mark.parametrize(("after_effect", "posted"), [(False, 0), (True, 1)])
async def test_the_connection_may_be_reset_before_or_after_the_effect(
    room: Room, after_effect: bool, posted: int
) -> None:
    room.sandbox.faults.on("chat.postMessage").resets(after_effect=after_effect)
    with pytest.raises(aiohttp.ClientConnectionError):
        await _post(room)
    assert len(room.channel.messages) == posted


@pytest.mark.parametrize(("after_effect", "posted"), [(False, 0), (True, 1)])
async def test_a_call_may_hang_until_its_caller_gives_up(
    room: Room, after_effect: bool, posted: int
) -> None:
    room.sandbox.faults.on("chat.postMessage").times_out(after_effect=after_effect)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await _post(room)
    assert len(room.channel.messages) == posted


async def test_a_hanging_call_ends_when_the_sandbox_closes(room: Room) -> None:
    room.sandbox.faults.on("chat.postMessage").times_out(after_effect=True)
    posted = asyncio.Event()
    room.sandbox.subscribe(lambda _: posted.set())
    hanging = asyncio.ensure_future(_post(room))
    await posted.wait()
    await room.sandbox.__aexit__(None, None, None)
    with pytest.raises(aiohttp.ClientError):
        await hanging


async def test_an_effect_may_come_after_its_caller_has_given_up(room: Room) -> None:
    room.sandbox.faults.on("chat.postMessage").late_effect(timedelta(seconds=5))
    with pytest.raises(aiohttp.ClientConnectionError):
        await _post(room)
    await room.sandbox.settled()
    assert room.channel.messages == []
    room.clock.move_on(timedelta(seconds=5))
    await room.sandbox.deliver_due()
    assert [m.text for m in room.channel.messages] == ["Q"]


async def test_a_fault_may_strike_one_channel_and_several_times(room: Room) -> None:
    other = room.sandbox.channel("other", members=[room.app])
    faults = room.sandbox.faults.on("chat.postMessage", channel=room.channel.id)
    faults.api_error("is_archived", times=2)
    await room.client.chat_postMessage(channel=other.id, text="Q")
    for _ in range(2):
        with pytest.raises(SlackApiError, match="is_archived"):
            await _post(room)
    await _post(room)
