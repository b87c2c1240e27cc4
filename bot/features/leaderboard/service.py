"""The board of a schedule, read from standings: never from history, however long that is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.clock import Clock
from bot.domain.gestures import Gesture, Press
from bot.domain.ids import ChannelId, InstallationId, MemberId, ScheduleId
from bot.domain.ranking import BOARD_SIZE, Board
from bot.domain.refusals import BoardGone, BoardOfAnotherChannel, NobodyOnBoard, NoScheduleHere
from bot.domain.schedules import Schedule
from bot.store import boards, gestures, rounds, schedules, standings
from bot.store.database import Connection, Database
from bot.store.standings import Scope

Find = Callable[[Connection], Schedule]


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The use cases of the board."""

    database: Database
    clock: Clock

    async def of_channel(
        self, installation: InstallationId, channel: ChannelId, member: MemberId
    ) -> Board:
        """Return a channel's board as a member sees it. Raises NoScheduleHere."""
        return await self._board(lambda tx: schedule_here(tx, installation, channel), member)

    async def to_show(
        self, installation: InstallationId, channel: ChannelId | None, which: ScheduleId | None
    ) -> Board:
        """Return a board fit to be shown to its whole channel.

        Raises BoardGone, BoardOfAnotherChannel, NobodyOnBoard.
        """
        board = await self._board(
            lambda tx: schedule_to_show(tx, installation, channel, which), None
        )
        if not board.rows:
            raise NobodyOnBoard
        return board

    async def take(self, gesture: Gesture) -> Press:
        """Tell what a press for showing a board is; a new one is shown by whoever asked."""
        now = self.clock.now()
        return await self.database.write(lambda tx: gestures.take(tx, gesture, now))

    async def allow_again(self, gesture: Gesture) -> None:
        """Let another press show the board at once: this one may have shown nothing."""
        await self.database.write(lambda tx: gestures.allow_again(tx, gesture))

    async def _board(self, find: Find, member: MemberId | None) -> Board:
        now = self.clock.now()
        settled = await self.database.read(lambda tx: settled_board(tx, find(tx), member, now))
        if settled is not None:
            return settled
        return await self.database.write(lambda tx: settle_and_board(tx, find(tx), member, now))


def schedule_here(tx: Connection, installation: InstallationId, channel: ChannelId) -> Schedule:
    """Find the schedule of a channel. Raises NoScheduleHere."""
    schedule = schedules.in_channel(tx, installation, channel)
    if schedule is None:
        raise NoScheduleHere
    return schedule


def schedule_to_show(
    tx: Connection,
    installation: InstallationId,
    channel: ChannelId | None,
    which: ScheduleId | None,
) -> Schedule:
    """Find the schedule a button names. Raises BoardGone, BoardOfAnotherChannel."""
    schedule = schedules.get(tx, installation, which) if which is not None else None
    if schedule is None:
        raise BoardGone
    if schedule.channel_id != channel:
        raise BoardOfAnotherChannel
    return schedule


def settled_board(
    tx: Connection, schedule: Schedule, member: MemberId | None, at: datetime
) -> Board | None:
    """Read a board; None if a round has closed whose consequences are not written yet."""
    if rounds.first_unsettled(tx, schedule.installation_id, schedule.id):
        return None
    return board(tx, schedule, member, at)


def settle_and_board(
    tx: Connection, schedule: Schedule, member: MemberId | None, at: datetime
) -> Board:
    """Bring standings up to date as far as a look may, then read the board."""
    scope = Scope(schedule.installation_id, schedule.id)
    settled = standings.before_a_look(tx, scope, member)
    return replace(board(tx, schedule, member, at), settling=not settled)


def board(tx: Connection, schedule: Schedule, member: MemberId | None, at: datetime) -> Board:
    """Read a schedule's board as `member` sees it, or as nobody in particular."""
    return boards.read(tx, schedule, member, at, BOARD_SIZE)
