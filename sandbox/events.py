"""Which app hears of what: subscriptions, membership and the envelope of an event."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.workspace import JSON, Channel, InstalledApp, Workspace

_PLURAL = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}

SCOPES = {
    "app_mention": "app_mentions:read",
    "channel_archive": "channels:read",
    "channel_created": "channels:read",
    "channel_deleted": "channels:read",
    "channel_id_changed": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "group_unarchive": "groups:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
}
"""The scope without which Slack sends an event to nobody; those left out need none."""

Send = Callable[[InstalledApp, JSON], None]


class EventRouter:
    """Hands events to the apps that subscribed to them and may see them."""

    def __init__(self, workspace: Workspace, send: Send) -> None:
        self._workspace = workspace
        self._send = send

    def to_channel(self, channel: Channel, event: JSON) -> None:
        """An event of a channel: to each app that is a member and subscribed."""
        for app in self._workspace.app_members(channel):
            if hears(app, subscription_name(event)):
                self._send(app, self.envelope(app, event, channel))

    def to_app(self, app: InstalledApp, event: JSON) -> None:
        """An event that concerns one app, whether or not its token still works."""
        if hears(app, event["type"]):
            self._send(app, self.envelope(app, event, None))

    def envelope(self, app: InstalledApp, event: JSON, channel: Channel | None) -> JSON:
        """The ``event_callback`` around an event (source: Events API)."""
        authorization = {
            "enterprise_id": None,
            "team_id": app.team_id,
            "user_id": app.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": "sandbox-verification",
            "team_id": app.team_id,
            "context_team_id": app.team_id,
            "context_enterprise_id": None,
            "api_app_id": app.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self._workspace.new_id("Ev"),
            "event_time": int(self._workspace.seconds()),
            "authorizations": [authorization],
            "is_ext_shared_channel": bool(channel and channel.shared_with),
            "event_context": f"4-{app.app_id}-{event['type']}",
        }


def hears(app: InstalledApp, event: str) -> bool:
    """Whether an app subscribed to an event and has the scope for it."""
    scope = SCOPES.get(event)
    return event in app.spec.events and (scope is None or scope in app.spec.scopes)


def subscription_name(event: JSON) -> str:
    """The name under which a manifest subscribes to an event."""
    if event["type"] == "message":
        return f"message.{_PLURAL[event['channel_type']]}"
    return str(event["type"])
