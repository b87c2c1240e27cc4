"""The streak rule said a second time, from its definition and not as a fold.

Every fact about a round is asked of the whole history: nothing is carried from round to round but
the places at which the streak ended. Slow, plain, and without a line of `bot.domain.streaks`.
"""

from dataclasses import dataclass

from bot.domain.streaks import Mark, Streak
from proof.oracles.histories import AT_FIRST, History


@dataclass(frozen=True)
class Oracle:
    """What a history means. `start` is the streak before its first round."""

    history: History
    start: Streak = AT_FIRST

    def answered(self, place: int) -> bool:
        """Whether there is a counted answer before the round's closing."""
        posted = self.history.rounds[place]
        return any(
            round_id == posted.id and (posted.closed_ts is None or written < posted.closed_ts)
            for round_id, written in self.history.answers
        )

    def void(self, place: int) -> bool:
        """Whether its message was deleted while it was open."""
        posted = self.history.rounds[place]
        return posted.voided_ts is not None and (
            posted.closed_ts is None or posted.voided_ts < posted.closed_ts
        )

    def away(self, place: int) -> bool:
        """Whether its date is one on which the member was away."""
        day = self.history.rounds[place].local_date
        return any(leave.first <= day <= leave.last for leave in self.history.away)

    def is_open(self, place: int) -> bool:
        """Whether it can still be answered."""
        return self.history.rounds[place].closed_ts is None

    def unanswered(self, place: int) -> bool:
        """Whether the round was left unanswered without excuse: it costs a freeze or the streak."""
        excuses = (self.answered, self.void, self.away, self.is_open)
        return not any(excuse(place) for excuse in excuses)

    def mark(self, place: int, ends: list[int]) -> Mark:
        """Return what the round came to: the first in this list that is true of it."""
        marks = {
            Mark.ANSWERED: self.answered(place),
            Mark.VOID: self.void(place),
            Mark.EXCUSED: self.away(place),
            Mark.OPEN: self.is_open(place),
            Mark.MISSED: place in ends,
            Mark.FROZEN: True,
        }
        return next(mark for mark, is_true in marks.items() if is_true)

    def ends(self) -> list[int]:
        """Return the places of the rounds that ended the streak: no freeze was held for them."""
        ends: list[int] = []
        for place in range(len(self.history.rounds)):
            if self.unanswered(place) and self.freezes_before(place, ends) == 0:
                ends.append(place)
        return ends

    def run(self, place: int, ends: list[int]) -> int:
        """Return the streak after the round at `place`."""
        last_end = max((end for end in ends if end <= place), default=None)
        since = 0 if last_end is None else last_end + 1
        before = self.start.current if last_end is None else 0
        return before + sum(self.answered(p) for p in range(since, place + 1))

    def freezes_before(self, place: int, ends: list[int]) -> int:
        """Return the freezes held just before `place`, in closed form.

        A count that never passes 2 is the least of: all that was earned less all that was spent;
        and, for every place since, 2 plus what was earned less what was spent from there on.
        """
        change = [self.change(p, ends) for p in range(place)]
        full = [2 + sum(change[p:]) for p in range(place + 1)]
        return min([self.start.freezes + sum(change), *full])

    def change(self, place: int, ends: list[int]) -> int:
        """Return +1 where a freeze is earned (held or not), -1 where one is spent, else 0."""
        if self.answered(place):
            return 1 if self.run(place, ends) % 5 == 0 else 0
        return -1 if self.unanswered(place) and place not in ends else 0

    def streak(self) -> Streak:
        """Return what the whole history comes to."""
        places = range(len(self.history.rounds))
        ends = self.ends()
        return Streak(
            current=self.run(places[-1], ends) if places else self.start.current,
            best=max([self.start.best, *(self.run(p, ends) for p in places)]),
            freezes=self.freezes_before(len(places), ends),
            answered=self.start.answered + sum(self.answered(p) for p in places),
        )
