"""What a member is told about their own streak: where they stand, and how they came there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.streaks import Mark, Step, Streak

MOST_EXPLAINED = 60
"""How many rounds are explained one by one."""


class LatestRound(StrEnum):
    """How a schedule's open round stands for a member."""

    NOT_OPEN = "not open"
    ANSWERED = "answered"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class StreakReport:
    """Where a member stands in a schedule. `streak` is None if they never answered."""

    streak: Streak | None
    latest: LatestRound


@dataclass(frozen=True, slots=True)
class ExplainedRound:
    """What one round came to. `before` and `after` are the streak around it."""

    local_date: date
    mark: Mark
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class StreakHistory:
    """A member's rounds from the first they answered on, newest first.

    `today` is the schedule's local date. `rounds` holds the newest `MOST_EXPLAINED`; `older` counts
    those left out, `older_answered` the answered ones among them.
    """

    today: date
    streak: Streak
    rounds: tuple[ExplainedRound, ...]
    older: int
    older_answered: int


def explained(steps: Sequence[Step], today: date) -> StreakHistory | None:
    """Explain the fold's `steps`, given in order; None if the member never answered."""
    if not steps:
        return None
    older = max(0, len(steps) - MOST_EXPLAINED)
    rounds = [
        ExplainedRound(
            step.round.local_date,
            step.mark,
            steps[place - 1].streak.current if place else 0,
            step.streak.current,
        )
        for place, step in enumerate(steps[older:], start=older)
    ]
    return StreakHistory(
        today=today,
        streak=steps[-1].streak,
        rounds=tuple(reversed(rounds)),
        older=older,
        older_answered=sum(step.mark is Mark.ANSWERED for step in steps[:older]),
    )
