"""The board of a schedule, read from standings: never from history, however long that is."""

from datetime import datetime

from sqlalchemy import Connection

from bot.domain.ids import MemberId
from bot.domain.local_time import DAY
from bot.domain.ranking import RECENT, Board, BoardRow, Standing, ranked
from bot.domain.schedules import Schedule
from bot.domain.streaks import Streak
from bot.store import answers, standings
from bot.store.standings import Scope


def read(
    tx: Connection, schedule: Schedule, member: MemberId | None, at: datetime, size: int
) -> Board:
    """Read the first `size` rows of a board as `member` sees it, or as nobody in particular.

    What it shows are the standings as they are kept. Five queries at most, none of which grows with
    the number of rounds ever asked, or of members past `MOST_COUNTED`.
    """
    scope = Scope(schedule.installation_id, schedule.id)
    streaks = dict(standings.top(tx, scope, size))
    own = standings.of_member(tx, scope, member) if member and member not in streaks else None
    shown = streaks | ({member: own} if member and own else {})
    recent = _recent(tx, schedule, list(shown), at)
    rows = ranked([_standing(one, streaks[one], recent) for one in streaks])
    mine = next((row for row in rows if row.standing.member_id == member), None)
    if member and own:
        rank = standings.count_above(tx, scope, own.current) + 1
        mine = BoardRow(rank, _standing(member, own, recent))
    return Board(schedule.id, schedule.channel_id, rows, mine, standings.count_members(tx, scope))


def _recent(
    tx: Connection, schedule: Schedule, members: list[MemberId], at: datetime
) -> dict[MemberId, int]:
    since = at.astimezone(schedule.timing.zone).date() - RECENT + DAY
    return answers.rounds_answered_since(tx, schedule.installation_id, schedule.id, members, since)


def _standing(member: MemberId, streak: Streak, recent: dict[MemberId, int]) -> Standing:
    return Standing(
        member_id=member,
        streak=streak.current,
        best=streak.best,
        freezes=streak.freezes,
        answered=streak.answered,
        recent=recent.get(member, 0),
    )
