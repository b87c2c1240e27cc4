"""How often Python looks for garbage that points at itself, in a process that runs for months."""

import gc

NEW_BEFORE_A_LOOK = 50_000
"""So many more things made than let go of, and the newest are looked through. Python's own figure
of 700 is met many times in the turn of one batch, by rows and tasks that go by themselves."""


def spare_what_stays() -> None:
    """Look less often, and never again at what there is now. Call it once all is set up."""
    gc.freeze()
    _, *older = gc.get_threshold()
    gc.set_threshold(NEW_BEFORE_A_LOOK, *older)
