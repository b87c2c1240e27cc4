"""A question: what is asked, why, and what a strong answer brings out."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.ids import MemberId, QuestionSlug

NEVER_REVIEWED = date.min
"""The `reviewed` of a team's question that nobody has checked yet."""


class Level(StrEnum):
    """How much experience a question expects."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Kind(StrEnum):
    """What sort of conversation the question starts."""

    LANGUAGE = "language"
    CODING = "coding"
    DESIGN = "design"
    DATA = "data"
    PRACTICE = "practice"
    DELIVERY = "delivery"
    SECURITY = "security"
    BEHAVIOURAL = "behavioural"
    PRIORITISING = "prioritising"
    CULTURE = "culture"
    MOTIVATION = "motivation"


@dataclass(frozen=True, slots=True)
class Topic:
    """A shelf of the bank. `slug` names its folder; `title` is what people read."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """One checkable thing a strong answer brings out. Both parts: plain, ≤ 75 characters."""

    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A harder question to ask next, and in one line what a good reply to it holds. Plain text."""

    question: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A page of primary documentation."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Credit:
    """Whom a workspace thanks for a sample answer; `edited`: who accepted it also worked on it."""

    improved_by: MemberId
    accepted_by: MemberId
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One entry of the bank.

    `text`, `why` and `sample_answer` are Markdown (CommonMark: paragraphs, emphasis, inline code,
    links, lists and fenced code); every other text is plain. `minutes` is how long to think and
    answer aloud. `reviewed` is the date on which a person last checked the entry. `version` counts
    how often a workspace changed the sample answer: 0 is the answer that came with the app.

    A team's own question may be a draft: all but its title and its text may be empty then.
    """

    slug: QuestionSlug
    title: str
    topic: Topic
    level: Level
    kind: Kind
    minutes: int
    reviewed: date
    text: str
    why: str
    key_points: tuple[KeyPoint, ...]
    sample_answer: str
    mistakes: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...]
    hint: str = ""
    references: tuple[Reference, ...] = ()
    version: int = 0
    credit: Credit | None = None

    def __hash__(self) -> int:
        # As cards are looked up by their question: those that are equal have the same slug.
        return hash(self.slug)
