"""Setting up when and where a channel is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.ids import ChannelId, InstallationId
from bot.domain.schedules import Schedule
from bot.domain.setting_up import (
    NotSaved,
    Saved,
    SetupChange,
    SetupForm,
    SetupOutcome,
    SetupWish,
    change_between,
    due_after,
    hindrance,
)
from bot.domain.zones import zone_groups
from bot.store import rounds, schedules
from bot.store.database import Connection, Database


@dataclass(frozen=True, slots=True)
class Setup:
    """The use cases of setting up. `new_seed` gives the order of a new deck: 0 to 2**63 - 1."""

    database: Database
    clock: Clock
    new_seed: Callable[[], int]

    async def form(self, installation: InstallationId, channel: ChannelId) -> SetupForm:
        """Tell what the form of a channel shows; the person's own zone is left open."""
        return await self.database.read(lambda tx: form(tx, installation, channel))

    async def save(self, wish: SetupWish) -> SetupOutcome:
        """Set a channel's schedule up or change it; the same wish twice is one change."""
        seed, now = self.new_seed(), self.clock.now()
        return await self.database.write(lambda tx: save(tx, wish, seed, now))


def form(tx: Connection, installation: InstallationId, channel: ChannelId) -> SetupForm:
    """Find what the form of a channel shows."""
    schedule = schedules.in_channel(tx, installation, channel)
    return SetupForm(channel, schedule, schedule.timing.zone if schedule else None, zone_groups())


def save(tx: Connection, wish: SetupWish, seed: int, at: datetime) -> SetupOutcome:
    """Make a channel's schedule, or change the one its form showed; else nothing is written.

    `seed` is the order of the deck if a schedule is made. A date that has a round already is not
    asked again.
    """
    draft = wish.draft
    if schedules.create(tx, draft, due_after(None, draft, None, at), seed, at):
        return Saved(_stored(tx, wish), SetupChange.CREATED, draft.owner_id)
    before = _stored(tx, wish)
    change = change_between(before, draft)
    if change is SetupChange.UNCHANGED:
        return Saved(before, change, draft.owner_id)
    fault = hindrance(before, wish)
    if fault is not None:
        return NotSaved(fault)
    last_date = rounds.last_date(tx, before.installation_id, before.id)
    schedules.change(tx, before.id, draft, due_after(before, draft, last_date, at))
    return Saved(_stored(tx, wish), change, draft.owner_id)


def _stored(tx: Connection, wish: SetupWish) -> Schedule:
    draft = wish.draft
    found = schedules.in_channel(tx, draft.installation_id, draft.channel_id, hold=True)
    assert found is not None  # noqa: S101 - this transaction wrote it or met it, and none is deleted
    return found
