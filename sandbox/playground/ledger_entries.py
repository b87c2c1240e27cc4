"""The ledger drawer: calls and deliveries in one list, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from sandbox.ledger import ApiCall, Delivery, Ledger
from sandbox.workspace import JSON

MOST_LISTED = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the drawer. ``number`` counts from the beginning and stays."""

    number: int
    outgoing: bool
    name: str
    status: str
    bad: bool
    day: str
    time: str
    sent: JSON
    answer: JSON | None


def newest(ledger: Ledger, zone: tzinfo) -> list[Entry]:
    """The latest entries."""
    everything = ledger.entries
    start = max(0, len(everything) - MOST_LISTED)
    numbered = list(enumerate(everything[start:], start + 1))
    return [_entry(number, one, zone) for number, one in reversed(numbered)]


def _entry(number: int, one: ApiCall | Delivery, zone: tzinfo) -> Entry:
    local = one.at.astimezone(zone)
    when = f"{local:%A}, {local.day} {local:%B}", f"{local:%H:%M:%S}"
    if isinstance(one, ApiCall):
        error = "" if one.ok else f" {one.result.get('error', '')}"
        fault = f" ({one.fault.replace('_', ' ')})" if one.fault else ""
        status = f"{one.status}{' ok' if one.ok else error}{fault}"
        bad = not one.ok or one.fault is not None
        return Entry(number, True, one.method, status, bad, *when, one.args, one.result)
    tried = f", attempt {one.attempt + 1}" if one.attempt else ""
    status = f"{one.status or 'no answer'}{f' {one.reason}' if one.reason else ''}{tried}"
    return Entry(number, False, _kind(one), status, not one.acknowledged, *when, one.payload, None)


def _kind(one: Delivery) -> str:
    if one.kind == "events_api":
        event = one.payload.get("event", {})
        subtype = event.get("subtype")
        return f"{event.get('type')}{f' / {subtype}' if subtype else ''}"
    if one.kind == "slash_commands":
        return f"{one.payload.get('command')} {one.payload.get('text', '')}".strip()
    return str(one.payload.get("type", one.kind))
