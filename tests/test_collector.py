"""The collector leaves alone what stays, and looks through what is new less often."""

import gc
from collections.abc import Iterator
from weakref import ref

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


class Ring:
    """Something that points at itself."""

    def __init__(self) -> None:
        self.itself = self


def test_garbage_that_points_at_itself_goes_by_itself_once_enough_is_new() -> None:
    collector.spare_what_stays()
    is_there = ref(Ring())
    few = [[number] for number in range(1_000)]
    assert is_there()
    many = [[number] for number in range(2 * collector.NEW_BEFORE_A_LOOK)]
    assert not is_there()
    assert len(many) > len(few)
