"""Tells what happens in a channel, as it happens, as text that a person enjoys reading."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import fill
from zoneinfo import ZoneInfo

from sandbox.feed import Change
from sandbox.modals import View
from sandbox.payloads import message_json
from sandbox.people import Person
from sandbox.reading import message_as_text
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, Message

WIDTH = 92
_HIDDEN = frozenset({"channel_join", "group_join"})
_SIGNS = {"white_check_mark": "✅"}


class Narrator:
    """Listens to a sandbox and prints one channel: posts, replies, marks and private lines.

    Buttons are shown the first time they appear, and the count on a card once a day: a person who
    reads the story has seen them by then.
    """

    def __init__(
        self, sandbox: Sandbox, channel: Channel, zone: ZoneInfo, say: Callable[[str], None]
    ) -> None:
        self._sandbox = sandbox
        self._channel = channel
        self._zone = zone
        self._say = say
        self._texts: dict[str, str] = {}
        self._buttons: set[str] = set()
        self._card_says = ""
        self._stop = sandbox.subscribe(self._on_change)

    def close(self) -> None:
        """Stop listening."""
        self._finish_day()
        self._stop()

    def heading(self, text: str) -> None:
        """Begin a new part of the story."""
        self._finish_day()
        self._say(f"\n\n── {text} {'─' * (WIDTH - len(text) - 4)}")

    def aside(self, text: str) -> None:
        """Say something that is not in the channel."""
        told = fill(f"({text})", WIDTH, initial_indent="  ", subsequent_indent="   ")
        self._say(f"\n{told}")

    def show(self, view: View, whose: Person) -> None:
        """Print a modal that one person has open."""
        body = "\n".join(f"  │ {line}".rstrip() for line in view.text.splitlines())
        self._say(f"\n  ┌ a modal that only {whose.name} sees\n{body}\n  └")

    def types(self, who: Person, line: str) -> None:
        """Print what a person typed as a command."""
        self._say(f"\n{self._time()}  {who.name} types {line}")

    def _finish_day(self) -> None:
        if self._card_says:
            self._say(f"\n  The card says: {self._card_says}")
            self._card_says = ""

    def _on_change(self, change: Change) -> None:
        if change.channel_id != self._channel.id or change.ts is None:
            return
        if change.kind == "ephemeral":
            private = next((m for m in self._channel.ephemerals if m.ts == change.ts), None)
            if private is not None:
                self._whispered(private)
            return
        message = self._channel.by_ts.get(change.ts)
        if message is not None and message.subtype not in _HIDDEN:
            self._public(change.kind, message)

    def _public(self, kind: str, message: Message) -> None:
        if kind == "message":
            self._posted(message)
        elif kind == "changed":
            self._changed(message)
        elif kind == "deleted":
            self._say(f"\n  ↳ {self._name(message)} deletes that reply")
        elif kind == "reaction":
            marks = " ".join(_SIGNS.get(name, f":{name}:") for name in message.reactions)
            self._say(f"      {marks or 'the mark is taken off'}")

    def _posted(self, message: Message) -> None:
        self._texts[message.ts] = self._text(message)
        head = f"{'  ↳ ' if message.thread_ts else ''}{self._time()}  {self._name(message)}"
        self._say(f"\n{head}\n{self._body(message, 6 if message.thread_ts else 7)}")

    def _whispered(self, private: Message) -> None:
        reader = self._sandbox.workspace.names().get(private.only_for or "", "somebody")
        head = f"{self._name(private)}, only to {reader}:"
        if private.thread_ts:
            self._say(f"      {head} {self._body(private, 6).lstrip()}")
        else:
            self._say(f"\n  {head}\n{self._body(private, 7)}")

    def _changed(self, message: Message) -> None:
        before, now = self._texts.get(message.ts, ""), self._text(message)
        if before == now or message.is_tombstone:
            return
        self._texts[message.ts] = now
        if message.app is None:
            self._say(f"\n  ↳ {self._name(message)} edits that to\n{self._body(message, 6)}")
        elif message is self._newest_card():
            new = [line for line in now.splitlines() if line not in before.splitlines()]
            self._card_says = " ".join(new).strip()

    def _newest_card(self) -> Message | None:
        cards = [m for m in self._channel.messages if m.app and m.metadata]
        return cards[-1] if cards else None

    def _body(self, message: Message, indent: int) -> str:
        lines = self._text(message).splitlines()
        shown = [line for line in lines if not self._seen_buttons(line)]
        while shown and not shown[-1].strip():
            shown.pop()
        return "\n".join(f"{' ' * indent}{line}".rstrip() for line in shown)

    def _seen_buttons(self, line: str) -> bool:
        if not line.lstrip().startswith(("[ ", "[* ")):
            return False
        seen = line in self._buttons
        self._buttons.add(line)
        return seen

    def _text(self, message: Message) -> str:
        return message_as_text(message_json(message), self._sandbox.workspace.names())

    def _name(self, message: Message) -> str:
        return self._sandbox.workspace.names().get(message.user_id, "slack")

    def _time(self) -> str:
        return f"{self._sandbox.clock.now().astimezone(self._zone):%H:%M}"
