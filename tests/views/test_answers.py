"""What the author of an answer reads, privately, in the thread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain.ids import RoundId
from bot.domain.streaks import Streak
from bot.features.answers import view
from bot.slack.blocks import Message
from bot.slack.names import Action
from sandbox.block_rules import faults_in_message
from sandbox.reading import message_as_text

ROUND = RoundId(7)


def read(message: Message) -> str:
    """A message as a person reads it."""
    return message_as_text(message.payload(), {})


def test_a_counted_answer_is_thanked_for_with_the_streak_and_the_sample_answer() -> None:
    assert read(view.counted(ROUND, Streak(4, 9, 0, 20))) == snapshot("""\
Counted. Your streak is 4 questions; your best is 9.

[ Reveal Sample Answer ]\
""")


def test_a_late_answer_is_welcomed_kindly() -> None:
    assert read(view.late(ROUND)) == snapshot("""\
Good practice. The next question was already out, so this answer does not count towards
your streak.

[ Reveal Sample Answer ]\
""")


@pytest.mark.parametrize(
    ("streak", "line"),
    [
        (Streak(1, 1, 0, 1), "Counted. Your streak starts: 1 question."),
        (Streak(1, 5, 0, 9), "Counted. Your streak starts: 1 question; your best is 5."),
        (Streak(2, 2, 0, 2), "Counted. Your streak is 2 questions, your best so far."),
        (Streak(2, 5, 1, 9), "Counted. Your streak is 2 questions; your best is 5."),
    ],
)
def test_the_line_tells_the_streak_and_the_best(streak: Streak, line: str) -> None:
    assert view.counted(ROUND, streak).text == line


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.integers(0, 10**6))
def test_slack_takes_every_line(round_id: int, current: int, more: int) -> None:
    for message in (
        view.counted(RoundId(round_id), Streak(current, current + more, 2, current + more)),
        view.late(RoundId(round_id)),
    ):
        assert faults_in_message(message.payload()) == []
        [pressed] = message.blocks[-1]["elements"]
        assert (pressed["action_id"], pressed["value"]) == (Action.REVEAL_ROUND, str(round_id))


def test_the_line_itself_reveals_nothing() -> None:
    # It is a notification on a phone that others may see.
    for message in (view.counted(ROUND, Streak(1, 1, 0, 1)), view.late(ROUND)):
        assert str(message.text) == message.blocks[0]["text"]["text"]
