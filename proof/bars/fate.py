"""Killing the app at any one step of its life, in the process that watches it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


class Crash(Exception):  # noqa: N818 - it is no error of the app's
    """The app is dead. Whoever catches it can do nothing more that anyone would notice."""


@dataclass
class Fate:
    """Counts the steps by which the app touches the world, and kills it at one of them.

    A dead app touches nothing more: every later step fails as well, until it is started again.
    `trace` names the steps in the order in which they were taken.
    """

    dies_at: int | None = None
    steps: int = 0
    dead: bool = False
    trace: list[str] = field(default_factory=list)

    def strikes_at(self, step: int | None) -> None:
        """Begin to count; the app dies at this step, or never."""
        self.dies_at, self.steps, self.dead = step, 0, False
        self.trace.clear()

    def rests(self) -> None:
        """Kill no more: the app may be started again."""
        self.dies_at, self.dead = None, False

    def step(self, name: str = "") -> None:
        """Take a step. Raises Crash if the app is dead, or dies now."""
        if self.dead:
            raise Crash(name)
        self.steps += 1
        self.trace.append(name)
        if self.steps == self.dies_at:
            self.dead = True
            raise Crash(name)

    def over(self, effect: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Return the same effect with a step before and after it."""

        async def with_steps(*args: Any, **kwargs: Any) -> Any:
            self.step()
            result = await effect(*args, **kwargs)
            self.step()
            return result

        return with_steps
