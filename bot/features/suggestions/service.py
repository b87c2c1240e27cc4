"""Look at what members propose, and accept, edit or decline it.

A proposal is decided once, whoever presses what and how often; the second is told what the first
decided. An answer written from another text than the one that stands is never accepted unseen.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.clock import Clock
from bot.domain.ids import InstallationId, MemberId, ProposalId, QuestionSlug
from bot.domain.proposals import (
    MOST_IN_LINE,
    AnswerDraft,
    Fault,
    Part,
    Proposal,
    ProposalState,
    QuestionDraft,
    cleaned,
    is_outdated,
    length_fault,
    one_line,
    print_of,
    slug_for,
)
from bot.domain.questions import Question
from bot.domain.refusals import NotReviewer, ProposalGone
from bot.domain.reviewing import (
    SHOWN_AT_ONCE,
    Decided,
    Decision,
    EditDecision,
    Held,
    Hitch,
    Queue,
    Unfit,
    Waiting,
)
from bot.store import library, proposals, reviewers
from bot.store.database import Connection, Database
from bot.store.library import NewVersion
from content.bank import Bank

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A reviewer's press on a proposal.

    `seen` is the print of the answer that stood when the reviewer looked, empty for a new question.
    """

    installation_id: InstallationId
    reviewer: MemberId
    proposal_id: ProposalId
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The use cases of reviewers, each one transaction. All raise NotReviewer."""

    database: Database
    clock: Clock
    bank: Callable[[], Bank]

    async def queue(
        self, installation: InstallationId, member: MemberId, news: Decision | None = None
    ) -> Queue:
        """Tell a reviewer what waits."""
        return await self.database.read(
            lambda tx: queue(tx, self.bank(), installation, member, news)
        )

    async def one(self, verdict: Verdict) -> Waiting | Decided:
        """Return a proposal to edit or decline, or what became of it. Raises ProposalGone."""
        return await self.database.read(lambda tx: one(tx, self.bank(), verdict))

    async def accept(self, verdict: Verdict, *, anyway: bool) -> Decision:
        """Accept a proposal as it is; `anyway`: though it is outdated. Raises ProposalGone."""
        return await self._decide(verdict, lambda sitting: accept(sitting, anyway=anyway))

    async def accept_edited(self, verdict: Verdict, answer: str) -> EditDecision:
        """Accept a proposal with another answer. Raises ProposalGone."""
        return await self._decide(verdict, lambda sitting: accept_edited(sitting, answer))

    async def decline(self, verdict: Verdict, reason: str) -> EditDecision:
        """Decline a proposal, with the reason that its author reads. Raises ProposalGone."""
        return await self._decide(verdict, lambda sitting: decline(sitting, reason))

    async def _decide(self, verdict: Verdict, how: Callable[["Sitting"], T]) -> T:
        now = self.clock.now()
        return await self.database.write(lambda tx: how(Sitting(tx, self.bank(), verdict, now)))


def queue(
    tx: Connection,
    bank: Bank,
    installation: InstallationId,
    member: MemberId,
    news: Decision | None = None,
) -> Queue:
    """Tell a reviewer what waits, oldest first, and what their last press came to."""
    _must_review(tx, installation, member)
    seen = library.seen_by(tx, bank, installation)
    waiting = proposals.waiting(tx, installation, SHOWN_AT_ONCE)
    total = proposals.count_waiting(tx, installation)
    return Queue(tuple(_waiting(proposal, seen) for proposal in waiting), total, news)


def one(tx: Connection, bank: Bank, verdict: Verdict) -> Waiting | Decided:
    """Return a proposal to edit or decline, or what became of it. Raises ProposalGone."""
    _must_review(tx, verdict.installation_id, verdict.reviewer)
    found = proposals.get(tx, verdict.installation_id, verdict.proposal_id)
    if found is None:
        raise ProposalGone
    waiting = _waiting(found, library.seen_by(tx, bank, verdict.installation_id))
    if found.state is not ProposalState.WAITING:
        return Decided(found, _title(waiting), by_this=False)
    return waiting


@dataclass(frozen=True, slots=True)
class Sitting:
    """One verdict, in its transaction."""

    tx: Connection
    bank: Bank
    verdict: Verdict
    at: datetime

    def held(self) -> Waiting | Decided:
        """Find the proposal, so that nobody else can decide it meanwhile."""
        library.hold(self.tx, self.verdict.installation_id)
        return one(self.tx, self.bank, self.verdict)

    def hitch(self, found: Waiting) -> Hitch | None:
        """Say what keeps the proposal from being accepted, if anything does."""
        if isinstance(found.proposal.draft, QuestionDraft):
            return None
        if found.present is None:
            return Hitch.GONE
        seen = print_of(found.present.sample_answer) == self.verdict.seen
        return None if seen else Hitch.CHANGED

    def carry_out(self, found: Waiting, edited: str | None = None) -> None:
        """Let the answer stand that was proposed, or the one that the reviewer made of it."""
        draft = found.proposal.draft
        if isinstance(draft, QuestionDraft):
            answer = edited or draft.answer
            slug = self._add(replace(draft, answer=answer))
        elif isinstance(draft, AnswerDraft):
            answer, slug = edited or draft.answer, draft.question
        elif edited:
            answer, slug = edited, draft.question
        else:
            return
        author, reviewer = found.proposal.member_id, self.verdict.reviewer
        made = NewVersion(slug, answer, author, reviewer, edited=edited is not None)
        library.add_version(self.tx, self.verdict.installation_id, made, self.at)

    def _add(self, draft: QuestionDraft) -> QuestionSlug:
        where = self.verdict.installation_id
        slug = _free_slug(library.seen_by(self.tx, self.bank, where), draft.title)
        library.add_question(self.tx, where, slug, draft, self.at)
        return slug

    def decided(self, found: Waiting, state: ProposalState, reason: str = "") -> Decided:
        """Write down what became of the proposal."""
        reviewer = self.verdict.reviewer
        decided = replace(found.proposal, state=state, decided_by=reviewer, reason=reason)
        proposals.decide(self.tx, decided, self.at)
        return Decided(decided, _title(found), by_this=True)


def accept(sitting: Sitting, *, anyway: bool) -> Decision:
    """Accept a proposal as it is, unless what it is about has changed since."""
    found = sitting.held()
    if isinstance(found, Decided):
        return found
    hitch = sitting.hitch(found)
    if hitch is None and found.is_outdated and not anyway:
        hitch = Hitch.OUTDATED
    if hitch is not None:
        return Held(found.proposal.id, hitch)
    sitting.carry_out(found)
    return sitting.decided(found, ProposalState.ACCEPTED)


def accept_edited(sitting: Sitting, answer: str) -> EditDecision:
    """Accept a proposal with the answer that a reviewer made of it."""
    found = sitting.held()
    if isinstance(found, Decided):
        return found
    hitch = sitting.hitch(found)
    if hitch is not None:
        return Held(found.proposal.id, hitch)
    edited = cleaned(answer)
    if found.present is not None and print_of(edited) == print_of(found.present.sample_answer):
        return Unfit((Fault(Part.ANSWER, "This is the present answer, word for word."),))
    sitting.carry_out(found, edited)
    return sitting.decided(found, ProposalState.ACCEPTED)


def decline(sitting: Sitting, reason: str) -> EditDecision:
    """Decline a proposal."""
    said = one_line(reason)
    faults = length_fault(Part.REASON, said, MOST_IN_LINE)
    if not said:
        faults = [Fault(Part.REASON, "Say in a line what would make it fit.")]
    if faults:
        return Unfit(tuple(faults))
    found = sitting.held()
    if isinstance(found, Decided):
        return found
    return sitting.decided(found, ProposalState.DECLINED, said)


def _free_slug(known: Bank, title: str) -> QuestionSlug:
    first = slug_for(title)
    numbered = (f"{first}-{number}" for number in range(2, len(known) + 3))
    return QuestionSlug(next(slug for slug in (first, *numbered) if known.get(slug) is None))


def _waiting(proposal: Proposal, bank: Bank) -> Waiting:
    draft = proposal.draft
    present: Question | None = None
    if not isinstance(draft, QuestionDraft):
        present = bank.get(draft.question)
    return Waiting(proposal, present, is_outdated(draft, present))


def _title(found: Waiting) -> str:
    draft = found.proposal.draft
    if isinstance(draft, QuestionDraft):
        return draft.title
    return found.present.title if found.present else str(draft.question)


def _must_review(tx: Connection, installation: InstallationId, member: MemberId) -> None:
    if not reviewers.is_one(tx, installation, member):
        raise NotReviewer
