"""Suggest An Improvement, Report A Problem, Send Again, and `/prep add`."""

import json
import logging
from dataclasses import dataclass
from functools import partial

from bot.domain.ids import MemberId, ProposalId, QuestionSlug
from bot.domain.proposals import (
    ANSWER_FIELDS,
    AnswerDraft,
    Draft,
    Fault,
    Part,
    Problem,
    ProblemDraft,
    Proposed,
    QuestionDraft,
    answer_faults,
    joined,
    print_of,
    spread,
)
from bot.domain.questions import Level
from bot.domain.refusals import AnswerTooLong, OfAnotherWorkspace, ProposalGone
from bot.domain.rounds import Accepted
from bot.features.improve import view
from bot.features.improve.service import Improve, Proposer
from bot.slack.answer_form import errors_of
from bot.slack.answer_reading import answer_in, value_in
from bot.slack.blocks import Message, Modal
from bot.slack.dispatch import FormErrors
from bot.slack.guard import Guard
from bot.slack.inbound import Click, CommandCall, MalformedPayloadError, Submission
from bot.slack.opening import show_modal
from bot.slack.outbound import Slack

log = logging.getLogger(__name__)

EMPTY = ("",) * ANSWER_FIELDS
LONGEST_NUMBER = 18
"""Digits of a proposal's number: all of them fit the database's integers."""
LARGEST_VERSION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ImproveListener:
    """Takes in what members propose."""

    improve: Improve
    slack: Slack
    guard: Guard

    async def on_suggest(self, click: Click) -> None:
        """Open the form that holds the present answer. Raises Refusal."""
        _refuse_outsiders(click)
        question = await self.improve.question(click.installation.id, click.value)
        fields = _fields(question.sample_answer)
        memo = _memo(question.slug, question.version, print_of(question.sample_answer))
        await show_modal(self.slack, click, view.suggestion_form(question, fields, memo))

    async def on_report(self, click: Click) -> None:
        """Open the form for a problem. Raises Refusal."""
        _refuse_outsiders(click)
        question = await self.improve.question(click.installation.id, click.value)
        await show_modal(self.slack, click, view.report_form(question, _memo(question.slug)))

    async def on_add(self, call: CommandCall, _given: str) -> None:
        """Open the form for a new question. Raises Refusal."""
        await show_modal(self.slack, call, view.add_form(self.improve.topics(), EMPTY))

    async def on_send_again(self, click: Click) -> None:
        """Open the form of a declined proposal, as it was filled in. Raises Refusal."""
        _refuse_outsiders(click)
        proposer = Proposer(click.installation.id, click.member_id)
        found = await self.improve.own(proposer, _proposal_id(click.value))
        await show_modal(self.slack, click, await self._filled_in(click, found.draft))

    async def _filled_in(self, click: Click, draft: Draft) -> Modal:
        if isinstance(draft, QuestionDraft):
            return view.add_form(self.improve.topics(), _fields(draft.answer), draft)
        question = await self.improve.question(click.installation.id, draft.question)
        if isinstance(draft, ProblemDraft):
            return view.report_form(question, _memo(question.slug), draft)
        memo = _memo(question.slug, draft.base_version, draft.base)
        return view.suggestion_form(question, _fields(draft.answer), memo, draft.note)

    async def on_suggested(self, submission: Submission) -> FormErrors:
        """Take a better answer in, or say what is wrong with it. Raises Refusal."""
        slug, version, base = _read_memo(submission.memo)
        fields = answer_in(submission)
        note = value_in(submission, Part.NOTE)
        draft = AnswerDraft(slug, joined(fields), note, version, base)
        return await self._propose(submission, draft, answer_faults(fields))

    async def on_reported(self, submission: Submission) -> FormErrors:
        """Take word of a problem in. Raises Refusal."""
        slug, _, _ = _read_memo(submission.memo)
        problem = value_in(submission, Part.PROBLEM)
        if problem not in list(Problem):
            return errors_of([Fault(Part.PROBLEM, "Choose what is wrong.")])
        draft = ProblemDraft(slug, Problem(problem), value_in(submission, Part.LINE))
        return await self._propose(submission, draft, [])

    async def on_added(self, submission: Submission) -> FormErrors:
        """Take a new question in, or say what is wrong with it. Raises Refusal."""
        fields = answer_in(submission)
        level = value_in(submission, Part.LEVEL)
        if level not in list(Level):
            return errors_of([Fault(Part.LEVEL, "Choose a level.")])
        draft = QuestionDraft(
            title=value_in(submission, Part.TITLE),
            topic=value_in(submission, Part.TOPIC),
            level=Level(level),
            text=value_in(submission, Part.TEXT),
            why=value_in(submission, Part.WHY),
            answer=joined(fields),
            key_points=tuple(value_in(submission, Part.POINTS).split("\n")),
        )
        return await self._propose(submission, draft, answer_faults(fields))

    async def _propose(
        self, submission: Submission, draft: Draft, faults: list[Fault]
    ) -> FormErrors:
        _refuse_outsiders(submission)
        if faults:
            return errors_of(faults)
        proposer = Proposer(submission.installation.id, submission.member_id)
        outcome = await self.improve.propose(proposer, draft)
        if not isinstance(outcome, Proposed):
            return errors_of(outcome)
        self._tell(submission, submission.member_id, view.received(outcome.title))
        for reviewer in outcome.told:
            self._tell(submission, reviewer, view.something_waits(outcome.title))
        return {}

    def _tell(self, submission: Submission, member: MemberId, message: Message) -> None:
        self.guard.follow_up(
            "telling of a proposal", partial(self._send, submission, member, message)
        )

    async def _send(self, submission: Submission, member: MemberId, message: Message) -> None:
        outcome = await self.slack.post(submission.installation.id, member, message)
        if not isinstance(outcome, Accepted):
            log.warning("member_not_told", extra={"outcome": type(outcome).__name__})


def _refuse_outsiders(whose: Click | Submission) -> None:
    if whose.is_outsider:
        raise OfAnotherWorkspace


def _fields(answer: str) -> tuple[str, ...]:
    fields = spread(answer)
    if fields is None:
        raise AnswerTooLong
    return fields


def _memo(slug: QuestionSlug, version: int = 0, base: str = "") -> str:
    return json.dumps([slug, version, base])


def _read_memo(memo: str) -> tuple[QuestionSlug, int, str]:
    try:
        slug, version, base = json.loads(memo)
    except (ValueError, TypeError, RecursionError):
        raise MalformedPayloadError("private_metadata") from None
    is_ours = isinstance(slug, str) and isinstance(version, int) and isinstance(base, str)
    if not is_ours or not 0 <= version <= LARGEST_VERSION:
        raise MalformedPayloadError("private_metadata")
    return QuestionSlug(slug), version, base


def _proposal_id(value: str) -> ProposalId:
    if not (value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER):
        raise ProposalGone
    return ProposalId(int(value))
