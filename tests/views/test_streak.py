"""How a streak is told and explained."""

from datetime import date, timedelta

import pytest
from inline_snapshot import snapshot

from bot.domain.streak_report import (
    MOST_EXPLAINED,
    ExplainedRound,
    LatestRound,
    StreakHistory,
    StreakReport,
)
from bot.domain.streaks import Mark, Streak
from bot.features.streak import view
from bot.slack.blocks import TEXT_LIMIT, Message
from sandbox.block_rules import faults_in_message
from sandbox.reading import message_as_text

TODAY = date(2026, 1, 5)
HUGE = 10**30


def read(message: Message) -> str:
    assert faults_in_message(message.payload()) == []
    return message_as_text(message.payload())


def spoken(message: Message) -> str:
    return message_as_text({"text": message.payload()["text"]})


def history(count: int, older: int = 0) -> StreakHistory:
    """Return a history of rounds a day apart, each with the longest words there are."""
    rounds = tuple(
        ExplainedRound(TODAY - timedelta(days=n), Mark.FROZEN, HUGE, HUGE) for n in range(count)
    )
    return StreakHistory(TODAY, Streak(HUGE, HUGE, 2, HUGE), rounds, older, older)


def test_a_running_streak_tells_what_to_do_next() -> None:
    facts = StreakReport(Streak(current=6, best=9, freezes=1, answered=23), LatestRound.WAITING)
    assert read(view.report(facts)) == snapshot("""\
Your streak is *6*. Your best is 9.
You hold 1 freeze. A freeze forgives one missed question; every 5th answer in a row
earns one, and you can hold 2.
You have answered 23 questions here.
The open question is not answered yet: reply in its thread to reach 7.

`/prep streak why` explains it question by question.\
""")


def test_a_best_streak_and_an_answered_question_leave_nothing_to_do() -> None:
    facts = StreakReport(Streak(current=1, best=1, freezes=0, answered=1), LatestRound.ANSWERED)
    assert read(view.report(facts)) == snapshot("""\
Your streak is *1*, the best you have had.
You hold no freeze. A freeze forgives one missed question; every 5th answer in a row
earns one, and you can hold 2.
You have answered 1 question here.
The open question is answered: nothing is left to do until the next one.

`/prep streak why` explains it question by question.\
""")


def test_a_streak_that_ended_can_start_again() -> None:
    facts = StreakReport(Streak(current=0, best=9, freezes=0, answered=12), LatestRound.NOT_OPEN)
    assert read(view.report(facts)) == snapshot("""\
Your streak is *0*, and your next answer starts a new one. Your best is 9.
You hold no freeze. A freeze forgives one missed question; every 5th answer in a row
earns one, and you can hold 2.
You have answered 12 questions here.
No question is open right now.

`/prep streak why` explains it question by question.\
""")


def test_two_freezes_are_counted_as_two() -> None:
    facts = StreakReport(Streak(current=10, best=10, freezes=2, answered=10), LatestRound.WAITING)
    assert "You hold 2 freezes." in spoken(view.report(facts))


@pytest.mark.parametrize("latest", [LatestRound.WAITING, LatestRound.NOT_OPEN])
def test_the_text_of_a_report_says_all_that_its_blocks_say(latest: LatestRound) -> None:
    message = view.report(StreakReport(Streak(6, 9, 1, 23), latest))
    assert read(message).split() == spoken(message).split()


def test_who_never_answered_is_shown_the_open_question() -> None:
    assert read(view.report(StreakReport(None, LatestRound.WAITING))) == snapshot("""\
You have not answered a question here yet. One is open now: reply in its thread and your
streak begins.

Your streak grows by one with each question you answer before the next one is asked.\
""")


def test_who_never_answered_is_told_to_wait_for_the_next_question() -> None:
    assert read(view.report(StreakReport(None, LatestRound.NOT_OPEN))) == snapshot("""\
You have not answered a question here yet. Reply in the thread of the next one and your
streak begins.

Your streak grows by one with each question you answer before the next one is asked.\
""")


def test_a_history_says_in_words_what_each_round_came_to() -> None:
    marks = [
        (Mark.OPEN, 1, 1),
        (Mark.ANSWERED, 0, 1),
        (Mark.MISSED, 0, 0),
        (Mark.MISSED, 6, 0),
        (Mark.FROZEN, 6, 6),
        (Mark.EXCUSED, 6, 6),
        (Mark.VOID, 6, 6),
        (Mark.ANSWERED, 5, 6),
    ]
    rounds = tuple(
        ExplainedRound(TODAY - timedelta(days=n), mark, before, after)
        for n, (mark, before, after) in enumerate(marks)
    )
    facts = StreakHistory(TODAY, Streak(1, 6, 0, 7), rounds, older=12, older_answered=5)
    assert read(view.history(facts)) == snapshot("""\
Your streak, newest question first
==================================

Your streak is *1*. Your best is 6.
Your streak grows by one with each question you answer before the next one is asked. A
freeze forgives one missed question; every 5th answer in a row earns one, and you can
hold 2.

Monday 5 January: open until the next question. Streak 1.
Sunday 4 January: answered. Streak 1.
Saturday 3 January: missed. Streak 0.
Friday 2 January: missed, streak ended. Streak 0.
Thursday 1 January: missed, a freeze was spent. Streak 6.
Wednesday 31 December 2025: away. Streak 6.
Tuesday 30 December 2025: question was deleted. Streak 6.
Monday 29 December 2025: answered. Streak 6.

Before that: 12 questions, 5 of them answered.\
""")


def test_a_history_reads_the_same_without_its_blocks() -> None:
    message = view.history(history(3, older=1))
    title, *shown = read(message).split("\n\n")
    assert title.startswith("Your streak")
    assert " ".join(shown).split() == spoken(message).split()


def test_a_history_without_answers_is_an_invitation() -> None:
    assert read(view.history(None)) == read(view.report(StreakReport(None, LatestRound.NOT_OPEN)))


@pytest.mark.parametrize("older", [0, 1, HUGE])
def test_the_longest_history_fits_and_its_text_says_what_it_leaves_out(older: int) -> None:
    message = view.history(history(MOST_EXPLAINED, older))
    assert read(message).count("a freeze was spent") == MOST_EXPLAINED
    text = message.payload()["text"]
    assert len(text) <= TEXT_LIMIT
    assert "…" not in text
    told = text.count("a freeze was spent")
    assert f"{MOST_EXPLAINED - told} more are listed in the message." in text


def test_another_year_is_named() -> None:
    rounds = (
        ExplainedRound(date(2026, 1, 2), Mark.ANSWERED, 1, 2),
        ExplainedRound(date(2025, 12, 31), Mark.ANSWERED, 0, 1),
    )
    message = view.history(StreakHistory(TODAY, Streak(2, 2, 0, 2), rounds, 0, 0))
    assert spoken(message).splitlines()[-2:] == snapshot(
        ["Friday 2 January: answered. Streak 2.", "Wednesday 31 December 2025: answered. Streak 1."]
    )


def test_other_words_after_streak_are_named_with_what_works() -> None:
    assert read(view.usage("when?")) == snapshot("""\
I don't know `when?` after `/prep streak`.
`/prep streak`: your streak in this channel
`/prep streak why`: how it came about, question by question\
""")


def test_nothing_legible_after_streak_still_says_what_works() -> None:
    assert read(view.usage("")) == snapshot("""\
This works:
`/prep streak`: your streak in this channel
`/prep streak why`: how it came about, question by question\
""")


@pytest.mark.parametrize("words", ["<!channel>", "&amp;" * 600, "x" * 3_000, "<@U1|bob>"])
def test_a_persons_words_stay_words(words: str) -> None:
    payload = view.usage(words).payload()
    assert faults_in_message(payload) == []
    assert "<" not in str(payload)
