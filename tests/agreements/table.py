"""The table of routes, laid with rooms that nobody enters."""

from typing import Any, cast

from bot.routes import Rooms, routes
from bot.slack.blocks import Message, as_markup
from bot.slack.names import Event
from bot.slack.outbound import Slack


class _Anything:
    def __getattr__(self, name: str) -> Any:
        return f"the listener's {name}"


class _EmptyRooms:
    def __getattr__(self, _name: str) -> _Anything:
        return _Anything()


class Replies:
    """What a room replied, kept instead of sent."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def respond(self, _address: str, message: Message) -> None:
        """Keep a reply."""
        self.texts.append(as_markup(message.text).source)


REPLIES = Replies()
ROUTES = routes(cast("Rooms", _EmptyRooms()), cast("Slack", REPLIES))
COMMANDS = {command.word: command for command in ROUTES.commands.values()}
MESSAGE_EVENTS = {Event.MESSAGE_CHANNELS, Event.MESSAGE_GROUPS}


def names_in(kind: type) -> list[str]:
    """The values of a class of names."""
    return [value for name, value in vars(kind).items() if name.isupper()]
