"""`/prep suggestions`, and the buttons Accept, Edit and Decline."""

import logging
from dataclasses import dataclass

from bot.domain.ids import InstallationId, MemberId, ProposalId
from bot.domain.proposals import (
    AnswerDraft,
    Fault,
    Part,
    QuestionDraft,
    answer_faults,
    joined,
    spread,
)
from bot.domain.refusals import AnswerTooLong, OfAnotherWorkspace, ProposalGone
from bot.domain.reviewing import Decided, Decision, EditDecision, Held, Hitch, Unfit, Waiting
from bot.domain.rounds import Accepted
from bot.features.suggestions import view
from bot.features.suggestions.service import Suggestions, Verdict
from bot.slack.answer_form import errors_of
from bot.slack.answer_reading import answer_in, value_in
from bot.slack.dispatch import FormErrors
from bot.slack.guard import Guard
from bot.slack.inbound import Click, CommandCall, Submission
from bot.slack.opening import refresh_modal, show_modal
from bot.slack.outbound import Slack

log = logging.getLogger(__name__)

LONGEST_NUMBER = 18
"""Digits of a proposal's number: all of them fit the database's integers."""
_HITCHES = {
    Hitch.OUTDATED: "This was written from an older answer. Cancel, and look at the list again.",
    Hitch.CHANGED: (
        "The answer changed while you wrote. Nothing is lost: copy your text, cancel, and press "
        "Edit again to see what stands now."
    ),
    Hitch.GONE: "This question is not in the bank any more, so its answer cannot be changed.",
}


@dataclass(frozen=True, slots=True)
class SuggestionsListener:
    """Lets reviewers decide."""

    suggestions: Suggestions
    slack: Slack
    guard: Guard

    async def on_suggestions(self, call: CommandCall, _given: str) -> None:
        """Show a reviewer what waits. Raises Refusal."""
        queue = await self.suggestions.queue(call.installation.id, call.member_id)
        await show_modal(self.slack, call, view.queue_modal(queue))

    async def on_accept(self, click: Click) -> None:
        """Accept a proposal, and show what waits then. Raises Refusal."""
        verdict, anyway = _verdict(click, click.value)
        decision = await self.suggestions.accept(verdict, anyway=anyway)
        self._tell_author(decision)
        await self._refresh(click.view_id, click, decision)

    async def on_edit(self, click: Click) -> None:
        """Open a proposal's answer, to be changed and accepted. Raises Refusal."""
        found = await self._one(click)
        if found is not None:
            await show_modal(self.slack, click, view.edit_form(found, _fields(found)))

    async def on_decline(self, click: Click) -> None:
        """Ask for the reason. Raises Refusal."""
        found = await self._one(click)
        if found is not None:
            await show_modal(self.slack, click, view.decline_form(found))

    async def on_edited(self, submission: Submission) -> FormErrors:
        """Accept a proposal as it was changed. Raises Refusal."""
        verdict, _ = _verdict(submission, submission.memo)
        fields = answer_in(submission)
        faults = answer_faults(fields)
        if faults:
            return errors_of(faults)
        outcome = await self.suggestions.accept_edited(verdict, joined(fields))
        return self._conclude(submission, outcome, Part.ANSWER)

    async def on_declined(self, submission: Submission) -> FormErrors:
        """Decline a proposal with a reason. Raises Refusal."""
        verdict, _ = _verdict(submission, submission.memo)
        reason = value_in(submission, Part.REASON)
        outcome = await self.suggestions.decline(verdict, reason)
        return self._conclude(submission, outcome, Part.REASON)

    async def _one(self, click: Click) -> Waiting | None:
        verdict, _ = _verdict(click, click.value)
        found = await self.suggestions.one(verdict)
        if isinstance(found, Decided):
            await self._refresh(click.view_id, click, found)
            return None
        return found

    def _conclude(self, submission: Submission, outcome: EditDecision, part: Part) -> FormErrors:
        match outcome:
            case Unfit(faults):
                return errors_of(faults)
            case Held(_, hitch):
                return errors_of([Fault(part, _HITCHES[hitch])])
            case Decided():
                self._tell_author(outcome)
                self.guard.follow_up(
                    "showing the queue",
                    lambda: self._refresh(submission.below, submission, outcome),
                )
        return {}

    async def _refresh(
        self, view_id: str | None, whose: Click | Submission, news: Decision
    ) -> None:
        queue = await self.suggestions.queue(whose.installation.id, whose.member_id, news)
        await refresh_modal(self.slack, whose.installation.id, view_id, view.queue_modal(queue))

    def _tell_author(self, decision: Decision) -> None:
        """Tell an author of a decision, once: not of one that was made before, nor their own."""
        if not isinstance(decision, Decided) or not decision.by_this:
            return
        proposal = decision.proposal
        if proposal.member_id != decision.by:
            self.guard.follow_up(
                "telling an author",
                lambda: self._send(proposal.installation_id, proposal.member_id, decision),
            )

    async def _send(self, installation: InstallationId, author: MemberId, decided: Decided) -> None:
        outcome = await self.slack.post(installation, author, view.outcome(decided))
        if not isinstance(outcome, Accepted):
            log.warning("author_not_told", extra={"outcome": type(outcome).__name__})


def _fields(found: Waiting) -> tuple[str, ...]:
    draft = found.proposal.draft
    text = found.present.sample_answer if found.present else ""
    if isinstance(draft, AnswerDraft | QuestionDraft):
        text = draft.answer
    fields = spread(text)
    if fields is None:
        raise AnswerTooLong
    return fields


def _verdict(whose: Click | Submission, value: str) -> tuple[Verdict, bool]:
    """Read what a button or a form carried: the proposal, the answer seen, and "anyway"."""
    if whose.is_outsider:
        raise OfAnotherWorkspace
    number, _, rest = value.partition(" ")
    seen, _, anyway = rest.partition(" ")
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        raise ProposalGone
    verdict = Verdict(whose.installation.id, whose.member_id, ProposalId(int(number)), seen)
    return verdict, anyway == view.ANYWAY
