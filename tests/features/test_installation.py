"""The app loses a channel, or a whole workspace: it stops, says so once, and keeps everything."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.rounds import RoundState
from bot.domain.schedules import ScheduleState
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.jobs.one_question import ANSWER, posts, skipped
from tests.prep_team import PrepTeam, berlin

Loss = Callable[[Sandbox, Channel, PrepTeam], None]

LOSSES = [
    pytest.param(
        lambda slack, channel, _prep: slack.archive(channel),
        "the channel was archived",
        id="archived",
    ),
    pytest.param(
        lambda slack, channel, prep: slack.kicks(channel, prep.installed),
        "I was removed from the channel",
        id="removed",
    ),
    pytest.param(
        lambda slack, channel, _prep: slack.remove(channel),
        "I can no longer see the channel",
        id="deleted",
    ),
]


def told_privately(who: Person) -> list[str]:
    """What the app wrote to a person in their direct messages."""
    return [m.text for m in who.direct_message().messages if m.app is not None]


async def with_one_answer(prep: PrepTeam, channel: Channel, owner: Person, member: Person) -> None:
    """Set a channel up and let one question be asked and answered."""
    await prep.sets_up(channel, owner)
    question = await prep.asks(channel)
    await member.replies(question, ANSWER)
    await prep.settled()
    assert await prep.streak_of(member, channel) == 1


async def has_stopped(prep: PrepTeam, channel: Channel, member: Person) -> None:
    """Assert that nothing is asked any more, and that nothing is lost."""
    schedule = await prep.schedule(channel)
    assert (schedule.state, schedule.next_due) == (ScheduleState.STOPPED, None)
    before = posts(prep, channel)
    await prep.moves_on(days=3)
    assert posts(prep, channel) == before
    assert await prep.streak_of(member, channel) == 1
    report = await prep.doctor()
    assert report.is_well
    assert [stopped.id for stopped, _ in report.not_running] == [schedule.id]


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
@pytest.mark.parametrize(("loss", "why"), LOSSES)
async def test_a_lost_channel_stops_its_schedule_and_its_owner_is_told_why(
    prep: PrepTeam,
    slack: Sandbox,
    alice: Person,
    bob: Person,
    loss: Loss,
    why: str,
    private: bool,
) -> None:
    channel = slack.channel("den", members=[alice, bob, prep.installed], private=private)
    await with_one_answer(prep, channel, alice, bob)
    loss(slack, channel, prep)
    await prep.settled()
    [line] = told_privately(alice)
    assert why in line
    assert f"<#{channel.id}>" in line
    assert "`/prep setup`" in line
    assert "nobody loses a streak" in line
    await has_stopped(prep, channel, bob)
    assert told_privately(alice) == [line]


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
@pytest.mark.parametrize(("loss", "why"), LOSSES)
async def test_a_loss_we_did_not_hear_of_is_found_out_by_posting(
    prep: PrepTeam,
    slack: Sandbox,
    alice: Person,
    bob: Person,
    loss: Loss,
    why: str,
    private: bool,
) -> None:
    channel = slack.channel("den", members=[alice, bob, prep.installed], private=private)
    await with_one_answer(prep, channel, alice, bob)
    slack.faults.drop_events(100)
    loss(slack, channel, prep)
    await prep.settled()
    assert told_privately(alice) == []
    await prep.moves_to(berlin(3, 3, 9))
    [line] = told_privately(alice)
    if not (private and why == "I was removed from the channel"):
        assert why in line  # of a private channel it left Slack says no more than of a deleted one
    await has_stopped(prep, channel, bob)
    assert told_privately(alice) == [line]
    assert len(await skipped(prep)) == 1


async def test_an_owner_is_told_once_however_often_slack_tells_us(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await with_one_answer(prep, channel, alice, bob)
    slack.faults.duplicate_events(11, new_event_ids=True, event_type="channel_archive")
    slack.archive(channel)
    await prep.settled()
    assert len(slack.ledger.deliveries(event_type="channel_archive")) == 11
    assert len(told_privately(alice)) == 1
    await has_stopped(prep, channel, bob)


async def test_an_owner_who_could_not_be_told_is_in_the_log(
    prep: PrepTeam,
    slack: Sandbox,
    alice: Person,
    channel: Channel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await prep.sets_up(channel, alice)
    slack.faults.on("chat.postMessage", channel=alice.id).rate_limited(30)
    slack.archive(channel)
    await prep.settled()
    assert told_privately(alice) == []
    assert "owner_not_told" in caplog.messages
    assert (await prep.schedule(channel)).state is ScheduleState.STOPPED


async def test_a_question_that_waits_to_be_posted_again_is_dropped_with_its_channel(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    slack.faults.on("chat.postMessage", channel=channel.id).rate_limited(60)
    await prep.moves_to(berlin(3, 2, 9))
    slack.kicks(channel, prep.installed)
    await prep.settled()
    await prep.moves_on(minutes=1)
    assert posts(prep, channel) == 1
    assert await skipped(prep) == [("2026-03-02", "schedule no longer runs")]


async def test_a_lost_channel_is_not_searched_for_ever(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    slack.faults.on("chat.postMessage", channel=channel.id).resets()
    await prep.moves_to(berlin(3, 2, 9))
    slack.kicks(channel, prep.installed)
    await prep.settled()
    for _ in range(5):
        await prep.moves_on(minutes=5)
    assert slack.ledger.calls("conversations.history") == []
    assert posts(prep, channel) == 1


async def test_a_channel_that_came_back_is_set_up_again_with_its_streaks(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await with_one_answer(prep, channel, alice, bob)
    slack.kicks(channel, prep.installed)
    await prep.settled()
    await prep.moves_on(days=7)
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    await bob.replies(question, ANSWER)
    await prep.settled()
    assert await prep.streak_of(bob, channel) == 2
    assert len(prep.questions(channel)) == 2
    report = await prep.doctor()
    assert report.is_well
    assert report.not_running == ()


async def test_another_channel_goes_on(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    there = slack.channel("reliability", members=[alice, bob])
    await prep.sets_up(channel, alice)
    await prep.sets_up(there, bob)
    slack.archive(channel)
    await prep.settled()
    await prep.moves_to(berlin(3, 2, 9))
    assert (posts(prep, channel), posts(prep, there)) == (0, 1)
    assert told_privately(bob) == []


async def test_a_channel_with_a_new_identifier_is_followed(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    old, new = channel.id, slack.channel("the-same", members=[alice, bob, prep.installed])
    event = {
        "type": "channel_id_changed",
        "old_channel_id": old,
        "new_channel_id": new.id,
        "event_ts": slack.workspace.new_ts(),
    }
    slack.platform.events.to_app(prep.installed, event)
    await prep.settled()
    await prep.moves_to(berlin(3, 2, 9))
    assert (posts(prep, channel), posts(prep, new)) == (0, 1)


# --- the whole app --------------------------------------------------------------------------------


@pytest.mark.parametrize("revoked_first", [True, False])
async def test_after_the_app_was_removed_nothing_more_is_tried(
    prep: PrepTeam,
    slack: Sandbox,
    alice: Person,
    bob: Person,
    channel: Channel,
    revoked_first: bool,
) -> None:
    await with_one_answer(prep, channel, alice, bob)
    slack.uninstall(prep.installed, revoked_first=revoked_first)
    await prep.settled()
    calls = len(slack.ledger.calls())
    await prep.moves_on(days=3)
    assert len(slack.ledger.calls()) == calls
    assert await prep.streak_of(bob, channel) == 1
    assert (await prep.doctor()).is_well


async def test_a_revoked_token_that_we_did_not_hear_of_is_found_out_by_posting(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await with_one_answer(prep, channel, alice, bob)
    slack.faults.drop_events(100)
    slack.revoke(prep.installed)
    await prep.moves_to(berlin(3, 3, 9))
    assert posts(prep, channel) == 2
    calls = len(slack.ledger.calls())
    await prep.moves_on(days=3)
    assert len(slack.ledger.calls()) == calls
    assert await skipped(prep) == [("2026-03-03", "token_revoked")]


async def test_what_waits_when_the_app_is_removed_is_neither_posted_nor_looked_for(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    there = slack.channel("reliability", members=[alice, bob])
    await prep.sets_up(channel, alice)
    await prep.sets_up(there, alice)
    slack.faults.on("chat.postMessage", channel=channel.id).rate_limited(60)
    slack.faults.on("chat.postMessage", channel=there.id).resets()
    await prep.moves_to(berlin(3, 2, 9))
    slack.uninstall(prep.installed)
    await prep.settled()
    calls = len(slack.ledger.calls())
    await prep.moves_on(seconds=60)
    await prep.moves_on(minutes=10)
    assert len(slack.ledger.calls()) == calls
    assert (await prep.doctor()).rounds == {RoundState.SKIPPED: 1, RoundState.UNKNOWN: 1}


async def test_a_persons_own_revoked_token_stops_nothing(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    event = {
        "type": "tokens_revoked",
        "tokens": {"oauth": [alice.id], "bot": []},
        "event_ts": slack.workspace.new_ts(),
    }
    slack.platform.events.to_app(prep.installed, event)
    await prep.settled()
    await prep.moves_to(berlin(3, 2, 9))
    assert len(prep.questions(channel)) == 1


async def test_an_app_that_comes_back_asks_again_and_keeps_the_streaks(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await with_one_answer(prep, channel, alice, bob)
    slack.revoke(prep.installed)
    await prep.settled()
    await prep.moves_on(days=1)
    assert len(prep.questions(channel)) == 1
    prep.installed.refusal = None
    await prep.restarts()
    await prep.moves_to(berlin(3, 4, 9) + timedelta(seconds=1))
    question = prep.questions(channel)[-1]
    await bob.replies(question, ANSWER)
    await prep.settled()
    assert len(prep.questions(channel)) == 2
    assert await prep.streak_of(bob, channel) == 2
    assert (await prep.doctor()).is_well
