"""Schedules: where and when to ask."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Executable, Row, select, update

from bot.domain.ids import ChannelId, InstallationId, MemberId, ScheduleId
from bot.domain.local_time import Due
from bot.domain.schedules import Schedule, ScheduleDraft, ScheduleState, Timing
from bot.store.fairness import fairly
from bot.store.known_zones import in_known_zones
from bot.store.listed import listed, rows_of
from bot.store.tables import installations, schedules, standings
from bot.store.upsert import insert

TIMINGS_KEPT = 1_000
"""So many timings are remembered: those that fall due together are mostly alike."""
_BEFORE_ALL = ScheduleId(0)


def in_channel(
    tx: Connection,
    installation_id: InstallationId,
    channel_id: ChannelId,
    *,
    hold: bool = False,
) -> Schedule | None:
    """Find the schedule of a channel; `hold` keeps everyone else from changing it meanwhile."""
    query = select(schedules).where(
        schedules.c.installation_id == installation_id, schedules.c.channel_id == channel_id
    )
    row = tx.execute(query.with_for_update() if hold else query).one_or_none()
    return _schedule(row) if row else None


def get(
    tx: Connection, installation_id: InstallationId, schedule_id: ScheduleId
) -> Schedule | None:
    """Find a schedule by its number."""
    row = tx.execute(
        select(schedules).where(
            schedules.c.installation_id == installation_id, schedules.c.id == schedule_id
        )
    ).one_or_none()
    return _schedule(row) if row else None


def hold(tx: Connection, installation_id: InstallationId, schedule_id: ScheduleId) -> None:
    """Let one transaction at a time change which rounds of a schedule are open or settled.

    Whoever needs this takes it before any row of the schedule's rounds, standings and cards: in
    that order nobody waits for somebody who waits for them. It does not hinder new answers.
    """
    tx.execute(
        select(schedules.c.id)
        .where(schedules.c.installation_id == installation_id, schedules.c.id == schedule_id)
        .with_for_update(key_share=True)
    ).close()


def of_installation(tx: Connection, installation_id: InstallationId) -> list[Schedule]:
    """List a workspace's schedules in the order in which they were made."""
    rows = tx.execute(
        select(schedules)
        .where(schedules.c.installation_id == installation_id)
        .order_by(schedules.c.id)
    )
    return [_schedule(row) for row in rows]


def answered_by(
    tx: Connection, installation_id: InstallationId, member_id: MemberId
) -> list[Schedule]:
    """List the schedules in which a member has an answer that counts, oldest first."""
    rows = tx.execute(
        select(schedules)
        .join(standings, standings.c.schedule_id == schedules.c.id)
        .where(
            schedules.c.installation_id == installation_id,
            standings.c.installation_id == installation_id,
            standings.c.member_id == member_id,
            standings.c.answered > 0,
        )
        .order_by(schedules.c.id)
    )
    return [_schedule(row) for row in rows]


def create(tx: Connection, draft: ScheduleDraft, due: Due | None, seed: int, at: datetime) -> bool:
    """Make a schedule; False if the channel has one already."""
    made = tx.execute(
        insert(tx, schedules)
        .values(**_draft_values(draft, due), owner_id=draft.owner_id, seed=seed, created_at=at)
        .on_conflict_do_nothing()
        .returning(schedules.c.id)
    ).one_or_none()
    return made is not None


def change(tx: Connection, schedule_id: ScheduleId, draft: ScheduleDraft, due: Due | None) -> None:
    """Give a schedule another timing or state. Its owner and its deck stay as they were."""
    tx.execute(
        update(schedules)
        .where(schedules.c.installation_id == draft.installation_id, schedules.c.id == schedule_id)
        .values(**_draft_values(draft, due), stopped_reason=None)
    )


def stop(
    tx: Connection, installation_id: InstallationId, channel_id: ChannelId, reason: str
) -> Schedule | None:
    """Stop a channel's schedule because the channel is lost; None if none was running there."""
    row = tx.execute(
        update(schedules)
        .where(
            schedules.c.installation_id == installation_id,
            schedules.c.channel_id == channel_id,
            schedules.c.state == ScheduleState.RUNNING,
        )
        .values(
            state=ScheduleState.STOPPED,
            stopped_reason=reason,
            next_due_at=None,
            next_local_date=None,
        )
        .returning(schedules)
    ).one_or_none()
    return _schedule(row) if row else None


def rename_channel(
    tx: Connection, installation_id: InstallationId, old: ChannelId, new: ChannelId
) -> None:
    """Follow a channel whose identifier Slack changed."""
    tx.execute(
        update(schedules)
        .where(schedules.c.installation_id == installation_id, schedules.c.channel_id == old)
        .values(channel_id=new)
    )


def anything_due(tx: Connection, now: datetime) -> bool:
    """Tell whether any schedule's moment has come."""
    query = select(schedules.c.id).where(
        schedules.c.state == ScheduleState.RUNNING, schedules.c.next_due_at <= now
    )
    return tx.execute(query.limit(1)).one_or_none() is not None


def due(tx: Connection, now: datetime, limit: int) -> list[Schedule]:
    """Lock and return running schedules whose moment has come, the longest waiting first.

    The one query over all installations: the clock strikes for everyone, and each gets its share.
    Each row names its own. Rows that another process holds are left to it, and those in a time zone
    that this machine does not know to one that does.
    """
    query = (
        select(schedules)
        .join(installations, installations.c.id == schedules.c.installation_id)
        .where(
            schedules.c.state == ScheduleState.RUNNING,
            schedules.c.next_due_at <= now,
            installations.c.lost_at.is_(None),
        )
        .order_by(schedules.c.next_due_at, schedules.c.id)
        # Answers point at their schedule as they come in; that must not put the question off.
        .with_for_update(skip_locked=True, of=schedules, key_share=True)
    )
    rows = in_known_zones(
        query, lambda known: fairly(tx, known, schedules.c.installation_id, limit)
    )
    return [_schedule(row) for row in rows]


def move_on(tx: Connection, moves: Iterable[tuple[Schedule, Due]]) -> None:
    """Set the next due moment of schedules."""
    values = [
        {
            "installation_id": schedule.installation_id,
            "id": schedule.id,
            "next_due_at": due.at,
            "next_local_date": due.local_date,
        }
        for schedule, due in moves
    ]
    if values:
        tx.execute(_moving_on(tx.dialect.name), rows_of(values))


@cache
def _moving_on(dialect: str) -> Executable:
    known = schedules.c
    moved = listed(
        dialect, known.installation_id, known.id, known.next_due_at, known.next_local_date
    )
    return (
        update(schedules)
        .where(known.installation_id == moved.c.installation_id, known.id == moved.c.id)
        .values(next_due_at=moved.c.next_due_at, next_local_date=moved.c.next_local_date)
    )


def told_low(tx: Connection, whose: Sequence[Schedule], *, is_told: bool) -> None:
    """Note whether the owners of schedules know that few unasked questions are left."""
    if whose:
        tx.execute(
            update(schedules)
            .where(
                schedules.c.installation_id.in_({one.installation_id for one in whose}),
                schedules.c.id.in_([one.id for one in whose]),
            )
            .values(told_low=is_told)
        )


def stopped_or_paused(tx: Connection) -> Sequence[tuple[Schedule, str | None]]:
    """List schedules that do not run, with the reason where the channel was lost; for `doctor`."""
    rows = tx.execute(
        select(schedules).where(schedules.c.state != ScheduleState.RUNNING).order_by(schedules.c.id)
    )
    return [(_schedule(row), row.stopped_reason) for row in rows]


def next_due(tx: Connection) -> datetime | None:
    """Tell when the next question of any running schedule is due, in UTC; None if none is."""
    soonest: datetime | None = tx.execute(
        select(schedules.c.next_due_at)
        .where(schedules.c.state == ScheduleState.RUNNING, schedules.c.next_due_at.is_not(None))
        .order_by(schedules.c.next_due_at)
        .limit(1)
    ).scalar_one_or_none()
    return soonest


def everywhere(
    tx: Connection, *, after: ScheduleId = _BEFORE_ALL, limit: int | None = None
) -> list[Schedule]:
    """List the schedules of every installation by their numbers, from `after` on; for `doctor`."""
    query = select(schedules).where(schedules.c.id > after).order_by(schedules.c.id).limit(limit)
    return [_schedule(row) for row in tx.execute(query)]


def _draft_values(draft: ScheduleDraft, due: Due | None) -> dict[str, Any]:
    return {
        "installation_id": draft.installation_id,
        "channel_id": draft.channel_id,
        "at_minute": draft.timing.at.hour * 60 + draft.timing.at.minute,
        "zone": draft.timing.zone.key,
        "weekdays": sum(1 << day for day in draft.timing.weekdays),
        "state": ScheduleState.RUNNING if draft.running else ScheduleState.PAUSED,
        "next_due_at": due.at if due else None,
        "next_local_date": due.local_date if due else None,
    }


def _schedule(row: Row[Any]) -> Schedule:
    return Schedule(
        id=ScheduleId(row.id),
        installation_id=InstallationId(row.installation_id),
        channel_id=ChannelId(row.channel_id),
        owner_id=MemberId(row.owner_id),
        timing=_timing(row.at_minute, row.zone, row.weekdays),
        state=ScheduleState(row.state),
        seed=row.seed,
        next_due=Due(row.next_due_at, row.next_local_date) if row.next_due_at else None,
        told_low=row.told_low,
    )


@lru_cache(TIMINGS_KEPT)
def _timing(at_minute: int, zone: str, weekdays: int) -> Timing:
    return Timing(
        at=time(at_minute // 60, at_minute % 60),
        zone=ZoneInfo(zone),
        weekdays=frozenset(day for day in range(7) if weekdays >> day & 1),
    )
