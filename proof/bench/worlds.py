"""Databases full of a made-up team's work, written in bulk into the app's own schema.

Their facts agree with each other: `prep doctor` finds every standing right.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
    create_engine,
    func,
    insert,
    make_url,
    select,
    text,
    update,
)

from bot.domain.ids import ChannelId, InstallationId, MemberId, MessageTs
from bot.domain.installations import Identity
from bot.domain.streaks import PostedRound, steps
from bot.store import installations
from bot.store.tables import answers, cards, rounds, schedules, standings
from content import files
from proof.bench.events import BOT, TEAM

ROWS_AT_ONCE = 5_000
DAY = timedelta(days=1)
WORDS = 30
FIRST_MEMBER, MEMBERS_APART, ROUNDS_APART = 10**14, 10**7, 10**4
"""What names of members are made of, and numbers of rounds: none is that many."""


@dataclass(frozen=True, slots=True)
class OpenThread:
    """Where people may reply now."""

    channel: ChannelId
    thread_ts: MessageTs


@dataclass(frozen=True, slots=True)
class Team:
    """How big the made-up team is. Every second member answered each of the `past` rounds."""

    channels: int
    members: int
    past: int


def member(channel: int, number: int) -> MemberId:
    """Name a member of a channel."""
    return MemberId(f"U{FIRST_MEMBER + channel * MEMBERS_APART + number}")


def channel(number: int) -> ChannelId:
    """Name a channel."""
    return ChannelId(f"C{number:07d}")


def ts(moment: datetime, micro: int = 0) -> MessageTs:
    """Return a moment as Slack writes it."""
    return MessageTs(f"{int(moment.timestamp())}.{micro:06d}")


def slugs() -> list[str]:
    """Name the shipped questions."""
    shipped = files.SHIPPED
    return [str(path.relative_to(shipped).with_suffix("")) for path in files.found_in(shipped)]


@contextmanager
def writing(url: str) -> Iterator[Connection]:
    """Open one transaction on a database that nobody else writes to."""
    engine = create_engine(make_url(url))
    try:
        with engine.begin() as tx:
            yield tx
    finally:
        engine.dispose()


def put(tx: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert many rows."""
    waiting = iter(rows)
    while some := list(itertools.islice(waiting, ROWS_AT_ONCE)):
        tx.execute(insert(table), some)


def install(tx: Connection, now: datetime, team: str = TEAM, bot: str = BOT) -> InstallationId:
    """Install the app in a workspace."""
    return installations.ensure(tx, Identity(team, None, MemberId(bot)), now - 400 * DAY).id


@dataclass(frozen=True, slots=True)
class Appointments:
    """Schedules without members: how many, and how many rounds each has behind it.

    `channels` names their channels, else they are made up.
    """

    count: int
    past: int = 3
    channels: Sequence[str] = ()


def appoint(tx: Connection, wish: Appointments, installation: int, now: datetime) -> None:
    """Fill a migrated, empty database with schedules, none of which is due."""
    questions = slugs()
    made = now - (wish.past + 2) * DAY
    later = now + timedelta(hours=12)
    rows = [schedule(installation, number, later, made) for number in range(1, wish.count + 1)]
    if wish.channels:
        rows = [{**row, "channel_id": name} for row, name in zip(rows, wish.channels, strict=True)]
    put(tx, schedules, rows)
    if wish.past:
        put(
            tx,
            rounds,
            (
                {**round_row(installation, number, one, questions), "channel_id": row["channel_id"]}
                for number, row in enumerate(rows, start=1)
                for one in posted_rounds(number, wish.past - 1, now - DAY)
            ),
        )
    renumber(tx)


def fall_due(tx: Connection, count: int, day: date, now: datetime) -> None:
    """Let the first `count` schedules fall due now, for a date of theirs."""
    tx.execute(
        update(schedules)
        .where(schedules.c.id <= count)
        .values(next_due_at=now - timedelta(seconds=1), next_local_date=day)
    )


def schedule(installation: int, number: int, due: datetime, made: datetime) -> dict[str, Any]:
    """Return the row of a channel's running schedule, next due at `due`."""
    return {
        "id": number,
        "installation_id": installation,
        "channel_id": channel(number),
        "owner_id": "U0OWNER",
        "at_minute": due.hour * 60 + due.minute,
        "zone": "UTC",
        "weekdays": 127,
        "state": "running",
        "seed": number * 2_654_435_761 % 2**63,
        "next_due_at": due,
        "next_local_date": due.date(),
        "created_at": made,
    }


def renumber(tx: Connection) -> None:
    """Let PostgreSQL number on after what was written, and know how much it is; else do nothing."""
    if tx.dialect.name != "postgresql":
        return
    for table in (schedules, rounds, answers):
        most = select(func.coalesce(func.max(table.c.id), 1)).scalar_subquery()
        tx.execute(select(func.setval(f"{table.name}_id_seq", most)))
    tx.execute(text("ANALYZE"))


def populate(tx: Connection, team: Team, now: datetime) -> list[OpenThread]:
    """Fill a migrated, empty database; return the thread of each channel's open round."""
    installation = install(tx, now)
    questions = slugs()
    made = now - (team.past + 2) * DAY
    put(
        tx,
        schedules,
        [schedule(installation, one, now + DAY / 2, made) for one in range(1, team.channels + 1)],
    )
    threads = []
    for number in range(1, team.channels + 1):
        posted = posted_rounds(number, team.past, now)
        put(tx, rounds, [round_row(installation, number, one, questions) for one in posted])
        put(tx, cards, [_card(installation, one, now) for one in posted])
        _answer_the_past(tx, installation, number, team, posted)
        threads.append(OpenThread(channel(number), posted[-1].opened_ts))
    renumber(tx)
    return threads


def posted_rounds(schedule_id: int, past: int, now: datetime) -> list[PostedRound]:
    """List a schedule's rounds, one a day: `past` closed ones, and the open one of half an hour
    ago.
    """
    moments = [now - timedelta(minutes=30) - back * DAY for back in range(past, -1, -1)]
    stamps = [ts(moment, schedule_id) for moment in moments]
    return [
        PostedRound(
            id=_round_id(schedule_id, place),
            local_date=moment.date(),
            opened_ts=stamps[place],
            closed_ts=stamps[place + 1] if place < past else None,
            voided_ts=None,
        )
        for place, moment in enumerate(moments)
    ]


def _round_id(schedule_id: int, place: int) -> Any:
    return schedule_id * ROUNDS_APART + place


def round_row(
    installation: int, schedule_id: int, posted: PostedRound, questions: Sequence[str]
) -> dict[str, Any]:
    """Return the row of a round that was posted."""
    opened = datetime.fromtimestamp(float(posted.opened_ts), tz=UTC)
    return {
        "id": posted.id,
        "installation_id": installation,
        "schedule_id": schedule_id,
        "channel_id": channel(schedule_id),
        "question": questions[posted.id % len(questions)],
        "local_date": posted.local_date,
        "due_at": opened,
        "state": "posted",
        "fence": 1,
        "attempted_at": opened,
        "message_ts": posted.opened_ts,
        "closed_ts": posted.closed_ts,
        "settled": posted.closed_ts is not None,
    }


def _card(installation: int, posted: PostedRound, now: datetime) -> dict[str, Any]:
    return {
        "round_id": posted.id,
        "installation_id": installation,
        "due": False,
        "not_before": now,
    }


def _answer_the_past(
    tx: Connection, installation: int, number: int, team: Team, posted: Sequence[PostedRound]
) -> None:
    closed = [one for one in posted if one.closed_ts is not None]
    regulars = [member(number, one) for one in range(0, team.members, 2)]
    if not closed or not regulars:
        return
    put(
        tx,
        answers,
        [
            _answer(installation, number, one, who, place)
            for one in closed
            for place, who in enumerate(regulars, start=1)
        ],
    )
    at = {one.id: _answered(one, 1) for one in closed}
    base, shown = (list(steps(these, at, ()))[-1].streak for these in (closed, posted))
    row = {
        "schedule_id": number,
        "installation_id": installation,
        "streak": shown.current,
        "best": shown.best,
        "freezes": shown.freezes,
        "answered": shown.answered,
        "base_ts": closed[-1].opened_ts,
        "base_streak": base.current,
        "base_best": base.best,
        "base_freezes": base.freezes,
        "base_answered": base.answered,
    }
    put(tx, standings, [{**row, "member_id": who} for who in regulars])


def _answered(posted: PostedRound, place: int) -> MessageTs:
    return MessageTs(f"{int(float(posted.opened_ts)) + 60 + place // 1_000_000}.{place:06d}")


def _answer(
    installation: int, number: int, posted: PostedRound, who: MemberId, place: int
) -> dict[str, Any]:
    return {
        "installation_id": installation,
        "schedule_id": number,
        "round_id": posted.id,
        "channel_id": channel(number),
        "thread_ts": posted.opened_ts,
        "ts": _answered(posted, place),
        "member_id": who,
        "words": WORDS,
        "has_file": False,
        "counted": True,
    }
