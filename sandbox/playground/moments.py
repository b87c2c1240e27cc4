"""Slack's date forms (`<!date^…>` and the rich text `date`) in the reader's own time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

_TOKEN = re.compile(r"\{([a-z_]+)\}")


def clock_time(moment: datetime, zone: tzinfo) -> str:
    """The time of day, ``09:05``."""
    return f"{moment.astimezone(zone):%H:%M}"


def day_name(moment: datetime, zone: tzinfo) -> str:
    """The date as a divider between messages shows it: ``Friday, 30 October``."""
    local = moment.astimezone(zone)
    return f"{local:%A}, {local.day} {local:%B}"


def of_ts(ts: str) -> datetime:
    """The moment a Slack ``ts`` stands for, in UTC."""
    return datetime.fromtimestamp(float(ts), UTC)


def formatted(stamp: int, template: str, zone: tzinfo, now: datetime) -> str:
    """A date as Slack's client writes it: ``{date_short} at {time}`` with each token filled in.

    ``stamp`` is Unix seconds. An unknown token stays as it is written.
    """
    local = datetime.fromtimestamp(stamp, UTC).astimezone(zone)
    today = now.astimezone(zone)
    return _TOKEN.sub(lambda found: _filled(found[1], local, today) or found[0], template)


def _filled(token: str, local: datetime, today: datetime) -> str:
    pretty, near = token.endswith("_pretty"), _near(local, today)
    if pretty and near:
        return near
    plain = {
        "date": f"{local:%B} {local.day}, {local.year}",
        "date_num": f"{local:%Y-%m-%d}",
        "date_slash": f"{local:%m/%d/%Y}",
        "date_short": f"{local:%b} {local.day}, {local.year}",
        "date_long": f"{local:%A}, {local:%B} {local.day}, {local.year}",
        "day_divider": f"{local:%A}, {local:%B} {local.day}",
        "time": f"{local:%H:%M}",
        "time_secs": f"{local:%H:%M:%S}",
        "ago": _ago(today - local),
    }
    return plain.get(token.removesuffix("_pretty"), "")


def _near(local: datetime, today: datetime) -> str:
    days = (local.date() - today.date()).days
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days, "")


def _ago(passed: timedelta) -> str:
    minutes = round(abs(passed.total_seconds()) / 60)
    size, unit = minutes, "minute"
    if minutes >= 24 * 60:
        size, unit = minutes // (24 * 60), "day"
    elif minutes >= 60:
        size, unit = minutes // 60, "hour"
    counted = f"{size} {unit}{'' if size == 1 else 's'}"
    return f"{counted} ago" if passed >= timedelta() else f"in {counted}"
