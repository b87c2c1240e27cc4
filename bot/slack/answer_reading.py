"""What came back in the fields of a form."""

from bot.domain.proposals import ANSWER_FIELDS, Part
from bot.slack.answer_form import block_of
from bot.slack.inbound import Submission, Value


def answer_in(submission: Submission) -> tuple[str, ...]:
    """Read a sample answer's fields."""
    return tuple(value_in(submission, Part.ANSWER, place) for place in range(ANSWER_FIELDS))


def value_in(submission: Submission, part: Part, place: int = 0) -> str:
    """Read what a field holds; empty if it holds nothing."""
    return submission.values.get(block_of(part, place), Value()).text or ""
