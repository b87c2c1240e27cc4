"""The two doors of the database: `write` and `read`."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, make_url, text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.store import heartbeats
from bot.store.database import (
    MOST_WRITES_PER_COMMIT,
    Connection,
    Database,
    DatabaseInUseError,
    _SqliteWriter,
    only_process,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database of either kind."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
async def on_sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """An open SQLite database without a schema, but for a table of notes."""
    opened = Database(f"sqlite:///{tmp_path / 'notes.db'}")
    await opened.write(lambda tx: tx.execute(text("CREATE TABLE notes (note TEXT UNIQUE)")).close())
    yield opened
    opened.close()


def note(word: str) -> Callable[[Connection], str]:
    """Return a function that writes a note and returns it."""

    def write(tx: Connection) -> str:
        tx.execute(text("INSERT INTO notes VALUES (:word)"), {"word": word}).close()
        return word

    return write


async def notes(database: Database) -> list[str]:
    """Every note, in the order in which they were written."""
    return await database.read(
        lambda tx: list(tx.execute(text("SELECT note FROM notes ORDER BY rowid")).scalars())
    )


def on_disk(database: Database) -> list[str]:
    """Every note as another program sees them."""
    with closing(sqlite3.connect(str(database.url.database))) as other:
        return [word for (word,) in other.execute("SELECT note FROM notes ORDER BY rowid")]


@dataclass
class Gate:
    """Holds the writer up, so that what is written meanwhile waits together."""

    opened: threading.Event = field(default_factory=threading.Event)

    def wait(self, _tx: Connection) -> None:
        """Wait in the writer's thread until somebody opens."""
        assert self.opened.wait(30)


async def together(database: Database, *works: Callable[[Connection], object]) -> list[object]:
    """Let several writes wait for the writer at the same time; return results and failures."""
    gate = Gate()
    waiting: list[Callable[[Connection], object]] = [gate.wait, *works]
    tasks = [asyncio.create_task(database.write(work)) for work in waiting]
    await asyncio.sleep(0)
    gate.opened.set()
    return [*await asyncio.gather(*tasks, return_exceptions=True)][1:]


def commits_of(database: Database) -> list[object]:
    """Return a list that grows with every commit of the writer."""
    assert isinstance(database._writer, _SqliteWriter)
    seen: list[object] = []
    event.listen(database._writer._engine, "commit", seen.append)
    return seen


async def test_what_was_written_can_be_read(database: Database) -> None:
    await database.write(lambda tx: heartbeats.beat(tx, "tick", NOON))
    assert await database.read(lambda tx: heartbeats.last(tx, "tick")) == NOON


async def test_a_function_that_fails_leaves_nothing_behind(database: Database) -> None:
    def fail(tx: Connection) -> None:
        heartbeats.beat(tx, "tick", NOON)
        raise LookupError("changed my mind")

    with pytest.raises(LookupError, match="changed my mind"):
        await database.write(fail)
    assert await database.read(lambda tx: heartbeats.last(tx, "tick")) is None


async def test_a_moment_without_a_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="a moment needs a time zone"):
        await database.write(lambda tx: heartbeats.beat(tx, "tick", NOON.replace(tzinfo=None)))


async def test_a_moment_comes_back_in_utc(database: Database) -> None:
    summer_in_delhi = datetime.fromisoformat("2026-07-01T12:00:00.123456+05:30")
    await database.write(lambda tx: heartbeats.beat(tx, "tick", summer_in_delhi))
    found = await database.read(lambda tx: heartbeats.last(tx, "tick"))
    assert found == summer_in_delhi
    assert found.utcoffset() == UTC.utcoffset(None)


async def test_writes_that_wait_share_one_commit(on_sqlite: Database) -> None:
    commits = commits_of(on_sqlite)
    await together(on_sqlite, *(note(f"note {n}") for n in range(MOST_WRITES_PER_COMMIT)))
    assert len(commits) == 2, "the gate's, and one for all the others"


async def test_no_more_than_so_many_writes_share_a_commit(on_sqlite: Database) -> None:
    commits = commits_of(on_sqlite)
    await together(on_sqlite, *(note(f"note {n}") for n in range(2 * MOST_WRITES_PER_COMMIT)))
    assert len(commits) == 3


async def test_one_that_fails_among_those_rolls_back_alone(on_sqlite: Database) -> None:
    def fail(tx: Connection) -> None:
        note("never")(tx)
        raise LookupError

    first, second, third = await together(on_sqlite, note("one"), fail, note("two"))
    assert (first, third) == ("one", "two")
    assert isinstance(second, LookupError)
    assert await notes(on_sqlite) == ["one", "two"]


async def test_writes_happen_in_the_order_of_asking(on_sqlite: Database) -> None:
    words = [f"note {n:03}" for n in range(200)]
    assert await together(on_sqlite, *(note(word) for word in words)) == words
    assert await notes(on_sqlite) == words


async def test_a_result_is_handed_over_only_when_it_is_on_disk(on_sqlite: Database) -> None:
    found: list[list[str]] = []

    async def write(word: str) -> None:
        await on_sqlite.write(note(word))
        found.append(on_disk(on_sqlite))

    await asyncio.gather(*(write(f"note {n}") for n in range(20)))
    assert [f"note {n}" in seen for n, seen in enumerate(found)] == [True] * 20


def not_at_commit(tx: Connection) -> str:
    """Do what SQLite refuses only when it commits: leave a reference that points nowhere."""
    tx.execute(text("PRAGMA defer_foreign_keys=ON")).close()
    tx.execute(text("INSERT INTO shelves VALUES ('no such note')")).close()
    return "looked well"


async def test_when_the_commit_fails_nobody_is_told_that_it_was_stored(
    on_sqlite: Database,
) -> None:
    await on_sqlite.write(
        lambda tx: tx.execute(
            text("CREATE TABLE shelves (note TEXT REFERENCES notes (note))")
        ).close()
    )
    outcomes = await together(on_sqlite, note("one"), not_at_commit, note("two"))
    assert [type(outcome) for outcome in outcomes] == [IntegrityError] * 3
    assert on_disk(on_sqlite) == []
    assert await on_sqlite.write(note("three")) == "three", "the writer lives on"


async def test_closing_finishes_what_is_queued_and_refuses_more(on_sqlite: Database) -> None:
    gate = Gate()
    held = asyncio.create_task(on_sqlite.write(gate.wait))
    tasks = [asyncio.create_task(on_sqlite.write(note(f"{n}"))) for n in range(100)]
    await asyncio.sleep(0)
    threading.Timer(0.05, gate.opened.set).start()
    await asyncio.to_thread(on_sqlite.close)
    await asyncio.gather(held, *tasks)
    assert len(on_disk(on_sqlite)) == 100
    with pytest.raises(RuntimeError, match="closed"):
        await on_sqlite.write(note("too late"))


async def test_one_who_stops_waiting_disturbs_nobody(on_sqlite: Database) -> None:
    gate = Gate()
    held = asyncio.create_task(on_sqlite.write(gate.wait))
    left = asyncio.create_task(on_sqlite.write(note("left alone")))
    stayed = asyncio.create_task(on_sqlite.write(note("stayed")))
    await asyncio.sleep(0)
    left.cancel()
    gate.opened.set()
    await asyncio.gather(held, stayed)
    with pytest.raises(asyncio.CancelledError):
        await left
    assert await on_sqlite.write(note("afterwards")) == "afterwards"
    assert [word for word in on_disk(on_sqlite) if word != "left alone"] == ["stayed", "afterwards"]


async def test_reading_cannot_write_on_sqlite(on_sqlite: Database) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        await on_sqlite.read(note("through the wrong door"))
    assert await notes(on_sqlite) == []


async def test_a_lock_held_too_long_is_an_error_and_not_a_hang(on_sqlite: Database) -> None:
    with closing(sqlite3.connect(str(on_sqlite.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            await on_sqlite.write(note("refused"))
        other.execute("ROLLBACK")
    await on_sqlite.write(note("taken"))
    assert on_disk(on_sqlite) == ["taken"]


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_is_broken_off_in_a_deadlock_is_run_again(database: Database) -> None:
    for name in ("left", "right"):
        await database.write(lambda tx, name=name: heartbeats.beat(tx, name, NOON))  # type: ignore[misc]
    both_hold_one = threading.Barrier(2)
    later = {"left then right": NOON + HOUR, "right then left": NOON + 2 * HOUR}

    def crossing(order: str) -> Callable[[Connection], str]:
        runs: list[int] = []

        def beat(tx: Connection) -> str:
            first, _, second = order.split()
            heartbeats.beat(tx, first, later[order])
            if not runs:
                runs.append(1)
                both_hold_one.wait(30)
            heartbeats.beat(tx, second, later[order])
            return order

        return beat

    done = await asyncio.gather(*(database.write(crossing(order)) for order in later))
    assert done == [*later]
    left, right = [
        await database.read(lambda tx, name=name: heartbeats.last(tx, name))  # type: ignore[misc]
        for name in ("left", "right")
    ]
    assert left == right, "the last of the two wrote both"
    assert left in later.values()


async def test_a_database_that_cannot_be_reached_does_not_answer(tmp_path: Path) -> None:
    nowhere = make_url(f"postgresql+psycopg://nobody@/prep?host={tmp_path}")
    database = Database(nowhere)
    try:
        assert not await database.is_answering()
    finally:
        database.close()


async def test_a_database_answers(database: Database) -> None:
    assert await database.is_answering()


def test_a_file_is_held_by_one_process_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'prep.db'}"
    with (
        only_process(url),
        pytest.raises(DatabaseInUseError, match="Another process already runs on"),
        only_process(url),
    ):
        pass
    with only_process(url):
        pass


def test_a_database_on_a_server_is_held_by_nobody() -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1/prep"
    with only_process(url), only_process(url):
        pass


HOLDER = """
import sys
from bot.store.database import only_process
with only_process(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_killed_process_holds_its_file_no_longer(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'prep.db'}"
    holder = subprocess.Popen(  # noqa: S603 - it runs this very Python
        [sys.executable, "-c", HOLDER, url],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DatabaseInUseError), only_process(url):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait(30)
        with only_process(url):
            pass
