"""The collector leaves alone what stays, and looks through what is new less often."""

import gc
from collections.abc import Iterator

import pytest

from bot import collector


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_is_there_stays_and_only_many_new_things_set_off_a_look() -> None:
    kept = [[number] for number in range(100)]
    _, *older = gc.get_threshold()
    collector.spare_what_stays()
    assert gc.get_freeze_count() > len(kept)
    assert gc.get_threshold() == (collector.NEW_BEFORE_A_LOOK, *older)


def test_garbage_that_points_at_itself_goes_all_the_same() -> None:
    collector.spare_what_stays()
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect() >= 1
