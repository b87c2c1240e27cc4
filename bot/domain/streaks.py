"""The streak rule: it counts questions, not days.

For one schedule and one member, over its rounds in the order in which they were posted, from the
first round the member answered:

- *answered* if the member has a counted answer whose `ts` is before the round's closing;
- *void* if it is not answered and its message was deleted while it was open;
- *excused* if it is not answered and its local date lies in one of the member's away ranges;
- *open* if it is not answered and has not closed;
- otherwise missed: it spends a freeze if one is held (*frozen*), else ends the streak (*missed*).

Answered rounds add one; void, excused, frozen and open rounds neither add nor end. Every fifth
answered round of a running streak earns a freeze; two at most are held.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.domain.ids import MessageTs, RoundId

ANSWERS_PER_FREEZE = 5
MOST_FREEZES = 2


class Mark(StrEnum):
    """What one round came to for one member."""

    ANSWERED = "answered"
    VOID = "void"
    EXCUSED = "excused"
    OPEN = "open"
    FROZEN = "frozen"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class PostedRound:
    """A round as the streak rule sees it.

    `opened_ts` is the `ts` of its message; `closed_ts` that of the next round's, None while open;
    `voided_ts` is when its message was deleted, None if it still stands.
    """

    id: RoundId
    local_date: date
    opened_ts: MessageTs
    closed_ts: MessageTs | None = None
    voided_ts: MessageTs | None = None


@dataclass(frozen=True, slots=True)
class AwayRange:
    """Days on which a member need not answer, both ends included."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Tell whether `day` lies in the range."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Streak:
    """Where a member stands after some rounds; `answered` counts all answered rounds."""

    current: int = 0
    best: int = 0
    freezes: int = 0
    answered: int = 0

    @property
    def is_idle(self) -> bool:
        """Whether rounds without an answer can no longer change anything."""
        return self.current == 0 and self.freezes == 0


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the explanation: a round, what it came to, and the streak after it."""

    round: PostedRound
    mark: Mark
    streak: Streak


def fold(
    rounds: Iterable[PostedRound],
    answers: Mapping[RoundId, MessageTs],
    away: Sequence[AwayRange] = (),
    start: Streak = Streak(),
) -> Streak:
    """Compute a streak. `rounds` in posting order; `answers`: each round's earliest counted answer.

    Starting from the streak after the first n rounds and folding the rest gives the same result.
    """
    streak = start
    for step in steps(rounds, answers, away, start):
        streak = step.streak
    return streak


def steps(
    rounds: Iterable[PostedRound],
    answers: Mapping[RoundId, MessageTs],
    away: Sequence[AwayRange] = (),
    start: Streak = Streak(),
) -> Iterator[Step]:
    """Yield the fold line by line, beginning with the first answered round."""
    streak = start
    for posted in rounds:
        mark = _mark(posted, answers.get(posted.id), away, streak)
        streak = _after(streak, mark)
        if streak.answered:
            yield Step(posted, mark, streak)


def is_answered(posted: PostedRound, answer_ts: MessageTs | None) -> bool:
    """Tell whether a counted answer written at `answer_ts` came before the round closed."""
    return answer_ts is not None and (posted.closed_ts is None or answer_ts < posted.closed_ts)


def _mark(
    posted: PostedRound, answer_ts: MessageTs | None, away: Sequence[AwayRange], streak: Streak
) -> Mark:
    if is_answered(posted, answer_ts):
        return Mark.ANSWERED
    if _is_void(posted):
        return Mark.VOID
    if any(leave.covers(posted.local_date) for leave in away):
        return Mark.EXCUSED
    if posted.closed_ts is None:
        return Mark.OPEN
    return Mark.FROZEN if streak.freezes else Mark.MISSED


def _is_void(posted: PostedRound) -> bool:
    if posted.voided_ts is None:
        return False
    return posted.closed_ts is None or posted.voided_ts < posted.closed_ts


def _after(streak: Streak, mark: Mark) -> Streak:
    match mark:
        case Mark.ANSWERED:
            current = streak.current + 1
            earned = current % ANSWERS_PER_FREEZE == 0
            return Streak(
                current=current,
                best=max(streak.best, current),
                freezes=min(streak.freezes + earned, MOST_FREEZES),
                answered=streak.answered + 1,
            )
        case Mark.FROZEN:
            return replace(streak, freezes=streak.freezes - 1)
        case Mark.MISSED:
            return replace(streak, current=0)
        case Mark.VOID | Mark.EXCUSED | Mark.OPEN:
            return streak
