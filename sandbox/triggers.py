"""The two short-lived keys of an interaction: ``trigger_id`` and ``response_url``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.workspace import Channel, InstalledApp, Message, Workspace

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_LIFE = timedelta(minutes=30)
RESPONSE_USES = 5


class KeyRefusedError(Exception):
    """A key that does not open: the message is Slack's error code."""


@dataclass
class Trigger:
    """What one gesture of a person allows: opening one view within three seconds."""

    app: InstalledApp
    user_id: str
    issued_at: datetime
    channel_id: str | None = None
    view_id: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """A webhook into the place of an interaction, good for five uses in thirty minutes."""

    app: InstalledApp
    user_id: str
    channel: Channel
    issued_at: datetime
    original: Message | None = None
    thread_ts: str | None = None
    uses: int = 0


class KeyRing:
    """Issues and honours both kinds of key, on the sandbox's clock."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseUrl] = {}

    def new_trigger(self, trigger: Trigger) -> str:
        """Issue a ``trigger_id``."""
        trigger_id = (
            f"{len(self._triggers) + 1}.{trigger.app.team_id}.{self._workspace.new_id('t')}"
        )
        self._triggers[trigger_id] = trigger
        return trigger_id

    def use_trigger(self, trigger_id: str, app: InstalledApp) -> Trigger:
        """Exchange a trigger. Raises KeyRefusedError ``invalid_trigger_id``,
        ``expired_trigger_id`` (after 3 s) or ``exchanged_trigger_id`` (the second time)."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None or trigger.app is not app:
            raise KeyRefusedError("invalid_trigger_id")
        if trigger.used:
            raise KeyRefusedError("exchanged_trigger_id")
        if self._workspace.now() - trigger.issued_at > TRIGGER_LIFE:
            raise KeyRefusedError("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_response(self, response: ResponseUrl) -> str:
        """Issue the secret part of a ``response_url``."""
        key = self._workspace.new_id("r")
        self._responses[key] = response
        return key

    def use_response(self, key: str) -> ResponseUrl:
        """Use a ``response_url`` once. Raises KeyRefusedError ``no_such_url``, ``expired_url``
        (after 30 min) or ``used_url`` (the sixth time)."""
        response = self._responses.get(key)
        if response is None:
            raise KeyRefusedError("no_such_url")
        if self._workspace.now() - response.issued_at > RESPONSE_LIFE:
            raise KeyRefusedError("expired_url")
        if response.uses >= RESPONSE_USES:
            raise KeyRefusedError("used_url")
        response.uses += 1
        return response
