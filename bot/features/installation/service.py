"""What becomes of schedules when the app loses a channel, or a whole workspace."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.ids import ChannelId, InstallationId
from bot.domain.installations import Identity, Installation
from bot.domain.schedules import Schedule
from bot.store import installations, schedules
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Installations:
    """Who has the app, and what it may still reach. Data always stays."""

    database: Database
    clock: Clock

    async def ensure(self, identity: Identity) -> Installation:
        """Make or refresh the installation that a token speaks for."""
        now = self.clock.now()
        return await self.database.write(lambda tx: installations.ensure(tx, identity, now))

    async def find(self, team_id: str) -> Installation | None:
        """Find a workspace's installation, unless it is lost."""
        return await self.database.read(lambda tx: installations.by_team(tx, team_id))

    async def lose_channel(
        self, installation: InstallationId, channel: ChannelId, reason: str
    ) -> Schedule | None:
        """Stop the schedule of a channel that can no longer be posted to.

        None if none was running there, so that its owner is told once.
        """
        return await self.database.write(
            lambda tx: schedules.stop(tx, installation, channel, reason)
        )

    async def rename_channel(
        self, installation: InstallationId, old: ChannelId, new: ChannelId
    ) -> None:
        """Follow a channel whose identifier Slack changed."""
        await self.database.write(lambda tx: schedules.rename_channel(tx, installation, old, new))

    async def lose(self, installation: InstallationId, reason: str) -> None:
        """Note that the app was removed from a workspace: nothing more is posted there."""
        now = self.clock.now()
        await self.database.write(lambda tx: installations.lose(tx, installation, reason, now))
