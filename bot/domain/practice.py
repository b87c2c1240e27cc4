"""Practising at any time: what a member asked for, and what came of it."""

from dataclasses import dataclass

from bot.domain.ids import InstallationId, MemberId
from bot.domain.questions import Level, Question, Topic


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which questions will do; None means any."""

    topic: Topic | None = None
    level: Level | None = None

    @property
    def code(self) -> str:
        """This in one short line, for a button to carry: "python|hard", "python|", "|"."""
        topic = self.topic.slug if self.topic else ""
        return f"{topic}|{self.level.value if self.level else ''}"


@dataclass(frozen=True, slots=True)
class Practiser:
    """A member who asks for a question to practise, and which will do."""

    installation_id: InstallationId
    member_id: MemberId
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Shown:
    """A question for the member. `is_only_one`: no other question is what they wanted."""

    question: Question
    wanted: Wanted
    is_only_one: bool


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Some of the words are neither a topic nor a level.

    `words` are those, as typed; `suggestion` is what was probably meant; `topics` are those that
    have a question.
    """

    words: str
    suggestion: Wanted | None
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class NoneOfThatKind:
    """No question is what they wanted.

    `levels` are those in which the topic has questions (without a topic: any question is), and
    `topics` are those that have a question. Never both empty.
    """

    wanted: Wanted
    levels: tuple[Level, ...]
    topics: tuple[Topic, ...]


PracticeOutcome = Shown | NotUnderstood | NoneOfThatKind
