"""The time zones a person chooses from, as the machine's time zone database knows them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo, available_timezones

UTC_KEY = "UTC"
REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
"""The geographic regions. The rest of the database are old names and fixed offsets."""
GROUP_SIZE = 100
"""The most zones a group holds: no menu in Slack takes more."""


@dataclass(frozen=True, slots=True)
class ZoneGroup:
    """Zones listed under one heading, by their IANA names in alphabetical order."""

    label: str
    keys: tuple[str, ...]


@cache
def zone_groups() -> tuple[ZoneGroup, ...]:
    """List every geographic zone by region, and UTC at the end.

    Reads the whole time zone database the first time, which takes tens of milliseconds.
    """
    known = available_timezones()
    groups = [
        group
        for region in REGIONS
        for group in _region(region, (key for key in known if key.startswith(f"{region}/")))
    ]
    return (*groups, ZoneGroup(UTC_KEY, (UTC_KEY,)))


def zone_named(key: str) -> ZoneInfo | None:
    """Find a zone by its IANA name; None if the database has none of that name."""
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError):
        # Unknown; not a name at all; the name of a region, which is a directory.
        return None


def zone_label(key: str) -> str:
    """Write a zone's name as a person reads it: "America/New York"."""
    return key.replace("_", " ")


def _region(region: str, keys: Iterable[str]) -> Iterator[ZoneGroup]:
    ordered = sorted(keys)
    if 0 < len(ordered) <= GROUP_SIZE:
        yield ZoneGroup(region, tuple(ordered))
        return
    for part in _parts(ordered):
        yield ZoneGroup(f"{region}, {_initial(part[0])} to {_initial(part[-1])}", tuple(part))


def _parts(ordered: Iterable[str]) -> Iterator[list[str]]:
    """Fill groups with whole letters, so that their headings can say which."""
    part: list[str] = []
    for _, group in groupby(ordered, key=_initial):
        letter = list(group)
        if part and len(part) + len(letter) > GROUP_SIZE:
            yield part
            part = []
        part += letter
    if part:
        yield part


def _initial(key: str) -> str:
    return key.partition("/")[2][:1]
