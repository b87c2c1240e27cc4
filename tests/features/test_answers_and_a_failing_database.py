"""An answer is acknowledged only when it is stored; until then Slack sends it again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from proof.postgresql import PostgreSQL
from sandbox.ledger import Delivery
from sandbox.payloads import said_event
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, Message
from tests.prep_team import PrepTeam

ANSWER = "A mutex guards one resource at a time."
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def attempts(slack: Sandbox, reply: Message) -> list[Delivery]:
    """How often Slack tried to tell of a reply."""
    deliveries = slack.ledger.deliveries(event_type="message")
    return [delivery for delivery in deliveries if delivery.payload["event"]["ts"] == reply.ts]


async def counted_once(prep: PrepTeam, who: Person, reply: Message) -> None:
    """The reply is marked, its author was told once, and the standings agree."""
    assert prep.ticked(reply)
    assert [m.text for m in who.ephemerals()] == ["Counted. Your streak starts: 1 question."]
    assert (await prep.standing_of(who, reply.channel)).answered == 1
    assert (await prep.doctor()).is_well


@ON_SQLITE
async def test_while_another_program_locks_the_database_nothing_is_acknowledged(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    slack.ack_seconds = 30.0  # a slow machine must not turn "not stored" into "no reply in time"
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    file = str(make_url(prep.settings.database_url).database)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        reply = await bob.replies(question, ANSWER)
        await prep.settled()
        assert [attempt.status for attempt in attempts(slack, reply)] == [500, 500]
        assert not prep.ticked(reply)
        other.execute("ROLLBACK")
    await prep.moves_on(minutes=1)
    assert [attempt.status for attempt in attempts(slack, reply)] == [500, 500, 200]
    await counted_once(prep, bob, reply)


@ON_SQLITE
async def test_when_the_disk_is_full_nothing_is_acknowledged_that_is_not_stored(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    slack.limits.enabled = False
    people = [slack.person(f"person{number}") for number in range(60)]
    slack.invites(channel, *people)
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    await prep.app.database.write(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count=1").close())
    replies = await prep.all_at_once(*(one.replies(question, ANSWER) for one in people))
    stored = [attempts(slack, reply)[-1].acknowledged for reply in replies]
    assert [prep.ticked(reply) for reply in replies] == stored
    assert not all(stored), "the disk was to be full"
    report = await prep.doctor()
    assert (report.standings, report.is_well) == (sum(stored), True)
    await prep.app.database.write(
        lambda tx: tx.exec_driver_sql("PRAGMA max_page_count=1000000").close()
    )
    await prep.moves_on(minutes=1)
    for one, reply in zip(people, replies, strict=True):
        assert prep.ticked(reply)
        assert len(one.ephemerals()) == 1
    report = await prep.doctor()
    assert (report.standings, report.is_well) == (60, True)


@pytest.mark.postgresql
class TestWithAServerOfItsOwn:
    """PostgreSQL goes down and comes back."""

    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[PostgreSQL]:
        """A server that nobody else uses."""
        with PostgreSQL(tmp_path / "postgresql") as server:
            yield server

    @pytest.fixture
    def database_url(self, server: PostgreSQL) -> Iterator[str]:
        """A database of that server."""
        with server.database() as url:
            yield url

    async def test_while_the_server_is_down_nothing_is_acknowledged(
        self,
        prep: PrepTeam,
        slack: Sandbox,
        server: PostgreSQL,
        alice: Person,
        bob: Person,
        channel: Channel,
    ) -> None:
        await prep.sets_up(channel, alice)
        question = await prep.asks(channel)
        server.goes_down()
        reply = await bob.replies(question, ANSWER)
        await prep.settled()
        assert [attempt.status for attempt in attempts(slack, reply)] == [500, 500]
        assert not (await prep.app.health())[0]
        server.comes_back()
        await prep.moves_on(minutes=1)
        assert [attempt.status for attempt in attempts(slack, reply)] == [500, 500, 200]
        await counted_once(prep, bob, reply)
        assert (await prep.app.health())[0]

    async def test_a_restart_between_two_answers_costs_at_most_one_more_attempt(
        self,
        prep: PrepTeam,
        slack: Sandbox,
        server: PostgreSQL,
        alice: Person,
        bob: Person,
        channel: Channel,
    ) -> None:
        await prep.sets_up(channel, alice)
        question = await prep.asks(channel)
        server.goes_down()
        server.comes_back()
        reply = await bob.replies(question, ANSWER)
        await prep.settled()
        assert attempts(slack, reply)[-1].acknowledged
        assert len(attempts(slack, reply)) <= 2
        await counted_once(prep, bob, reply)


async def test_an_answer_whose_acknowledgement_got_lost_is_counted_once(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    url, prep.installed.request_url = prep.installed.request_url, "http://127.0.0.1:1/"
    reply = await bob.replies(question, ANSWER)
    await prep.settled()
    prep.installed.request_url = url
    # It got through once, and the process ended before Slack heard so.
    slack.platform.events.to_channel(channel, said_event(reply))
    await prep.settled()
    await prep.restarts()
    await prep.moves_on(minutes=1)
    assert [attempt.acknowledged for attempt in attempts(slack, reply)] == [
        False,
        False,
        True,
        True,
    ]
    await counted_once(prep, bob, reply)
