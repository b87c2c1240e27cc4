"""What a row of the table found, and what it was to reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from proof.bench.figures import Samples, short


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure must be: `at least` or `at most` a bound, in words that say of what."""

    at_least: bool
    bound: float
    of_what: str

    def is_met(self, figure: float) -> bool:
        """Tell whether a figure reaches it."""
        return figure >= self.bound if self.at_least else figure <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {short(self.bound)}"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared: what it was, in a sentence, and what it did."""

    was: str
    did: Samples


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table. `figure` is judged by the goal; None for what has none.

    `checks` say how it was seen that the work was real; `more` holds figures without a goal.
    """

    name: str
    what: str
    figure: float
    goal: Goal | None
    ours: Side
    theirs: Side
    checks: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_reached(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        return None if self.goal is None else self.goal.is_met(self.figure)

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {
            "figure": self.figure,
            "what": self.what,
            "goal": str(self.goal) if self.goal else None,
            "figure_is": self.goal.of_what if self.goal else None,
            "reached": self.is_reached,
            "ours": _side(self.ours),
            "theirs": _side(self.theirs),
            "checks": list(self.checks),
            "more": dict(self.more),
        }


def _side(side: Side) -> dict[str, Any]:
    return {
        "was": side.was,
        "median": side.did.median,
        "spread": side.did.spread,
        "runs": list(side.did.values),
        "unit": side.did.unit,
    }
