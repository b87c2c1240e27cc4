"""Which questions a member was shown to practise, and which sample answers they looked at."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from bot.domain.ids import InstallationId, MemberId, QuestionSlug
from bot.store.tables import practice, reveals
from bot.store.upsert import insert


def seen(
    tx: Connection,
    installation_id: InstallationId,
    member_id: MemberId,
    questions: Sequence[QuestionSlug],
) -> dict[QuestionSlug, datetime]:
    """Tell when each of `questions` was last shown or revealed to a member, where it ever was."""
    last: dict[QuestionSlug, datetime] = {}
    for table, moment in ((practice, practice.c.shown_at), (reveals, reveals.c.last_at)):
        rows = tx.execute(
            select(table.c.question, moment).where(
                table.c.installation_id == installation_id, table.c.member_id == member_id
            )
        )
        for question, at in rows:
            slug = QuestionSlug(question)
            last[slug] = max(at, last.get(slug, at))
    return {slug: last[slug] for slug in questions if slug in last}


def show(
    tx: Connection,
    installation_id: InstallationId,
    member_id: MemberId,
    question: QuestionSlug,
    at: datetime,
) -> None:
    """Note that a member was shown a question."""
    tx.execute(
        insert(tx, practice)
        .values(
            installation_id=installation_id, member_id=member_id, question=question, shown_at=at
        )
        .on_conflict_do_update(
            index_elements=["installation_id", "member_id", "question"], set_={"shown_at": at}
        )
    )


def reveal(
    tx: Connection,
    installation_id: InstallationId,
    member_id: MemberId,
    question: QuestionSlug,
    at: datetime,
) -> None:
    """Note that a member looked at a sample answer."""
    tx.execute(
        insert(tx, reveals)
        .values(
            installation_id=installation_id,
            member_id=member_id,
            question=question,
            first_at=at,
            last_at=at,
        )
        .on_conflict_do_update(
            index_elements=["installation_id", "member_id", "question"], set_={"last_at": at}
        )
    )
