"""How far everybody has read: the counts in the sidebar and the line above what is new."""

from __future__ import annotations

from sandbox.people import Person
from sandbox.workspace import Channel, Message

_HIDDEN = frozenset({"channel_join", "group_join", "channel_leave", "group_leave"})


class ReadingMarks:
    """The last message each person has seen in each conversation."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], str] = {}
        self._line: dict[tuple[str, str], str] = {}

    def read(self, viewer: Person, channel: Channel, *, arriving: bool) -> bool:
        """Mark everything as read; True if that changed anything.

        On arriving, the line that divides old from new is set to where reading had stopped.
        """
        key = (viewer.id, channel.id)
        shown = channel.visible_to(viewer)
        newest = shown[-1].ts if shown else ""
        before, line = self._seen.get(key, ""), self._line.get(key, "")
        if arriving:
            self._line[key] = before
        self._seen[key] = newest
        return before != newest or line != self._line.get(key, "")

    def unread(self, viewer: Person, channel: Channel) -> int:
        """How many messages of others are new in a conversation."""
        if viewer.id not in channel.member_ids:
            return 0
        seen = self._seen.get((viewer.id, channel.id), "")
        return sum(_counts(m, viewer, seen) for m in channel.visible_to(viewer))

    def first_new(self, viewer: Person, channel: Channel) -> str | None:
        """The ts of the message that the line stands above, or None."""
        line = self._line.get((viewer.id, channel.id), "")
        shown = channel.visible_to(viewer)
        new = [m.ts for m in shown if _counts(m, viewer, line)] if line else []
        return new[0] if new else None


def _counts(message: Message, viewer: Person, after: str) -> bool:
    return message.ts > after and message.user_id != viewer.id and message.subtype not in _HIDDEN
