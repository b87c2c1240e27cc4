"""Taking up a round again that was given up, by an operator's wish."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, update

from bot.domain.ids import RoundId
from bot.domain.rounds import RoundState
from bot.store import decks
from bot.store.posting import WITH_SCHEDULE, schedule_runs
from bot.store.rounds import RoundRow, as_round
from bot.store.tables import rounds


@dataclass(frozen=True, slots=True)
class KnownRound:
    """A round, with what decides whether it may still be posted. `reason`: why it was given up."""

    round: RoundRow
    zone: ZoneInfo
    schedule_runs: bool
    reason: str


def known(tx: Connection, round_id: RoundId) -> KnownRound | None:
    """Lock and return a round by its number alone, of any installation: an operator names it."""
    row = tx.execute(
        WITH_SCHEDULE.where(rounds.c.id == round_id).with_for_update(of=rounds)
    ).one_or_none()
    if row is None:
        return None
    zone, reason = ZoneInfo(row.zone), row.skipped_reason or ""
    return KnownRound(as_round(row), zone, schedule_runs(row), reason)


def take_up(tx: Connection, given_up: RoundRow, now: datetime) -> None:
    """Let a locked round that was given up be posted after all, from `now` on."""
    tx.execute(
        update(rounds)
        .where(rounds.c.installation_id == given_up.installation_id, rounds.c.id == given_up.id)
        .values(state=RoundState.RESERVED, skipped_reason=None, lease_until=None, retry_at=now)
    )
    # Its question was free to be asked again; now it counts as asked.
    decks.forget(tx, [(given_up.installation_id, given_up.schedule_id)])
