"""Post a round after all that was given up, once what hindered it is mended."""

from datetime import datetime, timedelta

from bot.domain.ids import RoundId
from bot.domain.reposting import Reposted, Reposting
from bot.domain.rounds import RoundState, Timeliness, timeliness
from bot.store import reposting
from bot.store.database import Connection, Database
from bot.store.reposting import KnownRound


async def repost(
    database: Database, round_id: RoundId, at: datetime, lateness: timedelta
) -> Reposted:
    """Put a given-up round back among those that wait to be posted, if it is not too late.

    Doing it twice posts once: the second time it is on its way, or posted.
    """
    return await database.write(lambda tx: put_back(tx, round_id, at, lateness))


def put_back(tx: Connection, round_id: RoundId, at: datetime, lateness: timedelta) -> Reposted:
    """Do it in one transaction."""
    found = reposting.known(tx, round_id)
    if found is None:
        return Reposted(round_id, Reposting.NO_SUCH_ROUND)
    outcome = _judged(found, at, lateness)
    if outcome is Reposting.PUT_BACK:
        reposting.take_up(tx, found.round, at)
    row = found.round
    return Reposted(round_id, outcome, row.channel_id, row.local_date, found.reason)


def _judged(found: KnownRound, at: datetime, lateness: timedelta) -> Reposting:
    row = found.round
    if row.state is RoundState.POSTED:
        return Reposting.POSTED
    if row.state is not RoundState.SKIPPED:
        return Reposting.ON_ITS_WAY
    verdict = timeliness(row.due_at, row.local_date, found.zone, now=at, lateness=lateness)
    if verdict is not Timeliness.ON_TIME:
        return Reposting.TOO_LATE
    return Reposting.PUT_BACK if found.schedule_runs else Reposting.NOT_RUNNING
