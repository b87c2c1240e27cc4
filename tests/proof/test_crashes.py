"""The simulator that lets the app die at every step: repeatable, and it notices what is wrong."""

import pytest

from proof.bars.crash_mutants import MUTANTS
from proof.bars.crashes import trace, walk


async def test_the_same_seed_is_the_same_life(database_url: str) -> None:
    once = await trace(database_url, seed=1, channel="C1")
    assert once == await trace(database_url, seed=1, channel="C2")
    assert once != await trace(database_url, seed=2, channel="C3")
    assert len(once) > 200


@pytest.mark.parametrize("seed", [1, 4])
async def test_wherever_the_app_dies_nothing_is_lost_or_doubled(
    database_url: str, seed: int
) -> None:
    found = await walk(database_url, seed, stride=41)
    assert found.harm.total == 0, found.first
    assert found.points > 6


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_walk_notices_an_app_that_does_not_look_before_it_posts_again(
    database_url: str,
) -> None:
    with MUTANTS[0].put_in():
        found = await walk(database_url, seed=4, stride=6, until_harm=True)
    assert found.harm.doubled
