"""The bank as one workspace sees it: what was shipped, under what the workspace laid over it.

The one place for that. A workspace that changed nothing costs one look at an index; one that did
costs the same, until its next change: whoever keeps the bank keeps the edition with its stamp.
"""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol, Self, TypeVar

from sqlalchemy import Connection, Row, func, insert, select

from bot.domain.ids import InstallationId, MemberId, QuestionSlug
from bot.domain.library import AddedQuestion, Edition, Overlay, Version
from bot.domain.proposals import QuestionDraft
from bot.domain.questions import Credit
from bot.store import drafts
from bot.store.tables import added_questions, answer_versions, installations, libraries
from bot.store.upsert import insert as upsert


class Shelf(Protocol):
    """A bank that can be overlaid, and remembers the outcome as long as the stamp is the same."""

    def edition(
        self, whose: InstallationId, stamp: str, laid_over: Callable[[], Overlay]
    ) -> Self: ...


B = TypeVar("B", bound=Shelf)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version about to be written. `answer` is None to let the first one stand again."""

    question: QuestionSlug
    answer: str | None
    improved_by: MemberId | None
    accepted_by: MemberId
    edited: bool = False
    restores: int | None = None


def seen_by(tx: Connection, bank: B, installation_id: InstallationId) -> B:
    """Return the bank as a workspace sees it."""
    stamp = tx.execute(
        select(libraries.c.stamp).where(libraries.c.installation_id == installation_id)
    ).scalar_one_or_none()
    if stamp is None:
        return bank
    return bank.edition(installation_id, stamp, lambda: overlay(tx, installation_id))


def seen_by_each(
    tx: Connection, bank: B, whose: Collection[InstallationId]
) -> dict[InstallationId, B]:
    """Return the bank as each of many workspaces sees it: one look for all who changed nothing."""
    rows = tx.execute(select(libraries).where(libraries.c.installation_id.in_(whose)))
    stamps = {InstallationId(row.installation_id): row.stamp for row in rows}
    return {
        one: bank.edition(one, stamps[one], partial(overlay, tx, one)) if one in stamps else bank
        for one in whose
    }


def overlay(tx: Connection, whose: InstallationId) -> Overlay:
    """Read everything that a workspace laid over the bank."""
    newest = (
        select(answer_versions.c.question, func.max(answer_versions.c.number).label("number"))
        .where(answer_versions.c.installation_id == whose)
        .group_by(answer_versions.c.question)
        .subquery()
    )
    standing = tx.execute(
        select(answer_versions)
        .join(
            newest,
            (newest.c.question == answer_versions.c.question)
            & (newest.c.number == answer_versions.c.number),
        )
        .where(answer_versions.c.installation_id == whose)
    )
    added = tx.execute(
        select(added_questions)
        .where(added_questions.c.installation_id == whose)
        .order_by(added_questions.c.slug)
    )
    return Overlay(
        {
            QuestionSlug(row.question): Edition(row.number, row.answer, _credit(row))
            for row in standing
        },
        tuple(
            AddedQuestion(QuestionSlug(row.slug), drafts.read_question(row.draft), row.added_at)
            for row in added
        ),
    )


def hold(tx: Connection, installation_id: InstallationId) -> None:
    """Let one transaction at a time change a workspace's library, and nobody wait for more.

    Whoever needs it takes it before any proposal.
    """
    tx.execute(
        select(installations.c.id)
        .where(installations.c.id == installation_id)
        .with_for_update(key_share=True)
    ).close()


def add_version(
    tx: Connection, installation_id: InstallationId, new: NewVersion, at: datetime
) -> int:
    """Let another version of an answer stand, and return its number. The library must be held."""
    number = (
        1
        + tx.execute(
            select(func.coalesce(func.max(answer_versions.c.number), 0)).where(
                answer_versions.c.installation_id == installation_id,
                answer_versions.c.question == new.question,
            )
        ).scalar_one()
    )
    tx.execute(
        insert(answer_versions).values(
            installation_id=installation_id,
            question=new.question,
            number=number,
            answer=new.answer,
            improved_by=new.improved_by,
            accepted_by=new.accepted_by,
            edited=new.edited,
            restores=new.restores,
            at=at,
        )
    )
    _stamp(tx, installation_id)
    return int(number)


def add_question(
    tx: Connection,
    installation_id: InstallationId,
    slug: QuestionSlug,
    draft: QuestionDraft,
    at: datetime,
) -> None:
    """Add a question to a workspace's bank. The library must be held, and the slug free."""
    tx.execute(
        insert(added_questions).values(
            installation_id=installation_id, slug=slug, draft=drafts.written(draft), added_at=at
        )
    )
    _stamp(tx, installation_id)


def versions(
    tx: Connection, installation_id: InstallationId, question: QuestionSlug, first: str
) -> list[Version]:
    """List the versions of an answer that a workspace made, newest first.

    `first` is the answer that came with the app, which a version may have brought back.
    """
    rows = tx.execute(
        select(answer_versions)
        .where(
            answer_versions.c.installation_id == installation_id,
            answer_versions.c.question == question,
        )
        .order_by(answer_versions.c.number.desc())
    )
    return [
        Version(
            row.number,
            first if row.answer is None else row.answer,
            _credit(row),
            row.at,
            row.restores,
            MemberId(row.accepted_by),
        )
        for row in rows
    ]


def improved(tx: Connection) -> dict[InstallationId, str]:
    """Name the workspaces that laid something over the bank, with Slack's names of them."""
    rows = tx.execute(
        select(installations.c.id, installations.c.team_id)
        .join(libraries, libraries.c.installation_id == installations.c.id)
        .order_by(installations.c.id)
    )
    return {InstallationId(row.id): row.team_id for row in rows}


def _stamp(tx: Connection, installation_id: InstallationId) -> None:
    # Drawn, not counted: a number that was rolled back would come again with other contents.
    stamp = secrets.token_hex(16)
    tx.execute(
        upsert(tx, libraries)
        .values(installation_id=installation_id, stamp=stamp)
        .on_conflict_do_update(index_elements=["installation_id"], set_={"stamp": stamp})
    )


def _credit(row: Row[Any]) -> Credit | None:
    if row.improved_by is None:
        return None
    return Credit(MemberId(row.improved_by), MemberId(row.accepted_by), row.edited)
