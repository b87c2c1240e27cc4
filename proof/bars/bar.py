"""What a bar is, what came of it, and how a mutant is put in the app's place."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

Figure = int | float | str | bool


@dataclass(frozen=True)
class Mutant:
    """The app with one safeguard taken out: a bar that does not notice proves nothing."""

    name: str
    put_in: Callable[[], AbstractContextManager[None]]


@dataclass
class Finding:
    """What came of a bar. `harm` must be 0; `mutants` says how much harm each mutant did."""

    bar: str
    question: str
    harm: int
    figures: Mapping[str, Figure]
    mutants: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the app does no harm and every mutant does some."""
        return self.harm == 0 and all(self.mutants.values())


@contextmanager
def replaced(where: Any, name: str, new: Any) -> Iterator[None]:
    """Put something else in the place of a function of the app, for a while.

    Raises AttributeError if there is no such function any more.
    """
    original = getattr(where, name)
    setattr(where, name, new)
    try:
        yield
    finally:
        setattr(where, name, original)
