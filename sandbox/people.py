"""The people of a sandbox: what they say, click, fill in and see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sandbox.controls import find_clickable, find_input, must_be_offered
from sandbox.conversations import Draft
from sandbox.delivery import Acknowledgement
from sandbox.inputs import filled
from sandbox.interactions import CommandResult, Interactions
from sandbox.modals import View
from sandbox.payloads import escaped, rich_text
from sandbox.platform import Platform
from sandbox.workspace import JSON, Channel, InstalledApp, Message, RefusedError, User

COMMANDS = "commands"
"""The scope without which an app has neither slash commands nor shortcuts."""


class Person:
    """A human in the sandbox. Every gesture is awaited; it ends when the app has acknowledged it
    or, for messages, when its event is on the way (``await sandbox.settled()`` waits for that).

    Raises RefusedError for what Slack's client would not let her do.
    """

    def __init__(self, platform: Platform, interactions: Interactions, user: User) -> None:
        self._platform = platform
        self._interactions = interactions
        self.user = user

    def __repr__(self) -> str:
        return f"<{self.name} {self.id}>"

    @property
    def id(self) -> str:
        """Her user id."""
        return self.user.id

    @property
    def name(self) -> str:
        """Her display name."""
        return self.user.name

    # --- talking --------------------------------------------------------------------------------

    async def says(self, channel: Channel, text: str, *, files: Sequence[str] = ()) -> Message:
        """Post a message in a channel she is in."""
        return self._post(channel, text, files=files)

    async def replies(
        self, message: Message, text: str, *, broadcast: bool = False, files: Sequence[str] = ()
    ) -> Message:
        """Reply in the thread of a message; ``broadcast`` also sends it to the channel."""
        if message.only_for is not None:
            raise RefusedError("an ephemeral message has no thread")
        subtype = "thread_broadcast" if broadcast else None
        thread_ts = message.thread_ts or message.ts
        return self._post(message.channel, text, files=files, thread=(thread_ts, subtype))

    def _post(
        self,
        channel: Channel,
        text: str,
        *,
        files: Sequence[str] = (),
        thread: tuple[str | None, str | None] = (None, None),
    ) -> Message:
        self._must_be_in(channel)
        if channel.is_archived:
            raise RefusedError(f"#{channel.name} is archived")
        if thread[0] and thread[0] not in channel.by_ts:
            raise RefusedError("the thread is gone")
        workspace = self._platform.workspace
        draft = Draft(
            self.id,
            escaped(text),
            rich_text(text),
            thread_ts=thread[0],
            subtype=thread[1] or ("file_share" if files else None),
            files=[_file(workspace.new_id("F"), name, self.id) for name in files],
            client_msg_id=workspace.new_id("client-msg-"),
            extra={"upload": False} if files else {},
        )
        return self._platform.conversations.post(channel, draft)

    async def edits(self, message: Message, text: str) -> None:
        """Change one of her own messages."""
        self._must_own(message)
        changes = {"text": escaped(text), "blocks": rich_text(text)}
        self._platform.conversations.edit(message, self.id, changes)

    async def deletes(self, message: Message) -> None:
        """Delete one of her own messages."""
        self._must_own(message)
        self._platform.conversations.delete(message)

    async def reacts(self, message: Message, emoji: str) -> None:
        """Add a reaction, by name without colons."""
        self._must_be_in(message.channel)
        if self.id in message.reactions.get(emoji, []):
            raise RefusedError(f"{self.name} has already reacted with {emoji}")
        self._platform.conversations.react(message, self.id, emoji)

    async def unreacts(self, message: Message, emoji: str) -> None:
        """Take back a reaction."""
        if self.id not in message.reactions.get(emoji, []):
            raise RefusedError(f"{self.name} has not reacted with {emoji}")
        self._platform.conversations.unreact(message, self.id, emoji)

    async def joins(self, channel: Channel) -> None:
        """Join a public channel."""
        if channel.is_private:
            raise RefusedError(f"#{channel.name} is private")
        self._platform.membership.join(channel, self.id)

    async def leaves(self, channel: Channel) -> None:
        """Leave a channel."""
        self._must_be_in(channel)
        self._platform.membership.leave(channel, self.id)

    def direct_message(self, app: InstalledApp | None = None) -> Channel:
        """Her direct message with the app."""
        return self._platform.workspace.im_between(self.id, self._app(app))

    # --- gestures -------------------------------------------------------------------------------

    async def runs(
        self, line: str, channel: Channel, *, in_thread: Message | None = None
    ) -> CommandResult:
        """Type a slash command. Slack refuses it in threads, to guests of Slack Connect, and if
        no app has it, or has the scope for it."""
        command, _, text = line.partition(" ")
        if in_thread is not None:
            raise RefusedError(f"{command} is not supported in threads. Sorry!")
        self._must_see(channel)
        app = self._app_with(command)
        if self.user.team_id != app.team_id:
            raise RefusedError(f"{command} is not a valid command.")
        words = self._escaped(text.strip()) if app.spec.should_escape else text.strip()
        return await self._interactions.command(self.user, app, (command, words), channel)

    def _app_with(self, command: str) -> InstalledApp:
        for app in reversed(self._platform.workspace.apps):
            if app.installed and command in app.spec.commands and COMMANDS in app.spec.scopes:
                return app
        raise RefusedError(f"{command} is not a valid command.")

    def _escaped(self, text: str) -> str:
        workspace = self._platform.workspace
        users = {user.name: user for user in workspace.users.values()}
        channels = {channel.name: channel for channel in workspace.channels.values()}

        def mention(found: re.Match[str]) -> str:
            sign, name = found[1], found[2]
            if sign == "@" and name in users:
                return f"<@{users[name].id}|{name}>"
            if sign == "#" and name in channels:
                return f"<#{channels[name].id}|{name}>"
            return found[0]

        return re.sub(r"(?<!\S)([@#])([\w.-]+)", mention, escaped(text))

    async def clicks(
        self, label: str, *, on: Message | View | None = None, value: str | None = None
    ) -> Acknowledgement:
        """Click a button (or overflow entry) by its label or action_id, on a message or on her
        topmost view. ``value`` tells buttons of the same label apart."""
        surface = self._surface(on)
        found = find_clickable(_blocks_of(surface), label, value)
        app = self._owner(surface)
        return await self._interactions.act(self.user, app, surface, found.action)

    async def chooses(self, name: str, value: Any, *, on: Message | View | None = None) -> None:
        """Set an input by action_id, label or placeholder, on a message or her topmost view.

        The app hears of it at once where Slack tells it: outside input blocks, and inside if
        ``dispatch_action`` is set.
        """
        surface = self._surface(on)
        block, element = find_input(_blocks_of(surface), name)
        state = filled(element, _ids(value))
        must_be_offered(element, state, self._platform.workspace)
        key = (block["block_id"], element["action_id"])
        self._interactions.held(self.user, surface)[key] = state
        if block["type"] == "input" and not block.get("dispatch_action"):
            return
        action = state | {"action_id": key[1], "block_id": key[0]}
        await self._interactions.act(self.user, self._owner(surface), surface, action)

    async def fills(self, **values: Any) -> None:
        """Set several inputs of her topmost modal, by action_id or label."""
        for name, value in values.items():
            await self.chooses(name, value)

    async def submits(self) -> Acknowledgement:
        """Press the submit button of her topmost modal."""
        return await self._interactions.submit(self.user, self._top())

    async def closes(self, *, everything: bool = False) -> None:
        """Close her topmost modal, or with ``everything`` the whole stack (the ✕)."""
        await self._interactions.close(self.user, self._top(), everything=everything)

    async def shortcut(
        self, callback_id: str, *, on: Message | None = None, app: InstalledApp | None = None
    ) -> Acknowledgement:
        """Use a global shortcut, or a message shortcut on a message."""
        wanted = self._app(app)
        if COMMANDS not in wanted.spec.scopes:
            raise RefusedError("the app has no shortcuts: it lacks the scope for them")
        if self.user.team_id != wanted.team_id:
            raise RefusedError("shortcuts are for the people of the app's workspace")
        return await self._interactions.shortcut(self.user, wanted, callback_id, on)

    async def opens_home(self, app: InstalledApp | None = None, *, tab: str = "home") -> None:
        """Open the app's Home (or its ``messages`` tab)."""
        self._interactions.open_home(self.user, self._app(app), tab)

    # --- seeing ---------------------------------------------------------------------------------

    @property
    def view(self) -> View | None:
        """Her topmost open modal."""
        stack = self._platform.modals.stack(self.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        """What the (first) app has published on her Home."""
        return self._platform.modals.home(self.id, self._app(None))

    def ephemerals(self, channel: Channel | None = None) -> list[Message]:
        """The ephemeral messages she sees, in one channel or everywhere. One in a thread shows
        only if the thread has a reply."""
        channels = [channel] if channel else list(self._platform.workspace.channels.values())
        return [
            message
            for place in channels
            for message in place.ephemerals
            if message.only_for == self.id
            and (not message.thread_ts or place.replies_to(message.thread_ts))
        ]

    # --- what Slack's client checks -------------------------------------------------------------

    def _app(self, app: InstalledApp | None) -> InstalledApp:
        if app is not None:
            return app
        if not self._platform.workspace.apps:
            raise RefusedError("no app is installed")
        return self._platform.workspace.apps[0]

    def _must_see(self, channel: Channel) -> None:
        if channel.is_private and self.id not in channel.member_ids:
            raise RefusedError(f"{self.name} does not see #{channel.name}")

    def _must_be_in(self, channel: Channel) -> None:
        if self.id not in channel.member_ids:
            raise RefusedError(f"{self.name} is not in #{channel.name}")

    def _must_own(self, message: Message) -> None:
        if message.user_id != self.id or message.deleted:
            raise RefusedError("only one's own messages can be edited or deleted")

    def _top(self) -> View:
        return self._platform.modals.top(self.id)

    def _surface(self, on: Message | View | None) -> Message | View:
        surface = self._top() if on is None else on
        if isinstance(surface, View):
            stack = self._platform.modals.stack(self.id)
            if surface.payload["type"] == "modal" and surface not in stack[-1:]:
                raise RefusedError("that modal is not the topmost one any more")
            return surface
        if surface.deleted:
            raise RefusedError("that message has been deleted")
        if surface.only_for not in (None, self.id):
            raise RefusedError(f"{self.name} does not see that message")
        if surface.only_for is None:
            self._must_see(surface.channel)
        return surface

    def _owner(self, surface: Message | View) -> InstalledApp:
        if surface.app is None:
            raise RefusedError("no app answers for that message")
        return surface.app


def _blocks_of(surface: Message | View) -> list[JSON]:
    if isinstance(surface, View):
        return surface.blocks
    attached = [block for a in surface.attachments for block in a.get("blocks", [])]
    return [*surface.blocks, *attached]


def _ids(value: Any) -> Any:
    if isinstance(value, Person | Channel):
        return value.id
    return [_ids(item) for item in value] if isinstance(value, list | tuple | set) else value


def _file(file_id: str, name: str, user_id: str) -> JSON:
    kind = name.rpartition(".")[2]
    return {"id": file_id, "name": name, "title": name, "filetype": kind, "user": user_id}
