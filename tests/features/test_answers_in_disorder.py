"""News of replies that comes twice, reversed, too early: what members see is the same."""

from datetime import timedelta

import pytest

from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, Message
from tests.prep_team import PrepTeam

ANSWER = "A mutex guards one resource at a time."
MORE = "And a semaphore lets several through, up to its count."


@pytest.fixture
async def question(prep: PrepTeam, alice: Person, channel: Channel) -> Message:
    """Monday's question, just posted."""
    await prep.sets_up(channel, alice)
    return await prep.asks(channel)


async def counted_once(prep: PrepTeam, who: Person, reply: Message) -> None:
    """The reply is marked once, its author was told once, and the standings agree."""
    assert prep.ticked(reply)
    assert [m.text for m in who.ephemerals()] == ["Counted. Your streak starts: 1 question."]
    standing = await prep.standing_of(who, reply.channel)
    assert (standing.current, standing.answered) == (1, 1)
    assert (await prep.doctor()).is_well


async def counted_not(prep: PrepTeam, who: Person, channel: Channel) -> None:
    """Nothing counts, and the standings agree."""
    assert not any(prep.ticked(reply) for reply in channel.by_ts.values())
    assert (await prep.standing_of(who, channel)).answered == 0
    assert (await prep.doctor()).is_well


@pytest.mark.parametrize("new_ids", [True, False], ids=["with other ids", "with the same id"])
async def test_an_event_that_arrives_eleven_times_is_one_answer(
    prep: PrepTeam, slack: Sandbox, bob: Person, question: Message, new_ids: bool
) -> None:
    slack.faults.duplicate_events(11, new_event_ids=new_ids, event_type="message")
    reply = await bob.replies(question, ANSWER)
    await prep.settled()
    arrived = [d for d in slack.ledger.deliveries(event_type="message") if _is_of(d.payload, reply)]
    assert [delivery.status for delivery in arrived] == [200] * 11
    await counted_once(prep, bob, reply)
    assert len(slack.ledger.calls("reactions.add")) == 1


def _is_of(payload: dict[str, dict[str, str]], reply: Message) -> bool:
    return payload["event"]["ts"] == reply.ts


async def test_an_edit_that_overtakes_its_message_stands(
    prep: PrepTeam, slack: Sandbox, bob: Person, question: Message
) -> None:
    slack.faults.reorder_events(2, event_type="message")
    reply = await bob.replies(question, "wait,")
    await bob.edits(reply, ANSWER)
    await prep.settled()
    await counted_once(prep, bob, reply)


async def test_an_emptying_edit_that_overtakes_its_message_stands(
    prep: PrepTeam, slack: Sandbox, bob: Person, question: Message
) -> None:
    slack.faults.reorder_events(2, event_type="message")
    reply = await bob.replies(question, ANSWER)
    await bob.edits(reply, "oh")
    await prep.settled()
    await counted_not(prep, bob, question.channel)


async def test_of_three_versions_in_reverse_the_last_written_stands(
    prep: PrepTeam, slack: Sandbox, bob: Person, question: Message
) -> None:
    slack.faults.reorder_events(3, event_type="message")
    reply = await bob.replies(question, ANSWER)
    await bob.edits(reply, "oh")
    await bob.edits(reply, MORE)
    await prep.settled()
    await counted_once(prep, bob, reply)


async def test_a_deletion_that_overtakes_its_message_is_final(
    prep: PrepTeam, slack: Sandbox, bob: Person, question: Message
) -> None:
    slack.faults.reorder_events(2, event_type="message")
    reply = await bob.replies(question, ANSWER)
    await bob.deletes(reply)
    await prep.settled()
    await counted_not(prep, bob, question.channel)
    assert bob.ephemerals() == []


async def test_a_deletion_that_overtakes_an_edit_is_final(
    prep: PrepTeam, slack: Sandbox, bob: Person, question: Message
) -> None:
    reply = await bob.replies(question, "wait,")
    await prep.settled()
    slack.faults.reorder_events(2, event_type="message")
    await bob.edits(reply, ANSWER)
    await bob.deletes(reply)
    await prep.settled()
    await counted_not(prep, bob, question.channel)


# --- before the app knows that its question is out -----------------------------------------------


@pytest.fixture
async def unknown(prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel) -> Message:
    """Monday's question: it stands in the channel, and the app does not know that yet."""
    await prep.sets_up(channel, alice)
    slack.faults.on("chat.postMessage").server_error(after_effect=True)
    slack.faults.drop_events(event_type="message")
    due = await prep.next_due(channel)
    await prep.moves_to(due.at)
    [question] = prep.questions(channel)
    return question


async def is_found(prep: PrepTeam) -> None:
    """Let the app find its question."""
    await prep.moves_on(minutes=2)


async def test_every_version_that_came_before_is_taken_in(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel, unknown: Message
) -> None:
    counted = await bob.replies(unknown, "wait,")
    second = await bob.replies(unknown, MORE)
    deleted = await alice.replies(unknown, ANSWER)
    await prep.settled()
    await bob.edits(counted, ANSWER)
    await alice.deletes(deleted)
    await prep.settled()
    assert not any(prep.ticked(reply) for reply in unknown.thread)
    await is_found(prep)
    assert prep.ticked(second)
    await counted_once(prep, bob, counted)
    assert await prep.streak_of(alice, channel) == 0
    assert alice.ephemerals(channel) == []


async def test_one_that_cannot_be_marked_keeps_nobody_else_from_hearing(
    prep: PrepTeam,
    slack: Sandbox,
    alice: Person,
    bob: Person,
    channel: Channel,
    unknown: Message,
    caplog: pytest.LogCaptureFixture,
) -> None:
    replies = [await one.replies(unknown, ANSWER) for one in (alice, bob)]
    await prep.settled()
    slack.faults.on("reactions.add").api_error("fatal_error")
    slack.faults.on("chat.postEphemeral").api_error("fatal_error")
    await is_found(prep)
    # They are marked and told side by side: it may be either who meets with the trouble.
    assert sorted(prep.ticked(reply) for reply in replies) == [False, True]
    assert sum(len(one.ephemerals(channel)) for one in (alice, bob)) == 1
    assert "job_failed" not in caplog.messages


async def test_an_answer_told_eleven_times_before_is_one_answer(
    prep: PrepTeam, slack: Sandbox, bob: Person, unknown: Message
) -> None:
    slack.faults.duplicate_events(11, new_event_ids=True, event_type="message")
    reply = await bob.replies(unknown, ANSWER)
    await prep.settled()
    await is_found(prep)
    await counted_once(prep, bob, reply)


async def test_an_answer_from_before_a_restart_is_taken_in_after_it(
    prep: PrepTeam, bob: Person, unknown: Message
) -> None:
    reply = await bob.replies(unknown, ANSWER)
    await prep.settled()
    await prep.restarts()
    await is_found(prep)
    await counted_once(prep, bob, reply)


@pytest.mark.parametrize("minutes", [5, -5])
async def test_an_answer_from_before_counts_though_our_clock_is_minutes_wrong(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel, minutes: int
) -> None:
    await prep.sets_up(channel, alice)
    prep.ahead = timedelta(minutes=minutes)
    await prep.restarts()
    slack.faults.on("chat.postMessage").server_error(after_effect=True)
    slack.faults.drop_events(event_type="message")
    await prep.moves_to((await prep.next_due(channel)).at - prep.ahead)
    [question] = prep.questions(channel)
    reply = await bob.replies(question, ANSWER)
    await prep.settled()
    await is_found(prep)
    await counted_once(prep, bob, reply)


async def test_an_edit_between_can_still_take_it_back(
    prep: PrepTeam, bob: Person, channel: Channel, unknown: Message
) -> None:
    reply = await bob.replies(unknown, ANSWER)
    await prep.settled()
    await is_found(prep)
    await counted_once(prep, bob, reply)
    await bob.edits(reply, "oh")
    await prep.settled()
    await counted_not(prep, bob, channel)


async def test_an_answer_to_yesterday_after_a_question_nobody_knew_of_does_not_count(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    monday = await prep.asks(channel)
    slack.faults.on("chat.postMessage").server_error(after_effect=True)
    slack.faults.drop_events(event_type="message")
    await prep.moves_to((await prep.next_due(channel)).at)
    await bob.replies(monday, ANSWER)
    await prep.settled()
    assert await prep.streak_of(bob, channel) == 1, "as far as anyone knows"
    await is_found(prep)
    assert len(prep.questions(channel)) == 2
    assert await prep.streak_of(bob, channel) == 0
    assert (await prep.doctor()).is_well


async def test_news_two_hours_late_of_a_reply_long_taken_back_changes_nothing(
    prep: PrepTeam, slack: Sandbox, bob: Person, question: Message
) -> None:
    slack.faults.delay_events(timedelta(hours=2), event_type="message")
    reply = await bob.replies(question, ANSWER)
    await bob.deletes(reply)
    await prep.settled()
    await prep.moves_on(hours=2)
    await counted_not(prep, bob, question.channel)
    assert bob.ephemerals() == []
