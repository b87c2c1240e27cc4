"""A question as plain text, for reading in a terminal."""

from collections.abc import Iterable, Iterator

from bot.domain.questions import Question


def of(question: Question) -> str:
    """The whole question, part by part; Markdown stays as it was written."""
    return "\n\n".join(_paragraphs(question)) + "\n"


def _paragraphs(question: Question) -> Iterator[str]:
    about = (question.topic.title, question.level, question.kind, f"{question.minutes} min")
    yield f"{question.title}\n{' · '.join(about)}"
    yield question.text
    if question.hint:
        yield f"Hint: {question.hint}"
    yield f"Why it is asked\n\n{question.why}"
    points = (_joined(point.text, point.detail) for point in question.key_points)
    yield _listed("Key points", points)
    yield f"Sample answer\n\n{question.sample_answer}"
    yield _listed("Common mistakes", question.mistakes)
    ladder = (f"{step.question}\n    {step.pointer}" for step in question.follow_ups)
    yield _listed("Follow-ups", ladder)
    if question.references:
        links = (f"{reference.title}: {reference.url}" for reference in question.references)
        yield _listed("References", links)
    yield f"Last reviewed {question.reviewed}"


def _joined(text: str, detail: str) -> str:
    return f"{text} ({detail})" if detail else text


def _listed(heading: str, items: Iterable[str]) -> str:
    return "\n".join([heading, "", *(f"  - {item}" for item in items)])
