"""The card of the daily question, and what people are told about it."""

from functools import lru_cache

from bot.domain.counting import said
from bot.domain.ids import RoundId
from bot.domain.rounds import Card, LowDeck
from bot.domain.schedules import Schedule, ScheduleState
from bot.domain.today import OpenRound
from bot.slack.blocks import (
    Json,
    Markup,
    Message,
    actions,
    as_markup,
    button,
    channel,
    context,
    lines,
    link,
    local_moment,
    mrkdwn,
    section,
)
from bot.slack.names import COMMAND, Action
from bot.slack.question_card import question_blocks, spoken

FACES_KEPT = 1_000
"""So many cards are remembered: a question often goes to many channels in the same minute."""


def card(facts: Card) -> Message:
    """Show a round in its channel. Never says anything of the sample answer."""
    face = _face(Card(_ANY, facts.question, facts.answered, facts.is_closed))
    *shown, buttons = face.blocks
    return Message(face.text, (*shown, _about(facts.round_id, buttons)))


_ANY = RoundId(0)


@lru_cache(FACES_KEPT)
def _face(facts: Card) -> Message:
    """A card as it looks for any round: only what its buttons carry names one."""
    value = str(facts.round_id)
    return Message(
        as_markup(_spoken_card(facts)),
        (
            *question_blocks(facts.question),
            context(_invitation(facts)),
            actions(
                button("Reveal Sample Answer", Action.REVEAL_ROUND, value),
                button("Why It Is Asked", Action.WHY_ROUND, value),
            ),
        ),
    )


def _about(round_id: RoundId, buttons: Json) -> Json:
    value = {"value": str(round_id)}
    return buttons | {"elements": [one | value for one in buttons["elements"]]}


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
    return f"{said(count)} answered"


def open_now(open_round: OpenRound, permalink: str) -> Message:
    """Point to the question that is open in a channel."""
    title = open_round.question.title if open_round.question else "Today's question"
    text = mrkdwn("Open now: {link}. Reply in its thread to practise.", link=link(permalink, title))
    return Message(text, (section(text),))


def running_low(low: LowDeck) -> Message:
    """Tell an owner that few unasked questions are left, and what they can do."""
    left = {0: "no unasked question", 1: "1 unasked question"}.get(
        low.left, f"{low.left} unasked questions"
    )
    lead = mrkdwn(
        "Your daily question in {channel} has {left} left.",
        channel=channel(low.schedule.channel_id),
        left=left,
    )
    choices = mrkdwn(
        "• Add some: anybody can, with `{command} add`.\n"
        "• Import your team's own: whoever runs Prep here can, with `python -m content import`.\n"
        "• Do nothing: when all have been asked, the one asked longest ago comes again.",
        command=COMMAND,
    )
    return Message(lines(lead, choices), (section(lead), section(choices)))


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
