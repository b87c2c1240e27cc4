"""Examine the data: recompute every standing from its answers, and name whatever is unwell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.domain.health import Report as Report
from bot.domain.health import WrongStanding
from bot.domain.ids import MemberId, ScheduleId
from bot.domain.schedules import Schedule
from bot.domain.streaks import Streak
from bot.store import answers, rounds, schedules, standings
from bot.store.database import Connection, Database
from bot.store.standings import Scope

SKIPPED_WITHIN = timedelta(days=30)
SCHEDULES_AT_ONCE = 20


async def examine_database(
    database: Database, broken_questions: Sequence[str], at: datetime
) -> Report:
    """Examine a whole database, some schedules at a time: an app may be at work on it.

    It writes only where a closed round is not settled yet, and then for those schedules alone.
    """
    kept = 0
    wrong: list[WrongStanding] = []
    after = ScheduleId(0)
    while portion := await database.read(
        partial(schedules.everywhere, after=after, limit=SCHEDULES_AT_ONCE)
    ):
        while await database.read(partial(_has_unsettled, portion=portion)):
            await database.write(partial(_settle, portion=portion))
        looked = await database.read(partial(_look_at, portion=portion))
        kept += looked.kept
        wrong += looked.wrong
        after = portion[-1].id
    found = _Standings(kept, tuple(wrong))
    return await database.read(lambda tx: _report(tx, found, broken_questions, at))


def examine(tx: Connection, broken_questions: Sequence[str], at: datetime) -> Report:
    """Do the same in one transaction, for whoever has the database to themselves."""
    everything = schedules.everywhere(tx)
    _settle(tx, everything)
    return _report(tx, _look_at(tx, everything), broken_questions, at)


@dataclass(frozen=True, slots=True)
class _Standings:
    """How many standings there are, and which of them are not what the answers say."""

    kept: int
    wrong: tuple[WrongStanding, ...]


def _has_unsettled(tx: Connection, portion: Sequence[Schedule]) -> bool:
    return any(rounds.first_unsettled(tx, one.installation_id, one.id) for one in portion)


def _settle(tx: Connection, portion: Sequence[Schedule]) -> None:
    """Settle closed rounds, as a turn would."""
    for schedule in portion:
        standings.settle_schedule(tx, Scope(schedule.installation_id, schedule.id))


def _look_at(tx: Connection, portion: Sequence[Schedule]) -> _Standings:
    kept = 0
    wrong: list[WrongStanding] = []
    for schedule in portion:
        found = dict(standings.all_of(tx, Scope(schedule.installation_id, schedule.id)))
        kept += len(found)
        wrong += _wrong(tx, schedule, found)
    return _Standings(kept, tuple(wrong))


def _report(
    tx: Connection, found: _Standings, broken_questions: Sequence[str], at: datetime
) -> Report:
    return Report(
        standings=found.kept,
        wrong_standings=found.wrong,
        rounds=rounds.tally(tx),
        skipped=tuple(rounds.skipped_since(tx, (at - SKIPPED_WITHIN).date())),
        not_running=tuple(schedules.stopped_or_paused(tx)),
        broken_questions=tuple(broken_questions),
    )


def _wrong(
    tx: Connection, schedule: Schedule, found: dict[MemberId, Streak]
) -> Iterable[WrongStanding]:
    scope = Scope(schedule.installation_id, schedule.id)
    members = {*found, *answers.members_of(tx, scope.installation_id, scope.schedule_id)}
    for member in sorted(members):
        explained = standings.history(tx, scope, member)
        true = explained[-1].streak if explained else Streak()
        if found.get(member, Streak()) != true:
            yield WrongStanding(schedule.id, member, found.get(member, Streak()), true)
