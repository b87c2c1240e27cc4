"""Work in time zones that this machine does not know is left for one that does.

A zone is checked when it is chosen, but the time-zone data of another machine, or of an older
release, may lack it. Its schedules wait, and hold up no other.
"""

import logging
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select

from bot.store.tables import schedules

log = logging.getLogger(__name__)


def in_known_zones(
    query: Select[Any], take: Callable[[Select[Any]], list[Row[Any]]]
) -> list[Row[Any]]:
    """Take rows of a query that names `schedules.zone`, none of them in a zone unknown here.

    `take` is asked again, once for each batch that brought another unknown zone to light.
    """
    unknown: set[str] = set()
    while True:
        rows = take(query.where(schedules.c.zone.not_in(unknown)) if unknown else query)
        strange = {row.zone for row in rows if not _is_known(row.zone)}
        if not strange:
            break
        unknown |= strange
    if unknown:
        log.error("zones_unknown", extra={"zones": sorted(unknown)})
    return rows


def _is_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True
