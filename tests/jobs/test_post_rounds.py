"""A question that is due is posted once, whatever Slack, the network or the clock does."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from bot.clock import Clock
from bot.domain.rounds import BEGUN_WITHIN, RoundState
from bot.slack.failures import FAILED_MIDWAY
from jobs.side_by_side import Flow
from sandbox.faults import MethodFaults
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.jobs.one_question import is_unknown, looks, poster, posts, skipped, stands_alone
from tests.prep_team import PrepTeam, berlin

DUE = berlin(3, 2, 9)
LEASE = timedelta(seconds=60)


@pytest.fixture
async def here(prep: PrepTeam, alice: Person, channel: Channel) -> Channel:
    """A channel whose first question is due at nine."""
    await prep.sets_up(channel, alice)
    return channel


def post(slack: Sandbox) -> MethodFaults:
    return slack.faults.on("chat.postMessage")


# --- a working Slack ------------------------------------------------------------------------------


async def test_a_question_is_posted_at_its_time_and_not_a_second_before(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    await prep.moves_to(DUE - timedelta(seconds=1))
    assert prep.questions(here) == []
    await prep.moves_to(DUE)
    await stands_alone(prep, here, bob)


async def test_looking_at_the_clock_again_posts_nothing_more(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    await prep.moves_to(DUE)
    for _ in range(3):
        await prep.turns()
        await prep.moves_on(hours=1)
    assert posts(prep, here) == 1
    await stands_alone(prep, here, bob)


async def test_weekends_are_not_asked(prep: PrepTeam, here: Channel) -> None:
    for day in range(2, 10):
        await prep.moves_to(berlin(3, day, 9))
    days = [datetime.fromtimestamp(float(q.ts), DUE.tzinfo).day for q in prep.questions(here)]
    assert days == [2, 3, 4, 5, 6, 9]
    assert await skipped(prep) == []


# --- rate limits ----------------------------------------------------------------------------------


async def test_a_rate_limit_is_waited_out_by_the_clock_for_as_long_as_slack_says(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    post(slack).rate_limited(45)
    await prep.moves_to(DUE)
    await prep.turns()
    await prep.moves_on(seconds=44)
    assert (posts(prep, here), prep.questions(here)) == (1, [])
    assert (await prep.doctor()).rounds == {RoundState.RESERVED: 1}
    await prep.moves_on(seconds=1)
    assert (posts(prep, here), looks(prep)) == (2, 0)
    await stands_alone(prep, here, bob)


async def test_a_rate_limit_without_a_time_is_waited_out_for_half_a_minute(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    post(slack).rate_limited(None)
    await prep.moves_to(DUE)
    await prep.moves_on(seconds=29)
    assert posts(prep, here) == 1
    await prep.moves_on(seconds=1)
    await stands_alone(prep, here, bob)


async def test_a_rate_limit_that_outlasts_the_day_skips_it(
    prep: PrepTeam, slack: Sandbox, here: Channel
) -> None:
    post(slack).rate_limited(7 * 3600)
    await prep.moves_to(DUE)
    await prep.moves_on(hours=7)
    assert (posts(prep, here), prep.questions(here)) == (1, [])
    assert await skipped(prep) == [("2026-03-02", "too late")]


async def test_a_question_waits_a_second_after_what_somebody_else_posted_there(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    slack.invites(here, prep.installed)
    await bob.runs("/prep random python", here)
    await prep.settled()
    prep.clock.move_to(DUE)
    await bob.clicks("Post Here", on=bob.ephemerals(here)[-1])
    await prep.settled()
    await prep.turns()
    assert (posts(prep, here), prep.questions(here)) == (0, [])
    await prep.moves_on(seconds=1)
    await stands_alone(prep, here, bob)


async def test_a_rate_limit_in_one_channel_holds_up_no_other(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, here: Channel
) -> None:
    there = slack.channel("reliability", members=[alice, bob])
    await prep.sets_up(there, alice)
    slack.faults.on("chat.postMessage", channel=here.id).rate_limited(600)
    await prep.moves_to(DUE)
    assert (len(prep.questions(here)), len(prep.questions(there))) == (0, 1)
    await prep.moves_on(minutes=10)
    assert (len(prep.questions(here)), len(prep.questions(there))) == (1, 1)


async def test_a_channel_where_nobody_answers_holds_up_no_other(
    prep: PrepTeam, slack: Sandbox, alice: Person, here: Channel
) -> None:
    prep.slack_timeout = timedelta(seconds=0.2)
    await prep.restarts()
    there = slack.channel("reliability", members=[alice])
    await prep.sets_up(there, alice)
    slack.faults.on("chat.postMessage", channel=here.id).times_out()
    await prep.moves_to(DUE)
    assert (len(prep.questions(here)), len(prep.questions(there))) == (0, 1)


# --- an unknown outcome ---------------------------------------------------------------------------

Trouble = Callable[[MethodFaults, bool], None]
TROUBLES = [
    pytest.param(lambda on, after: on.server_error(after_effect=after), id="fails with 500"),
    pytest.param(lambda on, after: on.server_error(503, after_effect=after), id="fails with 503"),
    pytest.param(lambda on, after: on.times_out(after_effect=after), id="does not answer"),
    pytest.param(lambda on, after: on.resets(after_effect=after), id="resets the connection"),
]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_post_that_failed_before_its_effect_is_made_again_once_its_absence_is_proved(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel, trouble: Trouble
) -> None:
    prep.slack_timeout = timedelta(seconds=0.2)
    await prep.restarts()
    trouble(post(slack), False)
    await prep.moves_to(DUE)
    assert await is_unknown(prep)
    await prep.moves_to(DUE + LEASE - timedelta(seconds=1))
    assert (posts(prep, here), looks(prep)) == (1, 0)
    await prep.moves_to(DUE + LEASE)
    assert (posts(prep, here), looks(prep)) == (2, 1)
    await stands_alone(prep, here, bob)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_post_that_failed_after_its_effect_is_known_by_its_echo_alone(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel, trouble: Trouble
) -> None:
    prep.slack_timeout = timedelta(seconds=0.2)
    await prep.restarts()
    trouble(post(slack), True)
    await prep.moves_to(DUE)
    await prep.moves_on(minutes=5)
    assert (posts(prep, here), looks(prep)) == (1, 0)
    await stands_alone(prep, here, bob)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_post_that_failed_after_its_effect_is_found_if_its_echo_is_lost(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel, trouble: Trouble
) -> None:
    prep.slack_timeout = timedelta(seconds=0.2)
    await prep.restarts()
    trouble(post(slack), True)
    slack.faults.drop_events(event_type="message")
    await prep.moves_to(DUE)
    assert await is_unknown(prep)
    await prep.moves_to(DUE + LEASE)
    assert (posts(prep, here), looks(prep)) == (1, 1)
    await stands_alone(prep, here, bob)


@pytest.mark.parametrize("word", sorted(FAILED_MIDWAY))
async def test_slacks_own_word_for_a_failure_does_not_say_that_nothing_was_posted(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel, word: str
) -> None:
    post(slack).api_error(word)
    await prep.moves_to(DUE)
    assert await is_unknown(prep)
    await prep.moves_to(DUE + LEASE)
    await stands_alone(prep, here, bob)


@pytest.mark.parametrize("echo", ["its echo comes", "its echo is lost"])
async def test_a_post_that_takes_effect_after_we_gave_up_is_not_made_again(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel, echo: str
) -> None:
    post(slack).late_effect(timedelta(seconds=40))
    if echo == "its echo is lost":
        slack.faults.drop_events(event_type="message")
    await prep.moves_to(DUE)
    assert prep.questions(here) == []
    await prep.moves_on(seconds=40)
    assert len(prep.questions(here)) == 1
    await prep.moves_to(DUE + LEASE)
    await prep.moves_on(minutes=5)
    await stands_alone(prep, here, bob)


async def test_answers_that_come_while_the_outcome_is_unknown_count_when_it_is_known(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    post(slack).server_error(after_effect=True)
    slack.faults.drop_events(event_type="message")
    await prep.moves_to(DUE)
    [question] = prep.questions(here)
    reply = await bob.replies(question, "A mutex guards one resource at a time.")
    await prep.settled()
    assert not prep.ticked(reply)
    await prep.moves_to(DUE + LEASE)
    assert prep.ticked(reply)
    assert await prep.streak_of(bob, here) == 1
    assert "Your streak starts: 1 question" in prep.told(bob, here)
    assert (await prep.doctor()).is_well


async def test_a_refusal_for_good_skips_the_date_and_the_next_date_is_asked(
    prep: PrepTeam, slack: Sandbox, here: Channel
) -> None:
    post(slack).api_error("msg_too_long")
    await prep.moves_to(DUE)
    await prep.moves_on(hours=1)
    assert posts(prep, here) == 1
    assert await skipped(prep) == [("2026-03-02", "msg_too_long")]
    await prep.moves_to(berlin(3, 3, 9))
    assert len(prep.questions(here)) == 1


# --- leases ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ahead:
    """The clock of a process that was stopped for a while between two lines."""

    clock: Clock
    by: timedelta

    def now(self) -> datetime:
        """The moment it wakes up at."""
        return self.clock.now() + self.by


async def test_a_process_that_woke_up_too_late_for_its_lease_sends_nothing(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    prep.clock.move_to(DUE)
    job = poster(prep)
    [ready] = (await job.service.claim()).ready
    late = replace(job, clock=Ahead(prep.clock, BEGUN_WITHIN + timedelta(seconds=1)))
    async with Flow(1) as flow:
        flow.begin(late._post(ready, flow))
    assert posts(prep, here) == 0
    await prep.turns()
    await stands_alone(prep, here, bob)


async def test_a_job_that_is_cut_short_puts_back_what_it_has_not_begun(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    prep.clock.move_to(DUE)
    job = poster(prep)
    [ready] = (await job.service.claim()).ready
    flow = Flow(1)
    flow.is_cut_short = True
    await job._post(ready, flow)
    assert posts(prep, here) == 0
    await prep.turns()
    await stands_alone(prep, here, bob)


async def test_one_who_lost_the_lease_can_write_no_more(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    prep.clock.move_to(DUE)
    service = poster(prep).service
    [ready] = (await service.claim()).ready
    await prep.moves_on(seconds=60)
    await prep.turns()
    assert len(prep.questions(here)) == 1
    await service.postpone(ready.leased, timedelta(0))
    await service.doubt(ready.leased)
    await service.abandon(ready.leased, "not_in_channel")
    await prep.moves_on(seconds=60)
    await stands_alone(prep, here, bob)


async def test_a_stale_lease_cannot_undo_a_newer_one(prep: PrepTeam, here: Channel) -> None:
    prep.clock.move_to(DUE)
    service = poster(prep).service
    [stale] = (await service.claim()).ready
    prep.clock.move_on(LEASE)
    assert (await service.claim()).ready == ()
    [looked_for] = await service.claim_unknown()
    assert looked_for.fence > stale.leased.fence
    await service.abandon(stale.leased, "channel_not_found")
    await service.prove_absent(stale.leased)
    assert await is_unknown(prep)
    assert posts(prep, here) == 0
