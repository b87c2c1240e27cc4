"""Gestures: presses of a button whose effect a whole channel sees, so that it must happen once.

Slack may deliver one press several times, to several of our processes, and gives posting no key
against doing it twice. So a press is taken in the database before anything is posted.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from bot.domain.ids import InstallationId

AGAIN_AFTER = timedelta(minutes=1)
"""How soon after another a press for the same thing is taken for a slip of the finger."""
KEPT_FOR = timedelta(days=1)
"""How long a press is known again; far longer than anybody delivers it anew."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """One press. `trigger_id` names it among all presses, `what` the thing that it is to do."""

    installation_id: InstallationId
    trigger_id: str
    what: str


class Press(Enum):
    """What a press turns out to be."""

    NEW = "new"
    """Whoever learns this does what it asks for; nobody else will."""
    ECHO = "echo"
    """The same press, delivered once more."""
    TOO_SOON = "too soon"
    """Another press for what was just done, or is being done."""
