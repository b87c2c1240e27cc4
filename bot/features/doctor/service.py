"""Examine the data: recompute every standing from its answers, and name whatever is unwell."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.domain.health import Report as Report
from bot.domain.health import WrongStanding
from bot.domain.ids import MemberId
from bot.domain.schedules import Schedule
from bot.domain.streaks import Streak
from bot.store import answers, rounds, schedules, standings
from bot.store.database import Connection, Database
from bot.store.standings import Scope

SKIPPED_WITHIN = timedelta(days=30)


async def examine_database(
    database: Database, broken_questions: Sequence[str], at: datetime
) -> Report:
    """Examine a whole database in one transaction."""
    return await database.write(lambda tx: examine(tx, broken_questions, at))


def examine(tx: Connection, broken_questions: Sequence[str], at: datetime) -> Report:
    """Recompute everything; closed rounds not settled yet are settled first, as a turn would."""
    kept = 0
    wrong: list[WrongStanding] = []
    for schedule in schedules.everywhere(tx):
        scope = Scope(schedule.installation_id, schedule.id)
        standings.settle_schedule(tx, scope)
        found = dict(standings.all_of(tx, scope))
        kept += len(found)
        wrong += _wrong(tx, schedule, found)
    return Report(
        standings=kept,
        wrong_standings=tuple(wrong),
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
