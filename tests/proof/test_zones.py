"""Every clock change against the oracle: some zones here, all of them in the long run."""

import pytest

from proof.bars.bar import Mutant
from proof.bars.zones import MUTANTS, fires

ODD_ONES = (
    "Europe/Berlin",
    "America/Nuuk",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Antarctica/Troll",
)


def test_around_odd_changes_each_date_that_exists_is_asked_once() -> None:
    found = fires(ODD_ONES)
    assert found.wrong == 0, found.first
    assert found.changes > 250


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_wrong_way_to_reckon_is_noticed(mutant: Mutant) -> None:
    with mutant.put_in():
        assert fires(["Europe/Berlin"], (2020, 2021)).wrong
