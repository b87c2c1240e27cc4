"""The running app under faults and kills, in short: nothing lost, nothing doubled."""

import pytest

from proof.chaos.__main__ import written_for
from proof.chaos.run import run
from proof.postgresql import PostgreSQL


def test_one_seed_is_one_history() -> None:
    assert written_for("sqlite", 3, 60, 600) == written_for("sqlite", 3, 60, 600)
    assert written_for("sqlite", 3, 60, 600) != written_for("sqlite", 4, 60, 600)


async def test_nothing_is_lost_or_doubled_on_sqlite() -> None:
    outcome = await run(written_for("sqlite", 11, 100, 1000), None)
    assert outcome.course.kills
    assert outcome.harm.notes == []
    assert outcome.harm.is_none


@pytest.mark.postgresql
async def test_nothing_is_lost_or_doubled_by_several_processes(postgresql: PostgreSQL) -> None:
    outcome = await run(written_for("postgresql", 12, 100, 1000), postgresql)
    assert outcome.course.kills
    assert outcome.harm.notes == []
    assert outcome.harm.is_none
