"""What `/prep random` says, and what Post Here posts."""

from collections.abc import Sequence
from typing import assert_never

from bot.domain.ids import MemberId
from bot.domain.practice import NoneOfThatKind, NotUnderstood, PracticeOutcome, Shown, Wanted
from bot.domain.questions import Level, Question, Topic
from bot.slack.blocks import (
    Json,
    Markup,
    Message,
    actions,
    button,
    context,
    lines,
    mention,
    mrkdwn,
    section,
)
from bot.slack.echo import as_read, echo
from bot.slack.fitting import MESSAGE_BLOCKS, MESSAGE_BYTES, fitted
from bot.slack.names import COMMAND, Action
from bot.slack.question_card import question_blocks, spoken
from bot.slack.rich_text import plain_text_of

REVEAL = "Reveal Sample Answer"
JUST_PRACTICE = "Replies here are just for practice: they count for no streak."


def private_reply(outcome: PracticeOutcome) -> Message:
    """Say to the member alone what came of asking for a question."""
    match outcome:
        case Shown():
            return _question(outcome)
        case NotUnderstood():
            return _not_understood(outcome)
        case NoneOfThatKind():
            return _none_of_that_kind(outcome)
        case _:
            assert_never(outcome)


def _question(shown: Shown) -> Message:
    question = shown.question
    buttons = [button(REVEAL, Action.REVEAL_QUESTION, question.slug, primary=True)]
    if not shown.is_only_one:
        buttons.append(button("Another", Action.ANOTHER, shown.wanted.code))
    buttons.append(button("Post Here", Action.POST_HERE, question.slug))
    note = "Only you see this."
    if shown.is_only_one:
        kind = _kind(shown.wanted)
        note = f"Only you see this. It is the only {kind} so far."
    tail = [actions(*buttons), context(note)]
    return Message(spoken(question), (*_fitted(question, len(tail)), *tail))


def _not_understood(outcome: NotUnderstood) -> Message:
    words = echo(as_read(outcome.words))
    said = mrkdwn("I know no topic or level called “{words}”.", words=words or "that")
    guess = outcome.suggestion
    if guess is not None:
        said += mrkdwn(" Did you mean *{guess}*?", guess=_typed(guess))
    told = lines(said, _all_topics(outcome.topics), _all_levels())
    return _with_offer(told, _offer(guess) if guess else "", guess)


def _none_of_that_kind(outcome: NoneOfThatKind) -> Message:
    wanted = outcome.wanted
    said = mrkdwn("There is no {kind} yet.", kind=_kind(wanted))
    if not outcome.levels:
        return _with_offer(lines(said, _all_topics(outcome.topics)), "Show Any Question", Wanted())
    levels = " or ".join(level.value for level in outcome.levels)
    told = lines(said, mrkdwn("Try {levels} instead.", levels=levels))
    return _with_offer(told, "Show Any Level", Wanted(wanted.topic))


def _with_offer(told: Markup, label: str, offer: Wanted | None) -> Message:
    blocks = [section(told)]
    if offer is not None:
        blocks.append(actions(button(label, Action.ANOTHER, offer.code, primary=True)))
    return Message(told, tuple(blocks))


def shared(question: Question, by: MemberId) -> Message:
    """Ask everybody in a channel a question that a member shares."""
    who = mrkdwn("{member} shared a question to practise", member=mention(by))
    tail = [
        context(who, JUST_PRACTICE),
        actions(button(REVEAL, Action.REVEAL_QUESTION, question.slug)),
    ]
    text = mrkdwn(
        "{who}: {title}\n{text}\n{practice}",
        who=who,
        title=question.title,
        text=plain_text_of(question.text),
        practice=JUST_PRACTICE,
    )
    return Message(text, (*_fitted(question, len(tail)), *tail))


def posted(question: Question) -> Message:
    """Say to the member that their question is in the channel now."""
    told = mrkdwn("You posted “{title}” here.", title=question.title)
    return Message(told, (section(told),))


def _fitted(question: Question, others: int) -> Sequence[Json]:
    return fitted(question_blocks(question), MESSAGE_BLOCKS - others, MESSAGE_BYTES)


def _kind(wanted: Wanted) -> str:
    level = f"{wanted.level.value} question" if wanted.level else "question"
    return f"{level} on {wanted.topic.title}" if wanted.topic else level


def _typed(wanted: Wanted) -> str:
    """The words with which a member would ask for this."""
    topic = [wanted.topic.slug] if wanted.topic else []
    return " ".join([*topic, *([wanted.level.value] if wanted.level else [])])


def _offer(wanted: Wanted) -> str:
    """Name a kind of question on a button: "Show Python language, Hard"."""
    topic = [wanted.topic.title] if wanted.topic else []
    return "Show " + ", ".join([*topic, *([wanted.level.value.title()] if wanted.level else [])])


def _all_topics(topics: Sequence[Topic]) -> Markup:
    names = ", ".join(f"`{topic.slug}`" for topic in topics)
    return mrkdwn("Topics: {names}", names=names)


def _all_levels() -> Markup:
    names = ", ".join(f"`{level.value}`" for level in Level)
    return mrkdwn(
        "Levels: {names}. For example `{command} random python hard`.",
        names=names,
        command=COMMAND,
    )
