"""The queue of what members propose."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, text, update

from bot.domain.ids import InstallationId, MemberId, ProposalId
from bot.domain.proposals import Draft, Proposal, ProposalState
from bot.store import drafts
from bot.store.tables import proposals
from bot.store.upsert import insert

# Word for word what the partial indexes are of, so that they are used.
_IS_WAITING = text("proposals.state = 'waiting'")


def add(
    tx: Connection, installation_id: InstallationId, member_id: MemberId, draft: Draft, at: datetime
) -> bool:
    """Put a draft in the queue; False if the same member's same draft waits there already."""
    made = tx.execute(
        insert(tx, proposals)
        .values(
            installation_id=installation_id,
            member_id=member_id,
            kind=drafts.kind_of(draft),
            question=drafts.question_of(draft),
            draft=drafts.written(draft),
            fingerprint=drafts.fingerprint(draft),
            state=ProposalState.WAITING,
            made_at=at,
        )
        .on_conflict_do_nothing()
        .returning(proposals.c.id)
    ).one_or_none()
    return made is not None


def get(
    tx: Connection,
    installation_id: InstallationId,
    proposal_id: ProposalId,
    *,
    hold: bool = False,
) -> Proposal | None:
    """Find a proposal; `hold` keeps everyone else from deciding it meanwhile."""
    query = select(proposals).where(
        proposals.c.installation_id == installation_id, proposals.c.id == proposal_id
    )
    row = tx.execute(query.with_for_update() if hold else query).one_or_none()
    return _proposal(row) if row else None


def waiting(tx: Connection, installation_id: InstallationId, limit: int) -> list[Proposal]:
    """List what waits in a workspace, oldest first."""
    rows = tx.execute(
        select(proposals)
        .where(proposals.c.installation_id == installation_id, _IS_WAITING)
        .order_by(proposals.c.id)
        .limit(limit)
    )
    return [_proposal(row) for row in rows]


def count_waiting(tx: Connection, installation_id: InstallationId) -> int:
    """Count what waits in a workspace."""
    return tx.execute(
        select(func.count())
        .select_from(proposals)
        .where(proposals.c.installation_id == installation_id, _IS_WAITING)
    ).scalar_one()


def decide(tx: Connection, decided: Proposal, at: datetime) -> None:
    """Write down what became of a proposal that is held."""
    tx.execute(
        update(proposals)
        .where(proposals.c.installation_id == decided.installation_id, proposals.c.id == decided.id)
        .values(
            state=decided.state,
            decided_by=decided.decided_by,
            reason=decided.reason or None,
            decided_at=at,
        )
    )


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        id=ProposalId(row.id),
        installation_id=InstallationId(row.installation_id),
        member_id=MemberId(row.member_id),
        draft=drafts.read(row.kind, row.draft),
        state=ProposalState(row.state),
        made_at=row.made_at,
        decided_by=MemberId(row.decided_by) if row.decided_by else None,
        reason=row.reason or "",
    )
