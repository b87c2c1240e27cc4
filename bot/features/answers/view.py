"""What the author of an answer is told, privately."""

from functools import lru_cache

from bot.domain.ids import RoundId
from bot.domain.streaks import Streak
from bot.slack.blocks import Message, actions, button, mrkdwn, section
from bot.slack.names import Action

LINES_KEPT = 1_000
"""So many are remembered: those who answer a question hear much the same."""


def counted(round_id: RoundId, streak: Streak) -> Message:
    """Thank for an answer and tell the streak."""
    return _with_reveal(round_id, _streak_line(streak))


def late(round_id: RoundId) -> Message:
    """Say kindly that a later question had been asked already."""
    return _with_reveal(
        round_id,
        "Good practice. The next question was already out, so this answer does not count towards "
        "your streak.",
    )


def _streak_line(streak: Streak) -> str:
    if streak.current == 1:
        start = "Counted. Your streak starts: 1 question"
    else:
        start = f"Counted. Your streak is {streak.current} questions"
    if streak.current == streak.best and streak.current > 1:
        return f"{start}, your best so far."
    return f"{start}." if streak.best <= streak.current else f"{start}; your best is {streak.best}."


@lru_cache(LINES_KEPT)
def _with_reveal(round_id: RoundId, text: str) -> Message:
    return Message(
        text,
        (
            section(mrkdwn("{text}", text=text)),
            actions(button("Reveal Sample Answer", Action.REVEAL_ROUND, str(round_id))),
        ),
    )
