"""A schedule's life on a real database, written in a few words: a question, an answer, a day."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from bot.domain.answering import Reply
from bot.domain.ids import (
    ChannelId,
    InstallationId,
    MemberId,
    MessageTs,
    QuestionSlug,
    ScheduleId,
)
from bot.domain.installations import Identity
from bot.domain.local_time import Due
from bot.domain.schedules import Schedule, ScheduleDraft, Timing
from bot.store import answers, confirming, installations, posting, schedules, standings
from bot.store.database import Connection, Database
from bot.store.posting import Reservation
from bot.store.rounds import RoundRow
from bot.store.standings import Scope

FIRST_DAY = date(2026, 3, 2)  # a Monday
BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = Timing(time(9), BERLIN, frozenset(range(7)))
HERE = ChannelId("C1")
ALICE, BOB, CAROL = MemberId("U1ALICE"), MemberId("U2BOB"), MemberId("U3CAROL")
NO_MINIMUM = 0


def at_nine(day: date) -> datetime:
    """Return the moment at which the question of a day is posted."""
    return datetime.combine(day, time(9), BERLIN)


def ts(moment: datetime) -> MessageTs:
    """Return the name of a message posted at a moment."""
    return MessageTs(f"{moment.timestamp():.6f}")


@dataclass
class Diary:
    """One schedule in one channel, whose questions are posted at nine."""

    database: Database
    channel: ChannelId = HERE
    team: str = "T1"
    day: date = FIRST_DAY
    posted: list[RoundRow] = field(default_factory=list)

    async def begin(self) -> "Diary":
        """Set the schedule up."""
        await self.database.write(self._begin)
        return self

    async def asks(self, *, days_later: int = 1) -> RoundRow:
        """Post the next question, which closes the one before."""
        if self.posted:
            self.day += timedelta(days=days_later)
        asked = await self.database.write(self._ask)
        self.posted.append(asked)
        return asked

    async def answers(self, member: MemberId, *, minutes: int = 30) -> None:
        """Let a member answer the question posted last."""
        reply = self._reply(member, at_nine(self.day) + timedelta(minutes=minutes))
        await self.database.write(lambda tx: self._record(tx, reply))

    async def takes_back(self, member: MemberId, *, minutes: int = 30) -> None:
        """Let a member delete that answer."""
        reply = self._reply(member, at_nine(self.day) + timedelta(minutes=minutes), deleted=True)
        await self.database.write(lambda tx: self._record(tx, reply))

    async def settles(self) -> None:
        """Write what closed rounds mean for standings, as the clockwork does."""
        await self.database.write(lambda tx: standings.settle_schedule(tx, self._scope(tx)))

    async def installation(self) -> InstallationId:
        """Return whose schedule it is."""
        return (await self.schedule()).installation_id

    async def schedule(self) -> Schedule:
        """Return the schedule as it is stored."""
        return await self.database.read(self._schedule)

    async def schedule_id(self) -> ScheduleId:
        """Return the number of the schedule."""
        return (await self.schedule()).id

    def _begin(self, tx: Connection) -> None:
        identity = Identity(self.team, None, MemberId("U0PREP"))
        at = at_nine(FIRST_DAY) - timedelta(days=1)
        installation = installations.ensure(tx, identity, at)
        draft = ScheduleDraft(installation.id, self.channel, ALICE, EVERY_DAY)
        schedules.create(tx, draft, EVERY_DAY.next_due(at), seed=1, at=at)

    def _ask(self, tx: Connection) -> RoundRow:
        schedule = self._schedule(tx)
        at = at_nine(self.day)
        wanted = Reservation(schedule, Due(at, self.day), QuestionSlug("python/a"))
        [leased] = posting.reserve(tx, [wanted], at)
        confirmed = confirming.confirm(tx, schedule.installation_id, leased.id, ts(at), at)
        assert confirmed is not None
        return confirmed.round

    def _reply(self, member: MemberId, at: datetime, *, deleted: bool = False) -> Reply:
        # No two messages of a channel have one ts.
        own = at + timedelta(microseconds=crc32(member.encode()) % 1_000_000)
        return Reply(self.channel, ts(at_nine(self.day)), ts(own), member, 9, False, None, deleted)

    def _record(self, tx: Connection, reply: Reply) -> None:
        recorded = answers.record(tx, self.posted[-1], reply, NO_MINIMUM)
        assert recorded is not None
        standings.refresh(tx, self._scope(tx), [reply.member_id], reply.thread_ts)

    def _schedule(self, tx: Connection) -> Schedule:
        installation = installations.by_team(tx, self.team)
        assert installation is not None
        schedule = schedules.in_channel(tx, installation.id, self.channel)
        assert schedule is not None
        return schedule

    def _scope(self, tx: Connection) -> Scope:
        schedule = self._schedule(tx)
        return Scope(schedule.installation_id, schedule.id)
