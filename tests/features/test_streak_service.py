"""One's own streak, told from a real database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.domain.ids import ChannelId, MemberId
from bot.domain.refusals import NoScheduleHere
from bot.domain.streak_report import LatestRound, StreakHistory, StreakReport
from bot.domain.streaks import Mark, Streak
from bot.features.streak.service import StreakService
from bot.store import rounds
from bot.store.database import Database
from sandbox.clock import MovableClock
from tests.features.diary import ALICE, BOB, HERE, Diary, ts


@pytest.fixture
async def diary(database_url: str) -> AsyncIterator[Diary]:
    """A schedule in a fresh database."""
    database = Database(database_url)
    yield await Diary(database).begin()
    database.close()


@pytest.fixture
def streaks(diary: Diary, clock: MovableClock) -> StreakService:
    """The room's service on that database."""
    return StreakService(diary.database, clock)


async def report(streaks: StreakService, diary: Diary, member: MemberId) -> StreakReport:
    """Return what a member is told."""
    return await streaks.report(await diary.installation(), HERE, member)


async def history(streaks: StreakService, diary: Diary, member: MemberId) -> StreakHistory | None:
    """Return what a member's streak is explained by."""
    return await streaks.history(await diary.installation(), HERE, member)


async def test_an_answer_to_the_open_question_counts_at_once(
    streaks: StreakService, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    assert await report(streaks, diary, ALICE) == StreakReport(
        Streak(current=1, best=1, freezes=0, answered=1), LatestRound.ANSWERED
    )


async def test_an_open_question_waits_for_whoever_has_not_answered(
    streaks: StreakService, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.asks()
    facts = await report(streaks, diary, ALICE)
    assert facts == StreakReport(Streak(1, 1, 0, 1), LatestRound.WAITING)


async def test_a_missed_question_shows_before_standings_are_settled(
    streaks: StreakService, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.asks()
    await diary.asks()
    assert (await report(streaks, diary, ALICE)).streak == Streak(0, 1, 0, 1)


async def test_before_the_first_question_nothing_is_open(
    streaks: StreakService, diary: Diary
) -> None:
    assert await report(streaks, diary, ALICE) == StreakReport(None, LatestRound.NOT_OPEN)


async def test_who_never_answered_has_an_open_question_waiting(
    streaks: StreakService, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(BOB)
    assert await report(streaks, diary, ALICE) == StreakReport(None, LatestRound.WAITING)


async def test_a_deleted_question_is_not_open(streaks: StreakService, diary: Diary) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    posted = await diary.asks()
    deleted = ts(datetime(2026, 3, 3, 12, tzinfo=UTC))
    await diary.database.write(lambda tx: rounds.void(tx, posted, deleted))
    assert (await report(streaks, diary, ALICE)).latest is LatestRound.NOT_OPEN
    explained = await history(streaks, diary, ALICE)
    assert explained is not None
    assert [one.mark for one in explained.rounds] == [Mark.VOID, Mark.ANSWERED]


async def test_a_history_is_told_from_the_first_answer_on_newest_first(
    streaks: StreakService, diary: Diary
) -> None:
    await diary.asks()
    first = await diary.asks()
    await diary.answers(ALICE)
    missed = await diary.asks()
    opened = await diary.asks()
    explained = await history(streaks, diary, ALICE)
    assert explained is not None
    assert [(one.local_date, one.mark, one.before, one.after) for one in explained.rounds] == [
        (opened.local_date, Mark.OPEN, 0, 0),
        (missed.local_date, Mark.MISSED, 1, 0),
        (first.local_date, Mark.ANSWERED, 0, 1),
    ]


async def test_today_is_the_date_in_the_schedules_own_zone(
    streaks: StreakService, diary: Diary, clock: MovableClock
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    clock.move_to(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    explained = await history(streaks, diary, ALICE)
    assert explained is not None
    assert explained.today.isoformat() == "2027-01-01"


async def test_an_answer_taken_back_is_as_if_it_never_was(
    streaks: StreakService, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.takes_back(ALICE)
    assert (await report(streaks, diary, ALICE)).streak is None
    assert await history(streaks, diary, ALICE) is None


async def test_a_channel_without_a_schedule_has_no_streaks(
    streaks: StreakService, diary: Diary
) -> None:
    elsewhere, installation = ChannelId("C2"), await diary.installation()
    with pytest.raises(NoScheduleHere, match="/prep setup"):
        await streaks.report(installation, elsewhere, ALICE)
    with pytest.raises(NoScheduleHere, match="/prep setup"):
        await streaks.history(installation, elsewhere, ALICE)
