"""Running a target: case after case before the judge, in one house until it is worn or broken."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.database import ExampleDatabase

from proof.fuzz.house import LONGEST_S, House
from proof.fuzz.judge import HarmError, Judge, listening

Case = TypeVar("Case")

CASES_TO_A_HOUSE = 500
SLOW_S = 3.0
"""A case that takes longer is tried again: one that takes longer each time hangs."""
TRIES = 3


@dataclass(frozen=True)
class Target(Generic[Case]):
    """A place that outsiders reach: the cases made for it, and how one is brought there.

    `share` is its part of all cases. `by_socket`: its house hears over Socket Mode. `in_pieces`: a
    case is many pieces of work, each of which it has timed by itself.
    """

    name: str
    what: str
    cases: st.SearchStrategy[Case]
    bring: Callable[[House, Case], Awaitable[None]]
    share: float = 1.0
    by_socket: bool = False
    in_pieces: bool = False


@dataclass
class Run:
    """Brings cases to one target. Use as a context; `bring` raises HarmError.

    `slow_s`: None where no time is to be judged, as in tests; a hang is still one.
    """

    target: Target[Any]
    slow_s: float | None = SLOW_S
    count: int = 0
    judge: Judge = field(default_factory=Judge)

    def __enter__(self) -> "Run":
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self.judge.loose_end)
        self.judge.slow_s = self.slow_s
        self._house: House | None = None
        self._exits = AsyncExitStack()
        self._listening = listening(self.judge)
        self._listening.__enter__()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._leave()
        self._listening.__exit__(None, None, None)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def bring(self, case: Any) -> None:
        """Bring a case to the target and have it judged. After harm the house is left."""
        self.count += 1
        if self.count % CASES_TO_A_HOUSE == 0:
            self._leave()
        try:
            if self._took(case) and all(self._took(case) for _ in range(TRIES - 1)):
                raise HarmError(f"it takes longer than {self.slow_s} s")
        except BaseException:
            self._leave()
            raise

    def _took(self, case: Any) -> bool:
        """Whether a case took too long."""
        house = self._house or self._enter()
        began = time.perf_counter()
        self._loop.run_until_complete(self._brought(house, case))
        if self.slow_s is None or self.target.in_pieces:
            return False
        return time.perf_counter() - began > self.slow_s

    async def _brought(self, house: House, case: Any) -> None:
        try:
            async with asyncio.timeout(LONGEST_S):
                await self.target.bring(house, case)
                await house.settled()
        except TimeoutError:
            raise HarmError(f"it hangs: nothing came back in {LONGEST_S} s") from None
        house.tidies()
        self.judge.verdict()

    def _enter(self) -> House:
        self._house = self._loop.run_until_complete(
            self._exits.enter_async_context(House(self.judge, self.target.by_socket))
        )
        return self._house

    def _leave(self) -> None:
        self._house = None
        self._loop.run_until_complete(self._exits.aclose())
        self.judge.harm.clear()


@dataclass(frozen=True)
class Finding:
    """The smallest case that does harm, and which harm."""

    case: str
    harm: str


@dataclass(frozen=True)
class Search:
    """How far to look: `most` new cases from a seed, after those that `kept` has from before.

    `smallest`: whether to look for the smallest case once one has done harm.
    """

    most: int
    seed: int = 0
    kept: ExampleDatabase | None = None
    smallest: bool = True


def explore(run: Run, search: Search) -> Finding | None:
    """Let hypothesis bring cases; returns the smallest that does harm, None if none does."""
    found: list[Finding] = []
    try:
        statement(run, search, found)()
    except Exception as error:  # noqa: BLE001 - whatever a case brings about is its harm
        return found[-1] if found else Finding("none by itself", _told(error))
    return None


def statement(run: Run, search: Search, found: list[Finding]) -> Any:
    """The statement that no case does harm, as a test of hypothesis; each that does is `found`."""

    @seed(search.seed)
    @settings(
        max_examples=search.most,
        deadline=None,
        database=search.kept,
        phases=(Phase.reuse, Phase.generate, *((Phase.shrink,) if search.smallest else ())),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    @given(case=run.target.cases)
    def does_no_harm(case: Any) -> None:
        try:
            run.bring(case)
        except Exception as error:
            found.append(Finding(repr(case), _told(error)))
            raise

    return does_no_harm


def _told(error: BaseException) -> str:
    return str(error) if isinstance(error, HarmError) else f"{type(error).__name__}: {error}"
