"""Which questions a member was shown to practise, and which sample answers they looked at."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from bot.domain.choosing import IN_A_HAND, TRIED, Hand
from bot.domain.ids import InstallationId, MemberId, QuestionSlug
from bot.store.tables import hands, practice, reveals
from bot.store.upsert import insert

FEW = max(TRIED, IN_A_HAND)


def seen(
    tx: Connection,
    installation_id: InstallationId,
    member_id: MemberId,
    questions: Sequence[QuestionSlug],
) -> dict[QuestionSlug, datetime]:
    """Tell when each of `questions` was last shown or revealed to a member, where it ever was.

    It looks for each of a few, and at all that the member ever saw for more.
    """
    few = questions if len(questions) <= FEW else None
    last: dict[QuestionSlug, datetime] = {}
    for table, moment in ((practice, practice.c.shown_at), (reveals, reveals.c.last_at)):
        found = select(table.c.question, moment).where(
            table.c.installation_id == installation_id, table.c.member_id == member_id
        )
        rows = tx.execute(found if few is None else found.where(table.c.question.in_(few)))
        for question, at in rows:
            slug = QuestionSlug(question)
            last[slug] = max(at, last.get(slug, at))
    return {slug: last[slug] for slug in questions if slug in last}


def hand(
    tx: Connection, installation_id: InstallationId, member_id: MemberId, kind: str
) -> Hand | None:
    """Return the hand that a member was dealt last, of a kind of question."""
    row = tx.execute(
        select(hands).where(
            hands.c.installation_id == installation_id,
            hands.c.member_id == member_id,
            hands.c.kind == kind,
        )
    ).one_or_none()
    if row is None:
        return None
    return Hand(row.contents, tuple(map(QuestionSlug, json.loads(row.questions))), row.dealt_at)


def deal(
    tx: Connection, installation_id: InstallationId, member_id: MemberId, kind: str, dealt: Hand
) -> None:
    """Keep a hand for a member, in the place of the one before."""
    values = {
        "contents": dealt.contents,
        "questions": json.dumps(dealt.questions),
        "dealt_at": dealt.dealt_at,
    }
    tx.execute(
        insert(tx, hands)
        .values(installation_id=installation_id, member_id=member_id, kind=kind, **values)
        .on_conflict_do_update(index_elements=["installation_id", "member_id", "kind"], set_=values)
    )


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
