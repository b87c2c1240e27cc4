"""What arrives at once is written at once, and nobody suffers from the company."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.store import together
from bot.store.database import Connection, Database
from bot.store.together import ALONE, Alone, Company, Together


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A database with a table of notes."""
    opened = Database(f"sqlite:///{tmp_path / 'notes.db'}")
    await opened.write(lambda tx: tx.execute(text("CREATE TABLE notes (note TEXT UNIQUE)")).close())
    yield opened
    opened.close()


COMPANY = Company(most=8)
SELDOM = Company(most=8, rest_s=3600)
"""With a rest that no test waits for."""


@dataclass
class Notes:
    """Writes notes and remembers in which company; holds the first back until somebody opens."""

    database: Database
    company: Company = COMPANY
    crowds: list[list[str]] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    opened: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Be ready."""
        self.writing = Together(self.database, self.write_together, self.write_alone, self.company)

    def write_together(self, tx: Connection, words: Sequence[str]) -> list[str | Alone]:
        """Write several, but leave long ones to be written alone."""
        self.crowds.append(list(words))
        assert self.opened.wait(30)
        for word in words:
            if len(word) < 9:
                note(tx, word)
        return [word if len(word) < 9 else ALONE for word in words]

    def write_alone(self, tx: Connection, word: str) -> str:
        """Write one."""
        self.alone.append(word)
        note(tx, word)
        return word

    async def all_at_once(self, *words: str) -> list[str | BaseException]:
        """Let all of them wait for the writer, then let it go on."""
        tasks = [asyncio.create_task(self.writing.write(word)) for word in words]
        await asyncio.sleep(0)
        self.opened.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    async def stored(self) -> list[str]:
        """Every note."""
        return await self.database.read(
            lambda tx: list(tx.execute(text("SELECT note FROM notes ORDER BY note")).scalars())
        )


def note(tx: Connection, word: str) -> None:
    """Write one note."""
    tx.execute(text("INSERT INTO notes VALUES (:word)"), {"word": word}).close()


async def test_what_arrives_as_a_transaction_ends_is_written_too(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "MOST_UNDER_WAY", 1)
    notes = Notes(database)
    notes.opened.set()
    words = ["one", "two", "three"]
    async with asyncio.timeout(10):
        assert [await notes.writing.write(word) for word in words] == words


async def test_what_arrives_at_once_is_written_at_once(database: Database) -> None:
    notes = Notes(database)
    words = [f"note {n}" for n in range(COMPANY.most)]
    assert await notes.all_at_once(*words) == words
    assert notes.crowds == [words]
    assert await notes.stored() == words


async def test_a_crowd_has_its_limit(database: Database) -> None:
    notes = Notes(database)
    await notes.all_at_once(*(f"{n:04d}" for n in range(3 * COMPANY.most)))
    assert max(map(len, notes.crowds)) == COMPANY.most
    assert len(await notes.stored()) == 3 * COMPANY.most
    assert not notes.alone


async def test_what_comes_alone_is_written_without_waiting_for_company(database: Database) -> None:
    notes = Notes(database)
    notes.opened.set()
    for word in ("one", "two"):
        assert await notes.writing.write(word) == word
    assert notes.crowds == [["one"], ["two"]]


async def test_the_first_after_a_pause_and_what_fills_a_transaction_do_not_rest(
    database: Database,
) -> None:
    notes = Notes(database, SELDOM)
    notes.opened.set()
    assert await notes.writing.write("first") == "first"
    words = [f"note {n}" for n in range(2 * SELDOM.most)]
    assert await notes.all_at_once(*words) == words
    assert list(map(len, notes.crowds)) == [1, SELDOM.most, SELDOM.most]


async def test_what_follows_is_written_together_after_a_rest(database: Database) -> None:
    notes = Notes(database, Company(most=8, rest_s=0.01))
    notes.opened.set()
    await notes.writing.write("first")
    assert await notes.all_at_once("two", "three", "four") == ["two", "three", "four"]
    assert notes.crowds == [["first"], ["two", "three", "four"]]


async def test_what_needs_more_is_written_alone(database: Database) -> None:
    notes = Notes(database)
    words = ["short", "a very long one"]
    assert await notes.all_at_once(*words) == words
    assert notes.alone == ["a very long one"]
    assert await notes.stored() == sorted(words)


async def test_one_that_fails_spoils_nothing_for_the_others(database: Database) -> None:
    notes = Notes(database)
    first, second, third = await notes.all_at_once("one", "two", "one")
    assert (first, second) == ("one", "two")
    assert type(third).__name__ == "IntegrityError"
    assert await notes.stored() == ["one", "two"]


async def test_while_the_database_is_locked_all_are_told_and_none_tries_alone(
    database: Database,
) -> None:
    notes = Notes(database)
    with closing(sqlite3.connect(str(database.url.database))) as other:
        other.execute("BEGIN IMMEDIATE")
        results = await notes.all_at_once("one", "two")
        other.rollback()
    assert [type(result) for result in results] == [OperationalError] * 2
    assert notes.alone == []
    assert await notes.writing.write("three") == "three"
    assert await notes.stored() == ["three"]


async def test_one_who_gives_up_waiting_hinders_nobody(database: Database) -> None:
    notes = Notes(database)
    tasks = [asyncio.create_task(notes.writing.write(word)) for word in ("one", "two")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    tasks[0].cancel()
    notes.opened.set()
    assert await tasks[1] == "two"
