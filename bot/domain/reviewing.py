"""What a reviewer sees of the queue, and what became of a press there."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import MemberId, ProposalId
from bot.domain.proposals import Fault, Proposal, ProposalState
from bot.domain.questions import Question

SHOWN_AT_ONCE = 5
"""Proposals that a queue shows: more would not be read, and would not fit a window."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal, and the question as it stands now; None for a new one, or one that is gone.

    `is_outdated`: it was written from another answer than the one that stands.
    """

    proposal: Proposal
    present: Question | None
    is_outdated: bool


class Hitch(StrEnum):
    """Why an acceptance was not carried out at once."""

    OUTDATED = "outdated"
    """It was written from an older answer; a second press accepts it all the same."""
    CHANGED = "changed"
    """The answer changed after the reviewer had opened the list."""
    GONE = "gone"
    """The question is not in the bank any more."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A proposal was decided. `by_this`: by this very press, not by an earlier one.

    `title` is that of its question.
    """

    proposal: Proposal
    title: str
    by_this: bool

    @property
    def by(self) -> MemberId:
        """Who decided."""
        return self.proposal.decided_by or self.proposal.member_id

    @property
    def is_accepted(self) -> bool:
        """Whether it was accepted."""
        return self.proposal.state is ProposalState.ACCEPTED


@dataclass(frozen=True, slots=True)
class Held:
    """An acceptance was not carried out: nothing has changed."""

    proposal_id: ProposalId
    hitch: Hitch


@dataclass(frozen=True, slots=True)
class Unfit:
    """A form of a reviewer was not taken in, because of these faults."""

    faults: tuple[Fault, ...]


Decision = Decided | Held
EditDecision = Decided | Held | Unfit


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, oldest first. `total` counts all; `news` is what a press came to."""

    items: tuple[Waiting, ...]
    total: int
    news: Decision | None = None
