"""The bars in their short form; `make bars` runs them whole."""

from datetime import timedelta

import pytest

from proof.bars import clocks, outages, reposts, storms, versions, years
from proof.bars.bar import Mutant


async def test_what_slack_declined_is_posted_once_however_often_one_asks(database_url: str) -> None:
    assert not any((await reposts.reposts(database_url, 5)).values())


async def test_a_wish_granted_whatever_the_state_is_noticed(database_url: str) -> None:
    with reposts.MUTANTS[0].put_in():
        assert any((await reposts.reposts(database_url, 3)).values())


async def test_an_outage_over_a_weekend_and_a_clock_change_costs_no_streak(
    database_url: str,
) -> None:
    assert (await outages.outages(database_url, range(1))).total == 0


async def test_a_storm_of_rate_limits_holds_up_nobody_else(database_url: str) -> None:
    raging = await storms.storm(database_url, 1, storms.Shape(5, 3), rages=True)
    assert raging.told_to_wait
    assert (raging.too_early, raging.crowded, raging.doubled) == (0, 0, 0)
    assert raging.posted == raging.rounds
    assert raging.p99 <= 1.1


async def test_two_copies_with_wrong_clocks_ask_nothing_twice_and_nothing_early(
    database_url: str,
) -> None:
    assert (await clocks.two_clocks(database_url, 1, days=1)).harm == 0


async def test_copies_that_go_by_their_own_clocks_are_noticed(database_url: str) -> None:
    with clocks.MUTANTS[0].put_in():
        assert (await clocks.two_clocks(database_url, 1, days=1)).early


async def test_two_versions_and_migrations_under_them_lose_no_schedule(database_url: str) -> None:
    found = await versions.versions_in_turn(database_url, 1, days=4)
    assert (found.lost, found.doubled) == (0, 0)
    assert found.migrations > 4


async def test_a_job_store_that_forgets_renamed_functions_is_noticed(database_url: str) -> None:
    with versions.MUTANTS[0].put_in():
        assert (await versions.versions_in_turn(database_url, 1, days=3)).lost


A_FEW_WEEKS = years.Shape(30, 25, 21, timedelta(hours=3))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_weeks_of_pauses_moves_and_outages_are_what_the_oracle_says(database_url: str) -> None:
    found = years.year(database_url, 1, A_FEW_WEEKS)
    assert found.harm == 0
    assert found.rounds > 200
    assert found.outages


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("mutant", years.MUTANTS, ids=lambda mutant: mutant.name)
def test_an_app_that_reckons_otherwise_over_some_weeks_is_noticed(
    database_url: str, mutant: Mutant
) -> None:
    with mutant.put_in():
        assert years.year(database_url, 1, A_FEW_WEEKS).harm
