"""Drafts as JSON, and back: the parts of a form, kept together."""

import json
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from bot.domain.ids import QuestionSlug
from bot.domain.proposals import AnswerDraft, Draft, Problem, ProblemDraft, QuestionDraft
from bot.domain.questions import Level

ANSWER, PROBLEM, QUESTION = "answer", "problem", "question"


def kind_of(draft: Draft) -> str:
    """Name the kind of a draft."""
    match draft:
        case AnswerDraft():
            return ANSWER
        case ProblemDraft():
            return PROBLEM
        case QuestionDraft():
            return QUESTION


def question_of(draft: Draft) -> QuestionSlug | None:
    """Name the question a draft is about; None for a new one."""
    return None if isinstance(draft, QuestionDraft) else draft.question


def written(draft: Draft) -> str:
    """Write a draft as JSON, the same draft always in the same way."""
    return json.dumps(asdict(draft), sort_keys=True)


def fingerprint(draft: Draft) -> str:
    """Tell one draft from another: 64 hexadecimal digits."""
    return sha256(f"{kind_of(draft)} {written(draft)}".encode()).hexdigest()


def read(kind: str, text: str) -> Draft:
    """Read what `written` wrote."""
    parts: dict[str, Any] = json.loads(text)
    if kind == ANSWER:
        return AnswerDraft(**parts)
    if kind == PROBLEM:
        return ProblemDraft(**parts | {"problem": Problem(parts["problem"])})
    return read_question(text)


def read_question(text: str) -> QuestionDraft:
    """Read a new question that `written` wrote."""
    parts: dict[str, Any] = json.loads(text)
    return QuestionDraft(
        **parts | {"level": Level(parts["level"]), "key_points": tuple(parts["key_points"])}
    )
