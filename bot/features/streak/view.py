"""One member's streak, in numbers and round by round."""

from collections.abc import Iterator, Sequence
from datetime import date

from bot.domain.schedules import WEEKDAY_NAMES
from bot.domain.streak_report import ExplainedRound, LatestRound, StreakHistory, StreakReport
from bot.domain.streaks import ANSWERS_PER_FREEZE, MOST_FREEZES, Mark, Streak
from bot.slack.blocks import (
    TEXT_LIMIT,
    Markup,
    Message,
    context,
    header,
    lines,
    mrkdwn,
    section,
    sections,
)
from bot.slack.names import COMMAND

DEFINITION = "Your streak grows by one with each question you answer before the next one is asked."
FREEZE = (
    f"A freeze forgives one missed question; every {ANSWERS_PER_FREEZE}th answer in a row earns "
    f"one, and you can hold {MOST_FREEZES}."
)
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
HINT = mrkdwn("`{command} streak why` explains it question by question.", command=COMMAND)
ROOM_FOR_THE_REST = 60
"""Characters kept free for the line that counts what a text leaves out."""

_NEVER_ANSWERED = {
    LatestRound.WAITING: (
        "You have not answered a question here yet. "
        "One is open now: reply in its thread and your streak begins."
    ),
    LatestRound.NOT_OPEN: (
        "You have not answered a question here yet. "
        "Reply in the thread of the next one and your streak begins."
    ),
}
_MARKS = {
    Mark.ANSWERED: "answered",
    Mark.VOID: "question was deleted",
    Mark.EXCUSED: "away",
    Mark.OPEN: "open until the next question",
    Mark.FROZEN: "missed, a freeze was spent",
    Mark.MISSED: "missed",
}


def report(facts: StreakReport) -> Message:
    """Tell where a member stands."""
    if facts.streak is None:
        text = _NEVER_ANSWERED.get(facts.latest, _NEVER_ANSWERED[LatestRound.NOT_OPEN])
        return Message(text, (section(text), context(DEFINITION)))
    streak = facts.streak
    numbers = lines(_standing(streak), _freezes(streak), _answered(streak))
    latest = _latest(streak, facts.latest)
    return Message(lines(numbers, latest, HINT), (section(lines(numbers, latest)), context(HINT)))


def _standing(streak: Streak) -> Markup:
    if streak.current == 0:
        return mrkdwn(
            "Your streak is *0*, and your next answer starts a new one. Your best is {best}.",
            best=streak.best,
        )
    if streak.current == streak.best:
        return mrkdwn("Your streak is *{now}*, the best you have had.", now=streak.current)
    return mrkdwn(
        "Your streak is *{now}*. Your best is {best}.", now=streak.current, best=streak.best
    )


def _freezes(streak: Streak) -> str:
    held = {0: "no freeze", 1: "1 freeze"}.get(streak.freezes, f"{streak.freezes} freezes")
    return f"You hold {held}. {FREEZE}"


def _answered(streak: Streak) -> str:
    questions = "1 question" if streak.answered == 1 else f"{streak.answered} questions"
    return f"You have answered {questions} here."


def _latest(streak: Streak, latest: LatestRound) -> str:
    match latest:
        case LatestRound.ANSWERED:
            return "The open question is answered: nothing is left to do until the next one."
        case LatestRound.WAITING:
            grown = streak.current + 1
            return f"The open question is not answered yet: reply in its thread to reach {grown}."
        case LatestRound.NOT_OPEN:
            return "No question is open right now."


def history(facts: StreakHistory | None) -> Message:
    """Explain a streak: the rule, then what each round came to, newest first."""
    if facts is None:
        return report(StreakReport(None, LatestRound.NOT_OPEN))
    lead = lines(_standing(facts.streak), f"{DEFINITION} {FREEZE}")
    told = [_line(one, facts.today) for one in facts.rounds]
    earlier = _older(facts.older, facts.older_answered)
    text = lines(lead, *_fitting(told, earlier, TEXT_LIMIT - len(lead.source)))
    blocks = (
        header("Your streak, newest question first"),
        section(lead),
        *sections(lines(*told)),
        *([context(earlier)] if earlier else []),
    )
    return Message(text, blocks)


def _line(one: ExplainedRound, today: date) -> str:
    mark = _MARKS[one.mark]
    if one.mark is Mark.MISSED and one.before:
        mark = "missed, streak ended"
    return f"{_day(one.local_date, today)}: {mark}. Streak {one.after}."


def _day(day: date, today: date) -> str:
    words = f"{WEEKDAY_NAMES[day.weekday()]} {day.day} {MONTH_NAMES[day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"


def _older(count: int, answered: int) -> str:
    if not count:
        return ""
    questions = "1 question" if count == 1 else f"{count} questions"
    return f"Before that: {questions}, {answered} of them answered."


def _fitting(told: Sequence[str], earlier: str, limit: int) -> Iterator[str]:
    """Yield as many lines as fit, then how many do not; `earlier` comes last."""
    room = limit - len(earlier) - ROOM_FOR_THE_REST
    for place, line in enumerate(told):
        room -= len(line) + 1
        if room < 0:
            yield f"{len(told) - place} more are listed in the message."
            break
        yield line
    if earlier:
        yield earlier


def usage(words: str) -> Message:
    """Say what may follow `/prep streak`; `words` is what did."""
    text = lines(
        mrkdwn("I don't know `{words}` after `{command} streak`.", words=words, command=COMMAND)
        if words
        else mrkdwn("This works:"),
        mrkdwn("`{command} streak`: your streak in this channel", command=COMMAND),
        mrkdwn("`{command} streak why`: how it came about, question by question", command=COMMAND),
    )
    return Message(text, (section(text),))
