"""When Slack may be called again: a gate that answers from memory, so that no call is wasted.

Slack limits calls per workspace and method, and messages per channel. Once it has said how long to
wait, a call before that would only be refused again and may lengthen the wait. Nothing sleeps here:
whoever asks hears how long is left, and decides when to try again.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.ids import InstallationId

BETWEEN_MESSAGES = timedelta(seconds=1)
"""Slack takes one message a second in each channel."""
BURST = 5
"""Messages in a row that it lets pass all the same: it allows bursts, and does not say how long."""
FEW = 1000
"""So many notes are kept before those that are over are looked for."""

Line = tuple[InstallationId, str] | tuple[InstallationId, str, str]
"""What is limited by itself: a method of a workspace, or a method in one of its channels."""
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Pause:
    since: datetime
    until: datetime

    def left(self, now: datetime) -> timedelta:
        # A clock that was set back would make the pause as much longer.
        return self.until - now if self.since <= now < self.until else NO_TIME


@dataclass(slots=True)
class Pace:
    """Knows which calls must wait. Workspaces, methods and channels do not hold each other up."""

    clock: Clock
    _pauses: dict[Line, _Pause] = field(default_factory=dict)
    _room: int = FEW

    def wait_for(self, installation: InstallationId, method: str) -> timedelta:
        """Tell how long a method must not be called; zero if it may be now."""
        return self._left((installation, method), self.clock.now())

    def heed(self, installation: InstallationId, method: str, retry_after: timedelta) -> None:
        """Note that Slack limits a method, and for how long."""
        self._note((installation, method), self.clock.now(), retry_after)

    def wait_to_post(
        self, installation: InstallationId, method: str, channel: str, *, patient: bool
    ) -> timedelta:
        """Take the channel's turn to post a message; zero if it is posted now, else the wait.

        What is `patient` goes a whole second after whatever was last posted there. What is not may
        follow at once, but a burst is made up for by all that comes after it.
        """
        now, line = self.clock.now(), (installation, method, channel)
        ahead = self._left(line, now)
        credit = NO_TIME if patient else (BURST - 1) * BETWEEN_MESSAGES
        wait = max(self._left((installation, method), now), ahead - credit)
        if wait <= NO_TIME:
            self._note(line, now, ahead + BETWEEN_MESSAGES)
        return max(wait, NO_TIME)

    def _left(self, line: Line, now: datetime) -> timedelta:
        pause = self._pauses.get(line)
        return pause.left(now) if pause else NO_TIME

    def _note(self, line: Line, now: datetime, length: timedelta) -> None:
        if length > self._left(line, now):
            self._pauses[line] = _Pause(now, now + length)
        if len(self._pauses) > self._room:
            self._pauses = {line: pause for line, pause in self._pauses.items() if pause.left(now)}
            self._room = max(FEW, 2 * len(self._pauses))
