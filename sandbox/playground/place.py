"""Where a visitor is: whose eyes, which conversation, which thread. The address says it all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sandbox.people import Person
from sandbox.playground.stage import Stage
from sandbox.workspace import Channel, Message

HOME = "home"
DRAWERS = ("clock", "faults", "ledger")


@dataclass(frozen=True, slots=True)
class Place:
    """A valid address: whatever was wrong in the query has fallen back to the beginning."""

    viewer: Person
    channel: Channel
    thread: Message | None = None
    home: bool = False
    drawer: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The viewer's own time zone."""
        return ZoneInfo(self.viewer.user.tz or "Etc/UTC")

    @property
    def key(self) -> str:
        """Tells one conversation from another, for what the page keeps while it is patched."""
        return f"{self.viewer.id}-{HOME if self.home else self.channel.id}"

    def url(self, **changes: Any) -> str:
        """The address of this place after some changes (``viewer``, ``channel``, ``thread``, …)."""
        there = replace(self, **changes)
        query = {"as": there.viewer.id, "in": there.channel.id}
        if there.home:
            query["tab"] = HOME
        if there.thread is not None:
            query["thread"] = there.thread.ts
        if there.drawer:
            query["drawer"] = there.drawer
        return f"?{urlencode(query)}"


def place_of(stage: Stage, query: Mapping[str, str]) -> Place:
    """Read an address."""
    viewer = stage.person(query.get("as", "")) or stage.people[0]
    channel = stage.sandbox.workspace.channels.get(query.get("in", ""))
    if channel is None or (channel.is_private and viewer.id not in channel.member_ids):
        channel = stage.channel
    if query.get("tab") == HOME:
        channel = stage.sandbox.workspace.im_between(viewer.id, stage.app)
    thread = channel.by_ts.get(query.get("thread", ""))
    drawer = query.get("drawer", "")
    return Place(
        viewer=viewer,
        channel=channel,
        thread=thread if thread and not thread.thread_ts else None,
        home=query.get("tab") == HOME,
        drawer=drawer if drawer in DRAWERS else "",
    )
