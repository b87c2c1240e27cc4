"""The card of the daily question, and what people are told about it."""

from bot.domain.rounds import Card
from bot.domain.schedules import Schedule, ScheduleState
from bot.domain.today import OpenRound
from bot.slack.blocks import (
    Markup,
    Message,
    actions,
    button,
    context,
    link,
    local_moment,
    mrkdwn,
    section,
)
from bot.slack.names import Action
from bot.slack.question_card import question_blocks, spoken


def card(facts: Card) -> Message:
    """Show a round in its channel. Never says anything of the sample answer."""
    value = str(facts.round_id)
    return Message(
        _spoken_card(facts),
        (
            *question_blocks(facts.question),
            context(_invitation(facts)),
            actions(
                button("Reveal Sample Answer", Action.REVEAL_ROUND, value),
                button("Why It Is Asked", Action.WHY_ROUND, value),
            ),
        ),
    )


def _spoken_card(facts: Card) -> str:
    question = spoken(facts.question)
    if facts.is_closed:
        return f"{question}\nClosed; a newer question is open in this channel."
    return f"Today's question: {question}\nReply in this thread to practise."


def _invitation(facts: Card) -> Markup:
    if facts.is_closed:
        return mrkdwn(
            "Closed with {answered} · a newer question is open in this channel",
            answered=_answered(facts.answered),
        )
    if facts.answered:
        return mrkdwn(
            "Reply in this thread to practise · {answered}", answered=_answered(facts.answered)
        )
    return mrkdwn("Reply in this thread to practise")


def _answered(count: int) -> str:
    return f"{count} answered"


def open_now(open_round: OpenRound, permalink: str) -> Message:
    """Point to the question that is open in a channel."""
    title = open_round.question.title if open_round.question else "Today's question"
    text = mrkdwn("Open now: {link}. Reply in its thread to practise.", link=link(permalink, title))
    return Message(text, (section(text),))


def nothing_open(schedule: Schedule) -> Message:
    """Say when a channel's next question comes."""
    if schedule.next_due is None:
        text = mrkdwn(
            "No question is open here, and the schedule {has_ended}. "
            "`/prep setup` starts it again; `/prep random` gives you a question now.",
            has_ended="has stopped" if schedule.state is ScheduleState.STOPPED else "is paused",
        )
    else:
        local = schedule.next_due.at.astimezone(schedule.timing.zone)
        text = mrkdwn(
            "No question is open here yet. The next one comes {when}. "
            "`/prep random` gives you one now.",
            when=local_moment(schedule.next_due.at, f"{local:%A, %-d %B at %H:%M}"),
        )
    return Message(text, (section(text),))
