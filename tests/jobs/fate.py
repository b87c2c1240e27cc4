"""Killing the app at any one step, inside a test's own process."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.store.database import Database


class Crash(Exception):  # noqa: N818 - it is no error of the app's
    """The app is dead. Whoever catches it can do nothing more that anyone would notice."""


@dataclass
class Fate:
    """Counts the steps by which the app touches the world, and kills it at one of them.

    A step is the moment before or after a transaction or a call to Slack. A dead app touches
    nothing more: every later step fails as well, until it is started again.
    """

    dies_at: int | None = None
    steps: int = 0
    dead: bool = False

    def strikes_at(self, step: int) -> None:
        """Begin to count; the app dies at this step."""
        self.dies_at, self.steps, self.dead = step, 0, False

    def rests(self) -> None:
        """Kill no more: the app may be started again."""
        self.dies_at, self.dead = None, False

    def step(self) -> None:
        """Raise Crash if the app is dead, or dies now."""
        self.steps += 1
        if self.steps == self.dies_at:
            self.dead = True
        if self.dead:
            raise Crash

    def over(self, effect: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Return the same effect with a step before and after it."""

        async def with_steps(*args: Any, **kwargs: Any) -> Any:
            self.step()
            result = await effect(*args, **kwargs)
            self.step()
            return result

        return with_steps


def fate(monkeypatch: pytest.MonkeyPatch) -> Fate:
    """Put every transaction and every call to Slack under one fate."""
    one = Fate()
    for where, name in (
        (Database, "write"),
        (Database, "read"),
        (AsyncWebClient, "api_call"),
    ):
        monkeypatch.setattr(where, name, one.over(getattr(where, name)))
    return one
