"""How a question looks wherever it is asked: the same head and the same words in every room.

Nothing here shows, or can show, a sample answer.
"""

from bot.domain.questions import Question
from bot.slack.blocks import Json, Markup, context, header, mrkdwn
from bot.slack.rich_text import plain_text_of, rich_text


def question_blocks(question: Question) -> list[Json]:
    """Show a question: title; topic, level and minutes; and what is asked."""
    return [header(question.title), context(facts_line(question)), *rich_text(question.text)]


def facts_line(question: Question) -> Markup:
    """Say where a question belongs and how long it takes: "Concurrency · medium · 10 minutes"."""
    return mrkdwn(
        "{topic} · {level} · {minutes}",
        topic=question.topic.title,
        level=question.level.value,
        minutes="1 minute" if question.minutes == 1 else f"{question.minutes} minutes",
    )


def spoken(question: Question) -> str:
    """Say a whole question in plain words, for notifications and screen readers."""
    return f"{question.title}\n{plain_text_of(question.text)}"
