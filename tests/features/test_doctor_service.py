"""The doctor looks at a database that others are at work on."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.ids import ChannelId
from bot.features.doctor import service
from bot.features.doctor.service import SCHEDULES_AT_ONCE, examine, examine_database
from bot.store.database import Connection, Database
from bot.store.tables import standings
from tests.features.diary import ALICE, BOB, Diary, at_nine

MANY = 2 * SCHEDULES_AT_ONCE + 1


class Watched(Database):
    """A database that notes how often it is read and written."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.reads = self.writes = 0

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        """Read, and note it."""
        self.reads += 1
        return await super().read(work)

    async def write(self, work: Callable[[Connection], Any]) -> Any:
        """Write, and note it."""
        self.writes += 1
        return await super().write(work)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Watched]:
    """A fresh database."""
    opened = Watched(database_url)
    yield opened
    opened.close()


async def begun(database: Database, count: int) -> list[Diary]:
    """Set up schedules in so many channels, with a question in each that Alice answered."""
    diaries = [Diary(database, ChannelId(f"C{number}")) for number in range(count)]
    for diary in diaries:
        await diary.begin()
        await diary.asks()
        await diary.answers(ALICE)
    return diaries


async def test_many_schedules_are_looked_at_some_at_a_time_and_nothing_is_written(
    database: Watched,
) -> None:
    diaries = await begun(database, MANY)
    database.reads = database.writes = 0
    report = await examine_database(database, (), at_nine(diaries[0].day))
    assert (report.standings, report.wrong_standings) == (MANY, ())
    assert database.writes == 0
    assert database.reads > MANY / SCHEDULES_AT_ONCE


async def test_a_closed_round_is_settled_first_and_only_where_there_is_one(
    database: Watched,
) -> None:
    first, *_, last = await begun(database, MANY)
    for diary in (first, last):
        await diary.asks()
        await diary.answers(BOB)
        await diary.asks()
    database.writes = 0
    report = await examine_database(database, (), at_nine(last.day))
    assert report.wrong_standings == ()
    assert database.writes == 2
    assert report == await database.read(lambda tx: examine(tx, (), at_nine(last.day)))


async def test_what_is_wrong_is_found_in_whichever_portion_it_is(
    database: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SCHEDULES_AT_ONCE", 1)
    diaries = await begun(database, 3)
    await database.write(lambda tx: tx.execute(update(standings).values(streak=7)))
    report = await examine_database(database, ("a/b.md: broken",), at_nine(diaries[0].day))
    assert [one.schedule_id for one in report.wrong_standings] == [
        await diary.schedule_id() for diary in diaries
    ]
    for wrong in report.wrong_standings:
        assert (wrong.member_id, wrong.kept.current, wrong.true.current) == (ALICE, 7, 1)
    assert report.broken_questions == ("a/b.md: broken",)
