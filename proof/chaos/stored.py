"""What an app kept, in a form in which any of them can be judged."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.streaks import Streak

Member = tuple[str, str]
"""A channel and a person."""


@dataclass(frozen=True)
class Stored:
    """What an app kept: every reply with whether it counts, and where members stand."""

    replies: Mapping[tuple[str, str], bool]
    copies: int
    """Rows that tell of a reply that another row tells of already."""
    standings: Mapping[Member, Streak]
    unknown: int
    """Questions of which it does not know whether they were asked."""
    doctor: tuple[str, ...] = ()
    """What its own examination finds wrong."""
