"""Slack tells us that a channel or the whole workspace is lost to us."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.ids import ChannelId, InstallationId
from bot.domain.rounds import Accepted
from bot.features.installation import view
from bot.features.installation.service import Installations
from bot.slack.guard import Guard
from bot.slack.inbound import Event
from bot.slack.names import Event as Name
from bot.slack.outbound import Slack

log = logging.getLogger(__name__)

_REASONS = {
    Name.CHANNEL_ARCHIVE: "is_archived",
    Name.GROUP_ARCHIVE: "is_archived",
    Name.CHANNEL_LEFT: "not_in_channel",
    Name.GROUP_LEFT: "not_in_channel",
    Name.CHANNEL_DELETED: "channel_not_found",
    Name.GROUP_DELETED: "channel_not_found",
}


@dataclass(frozen=True, slots=True)
class InstallationListener:
    """Stops what can no longer go on, and tells its owner."""

    service: Installations
    slack: Slack
    guard: Guard

    async def on_channel_lost(self, event: Event) -> None:
        """A channel was archived or deleted, or the app was removed from it."""
        channel = ChannelId(event.identifier("channel"))
        await self.stop(event.installation.id, channel, _REASONS[event.type])

    async def stop(self, installation: InstallationId, channel: ChannelId, reason: str) -> None:
        """Stop a channel's schedule and tell its owner, once."""
        stopped = await self.service.lose_channel(installation, channel, reason)
        if stopped is not None:
            message = view.schedule_stopped(stopped, reason)

            async def tell_owner() -> None:
                outcome = await self.slack.post(installation, stopped.owner_id, message)
                if not isinstance(outcome, Accepted):
                    log.warning(
                        "owner_not_told",
                        extra={"schedule": stopped.id, "outcome": type(outcome).__name__},
                    )

            self.guard.follow_up("telling the owner", tell_owner)

    async def on_channel_renumbered(self, event: Event) -> None:
        """Slack gave a channel another identifier."""
        await self.service.rename_channel(
            event.installation.id,
            ChannelId(event.identifier("old_channel_id")),
            ChannelId(event.identifier("new_channel_id")),
        )

    async def on_app_lost(self, event: Event) -> None:
        """The app was uninstalled, or its tokens were revoked; a person's own token is no loss."""
        if event.type == Name.TOKENS_REVOKED and not _names_our_token(event):
            return
        await self.service.lose(event.installation.id, event.type)


def _names_our_token(event: Event) -> bool:
    tokens = event.fields.get("tokens")
    return isinstance(tokens, Mapping) and bool(tokens.get("bot"))
