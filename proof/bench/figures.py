"""Medians, spreads and ratios of what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Samples:
    """The same thing measured several times, in the order of the runs, in `unit`."""

    values: tuple[float, ...]
    unit: str

    @classmethod
    def of(cls, values: Sequence[float], unit: str) -> "Samples":
        """Keep what was measured. Raises ValueError if nothing was."""
        if not values:
            raise ValueError("nothing was measured")
        return cls(tuple(values), unit)

    @property
    def median(self) -> float:
        """The value in the middle."""
        return median(self.values)

    @property
    def spread(self) -> float:
        """How far the runs lie apart: from the smallest to the largest, as a part of the median."""
        return (max(self.values) - min(self.values)) / self.median if self.median else 0.0

    def __str__(self) -> str:
        """The median, with the smallest and the largest run."""
        low, high = short(min(self.values)), short(max(self.values))
        return f"{short(self.median)} {self.unit} ({low} to {high})".replace("  ", " ")


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value below which `part` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def short(value: float) -> str:
    """Write a number with three digits that matter."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if value == 0:
        return "0"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.1e}"
