"""What a member sees behind Reveal Sample Answer and Why It Is Asked."""

import json

from bot.domain.proposals import TEAM_PREFIX
from bot.domain.questions import KeyPoint, Question, Reference
from bot.slack.blocks import (
    Json,
    Markup,
    Message,
    Modal,
    actions,
    button,
    clip,
    context,
    header,
    lines,
    link,
    mrkdwn,
    section,
    sections,
)
from bot.slack.credits import credit_line
from bot.slack.fitting import MESSAGE_BLOCKS, MESSAGE_BYTES, MODAL_BLOCKS, MODAL_BYTES, fitted
from bot.slack.names import Action, Callback
from bot.slack.question_card import facts_line
from bot.slack.rich_text import bullet_list, numbered_list, rich_text

ITEM_LIMIT = 600
"""Characters to an item of a list; the longest that passes the lint is a fraction of it."""


def sample_answer_modal(question: Question) -> Modal:
    """Show the sample answer and all that belongs to it."""
    blocks = _whole(question, MODAL_BLOCKS, MODAL_BYTES)
    return Modal(Callback.REVEAL, "Sample answer", blocks)


def sample_answer_message(question: Question) -> Message:
    """Show the same where no modal can be opened; what notifications read gives nothing away."""
    blocks = _whole(question, MESSAGE_BLOCKS, MESSAGE_BYTES)
    return Message(mrkdwn("Sample answer: {title}", title=question.title), blocks)


def why_modal(question: Question) -> Modal:
    """Show why a question is asked and the hint, and nothing of what to answer."""
    blocks = fitted(_why(question), MODAL_BLOCKS, MODAL_BYTES)
    return Modal(Callback.WHY, "Why it is asked", blocks)


def why_message(question: Question) -> Message:
    """Show the same where no modal can be opened."""
    blocks = fitted(_why(question), MESSAGE_BLOCKS, MESSAGE_BYTES)
    return Message(mrkdwn("Why it is asked: {title}", title=question.title), blocks)


def _whole(question: Question, most_blocks: int, most_bytes: int) -> tuple[Json, ...]:
    foot = _foot(question)
    room = most_bytes - len(json.dumps(foot))
    return (*fitted(_sample_answer(question), most_blocks - len(foot), room), *foot)


def _sample_answer(question: Question) -> list[Json]:
    blocks = _head(question)
    if question.key_points:
        blocks += [_part("Key points"), bullet_list([_point(p) for p in question.key_points])]
    answer = rich_text(question.sample_answer) or [section("Nobody has written one yet.")]
    blocks += [_part("Sample answer"), *answer]
    if question.mistakes:
        mistakes = [clip(mistake, ITEM_LIMIT) for mistake in question.mistakes]
        blocks += [_part("Common mistakes"), bullet_list(mistakes)]
    if question.follow_ups:
        blocks += [_part("Follow-ups"), _ladder(question)]
    if question.references:
        links = lines(*(_reference(reference) for reference in question.references))
        blocks += [_part("References"), *sections(links)]
    return blocks


def _foot(question: Question) -> list[Json]:
    buttons = [
        button("Suggest An Improvement", Action.SUGGEST, question.slug),
        button("Report A Problem", Action.REPORT, question.slug),
    ]
    if question.version:
        buttons.append(button("Earlier Versions", Action.VERSIONS, question.slug))
    if question.credit is None:
        return [actions(*buttons)]
    is_first = question.slug.startswith(TEAM_PREFIX) and question.version == 1
    return [context(credit_line(question.credit, is_first=is_first)), actions(*buttons)]


def _why(question: Question) -> list[Json]:
    why = rich_text(question.why) or [section("Nobody has written that down yet.")]
    blocks = [*_head(question), *why]
    if question.hint:
        blocks += [_part("Hint"), *sections(question.hint)]
    return blocks


def _head(question: Question) -> list[Json]:
    return [header(question.title), context(facts_line(question))]


def _part(title: str) -> Json:
    return section(mrkdwn("*{title}*", title=title))


def _point(point: KeyPoint) -> str:
    text = f"{point.text} — {point.detail}" if point.detail else point.text
    return clip(text, ITEM_LIMIT)


def _ladder(question: Question) -> Json:
    return numbered_list(
        [(clip(f.question, ITEM_LIMIT), clip(f.pointer, ITEM_LIMIT)) for f in question.follow_ups]
    )


def _reference(reference: Reference) -> Markup:
    return mrkdwn("• {link}", link=link(reference.url, reference.title))
