"""Propose something better for the bank: an answer, a question, or word of a problem."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.ids import InstallationId, MemberId, ProposalId
from bot.domain.proposals import (
    MOST_IN_LINE,
    AnswerDraft,
    Draft,
    Fault,
    Part,
    ProblemDraft,
    Proposal,
    Proposed,
    QuestionDraft,
    cleaned,
    length_fault,
    one_line,
    print_of,
    question_faults,
)
from bot.domain.questions import Question, Topic
from bot.domain.refusals import ProposalGone, QuestionGone
from bot.store import library, proposals, reviewers
from bot.store.database import Connection, Database
from content import topics
from content.bank import Bank

Outcome = Proposed | tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Proposer:
    """Who proposes, and where."""

    installation_id: InstallationId
    member_id: MemberId


@dataclass(frozen=True, slots=True)
class Improve:
    """The use cases of proposing, each one transaction."""

    database: Database
    clock: Clock
    bank: Callable[[], Bank]

    async def question(self, installation: InstallationId, slug: str) -> Question:
        """Return a question as a workspace sees it. Raises QuestionGone."""
        return await self.database.read(lambda tx: question(tx, self.bank(), installation, slug))

    async def propose(self, proposer: Proposer, draft: Draft) -> Outcome:
        """Put a draft in the queue, or say what is wrong with it; twice is once.

        Raises QuestionGone.
        """
        now = self.clock.now()
        return await self.database.write(lambda tx: propose(tx, self.bank(), proposer, draft, now))

    async def own(self, proposer: Proposer, proposal_id: ProposalId) -> Proposal:
        """Return a member's own proposal, to be sent again. Raises ProposalGone."""
        return await self.database.read(lambda tx: own(tx, proposer, proposal_id))

    def topics(self) -> tuple[Topic, ...]:
        """List the topics that a new question may belong to."""
        return topics.TOPICS


def question(tx: Connection, bank: Bank, installation: InstallationId, slug: str) -> Question:
    """Return a question as a workspace sees it. Raises QuestionGone."""
    found = library.seen_by(tx, bank, installation).get(slug)
    if found is None:
        raise QuestionGone
    return found


def own(tx: Connection, proposer: Proposer, proposal_id: ProposalId) -> Proposal:
    """Return a member's own proposal. Raises ProposalGone."""
    found = proposals.get(tx, proposer.installation_id, proposal_id)
    if found is None or found.member_id != proposer.member_id:
        raise ProposalGone
    return found


def propose(tx: Connection, bank: Bank, proposer: Proposer, draft: Draft, at: datetime) -> Outcome:
    """Put a draft in the queue, or say what is wrong with it. Raises QuestionGone."""
    where = proposer.installation_id
    clean, title, faults = _checked(tx, bank, where, draft)
    if faults:
        return tuple(faults)
    is_new = proposals.add(tx, where, proposer.member_id, clean, at)
    if not is_new or proposals.count_waiting(tx, where) > 1:
        return Proposed(title)
    known = reviewers.of_installation(tx, where)
    told = (one for one in (*known.owners, *known.named) if one != proposer.member_id)
    return Proposed(title, tuple(told))


def _checked(
    tx: Connection, bank: Bank, where: InstallationId, draft: Draft
) -> tuple[Draft, str, list[Fault]]:
    if isinstance(draft, QuestionDraft):
        clean = _clean_question(draft)
        return clean, clean.title, _question_faults(tx, bank, where, clean)
    about = question(tx, bank, where, draft.question)
    if isinstance(draft, ProblemDraft):
        line = one_line(draft.line)
        problem = ProblemDraft(about.slug, draft.problem, line)
        return problem, about.title, length_fault(Part.LINE, line, MOST_IN_LINE)
    note = one_line(draft.note)
    better = AnswerDraft(about.slug, cleaned(draft.answer), note, draft.base_version, draft.base)
    faults = length_fault(Part.NOTE, note, MOST_IN_LINE)
    if print_of(better.answer) == print_of(about.sample_answer):
        faults.append(Fault(Part.ANSWER, "This is the present answer, word for word."))
    return better, about.title, faults


def _clean_question(draft: QuestionDraft) -> QuestionDraft:
    points = (one_line(point).lstrip("-*• ") for point in draft.key_points)
    return QuestionDraft(
        title=one_line(draft.title),
        topic=draft.topic,
        level=draft.level,
        text=cleaned(draft.text),
        why=cleaned(draft.why),
        answer=cleaned(draft.answer),
        key_points=tuple(point for point in points if point),
    )


def _question_faults(
    tx: Connection, bank: Bank, where: InstallationId, draft: QuestionDraft
) -> list[Fault]:
    faults = question_faults(draft)
    if topics.with_slug(draft.topic) is None:
        faults.append(Fault(Part.TOPIC, "Choose a topic from the list."))
    wanted = draft.title.casefold()
    known = library.seen_by(tx, bank, where).questions
    if any(one.title.casefold() == wanted for one in known):
        faults.append(Fault(Part.TITLE, "There is a question of that title already."))
    return faults
