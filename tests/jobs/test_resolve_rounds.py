"""Finding out what became of a post: nothing is posted again that is not proved absent."""

from datetime import timedelta

import pytest

from bot.domain.rounds import RoundState
from sandbox.people import Person
from sandbox.reading import message_as_text
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.jobs.one_question import ANSWER, is_unknown, looks, posts, skipped, stands_alone
from tests.prep_team import PrepTeam, berlin

DUE = berlin(3, 2, 9)
LEASE = timedelta(seconds=60)
HISTORY = "conversations.history"


@pytest.fixture
async def here(prep: PrepTeam, alice: Person, channel: Channel) -> Channel:
    """A channel whose first question is due at nine."""
    await prep.sets_up(channel, alice)
    return channel


async def is_posted_unseen(prep: PrepTeam) -> None:
    """Post the question so that neither Slack's answer nor the echo reaches us."""
    prep.slack.faults.on("chat.postMessage").server_error(after_effect=True)
    prep.slack.faults.drop_events(event_type="message")
    await prep.moves_to(DUE)
    assert await is_unknown(prep)


async def is_not_posted(prep: PrepTeam) -> None:
    """Fail to post the question, without hearing so."""
    prep.slack.faults.on("chat.postMessage").resets()
    await prep.moves_to(DUE)
    assert await is_unknown(prep)


async def chat(who: Person, channel: Channel, count: int) -> None:
    for number in range(count):
        await who.says(channel, f"Small talk, part {number}")


async def test_while_the_past_cannot_be_read_nothing_is_posted_and_then_it_is_found(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    await is_posted_unseen(prep)
    slack.faults.on(HISTORY).server_error()
    slack.faults.on(HISTORY).api_error("fatal_error")
    slack.faults.on(HISTORY).rate_limited(120)
    await prep.moves_to(DUE + LEASE)
    for _ in range(2):
        assert await is_unknown(prep)
        await prep.moves_on(seconds=30)
    assert await is_unknown(prep)
    seen = looks(prep)
    await prep.moves_on(seconds=119)
    assert looks(prep) == seen
    await prep.moves_on(seconds=1)
    assert posts(prep, here) == 1
    await stands_alone(prep, here, bob)


async def test_a_lookup_that_nobody_answers_is_given_up_in_time(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    prep.slack_timeout = timedelta(seconds=0.2)
    await prep.restarts()
    await is_posted_unseen(prep)
    slack.faults.on(HISTORY).times_out()
    await prep.moves_to(DUE + LEASE)
    assert await is_unknown(prep)
    await prep.moves_on(seconds=30)
    assert posts(prep, here) == 1
    await stands_alone(prep, here, bob)


@pytest.mark.parametrize("talk_before", [0, 40])
@pytest.mark.parametrize("talk_after", [14, 15, 16, 40])
async def test_a_question_is_found_under_any_number_of_messages(
    prep: PrepTeam, bob: Person, here: Channel, talk_before: int, talk_after: int
) -> None:
    prep.clock.move_to(DUE - timedelta(minutes=1))
    await chat(bob, here, talk_before)
    await is_posted_unseen(prep)
    await chat(bob, here, talk_after)
    await prep.moves_to(DUE + LEASE)
    assert posts(prep, here) == 1
    await stands_alone(prep, here, bob)


@pytest.mark.parametrize(("talk_after", "pages"), [(15, 1), (16, 2), (40, 3)])
async def test_absence_is_proved_only_by_reading_every_message(
    prep: PrepTeam, bob: Person, here: Channel, talk_after: int, pages: int
) -> None:
    await is_not_posted(prep)
    await chat(bob, here, talk_after)
    await prep.moves_to(DUE + LEASE)
    assert (posts(prep, here), looks(prep)) == (2, pages)
    await stands_alone(prep, here, bob)


async def test_one_look_a_minute_goes_on_where_the_last_one_ended_until_it_is_found(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    slack.limits.restricted_history = True
    await is_posted_unseen(prep)
    await chat(bob, here, 40)
    await prep.moves_to(DUE + LEASE)
    for _ in range(2):
        assert await is_unknown(prep)
        await prep.moves_on(seconds=60)
    assert posts(prep, here) == 1
    await stands_alone(prep, here, bob)


async def test_one_look_a_minute_can_prove_absence_in_a_busy_channel(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    slack.limits.restricted_history = True
    await is_not_posted(prep)
    await chat(bob, here, 40)
    await prep.moves_to(DUE + LEASE)
    for _ in range(2):
        assert await is_unknown(prep)
        await prep.moves_on(seconds=60)
    assert posts(prep, here) == 2
    await stands_alone(prep, here, bob)


async def test_talk_long_after_the_attempt_is_not_read(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    await is_posted_unseen(prep)
    slack.faults.on(HISTORY).rate_limited(3600)
    await prep.moves_to(DUE + LEASE)
    prep.clock.move_on(timedelta(minutes=30))
    await chat(bob, here, 100)
    before = looks(prep)
    await prep.moves_on(hours=1)
    assert looks(prep) == before + 1
    await stands_alone(prep, here, bob)


async def test_a_process_that_died_while_looking_is_followed_by_another(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    await is_posted_unseen(prep)
    prep.clock.move_to(DUE + LEASE)
    [job] = [job for job in prep.app.clockwork._jobs if job.name == "resolve_rounds"]
    service = getattr(job.run, "__self__").service  # noqa: B009 - mypy does not know bound methods
    assert len(await service.claim_unknown()) == 1
    await prep.turns()
    assert (looks(prep), await is_unknown(prep)) == (0, True)
    await prep.moves_on(seconds=60)
    assert posts(prep, here) == 1
    await stands_alone(prep, here, bob)


async def test_a_question_found_after_the_next_one_takes_its_place_before_it(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    await is_posted_unseen(prep)
    [first] = prep.questions(here)
    await bob.replies(first, ANSWER)
    slack.faults.on(HISTORY).server_error(times=1000)
    await prep.moves_to(DUE + LEASE)
    second = await prep.asks(here)
    await bob.replies(second, ANSWER)
    await prep.settled()
    assert await prep.streak_of(bob, here) == 1
    slack.faults.clear()
    await prep.moves_on(hours=3)
    assert prep.questions(here) == [first, second]
    assert await prep.streak_of(bob, here) == 2
    assert "Closed with 1 answered" in message_as_text({"blocks": first.blocks})
    report = await prep.doctor()
    assert report.is_well
    assert report.rounds == {RoundState.POSTED: 2}
    await bob.runs("/prep today", here)
    await prep.settled()
    assert second.ts.replace(".", "") in prep.told(bob, here)


async def test_a_question_found_late_was_missed_by_whoever_did_not_answer_it(
    prep: PrepTeam, slack: Sandbox, alice: Person, here: Channel
) -> None:
    await alice.replies(await prep.asks(here), ANSWER)
    await prep.settled()
    slack.faults.on("chat.postMessage").server_error(after_effect=True)
    slack.faults.drop_events(event_type="message")
    slack.faults.on(HISTORY).server_error(times=1000)
    unseen = await prep.asks(here)
    await alice.replies(await prep.asks(here), ANSWER)
    await prep.settled()
    assert await prep.streak_of(alice, here) == 2
    slack.faults.clear()
    await prep.moves_on(hours=3)
    assert await prep.streak_of(alice, here) == 1
    assert "Closed with 0 answered" in message_as_text({"blocks": unseen.blocks})
    report = await prep.doctor()
    assert report.is_well
    assert report.rounds == {RoundState.POSTED: 3}


async def test_an_old_attempt_is_looked_for_ever_more_rarely(
    prep: PrepTeam, slack: Sandbox, here: Channel
) -> None:
    await is_posted_unseen(prep)
    slack.faults.on(HISTORY).server_error(times=100_000)
    await prep.changes(here, slack.person("carol"), state="Paused")
    counts = []
    for minutes in (60, 6 * 60, 48 * 60):
        for _ in range(120):
            await prep.moves_on(minutes=minutes / 120)
        counts.append(looks(prep))
    assert counts[0] > 20
    assert counts[2] < 100
    assert await is_unknown(prep)


async def test_what_is_proved_absent_at_three_in_the_morning_is_skipped(
    prep: PrepTeam, slack: Sandbox, here: Channel
) -> None:
    await is_not_posted(prep)
    slack.faults.on(HISTORY).server_error(times=1000)
    await prep.moves_to(DUE + LEASE)
    slack.faults.clear()
    await prep.moves_to(berlin(3, 3, 3))
    assert (prep.questions(here), posts(prep, here)) == ([], 1)
    assert await skipped(prep) == [("2026-03-02", "past its date")]
    await prep.moves_to(berlin(3, 3, 9))
    assert len(prep.questions(here)) == 1


async def test_what_is_proved_absent_the_same_evening_is_too_late(
    prep: PrepTeam, slack: Sandbox, here: Channel
) -> None:
    await is_not_posted(prep)
    slack.faults.on(HISTORY).rate_limited(6 * 3600)
    await prep.moves_to(DUE + LEASE)
    await prep.moves_on(hours=6)
    assert (prep.questions(here), posts(prep, here)) == ([], 1)
    assert await skipped(prep) == [("2026-03-02", "too late")]


async def test_an_echo_eight_hours_late_still_proves_that_it_was_posted(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    slack.faults.on("chat.postMessage").server_error(after_effect=True)
    slack.faults.delay_events(timedelta(hours=8), event_type="message")
    await prep.moves_to(DUE)
    [question] = prep.questions(here)
    slack.faults.on(HISTORY).rate_limited(7 * 3600)
    await prep.moves_to(DUE + LEASE)
    slack.faults.on(HISTORY).api_error("ekm_access_denied", times=1000)
    await prep.moves_to(DUE + timedelta(hours=7, minutes=30))
    assert await is_unknown(prep)
    await prep.moves_to(DUE + timedelta(hours=8))
    assert await stands_alone(prep, here, bob) == question
