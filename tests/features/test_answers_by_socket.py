"""Replying to practise, where Slack's envelopes come over a websocket that the app opened."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import make_url

from bot.settings import Settings
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.prep_team import PrepTeam, with_socket

ANSWER = "A mutex guards one resource at a time."
COUNTED = ["Counted. Your streak starts: 1 question."]

# How news comes in plays no part in how it is stored: one kind of database is enough.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """What the environment says for Socket Mode."""
    return with_socket(settings)


async def test_an_answer_counts_and_can_be_taken_back(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    reply = await bob.replies(await prep.asks(channel), ANSWER)
    await prep.settled()
    assert prep.installed.uses_sockets
    assert (prep.ticked(reply), await prep.streak_of(bob, channel)) == (True, 1)
    assert [m.text for m in bob.ephemerals(channel)] == COUNTED
    await bob.deletes(reply)
    await prep.settled()
    assert await prep.streak_of(bob, channel) == 0
    assert (await prep.doctor()).is_well


async def test_frames_that_come_twice_and_in_no_order_come_to_the_same(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    slack.faults.reorder_events(2, event_type="message")
    overtaken = await bob.replies(question, "wait,")
    await bob.edits(overtaken, ANSWER)
    slack.faults.duplicate_events(11, new_event_ids=True, event_type="message")
    again = await alice.replies(question, ANSWER)
    await prep.settled()
    for who, reply in ((bob, overtaken), (alice, again)):
        assert prep.ticked(reply)
        assert [m.text for m in who.ephemerals(channel)] == COUNTED
        assert (await prep.standing_of(who, channel)).answered == 1
    assert (await prep.doctor()).is_well


async def test_forty_answers_at_once_are_all_counted(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    slack.ack_seconds = 60.0
    people = [slack.person(f"person{number}") for number in range(40)]
    slack.invites(channel, *people)
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    replies = await prep.all_at_once(*(one.replies(question, ANSWER) for one in people))
    assert all(prep.ticked(reply) for reply in replies)
    assert [len(one.ephemerals(channel)) for one in people] == [1] * 40
    report = await prep.doctor()
    assert (report.standings, report.is_well) == (40, True)


async def test_what_could_not_be_stored_is_not_acknowledged_and_comes_again(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    file = str(make_url(prep.settings.database_url).database)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        reply = await bob.replies(question, ANSWER)
        await prep.settled()
        other.execute("ROLLBACK")
    assert not prep.ticked(reply)
    assert await prep.streak_of(bob, channel) == 0
    await prep.moves_on(minutes=1)
    told = [
        delivery.reason
        for delivery in slack.ledger.deliveries(event_type="message")
        if delivery.payload["event"]["ts"] == reply.ts
    ]
    assert told == ["timeout", "timeout", None]
    assert prep.ticked(reply)
    assert [m.text for m in bob.ephemerals(channel)] == COUNTED
    assert (await prep.doctor()).is_well
