"""The gate before Slack: whoever was told to wait waits, and nobody else does."""

from datetime import timedelta

import pytest

from bot.domain.ids import InstallationId
from bot.slack.pace import BURST, FEW, NO_TIME, Pace
from sandbox.clock import MovableClock
from tests.prep_team import berlin

ACME, GLOBEX = InstallationId(1), InstallationId(2)
POST, REACT = "chat.postMessage", "reactions.add"
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def pace(clock: MovableClock) -> Pace:
    """A pace at which nothing has happened yet."""
    return Pace(clock)


def posts(pace: Pace, channel: str, whose: InstallationId = ACME) -> bool:
    """Whether a round may be posted in a channel now."""
    return not pace.wait_to_post(whose, POST, channel, patient=True)


def test_a_method_waits_until_the_very_moment_slack_named(pace: Pace, clock: MovableClock) -> None:
    pace.heed(ACME, REACT, timedelta(seconds=30))
    clock.move_on(timedelta(seconds=29.9))
    assert pace.wait_for(ACME, REACT) == timedelta(seconds=0.1)
    clock.move_on(timedelta(seconds=0.1))
    assert pace.wait_for(ACME, REACT) == NO_TIME


def test_other_methods_and_other_workspaces_are_not_held_up(pace: Pace) -> None:
    pace.heed(ACME, REACT, timedelta(seconds=30))
    assert pace.wait_for(ACME, "views.open") == NO_TIME
    assert pace.wait_for(GLOBEX, REACT) == NO_TIME
    assert posts(pace, "C1")


def test_of_two_waits_the_longer_counts(pace: Pace) -> None:
    pace.heed(ACME, REACT, timedelta(seconds=30))
    pace.heed(ACME, REACT, timedelta(seconds=2))
    assert pace.wait_for(ACME, REACT) == timedelta(seconds=30)


def test_a_channel_takes_one_round_a_second(pace: Pace, clock: MovableClock) -> None:
    assert posts(pace, "C1")
    assert pace.wait_to_post(ACME, POST, "C1", patient=True) == A_SECOND
    assert posts(pace, "C2")
    clock.move_on(A_SECOND)
    assert posts(pace, "C1")


def test_a_turn_that_was_refused_does_not_hold_up_the_next(pace: Pace, clock: MovableClock) -> None:
    assert posts(pace, "C1")
    clock.move_on(A_SECOND / 2)
    assert pace.wait_to_post(ACME, POST, "C1", patient=True) == A_SECOND / 2
    clock.move_on(A_SECOND / 2)
    assert posts(pace, "C1")


def test_what_people_post_passes_in_a_burst_and_is_made_up_for(
    pace: Pace, clock: MovableClock
) -> None:
    waits = [pace.wait_to_post(ACME, POST, "C1", patient=False) for _ in range(BURST + 1)]
    assert waits == [*[NO_TIME] * BURST, A_SECOND]
    assert pace.wait_to_post(ACME, POST, "C1", patient=True) == BURST * A_SECOND
    clock.move_on(BURST * A_SECOND)
    assert posts(pace, "C1")


def test_in_the_long_run_a_channel_takes_a_message_a_second(
    pace: Pace, clock: MovableClock
) -> None:
    passed = 0
    for _ in range(600):
        passed += not pace.wait_to_post(ACME, POST, "C1", patient=False)
        clock.move_on(A_SECOND / 10)
    assert passed <= 60 + BURST


def test_a_workspace_that_may_not_post_may_post_nowhere(pace: Pace) -> None:
    pace.heed(ACME, POST, timedelta(seconds=20))
    for patient in (True, False):
        wait = pace.wait_to_post(ACME, POST, "C1", patient=patient)
        assert wait == timedelta(seconds=20)
    assert posts(pace, "C1", whose=GLOBEX)


def test_a_clock_that_is_set_back_makes_no_wait_longer(pace: Pace, clock: MovableClock) -> None:
    pace.heed(ACME, REACT, timedelta(seconds=30))
    clock.move_to(berlin(3, 2, 6))
    assert pace.wait_for(ACME, REACT) == NO_TIME


def test_what_is_over_is_forgotten(pace: Pace, clock: MovableClock) -> None:
    for number in range(5 * FEW):
        clock.move_on(A_SECOND)
        assert posts(pace, f"C{number}")
    assert len(pace._pauses) <= FEW


def test_what_still_holds_is_kept_however_much_there_is(pace: Pace) -> None:
    assert all(posts(pace, f"C{number}") for number in range(5 * FEW))
    assert not any(posts(pace, f"C{number}") for number in range(5 * FEW))
