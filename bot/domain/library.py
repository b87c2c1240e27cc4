"""What a workspace laid over the bank: its own questions, and its own versions of answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ids import MemberId, QuestionSlug
from bot.domain.proposals import QuestionDraft
from bot.domain.questions import Credit, Question


@dataclass(frozen=True, slots=True)
class Edition:
    """The version of a sample answer that stands. `answer` is None if it is the first one again."""

    number: int
    answer: str | None
    credit: Credit | None


@dataclass(frozen=True, slots=True)
class AddedQuestion:
    """A question that a workspace added."""

    slug: QuestionSlug
    draft: QuestionDraft
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Overlay:
    """All of it, for one workspace."""

    editions: Mapping[QuestionSlug, Edition]
    added: tuple[AddedQuestion, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a sample answer. `restores` is the number of the one it brought back.

    Number 0 is the answer that came with the app: nobody is credited, `at` is None. `accepted_by`
    let it stand, or brought it back.
    """

    number: int
    answer: str
    credit: Credit | None = None
    at: datetime | None = None
    restores: int | None = None
    accepted_by: MemberId | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The versions of a question's answer, newest first, as one member sees them.

    `older` counts those left out.
    """

    question: Question
    versions: tuple[Version, ...]
    older: int
    may_restore: bool


@dataclass(frozen=True, slots=True)
class Reviewers:
    """Who looks at suggestions: those who set schedules up, and those they named."""

    owners: tuple[MemberId, ...]
    named: tuple[MemberId, ...]
