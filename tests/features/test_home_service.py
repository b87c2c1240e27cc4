"""Homes read from a real database."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.home import HOME_BOARD_SIZE, MOST_SCHEDULES, MemberHome
from bot.domain.ids import ChannelId, MemberId
from bot.domain.streak_report import LatestRound
from bot.features.home.service import HomeService, Visit
from bot.store import rounds, schedules, standings
from bot.store.database import Connection, Database
from sandbox.clock import MovableClock
from tests.features.diary import ALICE, BOB, CAROL, HERE, Diary
from tests.statements import watched

ELSEWHERE = ChannelId("C2")
QUERIES_PER_SCHEDULE = 8
"""Whether it is settled, the open round, one's answer to it, and five for the board."""


@pytest.fixture
async def diary(database_url: str) -> AsyncIterator[Diary]:
    """A schedule in a fresh database."""
    database = Database(database_url)
    yield await Diary(database).begin()
    database.close()


@pytest.fixture
def service(diary: Diary, clock: MovableClock) -> HomeService:
    """The room's service on that database."""
    return HomeService(diary.database, clock)


async def another(diary: Diary, channel: ChannelId, *members: MemberId) -> Diary:
    """Set a schedule up in another channel, in which these members answer a question."""
    made = await Diary(diary.database, channel, diary.team).begin()
    await made.asks()
    for member in members:
        await made.answers(member)
    return made


async def seen_by(
    service: HomeService, diary: Diary, member: MemberId, *channels: ChannelId
) -> MemberHome:
    """Return the Home of a member who is in these channels, or in the diary's."""
    seen = frozenset(channels or (diary.channel,))
    return await service.seen_by(Visit(await diary.installation(), member, seen))


def places(home: MemberHome) -> list[ChannelId]:
    """Return the channels that a Home shows, in order."""
    return [part.schedule.channel_id for part in home.schedules]


async def test_a_member_sees_their_own_numbers_and_the_board(
    service: HomeService, diary: Diary, clock: MovableClock
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.asks()
    await diary.answers(ALICE)
    await diary.answers(BOB)
    (part,) = (await seen_by(service, diary, BOB)).schedules
    assert part.schedule == await diary.schedule()
    assert (part.standing.streak, part.standing.best, part.standing.answered) == (1, 1, 1)
    assert part.latest is LatestRound.ANSWERED
    assert part.board is not None
    assert [(row.rank, row.standing.member_id) for row in part.board.rows] == [(1, ALICE), (2, BOB)]
    assert (await seen_by(service, diary, ALICE)).schedules[0].standing.streak == 2
    assert (await seen_by(service, diary, ALICE)).at == clock.now()


async def test_who_never_answered_has_an_empty_home(service: HomeService, diary: Diary) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    assert (await seen_by(service, diary, BOB)).schedules == ()


async def test_an_answer_taken_back_leaves_no_trace(service: HomeService, diary: Diary) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.takes_back(ALICE)
    installation = await diary.installation()
    listed = await diary.database.read(lambda tx: schedules.answered_by(tx, installation, ALICE))
    assert listed == []
    assert (await seen_by(service, diary, ALICE)).schedules == ()


async def test_a_question_waits_until_it_is_answered(service: HomeService, diary: Diary) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.asks()
    (part,) = (await seen_by(service, diary, ALICE)).schedules
    assert part.latest is LatestRound.WAITING


async def test_a_deleted_question_is_not_open(service: HomeService, diary: Diary) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    asked = await diary.asks()
    deleted_at = asked.message_ts
    assert deleted_at is not None
    await diary.database.write(lambda tx: rounds.void(tx, asked, deleted_at))
    (part,) = (await seen_by(service, diary, ALICE)).schedules
    assert part.latest is LatestRound.NOT_OPEN


async def test_a_question_that_just_closed_counts_at_once(
    service: HomeService, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.asks()
    await diary.asks()
    (part,) = (await seen_by(service, diary, ALICE)).schedules
    assert (part.standing.streak, part.standing.best) == (0, 1)


async def test_where_many_streaks_run_a_home_is_right_about_oneself_and_says_so_of_the_rest(
    service: HomeService, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "SETTLED_AT_A_LOOK", 1)
    await diary.asks()
    await diary.answers(ALICE)
    await diary.answers(BOB)
    await diary.asks()
    await diary.asks()
    (part,) = (await seen_by(service, diary, ALICE)).schedules
    assert (part.standing.streak, part.standing.best) == (0, 1)
    assert part.board is not None
    assert part.board.settling


async def test_a_settled_home_is_only_read(
    service: HomeService, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.asks()
    await diary.settles()
    monkeypatch.delattr(Database, "write")
    assert places(await seen_by(service, diary, ALICE)) == [HERE]


async def test_a_channel_the_member_left_is_not_shown(service: HomeService, diary: Diary) -> None:
    await another(diary, ELSEWHERE, ALICE)
    await diary.asks()
    await diary.answers(ALICE)
    assert places(await seen_by(service, diary, ALICE, HERE, ELSEWHERE)) == [HERE, ELSEWHERE]
    assert places(await seen_by(service, diary, ALICE, ELSEWHERE)) == [ELSEWHERE]


async def test_a_channel_the_member_never_answered_in_is_not_shown(
    service: HomeService, diary: Diary
) -> None:
    await another(diary, ELSEWHERE, BOB)
    await diary.asks()
    await diary.answers(ALICE)
    assert places(await seen_by(service, diary, ALICE, HERE, ELSEWHERE)) == [HERE]


async def test_without_knowing_the_channels_only_ones_own_numbers_are_read(
    service: HomeService, diary: Diary
) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await diary.answers(BOB)
    home = await service.seen_by(Visit(await diary.installation(), ALICE, None))
    (part,) = home.schedules
    assert (part.standing.member_id, part.standing.streak, part.board) == (ALICE, 1, None)


async def test_another_workspace_sees_nothing_of_it(service: HomeService, diary: Diary) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    foreign = await Diary(diary.database, ELSEWHERE, "T2").begin()
    home = await service.seen_by(Visit(await foreign.installation(), ALICE, frozenset({HERE})))
    assert home.schedules == ()


async def test_what_runs_comes_before_what_stopped(service: HomeService, diary: Diary) -> None:
    await diary.asks()
    await diary.answers(ALICE)
    await another(diary, ELSEWHERE, ALICE)
    installation = await diary.installation()

    def stop(tx: Connection) -> None:
        schedules.stop(tx, installation, HERE, "is_archived")

    await diary.database.write(stop)
    assert places(await seen_by(service, diary, ALICE, HERE, ELSEWHERE)) == [ELSEWHERE, HERE]


async def test_five_are_listed_and_the_sixth_is_told_so(service: HomeService, diary: Diary) -> None:
    await diary.asks()
    for number in range(HOME_BOARD_SIZE):
        await diary.answers(MemberId(f"U{number}"))
    await diary.asks()
    for number in range(HOME_BOARD_SIZE):
        await diary.answers(MemberId(f"U{number}"))
    await diary.answers(CAROL)
    (part,) = (await seen_by(service, diary, CAROL)).schedules
    assert part.board is not None
    assert part.board.mine is not None
    assert (len(part.board.rows), part.board.mine.rank, part.board.members) == (5, 6, 6)


async def test_schedules_beyond_the_most_are_counted(service: HomeService, diary: Diary) -> None:
    channels = [ChannelId(f"C{number:02}") for number in range(MOST_SCHEDULES + 3)]
    for channel in channels:
        await another(diary, channel, ALICE)
    home = await seen_by(service, diary, ALICE, *channels)
    assert places(home) == channels[:MOST_SCHEDULES]
    assert home.more == 3


async def test_any_number_of_schedules_takes_as_many_queries_as_the_most_that_are_shown(
    service: HomeService, diary: Diary
) -> None:
    channels = [ChannelId(f"C{number:02}") for number in range(2 * MOST_SCHEDULES)]
    for channel in channels:
        await another(diary, channel, ALICE)
    counts = []
    for many in (1, MOST_SCHEDULES, 2 * MOST_SCHEDULES):
        with watched(diary.database.engine) as sent:
            await seen_by(service, diary, ALICE, *channels[:many])
        counts.append(len([one for one in sent if "SELECT" in one.statement]))
    assert counts[0] <= 2 + QUERIES_PER_SCHEDULE
    assert counts[1] <= 2 + MOST_SCHEDULES * QUERIES_PER_SCHEDULE
    assert counts[2] == counts[1]


@pytest.mark.parametrize("rounds_asked", [1, 12])
async def test_the_number_of_queries_grows_with_what_is_shown_and_with_nothing_else(
    service: HomeService, diary: Diary, rounds_asked: int
) -> None:
    for number in range(rounds_asked):
        await diary.asks()
        for member in (*(MemberId(f"U{one}") for one in range(number + 6)), CAROL):
            await diary.answers(member)
    await another(diary, ELSEWHERE, CAROL)
    await diary.settles()
    with watched(diary.database.engine) as sent:
        home = await seen_by(service, diary, CAROL, HERE, ELSEWHERE)
    selects = [one for one in sent if one.statement.lstrip().upper().startswith("SELECT")]
    assert len(home.schedules) == 2
    assert 2 < len(selects) <= 2 + 2 * QUERIES_PER_SCHEDULE
