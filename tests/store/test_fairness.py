"""A batch is shared out between workspaces."""

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, make_url

from bot.domain.ids import ChannelId, MemberId
from bot.domain.installations import Identity
from bot.domain.local_time import Due
from bot.domain.schedules import ScheduleDraft
from bot.store import installations, schedules
from bot.store.database import Connection, _sqlite_engine
from bot.store.fairness import MOST_OF_A_BATCH
from proof.oracles.lives import BEGIN, day_of
from tests.features.diary import EVERY_DAY
from tests.statements import watched

OWNER = MemberId("U1")
DUE = Due(BEGIN, day_of(0))


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """An open transaction on either kind of database."""
    url = make_url(database_url)
    sqlite = url.get_backend_name() == "sqlite"
    engine: Engine = _sqlite_engine(url, "BEGIN IMMEDIATE") if sqlite else create_engine(url)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def workspace(tx: Connection, name: str, channels: int) -> None:
    """A workspace with so many channels whose question is due now."""
    whose = installations.ensure(tx, Identity(name, None, MemberId("U0")), BEGIN)
    for number in range(channels):
        draft = ScheduleDraft(whose.id, ChannelId(f"C{name}{number}"), OWNER, EVERY_DAY)
        assert schedules.create(tx, draft, DUE, seed=1, at=BEGIN)


def taken(tx: Connection, limit: int) -> dict[str, int]:
    """How many schedules of each workspace a batch takes."""
    found = schedules.due(tx, BEGIN, limit)
    assert len({schedule.id for schedule in found}) == len(found)
    return dict(Counter(schedule.channel_id[1] for schedule in found))


def test_a_large_workspace_leaves_room_for_those_behind_it(tx: Connection) -> None:
    for name, channels in (("L", 90), ("M", 80), ("S", 2), ("T", 1)):
        workspace(tx, name, channels)
    assert taken(tx, 40) == {"L": 27, "M": 10, "S": 2, "T": 1}


def test_one_workspace_alone_gets_the_whole_batch(tx: Connection) -> None:
    workspace(tx, "A", 50)
    assert taken(tx, 40) == {"A": 40}


def test_what_waits_for_the_only_workspace_is_not_read_again_for_others(tx: Connection) -> None:
    workspace(tx, "A", 50)
    with watched(tx.engine) as sent:
        taken(tx, 40)
    assert len([one for one in sent if "FROM schedules" in one.statement]) == 1


def test_many_small_workspaces_are_served_in_the_order_of_their_waiting(tx: Connection) -> None:
    for number in range(2 * MOST_OF_A_BATCH):
        workspace(tx, chr(ord("A") + number), 5)
    assert taken(tx, 20) == dict.fromkeys("ABCD", 5)


def test_a_batch_that_has_room_for_all_takes_all(tx: Connection) -> None:
    workspace(tx, "A", 30)
    workspace(tx, "B", 1)
    assert taken(tx, 40) == {"A": 30, "B": 1}
