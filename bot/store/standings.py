"""Standings: the streak rule's results, kept so that a board never reads history.

A row holds two states of the fold: `base`, after the last closed round that was folded into it,
and the one people see, which has the open round as well. An answer to the open round therefore
costs one step, whatever the history. News about a round before the base (a late event, a deletion)
folds that member from the beginning. `history` is the truth that both must agree with.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select, update

from bot.domain.counting import MOST_COUNTED
from bot.domain.ids import InstallationId, MemberId, MessageTs, RoundId, ScheduleId
from bot.domain.streaks import AwayRange, PostedRound, Step, Streak, fold, steps
from bot.store import answers, away, rounds, schedules
from bot.store.rounds import RoundRow
from bot.store.tables import schedules as schedules_table
from bot.store.tables import standings
from bot.store.upsert import insert

SETTLED_AT_ONCE = 100
"""How many members' standings one transaction looks at when a round has closed; answers wait for
it."""
SETTLED_AT_A_LOOK = 200
"""How many running streaks a look brings up to date, if the clockwork has not been there yet."""

Answered = Mapping[RoundId, tuple[MessageTs, MessageTs]]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose standings: a schedule of an installation."""

    installation_id: InstallationId
    schedule_id: ScheduleId


@dataclass(frozen=True, slots=True)
class _Base:
    ts: str
    streak: Streak


def refresh(
    tx: Connection,
    scope: Scope,
    members: Sequence[MemberId],
    changed_ts: MessageTs | None = None,
) -> dict[MemberId, Streak]:
    """Bring standings up to date and return them.

    `changed_ts` names the round (by its message) about which something new is known; None when only
    time has passed. Rows are locked, so two of these for one member follow each other.
    """
    if not members:
        return {}
    bases = _lock(tx, scope, members, changed_ts)
    answered = answers.earliest_by_round(
        tx, scope.installation_id, scope.schedule_id, members, min(b.ts for b in bases.values())
    )
    answered = {
        member: {r: pair for r, pair in found.items() if pair[0] > bases[member].ts}
        for member, found in answered.items()
    }
    starts = {member: _start(bases[member], answered.get(member, {})) for member in members}
    posted = _rounds_after(tx, scope, starts)
    leaves = away.of_members(tx, scope.installation_id, members)
    new = {
        member: _advance(
            bases[member],
            [
                r
                for r in posted
                if start is not None and r.opened_ts >= start and r.opened_ts > bases[member].ts
            ],
            answered.get(member, {}),
            leaves.get(member, ()),
        )
        for member, start in starts.items()
    }
    _save(tx, scope, new)
    return {member: shown for member, (_, shown) in new.items()}


def _start(base: _Base, answered: Answered) -> str | None:
    """Tell from where on rounds past the base can change anything; None if none can.

    An idle state passes unanswered rounds unchanged, so it starts at the next answered one.
    """
    if not base.streak.is_idle:
        return base.ts
    return min((thread_ts for thread_ts, _ in answered.values()), default=None)


def _rounds_after(
    tx: Connection, scope: Scope, starts: Mapping[MemberId, str | None]
) -> list[PostedRound]:
    first = min((start for start in starts.values() if start is not None), default=None)
    if first is None:
        return []
    return rounds.posted_from(tx, scope.installation_id, scope.schedule_id, first)


def _advance(
    base: _Base, posted: Sequence[PostedRound], answered: Answered, leaves: Sequence[AwayRange]
) -> tuple[_Base, Streak]:
    """Fold the closed rounds into the base, and all of them into what people see."""
    tss = {round_id: ts for round_id, (_, ts) in answered.items()}
    closed = [r for r in posted if r.closed_ts is not None]
    settled = fold(closed, tss, leaves, base.streak)
    new_base = _Base(closed[-1].opened_ts if closed else base.ts, settled)
    shown = fold([r for r in posted if r.closed_ts is None], tss, leaves, settled)
    return new_base, shown


def _lock(
    tx: Connection, scope: Scope, members: Sequence[MemberId], changed_ts: MessageTs | None
) -> dict[MemberId, _Base]:
    tx.execute(
        insert(tx, standings).on_conflict_do_nothing(),
        [
            {
                "installation_id": scope.installation_id,
                "schedule_id": scope.schedule_id,
                "member_id": member,
            }
            for member in sorted(members)
        ],
    )
    rows = tx.execute(
        select(standings)
        .where(*_of(scope), standings.c.member_id.in_(members))
        .order_by(standings.c.member_id)
        .with_for_update()
    )
    return {MemberId(row.member_id): _base(row, changed_ts) for row in rows}


def _base(row: Row[Any], changed_ts: MessageTs | None) -> _Base:
    if changed_ts is not None and changed_ts <= row.base_ts:
        return _Base("", Streak())
    streak = Streak(row.base_streak, row.base_best, row.base_freezes, row.base_answered)
    return _Base(row.base_ts, streak)


def _save(tx: Connection, scope: Scope, new: Mapping[MemberId, tuple[_Base, Streak]]) -> None:
    tx.execute(
        update(standings)
        .where(*_of(scope), standings.c.member_id == bindparam("whose"))
        .values(
            {name: bindparam(f"new_{name}") for name in _columns(_Base("", Streak()), Streak())}
        ),
        [
            {"whose": member}
            | {f"new_{name}": value for name, value in _columns(base, shown).items()}
            for member, (base, shown) in sorted(new.items())
        ],
    )


def _columns(base: _Base, shown: Streak) -> dict[str, Any]:
    return {
        "streak": shown.current,
        "best": shown.best,
        "freezes": shown.freezes,
        "answered": shown.answered,
        "base_ts": base.ts,
        "base_streak": base.streak.current,
        "base_best": base.streak.best,
        "base_freezes": base.streak.freezes,
        "base_answered": base.streak.answered,
    }


def settle(tx: Connection, closed: RoundRow, limit: int = SETTLED_AT_ONCE) -> int:
    """Write what a closed round means for members who may have missed it, `limit` at a time.

    They are looked at in the order of their names, from where the last call came to. It returns how
    many were looked at: fewer than `limit` mean that the round is settled.
    Only running streaks can change by a missed round, so nobody else is brought up to date. The
    schedule is held, so that none begins to run unseen.
    """
    assert closed.message_ts is not None  # noqa: S101 - a closed round was posted
    scope = Scope(closed.installation_id, closed.schedule_id)
    schedules.hold(tx, scope.installation_id, scope.schedule_id)
    seen = tx.execute(
        select(standings.c.member_id, standings.c.streak, standings.c.base_ts)
        .where(*_of(scope), standings.c.member_id > closed.settled_to)
        .order_by(standings.c.member_id)
        .limit(limit)
    ).all()
    behind = [row for row in seen if row.streak > 0 and row.base_ts < closed.message_ts]
    refresh(tx, scope, [MemberId(row.member_id) for row in behind])
    if len(seen) == limit:
        rounds.settle_to(tx, closed, MemberId(seen[-1].member_id))
    else:
        rounds.settle(tx, closed)
    return len(seen)


def settle_schedule(tx: Connection, scope: Scope) -> None:
    """Write what every closed round of a schedule means, however many members that concerns."""
    while closed := rounds.first_unsettled(tx, scope.installation_id, scope.schedule_id):
        settle(tx, closed)


def before_a_look(tx: Connection, scope: Scope, member_id: MemberId | None) -> bool:
    """Bring up to date what a member is about to see of a schedule in which a round has closed.

    Where few streaks run that is everyone's, and the answer is True. Else it is the member's own:
    the rest is left to the clockwork, so that no look costs more the more members there are.
    """
    schedules.hold(tx, scope.installation_id, scope.schedule_id)
    running = tx.execute(
        select(standings.c.member_id)
        .where(*_of(scope), standings.c.streak > 0)
        .order_by(standings.c.streak.desc())
        .limit(SETTLED_AT_A_LOOK + 1)
    ).all()
    if len(running) <= SETTLED_AT_A_LOOK:
        refresh(tx, scope, [MemberId(row.member_id) for row in running])
        return True
    if member_id is not None and of_member(tx, scope, member_id) is not None:
        refresh(tx, scope, [member_id])
    return False


def rebuild(tx: Connection, scope: Scope) -> None:
    """Fold every member of a schedule from the beginning."""
    members = answers.members_of(tx, scope.installation_id, scope.schedule_id)
    for first in range(0, len(members), SETTLED_AT_ONCE):
        refresh(tx, scope, members[first : first + SETTLED_AT_ONCE], MessageTs(""))


def history(tx: Connection, scope: Scope, member_id: MemberId) -> list[Step]:
    """Explain a member's standing round by round, from the facts alone."""
    posted = rounds.posted_from(tx, scope.installation_id, scope.schedule_id)
    answered = answers.earliest_by_round(
        tx, scope.installation_id, scope.schedule_id, [member_id], ""
    ).get(member_id, {})
    leaves = away.of_members(tx, scope.installation_id, [member_id]).get(member_id, ())
    return list(steps(posted, {r: ts for r, (_, ts) in answered.items()}, leaves))


def top(tx: Connection, scope: Scope, limit: int) -> list[tuple[MemberId, Streak]]:
    """List the first standings of a schedule: by streak, then best, then rounds answered."""
    rows = tx.execute(
        select(standings)
        .where(*_of(scope), standings.c.answered > 0)
        .order_by(
            standings.c.streak.desc(),
            standings.c.best.desc(),
            standings.c.answered.desc(),
            standings.c.member_id,
        )
        .limit(limit)
    )
    return [(MemberId(row.member_id), _shown(row)) for row in rows]


def of_member(tx: Connection, scope: Scope, member_id: MemberId) -> Streak | None:
    """Return a member's standing; None if they never answered."""
    row = tx.execute(
        select(standings).where(*_of(scope), standings.c.member_id == member_id)
    ).one_or_none()
    return _shown(row) if row is not None and row.answered else None


def all_of(tx: Connection, scope: Scope) -> Iterable[tuple[MemberId, Streak]]:
    """List every standing of a schedule; for `doctor`."""
    rows = tx.execute(select(standings).where(*_of(scope)).order_by(standings.c.member_id))
    return [(MemberId(row.member_id), _shown(row)) for row in rows]


def count_above(tx: Connection, scope: Scope, streak: int) -> int:
    """Count the members whose streak is longer than `streak`, up to one past `MOST_COUNTED`."""
    return _counted(tx, scope, standings.c.streak > streak)


def count_members(tx: Connection, scope: Scope) -> int:
    """Count the members who ever answered, up to one past `MOST_COUNTED`."""
    return _counted(tx, scope, standings.c.answered > 0)


def _counted(tx: Connection, scope: Scope, condition: ColumnElement[bool]) -> int:
    # The installation is asked of the schedule: the index of the board then holds all it takes.
    whose = select(schedules_table.c.id).where(
        schedules_table.c.installation_id == scope.installation_id,
        schedules_table.c.id == scope.schedule_id,
    )
    some = (
        select(standings.c.member_id)
        .where(standings.c.schedule_id == whose.scalar_subquery(), condition)
        .limit(MOST_COUNTED + 1)
    )
    return tx.execute(select(func.count()).select_from(some.subquery())).scalar_one()


def _shown(row: Row[Any]) -> Streak:
    return Streak(row.streak, row.best, row.freezes, row.answered)


def _of(scope: Scope) -> tuple[Any, ...]:
    return (
        standings.c.installation_id == scope.installation_id,
        standings.c.schedule_id == scope.schedule_id,
    )
