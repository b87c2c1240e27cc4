"""The long walk of standings in its short form; each wrong rule is noticed."""

import pytest

from proof.bars.bar import Mutant
from proof.bars.streaks import RULE_MUTANTS, STORE_MUTANTS, in_the_rule, in_the_store


def test_standings_in_the_database_are_the_oracles_after_every_step(database_url: str) -> None:
    found = in_the_store(database_url, seed=1, steps=240)
    assert found.wrong == 0, found.first


def test_the_rule_is_the_oracles_after_every_round() -> None:
    found = in_the_rule(seed=1, steps=3_000)
    assert found.wrong == 0, found.first


@pytest.mark.parametrize("mutant", RULE_MUTANTS, ids=lambda mutant: mutant.name)
def test_a_wrong_rule_is_noticed(mutant: Mutant) -> None:
    with mutant.put_in():
        assert in_the_rule(seed=1, steps=5_000, until_wrong=True).wrong


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_wrong_rule_is_noticed_in_the_store(database_url: str) -> None:
    for mutant in STORE_MUTANTS:
        with mutant.put_in():
            assert in_the_store(database_url, seed=1, steps=2_000, until_wrong=True).wrong
