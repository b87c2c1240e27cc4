"""What reviewers see of the queue, and what authors are told of its decisions."""

from typing import assert_never

from bot.domain.differences import compare
from bot.domain.proposals import (
    AnswerDraft,
    ProblemDraft,
    ProposalState,
    QuestionDraft,
    print_of,
)
from bot.domain.reviewing import SHOWN_AT_ONCE, Decided, Decision, Held, Hitch, Queue, Waiting
from bot.slack.answer_form import answer_fields, long_field
from bot.slack.blocks import (
    Json,
    Markup,
    Message,
    Modal,
    actions,
    button,
    clip,
    context,
    divider,
    lines,
    local_moment,
    mention,
    mrkdwn,
    section,
)
from bot.slack.comparison import comparison
from bot.slack.fitting import MODAL_BLOCKS, MODAL_BYTES, fitted
from bot.slack.names import Action, Callback
from bot.slack.rich_text import bullet_list, rich_text

LONGEST_SHOWN = 4_000
"""Characters of a text in a queue; Edit shows the whole."""
ANYWAY = "anyway"
REASON = "reason"

_HITCHES = {
    Hitch.OUTDATED: (
        "Nothing was accepted yet: this suggestion was written from an older answer. Below it is "
        "compared with the answer that stands now. Press Accept Anyway or Edit if it still fits."
    ),
    Hitch.CHANGED: (
        "Nothing was accepted yet: the answer changed after you had opened this list. Below is the "
        "comparison with the answer that stands now."
    ),
    Hitch.GONE: "Its question is not in the bank any more, so it can only be declined.",
}


def queue_modal(queue: Queue) -> Modal:
    """Show what waits, oldest first, and what the last press came to."""
    blocks: list[Json] = []
    if queue.news is not None:
        blocks += [section(_news(queue.news)), divider()]
    blocks.append(section(_count(queue)))
    held = queue.news.proposal_id if isinstance(queue.news, Held) else None
    for item in queue.items:
        blocks += [divider(), *_item(item, pressed=item.proposal.id == held)]
    return Modal(Callback.QUEUE, "Suggestions", fitted(blocks, MODAL_BLOCKS, MODAL_BYTES))


def _count(queue: Queue) -> Markup:
    if not queue.total:
        return mrkdwn("Nothing waits. Everything that was suggested is decided.")
    waits = "1 suggestion waits." if queue.total == 1 else f"{queue.total} suggestions wait."
    if queue.total > len(queue.items):
        return mrkdwn("{waits} These are the oldest {most}.", waits=waits, most=SHOWN_AT_ONCE)
    return mrkdwn("{waits}", waits=waits)


def _news(news: Decision) -> Markup:
    if isinstance(news, Held):
        return mrkdwn("{why}", why=_HITCHES[news.hitch])
    did = "accepted" if news.is_accepted else "declined"
    title = clip(news.title, 150)
    if news.by_this:
        return mrkdwn("You {did} what was suggested about *{title}*.", did=did, title=title)
    return mrkdwn(
        "{who} has {did} this one already (*{title}*), so nothing was changed.",
        who=mention(news.by),
        did=did,
        title=title,
    )


def _item(item: Waiting, *, pressed: bool) -> list[Json]:
    return [section(_lead(item)), *_body(item), _buttons(item, pressed=pressed)]


def _body(item: Waiting) -> list[Json]:
    draft = item.proposal.draft
    match draft:
        case AnswerDraft():
            return _answer(item, draft)
        case ProblemDraft():
            return [section(mrkdwn("“{line}”", line=draft.line or "No more was said."))]
        case QuestionDraft():
            return _question(draft)
        case _:
            assert_never(draft)


def _lead(item: Waiting) -> Markup:
    proposal, draft = item.proposal, item.proposal.draft
    if isinstance(draft, QuestionDraft):
        title, what = draft.title, mrkdwn("suggests a new question")
    else:
        title = item.present.title if item.present else str(draft.question)
        what = mrkdwn("suggests another answer")
        if isinstance(draft, ProblemDraft):
            what = mrkdwn("says it is *{problem}*", problem=draft.problem.value)
    return mrkdwn(
        "*{title}*\n{who} {what}, {when}.",
        title=clip(title, 150),
        who=mention(proposal.member_id),
        what=what,
        when=local_moment(proposal.made_at, f"{proposal.made_at:%-d %B at %H:%M} UTC"),
    )


def _answer(item: Waiting, draft: AnswerDraft) -> list[Json]:
    blocks: list[Json] = []
    if item.is_outdated and item.present is not None:
        said = mrkdwn(
            "*Outdated: needs a look.* Written from version {base}; version {now} stands now.",
            base=draft.base_version,
            now=item.present.version,
        )
        blocks.append(section(said))
    if draft.note:
        blocks.append(section(mrkdwn("Improves: {note}", note=draft.note)))
    if item.present is None:
        return [*blocks, section("Its question is not in the bank any more.")]
    return [*blocks, *comparison(compare(item.present.sample_answer, draft.answer))]


def _question(draft: QuestionDraft) -> list[Json]:
    about = mrkdwn("{topic} · {level}", topic=draft.topic, level=draft.level.value)
    parts = [context(about), *rich_text(clip(draft.text, LONGEST_SHOWN))]
    if draft.why:
        parts += [section(mrkdwn("*Why it is asked*")), *rich_text(clip(draft.why, LONGEST_SHOWN))]
    if draft.key_points:
        parts += [section(mrkdwn("*Key points*")), bullet_list(draft.key_points)]
    answer = rich_text(clip(draft.answer, LONGEST_SHOWN))
    return [*parts, section(mrkdwn("*Sample answer*")), *answer]


def _buttons(item: Waiting, *, pressed: bool) -> Json:
    value = f"{item.proposal.id} {_seen(item)}"
    decline = button("Decline", Action.DECLINE, value)
    draft = item.proposal.draft
    if item.present is None and not isinstance(draft, QuestionDraft):
        return actions(decline)
    if isinstance(draft, ProblemDraft):
        accept = button("Mark As Solved", Action.ACCEPT, value)
    elif pressed and item.is_outdated:
        accept = button("Accept Anyway", Action.ACCEPT, f"{value} {ANYWAY}")
    else:
        accept = button("Accept", Action.ACCEPT, value)
    return actions(accept, button("Edit", Action.EDIT, value), decline)


def _seen(item: Waiting) -> str:
    return print_of(item.present.sample_answer) if item.present else "-"


def edit_form(item: Waiting, answer: tuple[str, ...]) -> Modal:
    """Let a reviewer change an answer before accepting it."""
    lead = lines(_lead(item), "Saving accepts it, and names you both.")
    outdated = [section(mrkdwn("*Outdated: needs a look.*"))] if item.is_outdated else []
    return Modal(
        Callback.EDIT,
        "Edit and accept",
        (section(lead), *outdated, *answer_fields(answer)),
        submit="Accept",
        close="Cancel",
        memo=f"{item.proposal.id} {_seen(item)}",
    )


def decline_form(item: Waiting) -> Modal:
    """Ask a reviewer for a reason."""
    hint = "The author reads this, and can send the suggestion again."
    return Modal(
        Callback.DECLINE,
        "Decline",
        (section(_lead(item)), long_field(REASON, "Reason", "", hint)),
        submit="Decline",
        close="Cancel",
        memo=f"{item.proposal.id} {_seen(item)}",
    )


def outcome(decided: Decided) -> Message:
    """Tell an author what became of their proposal."""
    if decided.proposal.state is ProposalState.DECLINED:
        return _declined(decided)
    text = _accepted(decided)
    return Message(text, (section(text),))


def _accepted(decided: Decided) -> Markup:
    draft = decided.proposal.draft
    what = "The problem you reported is dealt with."
    if isinstance(draft, AnswerDraft):
        what = "Your answer stands now, with your name at its foot."
    elif isinstance(draft, QuestionDraft):
        what = "Your question is in your workspace's bank now."
    return mrkdwn(
        "Thank you! {who} accepted what you sent about *{title}*. {what}",
        who=mention(decided.by),
        title=decided.title,
        what=what,
    )


def _declined(decided: Decided) -> Message:
    proposal = decided.proposal
    said = mrkdwn(
        "{who} declined what you sent about *{title}*, with this reason:",
        who=mention(decided.by),
        title=decided.title,
    )
    how = "You can change it and send it again: nothing you wrote is lost."
    return Message(
        lines(said, proposal.reason, how),
        (
            section(lines(said, mrkdwn("“{reason}”", reason=proposal.reason))),
            context(how),
            actions(button("Send Again", Action.SEND_AGAIN, str(proposal.id))),
        ),
    )
