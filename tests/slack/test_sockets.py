"""Socket Mode: what is stored is acknowledged, what is not comes again, and a dead line is cut."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.settings import Settings
from bot.slack.failures import SlackRefusedError
from bot.slack.inbound import Click, CommandCall, Event, ReplyNews
from bot.slack.sockets import Patience, SocketDoor, keep_connected
from bot.wiring import Prep, StartupError
from sandbox.clock import MovableClock
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.prep_team import PrepTeam, with_socket
from tests.slack.doors import Edge, an_edge


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    """The doors by themselves."""
    async with an_edge() as opened:
        yield opened


async def test_the_whole_loop_runs_over_a_socket(
    slack: Sandbox, clock: MovableClock, settings: Settings, alice: Person, channel: Channel
) -> None:
    prep = PrepTeam(slack, clock, replace(with_socket(settings), api_url=slack.api_url))
    await prep.starts()
    try:
        await slack.sockets.until(lambda: slack.sockets.open_for(prep.installed))
        await prep.sets_up(channel, alice)
        question = await prep.asks(channel)
        reply = await alice.replies(question, "I would first ask how many users there are")
        await prep.settled()
        assert prep.ticked(reply)
        assert "Your streak starts" in prep.told(alice, channel)
        assert (await prep.doctor()).is_well
    finally:
        await prep.stops()


async def test_a_message_is_stored_before_it_is_acknowledged(edge: Edge) -> None:
    question = await edge.question()
    reached, gate = asyncio.Event(), asyncio.Event()

    async def storing() -> None:
        reached.set()
        await gate.wait()

    edge.rooms.meanwhile = storing
    async with edge.connected():
        edge.slack.ledger.clear()
        await edge.alice.replies(question, "an answer")
        await reached.wait()
        assert edge.slack.ledger.deliveries(event_type="message") == []
        gate.set()
        await edge.slack.settled()
        [delivered] = edge.slack.ledger.deliveries(event_type="message")
    assert delivered.acknowledged


async def test_a_message_that_was_not_stored_comes_again(
    edge: Edge, caplog: pytest.LogCaptureFixture
) -> None:
    question = await edge.question()
    edge.slack.ack_seconds = 0.2
    troubles = iter([OSError("the disk is full")])

    async def storing() -> None:
        for trouble in troubles:
            raise trouble

    edge.rooms.meanwhile = storing
    async with edge.connected():
        edge.slack.ledger.clear()
        await edge.alice.replies(question, "an answer")
        await edge.slack.settled()
    delivered = edge.slack.ledger.deliveries(event_type="message")
    assert [d.acknowledged for d in delivered] == [False, True]
    assert [isinstance(asked, ReplyNews) for asked in edge.rooms.asked] == [True, True]
    assert [r.__dict__["what"] for r in caplog.records if r.message == "failed"] == [
        "message event"
    ]


async def test_an_event_that_was_not_stored_comes_again(edge: Edge) -> None:
    edge.slack.ack_seconds = 0.2
    troubles = iter([OSError("the disk is full")])

    async def storing() -> None:
        for trouble in troubles:
            raise trouble

    edge.rooms.meanwhile = storing
    async with edge.connected():
        edge.slack.archive(edge.channel)
        await edge.slack.settled()
    delivered = edge.slack.ledger.deliveries(event_type="channel_archive")
    assert [d.acknowledged for d in delivered] == [False, True]
    assert [asked.type for asked in edge.rooms.asked if isinstance(asked, Event)] == [
        "channel_archive",
        "channel_archive",
    ]


async def test_commands_and_clicks_are_acknowledged_at_once_and_then_answered(edge: Edge) -> None:
    question = await edge.question()
    gate = asyncio.Event()

    async def slow() -> None:
        await gate.wait()

    edge.rooms.meanwhile = slow
    async with edge.connected():
        assert (await edge.alice.runs("/prep go", edge.channel)).ok
        assert (await edge.alice.clicks("Why It Is Asked", on=question)).ok
        gate.set()
        await edge.guard.idle()
    kinds = [type(asked) for asked in edge.rooms.asked]
    assert sorted(kind.__name__ for kind in kinds) == [Click.__name__, CommandCall.__name__]


async def test_the_app_follows_when_slack_asks_it_to_reconnect(edge: Edge) -> None:
    question = await edge.question()
    async with edge.connected():
        sockets = edge.slack.sockets
        [old] = sockets.open_for(edge.app)
        await sockets.disconnect(edge.app, "refresh_requested")
        await sockets.until(lambda: old.ws.closed and sockets.open_for(edge.app))
        await edge.alice.replies(question, "an answer")
        await edge.slack.settled()
    assert edge.slack.ledger.deliveries(event_type="message")[-1].acknowledged


async def test_the_app_comes_back_after_the_line_was_cut(edge: Edge) -> None:
    async with edge.connected():
        sockets = edge.slack.sockets
        [old] = sockets.open_for(edge.app)
        sockets.drop(edge.app)
        async with asyncio.timeout(10):
            await sockets.until(lambda: [c for c in sockets.open_for(edge.app) if c is not old])


@pytest.mark.parametrize("when", ["at the start", "on the way"])
async def test_an_address_that_died_is_given_up_for_a_new_one(edge: Edge, when: str) -> None:
    # The SDK's client alone would try the used address for ever.
    sockets = edge.slack.sockets
    if when == "at the start":
        edge.slack.faults.refuse_upgrades(1)
    async with asyncio.timeout(10), edge.connected():
        if when == "on the way":
            [old] = sockets.open_for(edge.app)
            edge.slack.faults.refuse_upgrades(1)
            await sockets.disconnect(edge.app, "refresh_requested")
            await sockets.until(lambda: old.ws.closed and sockets.open_for(edge.app))
    assert len(edge.slack.ledger.calls("apps.connections.open")) >= 2


async def test_a_line_that_holds_is_left_alone(edge: Edge) -> None:
    async with edge.connected() as door:
        address = door.client.wss_uri
        assert address is not None
        watching = asyncio.create_task(
            keep_connected(door.client, Patience(watch_every_s=0.001, stuck_after_s=0.002))
        )
        for _ in range(20):
            await asyncio.sleep(0.001)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        assert door.client.wss_uri == address


@pytest.mark.parametrize("token", ["xapp-of-another-app", "xoxb-test"])
async def test_an_app_token_that_will_not_do_is_refused_at_once(edge: Edge, token: str) -> None:
    door = edge.socket(token)
    async with asyncio.timeout(5):
        with pytest.raises(SlackRefusedError, match=r"invalid_auth|not_allowed_token_type"):
            await door.open()
        await door.shut()


async def test_an_app_without_socket_mode_is_refused_at_once(edge: Edge) -> None:
    await edge.slack.sockets.disconnect(edge.app, "link_disabled")
    door = edge.socket()
    async with asyncio.timeout(5):
        with pytest.raises(SlackRefusedError):
            await door.open()
        await door.shut()


async def test_trouble_that_passes_does_not_keep_the_app_from_starting(
    edge: Edge, caplog: pytest.LogCaptureFixture
) -> None:
    edge.slack.faults.on("apps.connections.open").server_error()
    async with asyncio.timeout(10), edge.connected():
        assert edge.slack.sockets.open_for(edge.app)
    assert "socket_not_yet" in caplog.text


async def test_a_bad_app_token_ends_the_start_with_a_kind_sentence(
    slack: Sandbox, clock: MovableClock, settings: Settings
) -> None:
    PrepTeam(slack, clock, replace(with_socket(settings), api_url=slack.api_url))
    wrong = replace(with_socket(settings), api_url=slack.api_url, app_token="xapp-of-another-app")
    prep = Prep(wrong, clock)
    async with asyncio.timeout(10):
        with pytest.raises(StartupError, match=r"SLACK_APP_TOKEN.*connections:write") as refused:
            await prep.start()
    assert "xapp-of-another-app" not in str(refused.value)


async def test_what_bolt_cannot_digest_is_acknowledged_and_not_sent_again(
    edge: Edge, caplog: pytest.LogCaptureFixture
) -> None:
    odd = {"type": "event_callback", "team_id": edge.slack.team_id, "event": None}
    async with edge.connected():
        envelope = {"type": "events_api", "payload": odd, "accepts_response_payload": False}
        async with asyncio.timeout(5):
            await edge.slack.sockets.ask(edge.app, envelope)
    assert "undigested" in caplog.text


async def test_shutting_leaves_nothing_running(edge: Edge) -> None:
    before = asyncio.all_tasks()
    async with edge.connected() as door:
        assert isinstance(door, SocketDoor)
    await edge.slack.sockets.until(lambda: not edge.slack.sockets.open_for(edge.app))
    for _ in range(20):
        await asyncio.sleep(0)
    ours = {t for t in asyncio.all_tasks() - before if "slack_sdk" in str(t.get_coro())}
    assert not ours
