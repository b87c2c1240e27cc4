"""Boards read from a real database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.gestures import AGAIN_AFTER, Gesture, Press
from bot.domain.ids import ChannelId, InstallationId, MemberId, ScheduleId
from bot.domain.ranking import Board
from bot.domain.refusals import BoardGone, BoardOfAnotherChannel, NobodyOnBoard, NoScheduleHere
from bot.features.leaderboard.service import Leaderboard
from bot.store import standings
from bot.store.database import Database
from sandbox.clock import MovableClock
from tests.features.diary import (
    ALICE,
    BOB,
    CAROL,
    HERE,
    Diary,
    at_nine,
)
from tests.statements import watched

ELSEWHERE = ChannelId("C2")


@pytest.fixture
async def diary(database_url: str) -> AsyncIterator[Diary]:
    """A schedule in a fresh database."""
    database = Database(database_url)
    yield await Diary(database).begin()
    database.close()


@pytest.fixture
def leaderboard(diary: Diary, clock: MovableClock) -> Leaderboard:
    """The room's service on that database."""
    return Leaderboard(diary.database, clock)


async def seen_by(leaderboard: Leaderboard, diary: Diary, member: MemberId) -> Board:
    """Return the board of the diary's channel as a member sees it."""
    return await leaderboard.of_channel(await diary.installation(), diary.channel, member)


def rows_of(board: Board) -> list[tuple[int, MemberId, int, int, int]]:
    """Return rank, member, streak, best and recent answers of each row."""
    return [
        (row.rank, s.member_id, s.streak, s.best, s.recent)
        for row in board.rows
        for s in [row.standing]
    ]


async def crowd(diary: Diary, size: int) -> list[MemberId]:
    """Let `size` members answer: the first all of `size` questions, the last only the last."""
    members = [MemberId(f"U{n:03}") for n in range(size)]
    for number in range(size):
        await diary.asks()
        for member in members[: number + 1]:
            await diary.answers(member)
    await diary.settles()
    return members


async def test_the_longest_streak_comes_first_and_ties_share_a_rank(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.asks()
    for member in (ALICE, BOB, CAROL):
        await diary.answers(member)
    board = await seen_by(leaderboard, diary, BOB)
    assert rows_of(board) == [(1, ALICE, 2, 2, 2), (2, BOB, 1, 1, 1), (2, CAROL, 1, 1, 1)]
    assert board.mine == board.rows[1]
    assert (board.channel_id, board.schedule_id) == (HERE, await diary.schedule_id())
    assert board.members == 3


async def test_a_question_that_just_closed_counts_at_once(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.asks()
    await diary.asks()
    board = await seen_by(leaderboard, diary, ALICE)
    assert rows_of(board) == [(1, ALICE, 0, 1, 1)]
    assert not board.settling


async def test_where_many_streaks_run_a_look_brings_ones_own_up_to_date_and_says_so(
    leaderboard: Leaderboard, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "SETTLED_AT_A_LOOK", 1)
    await diary.asks()
    await diary.answers(ALICE)
    await diary.answers(BOB)
    await diary.asks()
    await diary.asks()
    board = await seen_by(leaderboard, diary, ALICE)
    assert rows_of(board) == [(1, BOB, 1, 1, 1), (2, ALICE, 0, 1, 1)]
    assert board.settling
    await diary.settles()
    board = await seen_by(leaderboard, diary, ALICE)
    assert rows_of(board) == [(1, ALICE, 0, 1, 1), (1, BOB, 0, 1, 1)]
    assert not board.settling


async def test_a_settled_board_is_only_read(
    leaderboard: Leaderboard, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.asks()
    await diary.settles()
    installation = await diary.installation()
    monkeypatch.delattr("bot.features.leaderboard.service.settle_and_board")
    board = await leaderboard.of_channel(installation, HERE, ALICE)
    assert rows_of(board) == [(1, ALICE, 1, 1, 1)]


async def test_ten_are_listed_and_the_fourteenth_is_told_so(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    members = await crowd(diary, 15)
    board = await seen_by(leaderboard, diary, members[13])
    assert [row.standing.member_id for row in board.rows] == members[:10]
    assert board.members == 15
    assert board.mine is not None
    assert (board.mine.rank, board.mine.standing.streak, board.mine.standing.recent) == (14, 2, 2)


async def test_the_eleventh_shares_the_rank_of_equal_streaks_above(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    members = [MemberId(f"U{n:03}") for n in range(12)]
    await diary.asks()
    for member in members:
        await diary.answers(member)
    board = await seen_by(leaderboard, diary, members[11])
    assert board.mine is not None
    assert (len(board.rows), board.rows[-1].rank, board.mine.rank) == (10, 1, 1)


async def test_who_never_answered_has_no_place(leaderboard: Leaderboard, diary: Diary) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    assert (await seen_by(leaderboard, diary, BOB)).mine is None


async def test_an_answer_taken_back_leaves_the_board(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.takes_back(ALICE)
    board = await seen_by(leaderboard, diary, ALICE)
    assert (board.rows, board.mine, board.members) == ((), None, 0)


@pytest.mark.parametrize(("days", "recent"), [(0, 1), (29, 1), (30, 0), (400, 0)])
async def test_the_last_thirty_days_begin_twenty_nine_days_ago(
    leaderboard: Leaderboard, diary: Diary, clock: MovableClock, days: int, recent: int
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    clock.move_to(at_nine(diary.day) + timedelta(days=days))
    assert rows_of(await seen_by(leaderboard, diary, BOB))[0][-1] == recent


async def test_today_is_the_date_in_the_schedules_own_zone(
    leaderboard: Leaderboard, diary: Diary, clock: MovableClock
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    # Half past midnight in Berlin, where the thirtieth day has passed; in UTC it has not.
    past_midnight = at_nine(diary.day).replace(hour=0, minute=30) + timedelta(days=30)
    clock.move_to(past_midnight)
    assert clock.now().date() < past_midnight.date()
    assert rows_of(await seen_by(leaderboard, diary, BOB))[0][-1] == 0
    clock.move_to(past_midnight - timedelta(hours=1))
    assert rows_of(await seen_by(leaderboard, diary, BOB))[0][-1] == 1


async def test_two_answers_to_one_question_count_once(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(ALICE, minutes=1)
    await diary.answers(ALICE, minutes=2)
    assert rows_of(await seen_by(leaderboard, diary, ALICE)) == [(1, ALICE, 1, 1, 1)]


async def test_boards_of_two_channels_and_of_two_workspaces_are_apart(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    others = [
        await Diary(diary.database, channel=ELSEWHERE).begin(),
        await Diary(diary.database, channel=ChannelId("C3"), team="T2").begin(),
    ]
    for one, member in zip([diary, *others], (ALICE, BOB, CAROL), strict=True):
        await one.asks()
        await one.answers(member)
    boards = [await seen_by(leaderboard, one, ALICE) for one in (diary, *others)]
    assert [rows_of(board) for board in boards] == [
        [(1, ALICE, 1, 1, 1)],
        [(1, BOB, 1, 1, 1)],
        [(1, CAROL, 1, 1, 1)],
    ]


async def test_a_channel_without_a_schedule_has_no_board(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    with pytest.raises(NoScheduleHere, match="/prep setup"):
        await leaderboard.of_channel(await diary.installation(), ELSEWHERE, ALICE)


async def test_the_number_of_queries_does_not_grow_with_the_members(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    with watched(diary.database.engine) as few:
        await seen_by(leaderboard, diary, BOB)
    members = await crowd(diary, 14)
    with watched(diary.database.engine) as many:
        await seen_by(leaderboard, diary, members[-1])
    assert len(many) <= len(few) + 1, "one more: the rank of a reader who is not listed"


async def test_a_board_to_show_is_nobodys_in_particular(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    board = await leaderboard.to_show(await diary.installation(), HERE, await diary.schedule_id())
    assert rows_of(board) == [(1, ALICE, 1, 1, 1)]
    assert board.mine is None


async def test_a_board_is_not_shown_in_another_channel_nor_nowhere(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    installation, number = await diary.installation(), await diary.schedule_id()
    for place in (ELSEWHERE, None):
        with pytest.raises(BoardOfAnotherChannel, match="another channel"):
            await leaderboard.to_show(installation, place, number)


@pytest.mark.parametrize("which", [None, ScheduleId(0), ScheduleId(10**18 - 1)])
async def test_a_board_whose_schedule_is_gone_is_not_shown(
    leaderboard: Leaderboard, diary: Diary, which: ScheduleId | None
) -> None:
    with pytest.raises(BoardGone, match="/prep setup"):
        await leaderboard.to_show(await diary.installation(), HERE, which)


async def test_a_board_of_another_workspace_is_not_shown(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    number = await diary.schedule_id()
    stranger = InstallationId(await diary.installation() + 1)
    with pytest.raises(BoardGone):
        await leaderboard.to_show(stranger, HERE, number)


async def test_an_empty_board_is_not_shown(leaderboard: Leaderboard, diary: Diary) -> None:
    with pytest.raises(NobodyOnBoard):
        await leaderboard.to_show(await diary.installation(), HERE, await diary.schedule_id())


async def test_a_press_to_show_a_board_is_taken_at_the_moment_it_comes(
    leaderboard: Leaderboard, diary: Diary, clock: MovableClock
) -> None:
    first = Gesture(await diary.installation(), "press 1", "board:1")
    assert await leaderboard.take(first) is Press.NEW
    clock.move_on(AGAIN_AFTER - timedelta(seconds=1))
    assert await leaderboard.take(replace(first, trigger_id="press 2")) is Press.TOO_SOON
    clock.move_on(timedelta(seconds=1))
    assert await leaderboard.take(replace(first, trigger_id="press 3")) is Press.NEW


async def test_a_board_that_was_not_posted_may_be_shown_again(
    leaderboard: Leaderboard, diary: Diary
) -> None:
    first = Gesture(await diary.installation(), "press 1", "board:1")
    await leaderboard.take(first)
    await leaderboard.allow_again(first)
    assert await leaderboard.take(replace(first, trigger_id="press 2")) is Press.NEW
