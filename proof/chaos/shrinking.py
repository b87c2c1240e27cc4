"""Finds a short history that still does harm, by playing it with parts left out.

Parts are mishaps, schedules and groups of beats; what people say goes with them. Real processes do
not run twice alike: a part may seem needless, or needed, by luck. So each smaller history is played
anew, harm once seen is believed, and the search ends after a time.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from proof.chaos.history import BEATS, Beat, History, Utterance

T = TypeVar("T")
DoesHarm = Callable[[History], Awaitable[bool]]
Keep = Callable[[History, Sequence[T]], History]


@dataclass(frozen=True)
class Search:
    """A search for a shorter history that still does harm, until `ends` (of `perf_counter`)."""

    does_harm: DoesHarm
    ends: float

    async def shortest(self, history: History) -> History:
        """Return the shortest history found."""
        if not self._is_over and await self.does_harm(silent(history)):
            history = silent(history)
        before = None
        while history != before and not self._is_over:
            before = history
            history = await self._fewer(history, groups(history), with_groups)
            numbers = [one.number for one in history.appointments]
            history = await self._fewer(history, numbers, with_appointments)
            history = await self._fewer(history, history.mishaps, with_mishaps)
            history = await self._fewer(history, history.utterances, with_utterances)
        return history

    @property
    def _is_over(self) -> bool:
        return time.perf_counter() > self.ends

    async def _fewer(self, history: History, parts: Sequence[T], keep: "Keep[T]") -> History:
        """Leave out ever smaller shares of the parts, as long as harm is done without them."""
        share = max(1, len(parts) // 2)
        kept = list(parts)
        while share and kept:
            for first in range(0, len(kept), share):
                fewer = kept[:first] + kept[first + share :]
                if self._is_over:
                    return history
                shorter = keep(history, fewer)
                if await self.does_harm(shorter):
                    history, kept = shorter, fewer
                    break
            else:
                share //= 2
            share = min(share, len(kept))
        return history


def search(does_harm: DoesHarm, seconds: float) -> Search:
    """Begin a search that takes so many seconds at most, and the last play."""
    return Search(does_harm, time.perf_counter() + seconds)


def groups(history: History) -> list[int]:
    """List the groups of beats that a history still has."""
    return sorted({beat.number // len(BEATS) for beat in history.beats})


def silent(history: History) -> History:
    """Leave out all that people say."""
    return with_utterances(history, ())


def with_utterances(history: History, kept: Sequence[Utterance]) -> History:
    """Leave out whatever else people say."""
    left = set(kept)
    return replace(
        history,
        beats=tuple(
            replace(beat, utterances=tuple(one for one in beat.utterances if one in left))
            for beat in history.beats
        ),
    )


def with_mishaps(history: History, kept: Sequence[object]) -> History:
    """Leave all other mishaps out."""
    return replace(history, mishaps=tuple(one for one in history.mishaps if one in kept))


def with_appointments(history: History, kept: Sequence[int]) -> History:
    """Leave all other schedules out, with what is said there. One is always left."""
    numbers = set(kept) or {history.appointments[0].number}

    def only(beat: Beat) -> Beat:
        said = tuple(one for one in beat.utterances if one.appointment in numbers)
        return replace(beat, due=tuple(n for n in beat.due if n in numbers), utterances=said)

    return replace(
        history,
        appointments=tuple(one for one in history.appointments if one.number in numbers),
        beats=tuple(map(only, history.beats)),
    )


def with_groups(history: History, kept: Sequence[int]) -> History:
    """Leave all other groups of beats out, with their mishaps. One is always left."""
    numbers = set(kept) or {groups(history)[0]}
    return replace(
        history,
        beats=tuple(beat for beat in history.beats if beat.number // len(BEATS) in numbers),
        mishaps=tuple(one for one in history.mishaps if one.beat // len(BEATS) in numbers),
    )
