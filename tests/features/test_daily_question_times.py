"""When the daily question comes: after downtime, over clock changes, and after changes of mind."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.ids import ChannelId, MemberId
from bot.domain.installations import Identity
from bot.domain.local_time import Due
from bot.domain.rounds import DEFAULT_LATENESS, RoundState
from bot.domain.schedules import ScheduleDraft
from bot.features.daily_question.service import claim
from bot.store import installations, schedules, schema
from content import files
from content.bank import Bank, load
from proof.bench.worlds import writing
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.features import diary
from tests.jobs.one_question import ANSWER, posts, skipped
from tests.prep_team import WEEKDAYS, PrepTeam, berlin

EVERY_DAY = (*WEEKDAYS, "Saturday", "Sunday")
DUE = berlin(3, 2, 9)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Only SQLite: what these tests are about is time."""
    url = f"sqlite:///{tmp_path / 'prep.db'}"
    schema.upgrade(url)
    return url


@pytest.fixture
async def here(prep: PrepTeam, alice: Person, channel: Channel) -> Channel:
    """A channel that is asked every day at nine."""
    await prep.sets_up(channel, alice, weekdays=EVERY_DAY)
    return channel


# --- clock changes --------------------------------------------------------------------------------

CHANGES = [
    pytest.param(
        ("Europe/Berlin", "02:30"),
        ("2026-03-28 01:30", "2026-03-29 01:00", "2026-03-30 00:30"),
        id="Berlin leaps over 02:30",
    ),
    pytest.param(
        ("Europe/Berlin", "02:30"),
        ("2026-10-24 00:30", "2026-10-25 00:30", "2026-10-26 01:30"),
        id="Berlin has 02:30 twice",
    ),
    pytest.param(
        ("America/New_York", "02:30"),
        ("2026-03-07 07:30", "2026-03-08 07:00", "2026-03-09 06:30"),
        id="New York leaps over 02:30",
    ),
    pytest.param(
        ("America/New_York", "01:30"),
        ("2026-10-31 05:30", "2026-11-01 05:30", "2026-11-02 06:30"),
        id="New York has 01:30 twice",
    ),
    pytest.param(
        ("Africa/Cairo", "00:00"),
        ("2026-04-22 22:00", "2026-04-23 22:00", "2026-04-24 21:00"),
        id="Cairo leaps over midnight",
    ),
    pytest.param(
        ("Africa/Cairo", "00:00"),
        ("2026-10-28 21:00", "2026-10-29 22:00", "2026-10-30 22:00"),
        id="Cairo comes to midnight twice",
    ),
]


def utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def asked_at(prep: PrepTeam, channel: Channel) -> list[datetime]:
    return [datetime.fromtimestamp(int(float(q.ts)), UTC) for q in prep.questions(channel)]


@pytest.mark.parametrize(("wish", "moments"), CHANGES)
async def test_every_date_around_a_clock_change_has_one_question_at_its_moment(
    prep: PrepTeam,
    alice: Person,
    bob: Person,
    channel: Channel,
    wish: tuple[str, str],
    moments: tuple[str, ...],
) -> None:
    zone, at = wish
    expected = [utc(moment) for moment in moments]
    prep.clock.move_to(expected[0] - timedelta(hours=2))
    await prep.sets_up(channel, alice, at=at, zone=zone, weekdays=EVERY_DAY)
    while prep.clock.now() < expected[-1] + timedelta(hours=3):
        await prep.moves_on(minutes=30)
        if prep.clock.now() in expected:
            await bob.replies(prep.questions(channel)[-1], ANSWER)
            await prep.settled()
    assert asked_at(prep, channel) == expected
    assert await skipped(prep) == []
    assert await prep.streak_of(bob, channel) == 3


@pytest.mark.parametrize(("wish", "moments"), CHANGES)
async def test_a_clock_that_leaps_over_the_change_and_back_asks_once(
    prep: PrepTeam,
    alice: Person,
    channel: Channel,
    wish: tuple[str, str],
    moments: tuple[str, ...],
) -> None:
    zone, at = wish
    first, change, after = (utc(moment) for moment in moments)
    prep.clock.move_to(first + timedelta(hours=1))
    await prep.sets_up(channel, alice, at=at, zone=zone, weekdays=EVERY_DAY)
    await prep.moves_to(change + timedelta(hours=2))
    assert asked_at(prep, channel) == [change + timedelta(hours=2)]
    for moment in (change - timedelta(hours=3), change, change + timedelta(hours=1)):
        await prep.moves_to(moment)
        await prep.turns()
    assert len(prep.questions(channel)) == 1
    await prep.moves_to(after)
    assert len(prep.questions(channel)) == 2
    assert await skipped(prep) == []


async def test_a_clock_set_back_while_the_outcome_is_unknown_does_not_ask_twice(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    slack.faults.on("chat.postMessage").server_error(after_effect=True)
    slack.faults.drop_events(event_type="message")
    await prep.moves_to(DUE)
    for moment in (DUE - timedelta(hours=1), DUE, DUE + timedelta(minutes=1)):
        await prep.moves_to(moment)
        await prep.turns()
    assert posts(prep, here) == 1
    await bob.replies(prep.questions(here)[0], ANSWER)
    await prep.settled()
    assert await prep.streak_of(bob, here) == 1
    assert (await prep.doctor()).rounds == {RoundState.POSTED: 1}


# --- downtime -------------------------------------------------------------------------------------


async def test_after_ten_minutes_of_downtime_the_question_comes_late(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    await prep.stops()
    prep.clock.move_to(DUE + timedelta(minutes=10))
    await prep.starts()
    await prep.turns()
    [question] = prep.questions(here)
    assert float(question.ts) == pytest.approx((DUE + timedelta(minutes=10)).timestamp(), abs=1)
    await bob.replies(question, ANSWER)
    await prep.settled()
    assert await prep.streak_of(bob, here) == 1
    assert await skipped(prep) == []


async def test_after_seven_hours_of_downtime_the_date_is_skipped_and_breaks_no_streak(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    await bob.replies(await prep.asks(here), ANSWER)
    await prep.settled()
    await prep.stops()
    prep.clock.move_to(DUE + timedelta(days=1, hours=7))
    await prep.starts()
    await prep.turns()
    assert len(prep.questions(here)) == 1
    assert await skipped(prep) == [("2026-03-03", "too late")]
    await bob.replies(await prep.asks(here), ANSWER)
    await prep.settled()
    assert await prep.streak_of(bob, here) == 2
    assert (await prep.doctor()).is_well


async def test_after_three_days_of_downtime_only_todays_question_comes(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    await bob.replies(await prep.asks(here), ANSWER)
    await prep.settled()
    await prep.stops()
    prep.clock.move_to(DUE + timedelta(days=4, hours=1))
    await prep.starts()
    await prep.turns()
    await prep.turns()
    assert len(prep.questions(here)) == 2
    assert await skipped(prep) == [
        ("2026-03-03", "past its date"),
        ("2026-03-04", "past its date"),
        ("2026-03-05", "past its date"),
    ]
    await bob.replies(prep.questions(here)[-1], ANSWER)
    await prep.settled()
    assert await prep.streak_of(bob, here) == 2
    assert (await prep.doctor()).rounds == {RoundState.POSTED: 2, RoundState.SKIPPED: 3}


async def test_schedules_of_one_time_are_each_judged_by_their_own_date(database_url: str) -> None:
    """One has waited since yesterday, the other begins today."""
    waited, begins = (
        diary.at_nine(day) for day in (diary.FIRST_DAY, diary.FIRST_DAY + timedelta(days=1))
    )
    question = load((files.SHIPPED,)).bank.questions[0]
    with writing(database_url) as tx:
        whose = installations.ensure(tx, Identity("T1", None, MemberId("U0")), waited).id
        for number, first in enumerate((waited, begins, waited)):
            draft = ScheduleDraft(whose, ChannelId(f"C{number}"), MemberId("U1"), diary.EVERY_DAY)
            schedules.create(tx, draft, Due(first, first.date()), seed=1, at=waited)
        claimed = claim(tx, Bank.of([question]), begins, DEFAULT_LATENESS)
        again = claim(tx, Bank.of([question]), begins, DEFAULT_LATENESS)
    schedule = {one.leased.channel_id: one.leased.schedule_id for one in claimed.ready}
    assert [one.leased.local_date for one in claimed.ready] == [begins.date()] * 3
    assert sorted((one.schedule_id, one.local_date) for one in claimed.skipped) == [
        (schedule[ChannelId(channel)], waited.date()) for channel in ("C0", "C2")
    ]
    assert again.is_empty


# --- changes of mind ------------------------------------------------------------------------------


async def test_a_later_time_after_todays_question_brings_no_second_one_today(
    prep: PrepTeam, alice: Person, here: Channel
) -> None:
    await prep.asks(here)
    await prep.changes(here, alice, time="17:00")
    assert (await prep.next_due(here)).at == berlin(3, 3, 17)
    for hour in (12, 17, 18, 23):
        await prep.moves_to(berlin(3, 2, hour))
    assert len(prep.questions(here)) == 1
    await prep.moves_to(berlin(3, 3, 17))
    assert len(prep.questions(here)) == 2


async def test_another_zone_after_todays_question_brings_no_second_one_on_that_date(
    prep: PrepTeam, alice: Person, here: Channel
) -> None:
    await prep.asks(here)
    await prep.changes(here, alice, zone="America/Los_Angeles")
    await prep.moves_to(berlin(3, 2, 18))
    assert len(prep.questions(here)) == 1
    await prep.moves_to(berlin(3, 3, 18))
    assert len(prep.questions(here)) == 2


async def test_what_waits_to_be_posted_again_is_not_posted_into_a_pause(
    prep: PrepTeam, slack: Sandbox, alice: Person, here: Channel
) -> None:
    slack.faults.on("chat.postMessage").rate_limited(600)
    await prep.moves_to(DUE)
    await prep.changes(here, alice, state="Paused")
    await prep.moves_on(minutes=10)
    await prep.moves_on(days=2)
    assert (prep.questions(here), posts(prep, here)) == ([], 1)
    assert await skipped(prep) == [("2026-03-02", "schedule no longer runs")]
    await prep.changes(here, alice, state="Running")
    await prep.moves_to(berlin(3, 5, 9))
    assert len(prep.questions(here)) == 1
