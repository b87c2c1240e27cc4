"""What members propose for the bank: a better answer, a new question, or word of a problem.

Every proposal waits in one queue of its workspace until a reviewer accepts or declines it. What
people write here is kept on purpose: it is meant to be read by others.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from bot.domain.ids import InstallationId, MemberId, ProposalId, QuestionSlug
from bot.domain.questions import Level, Question

MOST_IN_FIELD = 3_000
"""Characters a field of a form takes (source: the reference of Slack's plain-text input)."""
ANSWER_FIELDS = 3
"""How many fields a sample answer is spread over."""
MOST_IN_ANSWER = ANSWER_FIELDS * MOST_IN_FIELD
MOST_IN_LINE = 300
"""Characters of a note, of a problem and of a reason."""
MOST_IN_TITLE = 75
MOST_IN_POINT = 75
MOST_POINTS = 10
MOST_IN_SLUG = 60
TEAM_PREFIX = "team-"
"""Begins the slug of every question that a workspace added."""

_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ufffe\uffff]|[\ud800-\udfff]")
_BLANK_LINES_AHEAD = re.compile(r"\A\s*\n")


class Problem(StrEnum):
    """What may be wrong with a question."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    UNCLEAR = "unclear"
    OFFENSIVE = "offensive"


class ProposalState(StrEnum):
    """What became of a proposal."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """A better sample answer. `base` is the print of the answer it was written from.

    `base_version` is the number of that answer's version, for people; `base` decides.
    """

    question: QuestionSlug
    answer: str
    note: str
    base_version: int
    base: str


@dataclass(frozen=True, slots=True)
class ProblemDraft:
    """Word that something is wrong with a question."""

    question: QuestionSlug
    problem: Problem
    line: str


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A new question. `topic` is a topic's slug; `text`, `why` and `answer` are Markdown."""

    title: str
    topic: str
    level: Level
    text: str
    why: str
    answer: str
    key_points: tuple[str, ...]


Draft = AnswerDraft | ProblemDraft | QuestionDraft


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft on its way. `decided_by` and `reason` are empty while it waits."""

    id: ProposalId
    installation_id: InstallationId
    member_id: MemberId
    draft: Draft
    state: ProposalState
    made_at: datetime
    decided_by: MemberId | None = None
    reason: str = ""


class Part(StrEnum):
    """The parts of a form that may be at fault."""

    ANSWER = "answer"
    NOTE = "note"
    LINE = "line"
    PROBLEM = "problem"
    TITLE = "title"
    TOPIC = "topic"
    LEVEL = "level"
    TEXT = "text"
    WHY = "why"
    POINTS = "points"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a part of a form, as the sentence that is shown there.

    `field` counts, from 0, the fields that the part is spread over.
    """

    part: Part
    sentence: str
    field: int = 0


@dataclass(frozen=True, slots=True)
class Proposed:
    """A draft is in the queue. `told` are the reviewers to be told, where it is the only one."""

    title: str
    told: tuple[MemberId, ...] = ()


def print_of(answer: str) -> str:
    """Tell two answers apart, whatever blank space is around their lines: 16 hexadecimal digits."""
    return sha256(canonical(answer).encode()).hexdigest()[:16]


def canonical(text: str) -> str:
    """Write a text in the one way in which two texts that look the same are the same."""
    lines = [line.rstrip() for line in cleaned(text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def cleaned(text: str) -> str:
    """Take out what neither people nor databases can read, and blank space at both ends."""
    return _readable(text).strip()


def _readable(text: str) -> str:
    return _UNREADABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Write a text as one clean line."""
    return " ".join(cleaned(text).split())


def joined(fields: tuple[str, ...]) -> str:
    """Put a sample answer together from the fields it was spread over."""
    # A field may begin within a list, with lines that are set in: that belongs to the answer.
    parts = (_BLANK_LINES_AHEAD.sub("", _readable(field)).rstrip() for field in fields)
    return "\n\n".join(part for part in parts if part).strip()


def spread(answer: str) -> tuple[str, ...] | None:
    """Spread a sample answer over the fields of a form, at blank lines outside of code.

    `joined` gives the same answer again. None if it does not fit.
    """
    fields: list[str] = []
    for block in _blocks(cleaned(answer)):
        if len(block) > MOST_IN_FIELD:
            return None
        if fields and len(fields[-1]) + len("\n\n") + len(block) <= MOST_IN_FIELD:
            fields[-1] += f"\n\n{block}"
        else:
            fields.append(block)
    if len(fields) > ANSWER_FIELDS:
        return None
    return (*fields, *[""] * (ANSWER_FIELDS - len(fields)))


def _blocks(text: str) -> list[str]:
    blocks: list[list[str]] = [[]]
    is_code = False
    for line in text.split("\n"):
        is_code ^= line.lstrip().startswith(("```", "~~~"))
        if line.strip() or is_code:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return ["\n".join(block) for block in blocks if block]


def answer_faults(fields: tuple[str, ...]) -> list[Fault]:
    """Say what is wrong with the fields of a sample answer."""
    if not joined(fields):
        return [Fault(Part.ANSWER, "Write the answer, as a person would say it.")]
    return [
        Fault(
            Part.ANSWER,
            f"This field has {len(field):,} characters and takes {MOST_IN_FIELD:,}. Nothing is "
            f"lost: move the rest to the next one. All {ANSWER_FIELDS} hold {MOST_IN_ANSWER:,}.",
            place,
        )
        for place, field in enumerate(fields)
        if len(field) > MOST_IN_FIELD
    ]


def length_fault(part: Part, text: str, most: int) -> list[Fault]:
    """Say that a part is too long, if it is."""
    if len(text) <= most:
        return []
    return [Fault(part, f"Please use at most {most:,} characters; this has {len(text):,}.")]


def question_faults(draft: QuestionDraft) -> list[Fault]:
    """Say what is wrong with a new question; its answer is looked at by `answer_faults`."""
    faults = length_fault(Part.TITLE, draft.title, MOST_IN_TITLE)
    if not draft.title:
        faults.append(Fault(Part.TITLE, "Give the question a short title."))
    if not draft.text:
        faults.append(Fault(Part.TEXT, "Write the question as an interviewer would ask it."))
    faults += length_fault(Part.TEXT, draft.text, MOST_IN_FIELD)
    faults += length_fault(Part.WHY, draft.why, MOST_IN_FIELD)
    return faults + _point_faults(draft.key_points)


def _point_faults(points: tuple[str, ...]) -> list[Fault]:
    if len(points) > MOST_POINTS:
        return [Fault(Part.POINTS, f"Keep the {MOST_POINTS} points that matter most.")]
    for place, point in enumerate(points, start=1):
        if len(point) > MOST_IN_POINT:
            return [Fault(Part.POINTS, f"Point {place} is longer than {MOST_IN_POINT} characters.")]
    return []


def slug_for(title: str) -> str:
    """Make a slug of a title: `team-` and the letters and digits of it that fit."""
    letters = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "question"
    return f"{TEAM_PREFIX}{words}"[: MOST_IN_SLUG - len("-9999")].rstrip("-")


def is_outdated(draft: Draft, present: Question | None) -> bool:
    """Tell whether an answer was written from another text than the one that stands now."""
    if not isinstance(draft, AnswerDraft) or present is None:
        return False
    return draft.base != print_of(present.sample_answer)
