"""Worlds of millions of answers, written by the database itself from a few small tables.

Every member leads one of some lives: which of a schedule's rounds they answered. What a life comes
to is worked out by the streak rule, so the standings are true, as `prep doctor` would see.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, make_url, text

from bot.domain.streaks import ANSWERS_PER_FREEZE, MOST_FREEZES, Streak, steps
from bot.store.tables import answers, rounds, schedules
from proof.bench import worlds

LIVING, DEAD = 19, 16
"""How many lives there are with a streak that goes on, and with one that ended."""
SOME_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Crowd:
    """One schedule: how many members it has, and how many closed rounds before its open one.

    `dead`: how many of a hundred members had a high streak that ended. `devoted`: all answered
    every round.
    """

    members: int
    past: int
    dead: int = 30
    devoted: bool = False


@contextmanager
def building(url: str) -> Iterator[Connection]:
    """Open a transaction on a database that nobody uses yet, and whose loss would not matter."""
    engine = create_engine(make_url(url))
    try:
        _hurry(engine)
        with engine.begin() as tx:
            if tx.dialect.name == "postgresql":
                # The references are right by the way they are made; each check would be a query.
                tx.execute(text("SET LOCAL session_replication_role = replica"))
            yield tx
    finally:
        engine.dispose()


def _hurry(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")


def sizes(schedules_wanted: int, members: int, largest: int) -> list[int]:
    """Share members out to schedules as teams do: two of the largest, then ever smaller, to 30.

    The sum is as near to `members` as whole numbers allow.
    """
    steep, flat = 3.0, 0.0
    for _ in range(60):
        slope = (steep + flat) / 2
        if sum(_sizes(schedules_wanted, largest, slope)) > members:
            flat = slope
        else:
            steep = slope
    return _sizes(schedules_wanted, largest, steep)


def _sizes(schedules_wanted: int, largest: int, slope: float) -> list[int]:
    tail = (int(largest * place**-slope) for place in range(2, schedules_wanted))
    return [largest, largest, *(min(largest, max(30, size)) for size in tail)]


def gather(
    tx: Connection, crowds: Sequence[Crowd], now: datetime, questions: Sequence[str] = ()
) -> int:
    """Fill a migrated, empty database with schedules, rounds, standings and answers.

    Returns how many answers there are. Schedule n is the nth crowd's. `questions` are those that
    were asked, in turn; the shipped ones if none are named.
    """
    installation = worlds.install(tx, now)
    made = now - timedelta(days=4000)
    worlds.put(
        tx,
        schedules,
        (
            worlds.schedule(installation, number, now + timedelta(hours=12), made)
            for number in range(1, len(crowds) + 1)
        ),
    )
    questions = questions or worlds.slugs()
    worlds.put(
        tx,
        rounds,
        (
            worlds.round_row(installation, number, one, questions)
            for number, crowd in enumerate(crowds, start=1)
            for one in worlds.posted_rounds(number, crowd.past, now)
        ),
    )
    for statement in _TABLES:
        tx.execute(text(statement))
    tx.execute(text(_NUMBERS), {"most": max(crowd.members for crowd in crowds)})
    _rows(
        tx,
        "crowds",
        [(n, c.members, c.past, c.dead, int(c.devoted)) for n, c in enumerate(crowds, start=1)],
    )
    _rows(tx, "lives", [row for past in {crowd.past for crowd in crowds} for row in _lives(past)])
    tx.execute(text(_STANDINGS), {"installation": installation})
    tx.execute(text(_CARDS), {"now": now})
    _answer(tx)
    for table in ("numbers", "crowds", "lives"):
        tx.execute(text(f"DROP TABLE {table}"))
    worlds.renumber(tx)
    return int(tx.execute(text("SELECT count(*) FROM answers")).scalar_one())


def answer_the_open_round(tx: Connection, schedule_id: int, count: int) -> None:
    """Let the first `count` members of a schedule answer its open round."""
    which = {
        "schedule": schedule_id,
        "end": f"U{worlds.FIRST_MEMBER + schedule_id * worlds.MEMBERS_APART + count}",
    }
    tx.execute(text(_OPEN_ANSWERS), which)
    tx.execute(text(_OPEN_STANDINGS), which)


def _rows(tx: Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    names = [f"v{place}" for place in range(len(rows[0]))]
    statement = text(f"INSERT INTO {table} VALUES ({', '.join(f':{n}' for n in names)})")  # noqa: S608
    tx.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def _lives(past: int) -> list[tuple[int, ...]]:
    """List what each life comes to after `past` closed rounds and an open one nobody answered."""
    living = [range(past - min(past, n), past) for n in range(1, LIVING + 1)]
    # Two freezes are held at most, so a streak is over three rounds after its last answer.
    dead = [range(max(1, min(n, past - 3))) for n in range(1, DEAD + 1)] if past > 3 else living
    return [
        (past, kind, number, *_came_to(life, past))
        for kind, lives in enumerate((living, dead, [range(past)]))
        for number, life in enumerate(lives)
    ]


def _came_to(life: range, past: int) -> tuple[int, int, int, int]:
    closed = worlds.posted_rounds(1, past, SOME_DAY)[:-1]
    lines = list(steps(closed, {closed[place].id: closed[place].opened_ts for place in life}))
    streak = lines[-1].streak if lines else Streak()
    return streak.current, streak.best, streak.freezes, streak.answered


def _answer(tx: Connection) -> None:
    """Write the answers; their indexes are made afterwards, as they were, which is faster."""
    indexes = list(answers.indexes)
    for index in indexes:
        index.drop(tx)
    tx.execute(text(_ANSWERS))
    for index in indexes:
        index.create(tx)


_TABLES = (
    "CREATE TEMPORARY TABLE numbers (i BIGINT PRIMARY KEY)",
    """
    CREATE TEMPORARY TABLE crowds (
      schedule_id BIGINT PRIMARY KEY, members BIGINT, past INTEGER, dead INTEGER, devoted INTEGER
    )
    """,
    """
    CREATE TEMPORARY TABLE lives (
      past INTEGER, kind INTEGER, number INTEGER,
      streak INTEGER, best INTEGER, freezes INTEGER, answered INTEGER,
      PRIMARY KEY (past, kind, number)
    )
    """,
)
_NUMBERS = """
INSERT INTO numbers
WITH RECURSIVE counting (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM counting WHERE i + 1 < :most)
SELECT i FROM counting
"""
_STANDINGS = f"""
INSERT INTO standings (
  schedule_id, member_id, installation_id, streak, best, freezes, answered,
  base_ts, base_streak, base_best, base_freezes, base_answered
)
SELECT who.schedule_id,
  'U' || CAST({worlds.FIRST_MEMBER} + who.schedule_id * {worlds.MEMBERS_APART} + who.i AS TEXT),
  :installation, life.streak, life.best, life.freezes, life.answered,
  coalesce((SELECT max(message_ts) FROM rounds
    WHERE rounds.schedule_id = who.schedule_id AND closed_ts IS NOT NULL), ''),
  life.streak, life.best, life.freezes, life.answered
FROM (
  SELECT crowds.schedule_id, crowds.past, numbers.i,
    CASE WHEN devoted = 1 THEN 2 WHEN (numbers.i * 37) % 100 < dead THEN 1 ELSE 0 END AS kind
  FROM crowds JOIN numbers ON numbers.i < crowds.members
) AS who
JOIN lives AS life ON life.past = who.past AND life.kind = who.kind
  AND life.number = who.i * 7919 % CASE who.kind WHEN 0 THEN {LIVING} WHEN 1 THEN {DEAD} ELSE 1 END
WHERE life.answered > 0
"""  # noqa: S608 - of our own constants
_CARDS = """
INSERT INTO cards (round_id, installation_id, shown, due, not_before)
SELECT id, installation_id, 0, false, :now FROM rounds
"""
_OPEN_ANSWERS = f"""
INSERT INTO answers (
  installation_id, schedule_id, round_id, channel_id, thread_ts, ts, member_id,
  words, has_file, deleted, counted
)
SELECT r.installation_id, r.schedule_id, r.id, r.channel_id, r.message_ts,
  CAST(CAST(substr(r.message_ts, 1, 10) AS BIGINT) + 60 AS TEXT)
    || '.' || substr(s.member_id, length(s.member_id) - 5),
  s.member_id, {worlds.WORDS}, false, false, true
FROM rounds AS r JOIN standings AS s ON s.schedule_id = r.schedule_id
WHERE r.schedule_id = :schedule AND r.closed_ts IS NULL AND s.member_id < :end
"""  # noqa: S608 - of our own constants
_OPEN_STANDINGS = f"""
UPDATE standings SET
  streak = base_streak + 1,
  best = CASE WHEN base_best > base_streak THEN base_best ELSE base_streak + 1 END,
  freezes = CASE WHEN (base_streak + 1) % {ANSWERS_PER_FREEZE} = 0 AND base_freezes < {MOST_FREEZES}
    THEN base_freezes + 1 ELSE base_freezes END,
  answered = base_answered + 1
WHERE schedule_id = :schedule AND member_id < :end
"""  # noqa: S608 - of our own constants
_ANSWERS = f"""
INSERT INTO answers (
  installation_id, schedule_id, round_id, channel_id, thread_ts, ts, member_id,
  words, has_file, deleted, counted
)
SELECT r.installation_id, r.schedule_id, r.id, r.channel_id, r.message_ts,
  CAST(CAST(substr(r.message_ts, 1, 10) AS BIGINT) + 60 AS TEXT)
    || '.' || substr(s.member_id, length(s.member_id) - 5),
  s.member_id, {worlds.WORDS}, false, false, true
FROM rounds AS r
CROSS JOIN standings AS s
WHERE s.schedule_id = r.schedule_id AND r.closed_ts IS NOT NULL
  AND CASE WHEN s.streak > 0
    THEN r.id % {worlds.ROUNDS_APART}
      >= (SELECT past FROM crowds WHERE crowds.schedule_id = r.schedule_id) - s.answered
    ELSE r.id % {worlds.ROUNDS_APART} < s.answered END
ORDER BY r.channel_id, r.message_ts
"""  # noqa: S608 - of our own constants
