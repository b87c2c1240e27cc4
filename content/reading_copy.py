"""A question as it will look in Slack, as text: the card, and the two windows behind its buttons.

Nothing here knows Slack. The words and their order are those of the views, and a test holds this
page against them for every question of the bank; the marks are those of a plain terminal.
"""

from collections.abc import Iterable, Iterator

from bot.domain.questions import NEVER_REVIEWED, Question
from content import plain_text

RULE = "─" * 72

_NO_ANSWER = "Nobody has written one yet."
_NO_REASON = "Nobody has written that down yet."


def of(question: Question) -> str:
    """The card as it is posted, then Sample answer and Why it is asked, with a rule between."""
    pages = (card(question), sample_answer(question), why(question), f"{_reviewed(question)}\n")
    return f"\n{RULE}\n\n".join(pages)


def card(question: Question) -> str:
    """What the channel sees. Nothing of the answer is in it."""
    return _page(
        _head(question),
        plain_text.of(question.text),
        "Reply in this thread to practise",
        "[ Reveal Sample Answer ]  [ Why It Is Asked ]",
    )


def sample_answer(question: Question) -> str:
    """What a member sees behind Reveal Sample Answer; what the question lacks is left out."""
    points = (_joined(point.text, point.detail) for point in question.key_points)
    ladder = (
        f"{number}. {step.question}\n   {step.pointer}"
        for number, step in enumerate(question.follow_ups, start=1)
    )
    links = (f"{reference.title} ({reference.url})" for reference in question.references)
    return _page(
        _head(question, "Sample answer"),
        _part("Key points", "\n".join(_bullets(points))),
        _part("Sample answer", plain_text.of(question.sample_answer) or _NO_ANSWER),
        _part("Common mistakes", "\n".join(_bullets(question.mistakes))),
        _part("Follow-ups", "\n".join(ladder)),
        _part("References", "\n".join(_bullets(links))),
    )


def why(question: Question) -> str:
    """What a member sees behind Why It Is Asked, with the hint."""
    return _page(
        _head(question, "Why it is asked"),
        plain_text.of(question.why) or _NO_REASON,
        _part("Hint", question.hint),
    )


def _head(question: Question, window: str = "") -> str:
    minutes = "1 minute" if question.minutes == 1 else f"{question.minutes} minutes"
    facts = f"{question.topic.title} · {question.level} · {minutes}"
    title = f"{question.title}\n{'=' * len(question.title)}\n\n{facts}"
    return f"{window.upper()}\n\n{title}" if window else title


def _page(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _part(heading: str, body: str) -> str:
    return f"*{heading}*\n\n{body}" if body else ""


def _joined(text: str, detail: str) -> str:
    return f"{text} — {detail}" if detail else text


def _bullets(items: Iterable[str]) -> Iterator[str]:
    return (f"• {item}" for item in items)


def _reviewed(question: Question) -> str:
    if question.reviewed == NEVER_REVIEWED:
        return "Nobody has reviewed it yet."
    return f"Last reviewed {question.reviewed}."
