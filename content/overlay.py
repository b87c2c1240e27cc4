"""What a workspace added and improved, laid over the questions that came with the app."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.domain.library import AddedQuestion, Overlay
from bot.domain.questions import KeyPoint, Question
from content import topics
from content.parsing import MINUTES, SEPARATOR, kind_on


def applied(questions: Iterable[Question], overlay: Overlay) -> Iterator[Question]:
    """Every question of the bank and of the workspace, each with the answer that stands.

    A question that a workspace added stays under its slug even if the app later ships one of the
    same name: it was asked under that.
    """
    by_slug = {question.slug: question for question in questions}
    for one in overlay.added:
        made = added(one)
        if made is not None:
            by_slug[made.slug] = made
    for question in by_slug.values():
        edition = overlay.editions.get(question.slug)
        if edition is None:
            yield question
            continue
        answer = question.sample_answer if edition.answer is None else edition.answer
        yield replace(question, sample_answer=answer, version=edition.number, credit=edition.credit)


def added(one: AddedQuestion) -> Question | None:
    """A question that a workspace added; None if its topic is not one of ours any more."""
    draft = one.draft
    topic = topics.with_slug(draft.topic)
    if topic is None:
        return None
    points = (point.partition(SEPARATOR) for point in draft.key_points)
    return Question(
        slug=one.slug,
        title=draft.title,
        topic=topic,
        level=draft.level,
        kind=kind_on(topic),
        minutes=MINUTES[draft.level],
        reviewed=one.added_at.date(),
        text=draft.text,
        why=draft.why,
        key_points=tuple(KeyPoint(text.strip(), detail.strip()) for text, _, detail in points),
        sample_answer=draft.answer,
        mistakes=(),
        follow_ups=(),
    )
