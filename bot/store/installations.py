"""Installations: which workspaces the app is in."""

from datetime import datetime

from sqlalchemy import Connection, Row, select, update

from bot.domain.ids import InstallationId, MemberId
from bot.domain.installations import Identity, Installation
from bot.store.tables import installations
from bot.store.upsert import insert

SLACK = "slack"


def ensure(tx: Connection, identity: Identity, at: datetime) -> Installation:
    """Return the installation of a workspace, made or brought up to date; it is no longer lost."""
    values = {
        "platform": SLACK,
        "team_id": identity.team_id,
        "enterprise_id": identity.enterprise_id,
        "bot_user_id": identity.bot_user_id,
        "installed_at": at,
    }
    refreshed = {
        "enterprise_id": identity.enterprise_id,
        "bot_user_id": identity.bot_user_id,
        "lost_at": None,
        "lost_reason": None,
    }
    tx.execute(
        insert(tx, installations)
        .values(values)
        .on_conflict_do_update(index_elements=["platform", "team_id"], set_=refreshed)
    )
    found = by_team(tx, identity.team_id)
    assert found is not None  # noqa: S101 - it was written two lines above
    return found


def by_team(tx: Connection, team_id: str) -> Installation | None:
    """Find a workspace's installation, unless it is lost."""
    row = tx.execute(
        select(installations).where(
            installations.c.platform == SLACK,
            installations.c.team_id == team_id,
            installations.c.lost_at.is_(None),
        )
    ).one_or_none()
    return _installation(row) if row else None


def lose(tx: Connection, installation_id: InstallationId, reason: str, at: datetime) -> None:
    """Note that the app was removed from a workspace, or its token withdrawn; the data stays."""
    tx.execute(
        update(installations)
        .where(installations.c.id == installation_id, installations.c.lost_at.is_(None))
        .values(lost_at=at, lost_reason=reason)
    )


def _installation(row: Row[tuple[object, ...]]) -> Installation:
    return Installation(
        id=InstallationId(row.id),
        team_id=row.team_id,
        enterprise_id=row.enterprise_id,
        bot_user_id=MemberId(row.bot_user_id),
    )
