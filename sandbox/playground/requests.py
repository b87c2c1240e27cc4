"""What a page sends, checked: every field a string of a known length, every name somebody's."""

from __future__ import annotations

from aiohttp import web
from multidict import MultiMapping

from sandbox.people import Person
from sandbox.playground.stage import Stage
from sandbox.workspace import Channel, Message, RefusedError

LONGEST = 12_000
"""Characters of one field: as much as a message of Slack's own client may hold."""


class MalformedError(Exception):
    """A request that the page would not send; the text says what is missing."""


class Sent:
    """The form of one request."""

    def __init__(self, stage: Stage, form: MultiMapping[object]) -> None:
        self._stage = stage
        self._form = form

    def text(self, name: str, default: str | None = None) -> str:
        """A field. Raises MalformedError if it is missing, too long or a file."""
        value = self._form.get(name, default)
        if not isinstance(value, str):
            raise MalformedError(f"The field {name} is missing.")
        if len(value) > LONGEST:
            raise MalformedError(f"That is too long: {LONGEST:,} characters are the most.")
        return value

    def every(self, name: str) -> list[str]:
        """All the values of a field."""
        return [one for one in self._form.getall(name, []) if isinstance(one, str)]

    @property
    def viewer(self) -> Person:
        """Who does it. Raises MalformedError for nobody."""
        person = self._stage.person(self.text("as"))
        if person is None:
            raise MalformedError("Nobody here has that id.")
        return person

    @property
    def channel(self) -> Channel:
        """Where. Raises MalformedError for a conversation this person does not see."""
        channel = self._stage.sandbox.workspace.channels.get(self.text("channel"))
        if channel is None or (channel.is_private and self.viewer.id not in channel.member_ids):
            raise MalformedError("There is no such conversation.")
        return channel

    def message(self, name: str = "ts") -> Message:
        """A message of the channel that this person sees.

        Raises RefusedError if it is gone: somebody may have deleted it a moment ago.
        """
        channel, ts = self.channel, self.text(name)
        private = [m for m in channel.ephemerals if m.only_for == self.viewer.id]
        found = channel.by_ts.get(ts) or next((m for m in private if m.ts == ts), None)
        if found is None:
            raise RefusedError("That message is gone.")
        return found


async def sent(stage: Stage, request: web.Request) -> Sent:
    """Read a request's form. Raises MalformedError if it is none or too large."""
    try:
        return Sent(stage, await request.post())
    except web.HTTPRequestEntityTooLarge:
        raise MalformedError("That is too much at once.") from None
    except (ValueError, AssertionError):
        raise MalformedError("That is not a form.") from None
