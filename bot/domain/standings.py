"""A standing as it is kept: two states of the fold, and when one more answer needs no history.

`base` is the state after a closed round, the one whose message is `base_ts`; `shown` has whatever
came after it as well. Both come from `bot.domain.streaks.fold`.
"""

from dataclasses import dataclass

from bot.domain.ids import MessageTs
from bot.domain.streaks import PostedRound, Streak, fold

NOTHING_YET = Streak()


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's kept standing; as it is made, that of someone who never answered."""

    shown: Streak = NOTHING_YET
    base: Streak = NOTHING_YET
    base_ts: str = ""

    def with_answer(
        self, open_round: PostedRound, previous_ts: MessageTs | None, *, answered_already: bool
    ) -> Streak | None:
        """Return the streak once an open round is answered; None if only history can tell.

        `previous_ts` is the message of the round before it; `answered_already` says that the member
        has another counted answer in it.
        """
        # Past its base it has the open round at most; an idle base, unchanged by what nobody
        # answered, may lie any number of rounds back.
        if self.shown.answered - self.base.answered != int(answered_already):
            return None
        if self.base_ts != (previous_ts or "") and not self.base.is_idle:
            return None
        # Whenever it was answered, that was in time: it has not closed.
        return fold([open_round], {open_round.id: open_round.opened_ts}, (), self.base)
