"""Small writes of one kind share a transaction, and none suffers from another."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.store.database import Connection, Database
from bot.store.gathering import MOST_AT_ONCE, Gathering


class Refused(Exception):  # noqa: N818 - it is what the test writes
    """Nobody can write this."""


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database of either kind."""
    opened = Database(database_url)
    yield opened
    opened.close()


class Doubling:
    """Doubles numbers, and remembers what it was given together. It refuses 13."""

    def __init__(self) -> None:
        self.together: list[list[int]] = []

    def write(self, _tx: Connection, numbers: Sequence[int]) -> list[int]:
        """Write them all."""
        self.together.append(list(numbers))
        if 13 in numbers:
            raise Refused
        return [2 * number for number in numbers]


async def test_what_comes_together_is_written_together_and_each_gets_its_own(
    database: Database,
) -> None:
    doubling = Doubling()
    gathering = Gathering(database, doubling.write)
    assert await asyncio.gather(*map(gathering.add, range(9))) == [2 * n for n in range(9)]
    assert doubling.together == [list(range(9))]


async def test_what_comes_later_is_written_later(database: Database) -> None:
    doubling = Doubling()
    gathering = Gathering(database, doubling.write)
    assert [await gathering.add(1), await gathering.add(2)] == [2, 4]
    assert doubling.together == [[1], [2]]


async def test_more_than_a_transaction_holds_are_several(database: Database) -> None:
    doubling = Doubling()
    gathering = Gathering(database, doubling.write)
    numbers = range(1_000, 1_000 + 2 * MOST_AT_ONCE + 1)
    assert await asyncio.gather(*map(gathering.add, numbers)) == [2 * n for n in numbers]
    assert sorted(map(len, doubling.together)) == [1, MOST_AT_ONCE, MOST_AT_ONCE]


async def test_only_what_cannot_be_written_fails(database: Database) -> None:
    gathering = Gathering(database, Doubling().write)
    done = await asyncio.gather(*map(gathering.add, [12, 13, 14]), return_exceptions=True)
    assert [done[0], done[2]] == [24, 28]
    assert isinstance(done[1], Refused)


async def test_one_who_waits_no_longer_holds_up_nobody(database: Database) -> None:
    gathering = Gathering(database, Doubling().write)
    impatient = asyncio.ensure_future(gathering.add(1))
    patient = asyncio.ensure_future(gathering.add(2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 4
