"""Socket Mode, with Bolt's own handler and with bare websockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from tests.sandbox.peer import Peer, Room, bolt_peer, hear_everything, open_room, spec


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    """A room whose app runs in Socket Mode."""
    async with open_room(spec(app_token="xapp-quiz")) as opened:
        yield opened


@asynccontextmanager
async def _connected(room: Room, peer: Peer) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(peer.bolt, "xapp-quiz", ping_interval=0.05)
    tasks = asyncio.all_tasks()
    await handler.connect_async()  # type: ignore[no-untyped-call]
    sockets = room.sandbox.sockets
    await sockets.until(lambda: sockets.open_for(room.app))
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
        ours = asyncio.all_tasks() - tasks - {asyncio.current_task()}
        for task in ours:
            task.cancel()
        await asyncio.gather(*ours, return_exceptions=True)


@asynccontextmanager
async def _socket(room: Room) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    url = (await _connection(room))["url"]
    assert room.client.session is not None
    async with room.client.session.ws_connect(url) as ws:
        hello = await ws.receive_json()
        assert hello["type"] == "hello"
        assert hello["connection_info"]["app_id"] == room.app.app_id
        yield ws


async def _connection(room: Room) -> dict[str, Any]:
    assert room.client.session is not None
    headers = {"authorization": "Bearer xapp-quiz"}
    url = room.sandbox.api_url + "apps.connections.open"
    async with room.client.session.post(url, headers=headers) as answer:
        told: dict[str, Any] = await answer.json()
        return told


async def _status_of(dial: Callable[[], Awaitable[Any]]) -> int:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await dial()
    return refused.value.status


async def test_events_come_over_the_socket(room: Room) -> None:
    peer = bolt_peer(room)
    hear_everything(peer)
    async with _connected(room, peer):
        await room.alice.says(room.channel, "hi")
        await room.sandbox.settled()
        assert [event["text"] for event in peer.events] == ["hi"]
    (delivery,) = room.sandbox.ledger.deliveries("events_api")
    assert delivery.acknowledged


async def test_commands_and_clicks_come_over_the_socket_with_their_answers(
    room: Room,
) -> None:
    peer = bolt_peer(room)

    async def command(ack: Any) -> None:
        await ack("Here you are.")

    async def clicked(ack: Any, respond: Any) -> None:
        await ack()
        await respond("Clicked", replace_original=False)

    peer.bolt.command("/quiz")(command)
    peer.bolt.action("go")(clicked)
    hear_everything(peer)
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go"}
    async with _connected(room, peer):
        assert (await room.alice.runs("/quiz", room.channel)).ok
        answer = await room.client.chat_postMessage(
            channel=room.channel.id, text="Q", blocks=[{"type": "actions", "elements": [button]}]
        )
        message = room.channel.by_ts[str(answer["ts"])]
        assert (await room.bob.clicks("Go", on=message)).ok
        await room.sandbox.settled()
    assert [m.text for m in room.alice.ephemerals()] == ["Here you are."]
    assert [m.text for m in room.bob.ephemerals()] == ["Clicked"]


async def test_a_refresh_moves_the_app_to_a_new_socket(room: Room) -> None:
    peer = bolt_peer(room)
    hear_everything(peer)
    async with _connected(room, peer):
        sockets = room.sandbox.sockets
        old = sockets.open_for(room.app)
        await sockets.disconnect(room.app, "refresh_requested")
        await sockets.until(lambda: old[0].ws.closed and sockets.open_for(room.app))
        assert sockets.open_for(room.app) != old
        await room.alice.says(room.channel, "hi")
        await room.sandbox.settled()
        assert [event["text"] for event in peer.events] == ["hi"]


async def test_a_url_works_once(room: Room) -> None:
    url = (await _connection(room))["url"]
    session = room.client.session
    assert session is not None
    async with session.ws_connect(url):
        assert await _status_of(lambda: session.ws_connect(url)) == 408
    assert await _status_of(lambda: session.ws_connect(url.replace("ticket=", "ticket=x"))) == 408


async def test_an_upgrade_may_be_refused_and_spends_its_ticket(room: Room) -> None:
    room.sandbox.faults.refuse_upgrades(1)
    session = room.client.session
    assert session is not None
    url = (await _connection(room))["url"]
    assert await _status_of(lambda: session.ws_connect(url)) == 503
    assert await _status_of(lambda: session.ws_connect(url)) == 408


async def test_only_an_app_token_opens_connections(room: Room) -> None:
    told = await room.call("apps.connections.open")
    assert told["error"] == "not_allowed_token_type"


async def test_one_of_several_sockets_gets_each_event(room: Room) -> None:
    async with _socket(room) as first, _socket(room) as second:
        await room.alice.says(room.channel, "one")
        await room.alice.says(room.channel, "two")
        got = [await first.receive_json(), await second.receive_json()]
        for ws, envelope in zip((first, second), got, strict=True):
            assert envelope["type"] == "events_api"
            assert envelope["accepts_response_payload"] is False
            assert envelope["retry_attempt"] == 0
            await ws.send_json({"envelope_id": envelope["envelope_id"]})
        await room.sandbox.settled()
    texts = {envelope["payload"]["event"]["text"] for envelope in got}
    assert texts == {"one", "two"}


async def test_what_is_not_acknowledged_comes_again(room: Room) -> None:
    room.sandbox.ack_seconds = 0.05
    async with _socket(room) as ws:
        await room.alice.says(room.channel, "hi")
        first = await ws.receive_json()
        second = await ws.receive_json()
        await ws.send_json({"envelope_id": second["envelope_id"]})
        await room.sandbox.settled()
    assert first["payload"] == second["payload"]
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert [d.attempt for d in room.sandbox.ledger.deliveries()] == [0, 1]


async def test_an_ack_on_another_socket_does_not_count(room: Room) -> None:
    room.sandbox.ack_seconds = 0.05
    async with _socket(room) as first, _socket(room) as second:
        await room.alice.says(room.channel, "hi")
        envelope = await first.receive_json()
        await second.send_json({"envelope_id": envelope["envelope_id"]})
        again = await second.receive_json()
        await second.send_json({"envelope_id": again["envelope_id"]})
        await room.sandbox.settled()
    assert again["retry_attempt"] == 1


async def test_what_happens_while_disconnected_comes_by_the_retries(room: Room) -> None:
    await room.alice.says(room.channel, "hi")
    await room.sandbox.settled()
    async with _socket(room) as ws:
        room.clock.move_on(timedelta(minutes=1))
        due = asyncio.ensure_future(room.sandbox.deliver_due())
        envelope = await ws.receive_json()
        await ws.send_json({"envelope_id": envelope["envelope_id"]})
        await due
    assert envelope["retry_attempt"] == 2
    reasons = [d.reason for d in room.sandbox.ledger.deliveries()]
    assert reasons == ["connection_failed", "connection_failed", None]


async def test_a_dropped_socket_fails_what_it_owed(room: Room) -> None:
    async with _socket(room) as ws:
        await room.alice.says(room.channel, "hi")
        await ws.receive_json()
        room.sandbox.sockets.drop(room.app)
        await room.sandbox.settled()
        assert (await ws.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE)
    first = room.sandbox.ledger.deliveries()[0]
    assert first.reason == "connection_failed"


async def test_pings_are_answered_and_noise_is_ignored(room: Room) -> None:
    async with _socket(room) as ws:
        await ws.send_str("not json")
        await ws.send_str(json.dumps(["neither an ack"]))
        await ws.send_json({"envelope_id": "unknown"})
        await ws.ping(b"sdk-ping-pong:1")
        await room.alice.says(room.channel, "hi")
        envelope = await ws.receive_json()
        await ws.send_json({"envelope_id": envelope["envelope_id"]})
        await room.sandbox.settled()
    assert room.sandbox.ledger.deliveries()[-1].acknowledged


async def test_an_eleventh_socket_is_one_too_many(room: Room) -> None:
    session = room.client.session
    assert session is not None
    room.sandbox.limits.enabled = False
    sockets = [await session.ws_connect((await _connection(room))["url"]) for _ in range(11)]
    greetings = [await ws.receive_json() for ws in sockets]
    assert [greeting["type"] for greeting in greetings[:10]] == ["hello"] * 10
    assert greetings[10] == {"type": "disconnect", "reason": "too_many_websockets"}
    assert len(room.sandbox.sockets.open_for(room.app)) == 10
    for ws in sockets:
        await ws.close()


async def test_a_disabled_link_gets_no_new_url(room: Room) -> None:
    async with _socket(room) as ws:
        await room.sandbox.sockets.disconnect(room.app, "link_disabled")
        notice = await ws.receive_json()
        assert (notice["type"], notice["reason"]) == ("disconnect", "link_disabled")
    assert (await _connection(room))["ok"] is False


async def test_a_warning_leaves_the_socket_in_use(room: Room) -> None:
    async with _socket(room) as ws:
        await room.sandbox.sockets.disconnect(room.app, "warning")
        assert (await ws.receive_json())["reason"] == "warning"
        await room.alice.says(room.channel, "hi")
        envelope = await ws.receive_json()
        await ws.send_json({"envelope_id": envelope["envelope_id"]})
        await room.sandbox.settled()
    assert room.sandbox.ledger.deliveries()[0].acknowledged
