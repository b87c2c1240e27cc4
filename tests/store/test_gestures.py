"""Presses of a button, each of which is to be done once, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.domain.gestures import AGAIN_AFTER, KEPT_FOR, Gesture, Press
from bot.domain.ids import InstallationId, MemberId
from bot.domain.installations import Identity
from bot.store import gestures, installations
from bot.store.database import Connection, Database
from bot.store.gestures import MOST_FORGOTTEN
from bot.store.tables import gestures as table
from bot.store.tables import installations as workspaces

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A new database, with the schema of the migrations."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
async def first(database: Database) -> Gesture:
    """A press for showing a board."""
    return Gesture(await installed(database, "T1"), "press 1", "board:1")


async def installed(database: Database, team: str) -> InstallationId:
    """Install the app in a workspace, and return the number of that."""
    identity = Identity(team, None, MemberId("B1"))
    made = await database.write(lambda tx: installations.ensure(tx, identity, START))
    return made.id


async def take(database: Database, gesture: Gesture, at: datetime = START) -> Press:
    """Take a press in a transaction of its own."""
    return await database.write(lambda tx: gestures.take(tx, gesture, at))


async def allow_again(database: Database, gesture: Gesture) -> None:
    """Let another press do the same."""
    await database.write(lambda tx: gestures.allow_again(tx, gesture))


async def kept(database: Database) -> int:
    """Count the presses that are known."""
    return await database.read(
        lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one()
    )


@pytest.mark.parametrize("later", [timedelta(0), AGAIN_AFTER, KEPT_FOR - SECOND])
async def test_a_press_is_new_once_and_an_echo_from_then_on(
    database: Database, first: Gesture, later: timedelta
) -> None:
    assert await take(database, first) is Press.NEW
    assert await take(database, first, START + later) is Press.ECHO


async def test_another_press_at_once_is_a_slip_and_a_minute_later_it_is_meant(
    database: Database, first: Gesture
) -> None:
    await take(database, first)
    second = replace(first, trigger_id="press 2")
    third = replace(first, trigger_id="press 3")
    assert await take(database, second, START + AGAIN_AFTER - SECOND) is Press.TOO_SOON
    assert await take(database, third, START + AGAIN_AFTER) is Press.NEW


async def test_a_slip_is_no_new_press_when_it_is_delivered_again_later(
    database: Database, first: Gesture
) -> None:
    await take(database, first)
    slip = replace(first, trigger_id="press 2")
    assert await take(database, slip) is Press.TOO_SOON
    assert await take(database, slip, START + 2 * AGAIN_AFTER) is Press.ECHO


async def test_slips_do_not_make_anybody_wait_longer(database: Database, first: Gesture) -> None:
    await take(database, first)
    slip = replace(first, trigger_id="press 2")
    await take(database, slip, START + AGAIN_AFTER - SECOND)
    meant = replace(first, trigger_id="press 3")
    assert await take(database, meant, START + AGAIN_AFTER) is Press.NEW


async def test_other_things_and_other_workspaces_do_not_stand_in_the_way(
    database: Database, first: Gesture
) -> None:
    await take(database, first)
    other_thing = replace(first, trigger_id="press 2", what="board:2")
    elsewhere = replace(first, installation_id=await installed(database, "T2"))
    assert await take(database, other_thing) is Press.NEW
    assert await take(database, elsewhere) is Press.NEW


async def test_what_came_to_nothing_may_be_done_by_another_press_but_not_by_its_echo(
    database: Database, first: Gesture
) -> None:
    await take(database, first)
    await allow_again(database, first)
    assert await take(database, first) is Press.ECHO
    assert await take(database, replace(first, trigger_id="press 2")) is Press.NEW


async def test_letting_one_press_go_lets_no_other_go(database: Database, first: Gesture) -> None:
    other = replace(first, installation_id=await installed(database, "T2"))
    await take(database, first)
    await take(database, other)
    await allow_again(database, other)
    assert await take(database, replace(first, trigger_id="press 2")) is Press.TOO_SOON


@pytest.mark.parametrize("names", [["same"] * 8, [f"press {n}" for n in range(8)]])
async def test_of_many_presses_at_the_same_moment_one_is_new(
    database_url: str, database: Database, first: Gesture, names: list[str]
) -> None:
    others = [Database(database_url), Database(database_url)]
    try:
        found = await asyncio.gather(
            *(
                take(one, replace(first, trigger_id=name))
                for number, name in enumerate(names)
                for one in [[database, *others][number % 3]]
            )
        )
    finally:
        for other in others:
            other.close()
    assert found.count(Press.NEW) == 1


async def test_presses_of_one_workspace_are_forgotten_after_a_day_a_few_at_a_time(
    database: Database, first: Gesture
) -> None:
    elsewhere = replace(first, installation_id=await installed(database, "T2"))

    def take_many(tx: Connection) -> None:
        for number in range(MOST_FORGOTTEN + 5):
            gestures.take(tx, replace(first, trigger_id=str(number), what=str(number)), START)

    await database.write(take_many)
    await take(database, elsewhere)
    await take(database, replace(first, trigger_id="new"), START + KEPT_FOR - SECOND)
    assert await kept(database) == MOST_FORGOTTEN + 7
    await take(database, replace(first, trigger_id="newer"), START + KEPT_FOR)
    assert await kept(database) == 8
    await take(database, replace(first, trigger_id="newest"), START + KEPT_FOR)
    assert await kept(database) == 4
    assert await take(database, elsewhere, START + KEPT_FOR - SECOND) is Press.ECHO


async def test_a_press_of_a_workspace_goes_with_it(database: Database, first: Gesture) -> None:
    await take(database, first)
    await database.write(lambda tx: tx.execute(workspaces.delete()))
    assert await kept(database) == 0
