"""The traps of the platform that the edge can meet, each with the test that shows it shut."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp

from bot.settings import Settings
from bot.slack.inbound import ReplyNews
from sandbox.clock import MovableClock
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.prep_team import PrepTeam
from tests.slack.doors import Edge, an_edge
from tests.slack.letters import Letter, Postman, event

LONG_ANSWER = "I would begin by asking how the system is used"


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    """The doors by themselves."""
    async with an_edge() as opened:
        yield opened


async def breaks() -> None:
    """A bug."""
    raise RuntimeError("a bug in a room")


async def test_a_listener_that_raises_right_after_its_ack_keeps_the_ack(edge: Edge) -> None:
    question = await edge.question()
    edge.rooms.meanwhile = breaks
    async with edge.connected():
        assert (await edge.alice.runs("/prep go", edge.channel)).ok
        assert (await edge.alice.clicks("Why It Is Asked", on=question)).ok
        await edge.guard.idle()
    told = [message.text for message in edge.alice.ephemerals(edge.channel)]
    assert len(told) == 1, "the command is answered in the channel, the click in a modal"
    assert "Something broke on our side" in told[0]


async def test_a_broken_submission_is_acknowledged_with_a_reference(
    prep: PrepTeam, postman: Postman
) -> None:
    view: dict[str, Any] = {"type": "modal", "callback_id": "setup", "state": {"values": {}}}
    payload = {
        "type": "view_submission",
        "team": {"id": prep.slack.team_id},
        "user": {"id": "U1"},
        "view": view | {"private_metadata": "not what we wrote"},
    }
    body = json.dumps(payload)
    form = aiohttp.FormData({"payload": body})()
    reply = await postman.brings(Letter(form._value, "application/x-www-form-urlencoded"))
    assert reply.status == 200
    assert "not what we wrote" not in reply.text


async def test_only_one_listener_of_each_kind_is_registered(edge: Edge) -> None:
    # Only the first that matches would run, and each costs time: our own tables come after.
    names = Counter(
        getattr(listener.ack_function, "__name__", "") for listener in edge.bolt._async_listeners
    )
    assert names == {"on_command": 1, "on_action": 1, "on_submission": 1, "on_event": 1}


async def test_an_unmatched_event_is_no_failure_and_its_body_stays_out_of_the_log(
    prep: PrepTeam, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    body = {"type": "of_the_future", "team_id": prep.slack.team_id, "event": {"text": LONG_ANSWER}}
    assert (await postman.brings(event(body))).status == 200
    assert LONG_ANSWER not in caplog.text


async def test_messages_of_every_subtype_are_classified_and_none_is_missed(edge: Edge) -> None:
    # Bolt's own `app.message` misses edits and deletions, and takes other bots' messages.
    question = await edge.question()
    async with edge.connected():
        reply = await edge.alice.replies(question, LONG_ANSWER)
        await edge.alice.replies(question, LONG_ANSWER, broadcast=True)
        await edge.alice.replies(question, "see this", files=["plan.png"])
        await edge.alice.edits(reply, "never mind")
        await edge.alice.deletes(reply)
        await edge.slack.settled()
    replies = [asked.reply for asked in edge.rooms.asked if isinstance(asked, ReplyNews)]
    assert Counter((r.deleted, r.has_file, r.edited_ts is not None) for r in replies) == {
        (False, False, False): 2,
        (False, True, False): 1,
        (False, False, True): 1,
        (True, False, True): 1,
    }


async def test_messages_do_not_pass_through_bolt_at_all(
    prep: PrepTeam, alice: Person, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    passed: list[str] = []
    bolts_own = AsyncApp.async_dispatch

    async def noting(self: AsyncApp, req: Any) -> Any:
        passed.append(str(req.body.get("event", {}).get("type")))
        return await bolts_own(self, req)

    monkeypatch.setattr(AsyncApp, "async_dispatch", noting)
    reply = await alice.replies(question, LONG_ANSWER)
    await alice.says(channel, "just talking")
    await prep.settled()
    assert prep.ticked(reply)
    assert "message" not in passed


async def test_bolt_reads_nothing_from_the_environment(
    slack: Sandbox,
    clock: MovableClock,
    settings: Settings,
    alice: Person,
    channel: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in (
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_APP_TOKEN",
        "SLACK_CLIENT_ID",
        "SLACK_CLIENT_SECRET",
        "SLACK_SCOPES",
        "SLACK_VERIFICATION_TOKEN",
    ):
        monkeypatch.setenv(name, "of another app")
    prep = PrepTeam(slack, clock, replace(settings, api_url=slack.api_url))
    await prep.starts()
    try:
        await prep.sets_up(channel, alice)
        question = await prep.asks(channel)
        await alice.replies(question, LONG_ANSWER)
        await prep.settled()
        assert (await prep.doctor()).is_well
        assert await prep.streak_of(alice, channel) == 1
        owners = {call.owner for call in slack.ledger.calls()}
        assert owners == {prep.installed.app_id}
    finally:
        await prep.stops()


async def test_posting_is_never_repeated_behind_our_back(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    # The SDK's retry handler sends a POST again after a broken connection.
    await prep.sets_up(channel, alice)
    prep.slack.faults.on("chat.postMessage").resets(after_effect=True)
    due = (await prep.next_due(channel)).at
    prep.slack.ledger.clear()
    prep.clock.move_to(due)
    await prep.app.clockwork.turn()
    assert len(prep.slack.ledger.calls("chat.postMessage")) == 1


async def test_every_message_with_blocks_says_the_same_in_its_text(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    # Screen readers and notifications read only `text`; an update without blocks takes them away.
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    await bob.replies(question, LONG_ANSWER)
    await prep.settled()
    await prep.moves_on(seconds=30)
    [update] = prep.slack.ledger.calls("chat.update")
    assert update.args["blocks"]
    assert "1 answered" in str(update.args["blocks"])
    [posted] = [c for c in prep.slack.ledger.calls("chat.postMessage") if c.args.get("metadata")]
    for call in (posted, update):
        asked = next(q for q in prep.app.bank.questions if q.title in call.args["text"])
        words = "".join(c if c.isalnum() else " " for c in asked.text).split()
        said = "".join(c if c.isalnum() else " " for c in call.args["text"]).split()
        assert set(words) <= set(said), "the text carries the whole question"


async def test_one_session_serves_every_call(
    slack: Sandbox,
    clock: MovableClock,
    settings: Settings,
    alice: Person,
    bob: Person,
    channel: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prep = PrepTeam(slack, clock, replace(settings, api_url=slack.api_url))
    await prep.starts()
    made: list[aiohttp.ClientSession] = []
    original = aiohttp.ClientSession.__init__

    def noting(self: aiohttp.ClientSession, *given: Any, **named: Any) -> None:
        made.append(self)
        original(self, *given, **named)

    await prep.sets_up(channel, alice)
    monkeypatch.setattr(aiohttp.ClientSession, "__init__", noting)
    try:
        question = await prep.asks(channel)
        await bob.replies(question, LONG_ANSWER)
        await bob.runs("/prep leaderboard", channel)
        await bob.clicks("Reveal Sample Answer", on=question)
        await prep.settled()
    finally:
        await prep.stops()
    assert made == []


async def test_the_log_holds_nobodys_words_and_no_token(
    prep: PrepTeam,
    alice: Person,
    channel: Channel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    await alice.replies(question, "a very private thought about sharding keys")
    await alice.runs("/prep no such secret word", channel)
    await prep.settled()
    everything = " ".join(str(record.__dict__) for record in caplog.records)
    assert "private thought" not in everything
    assert "secret word" not in everything
    assert prep.settings.bot_token not in everything


async def test_stopping_waits_for_what_was_acknowledged(
    slack: Sandbox, clock: MovableClock, settings: Settings
) -> None:
    prep = PrepTeam(slack, clock, replace(settings, api_url=slack.api_url))
    await prep.starts()
    gate, ended = asyncio.Event(), []

    async def work() -> None:
        await gate.wait()
        ended.append("done")

    prep.app.guard.follow_up("work", work)
    stopping = asyncio.create_task(prep.stops())
    await asyncio.sleep(0)
    gate.set()
    await stopping
    assert ended == ["done"]
