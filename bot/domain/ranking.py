"""The board: members of a schedule in the order of their streaks, ties sharing a rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.ids import ChannelId, MemberId, ScheduleId

BOARD_SIZE = 10
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's running state in a schedule; `recent`: rounds answered in the last 30 days."""

    member_id: MemberId
    streak: int
    best: int
    freezes: int
    answered: int
    recent: int


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One line of a board. A `rank` past `MOST_COUNTED` may be any such rank."""

    rank: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class Board:
    """A schedule's board: the first rows, the reader's own, and how many members ever answered.

    `members` past `MOST_COUNTED` may be any such number. `mine` is None for someone who never
    answered, and on a board that nobody in particular reads. While it is `settling`, a question has
    just closed, and some may still be listed who did not answer it.
    """

    schedule_id: ScheduleId
    channel_id: ChannelId
    rows: tuple[BoardRow, ...]
    mine: BoardRow | None
    members: int
    settling: bool = False


def ranked(standings: Sequence[Standing], first_rank: int = 1) -> tuple[BoardRow, ...]:
    """Rank standings that are already in order; equal streaks share a rank, the next one skips."""
    rows: list[BoardRow] = []
    for place, standing in enumerate(standings, start=first_rank):
        tied = bool(rows) and rows[-1].standing.streak == standing.streak
        rows.append(BoardRow(rows[-1].rank if tied else place, standing))
    return tuple(rows)
