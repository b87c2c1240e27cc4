"""What the page shows of a moment, as plain facts for the templates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from sandbox.interactions import Interactions
from sandbox.modals import View
from sandbox.playground.fields import conversation_name
from sandbox.playground.markup import Eyes, emoji_span, mrkdwn
from sandbox.playground.moments import clock_time, day_name, of_ts
from sandbox.playground.place import Place
from sandbox.playground.reading_marks import ReadingMarks
from sandbox.playground.rendering import Painter
from sandbox.workspace import Channel, Message, Workspace

MOST_SHOWN = 150
"""Messages of a conversation that the page shows; older ones are left out, with a line."""
COLOURS = 8

_COMINGS = frozenset({"channel_join", "group_join", "channel_leave", "group_leave"})


@dataclass(frozen=True, slots=True)
class ReactionFacts:
    """A reaction: ``given`` is true if the viewer is among those who gave it."""

    name: str
    drawn: Markup
    count: int
    who: str
    given: bool


@dataclass(frozen=True, slots=True)
class AuthorFacts:
    """Who said something. ``colour`` is one of `COLOURS`."""

    name: str
    initial: str
    colour: int
    is_app: bool


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """A message as the viewer sees it."""

    ts: str
    channel_id: str
    author: AuthorFacts
    time: str
    iso: str
    body: Markup
    day: str
    new_from_here: bool
    private: bool
    coming: bool
    tombstone: bool
    edited: bool
    own: bool
    source: str
    reactions: tuple[ReactionFacts, ...]
    replies: int
    last_reply: str
    broadcast: bool
    follows: bool


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """An entry of the sidebar."""

    name: str
    url: str
    here: bool
    unread: int
    private: bool


class Describer:
    """Turns the state of the workspace into facts, through the eyes of a viewer."""

    def __init__(
        self,
        workspace: Workspace,
        interactions: Interactions,
        painter: Painter,
        marks: ReadingMarks,
    ) -> None:
        self._workspace = workspace
        self._interactions = interactions
        self._painter = painter
        self._marks = marks

    def eyes(self, place: Place) -> Eyes:
        """Through whose eyes a place is seen."""
        return Eyes(place.viewer.id, place.zone, self._workspace.now(), self._workspace.names())

    def rooms(self, place: Place) -> list[RoomFacts]:
        """The conversations in the sidebar: channels first, then the viewer's own."""
        seen = [
            channel
            for channel in self._workspace.channels.values()
            if not channel.is_private or place.viewer.id in channel.member_ids
        ]
        seen.sort(key=lambda channel: (channel.kind == "im", channel.name))
        return [
            RoomFacts(
                name=conversation_name(channel, self._workspace),
                url=place.url(channel=channel, thread=None, home=False),
                here=channel is place.channel,
                unread=0 if channel is place.channel else self._unread(place, channel),
                private=channel.kind == "im",
            )
            for channel in seen
        ]

    def _unread(self, place: Place, channel: Channel) -> int:
        return self._marks.unread(place.viewer, channel)

    def conversation(self, place: Place) -> list[MessageFacts]:
        """What the middle shows."""
        shown = place.channel.visible_to(place.viewer)[-MOST_SHOWN:]
        return list(self._described(shown, place, in_thread=False))

    def thread(self, place: Place) -> list[MessageFacts]:
        """What the thread pane shows: the parent, its replies, the viewer's ephemerals in it."""
        parent = place.thread
        if parent is None:
            return []
        private = [m for m in place.viewer.ephemerals(place.channel) if m.thread_ts == parent.ts]
        replies = sorted([*parent.thread, *private], key=lambda message: message.ts)
        return list(self._described([parent, *replies], place, in_thread=True))

    def view(self, view: View, place: Place) -> Markup:
        """The blocks of a modal or Home."""
        errors = {name: text for name, text in view.errors.items() if name}
        return self._painter.blocks(view.blocks, self.eyes(place), view.state, errors)

    def _described(
        self, shown: list[Message], place: Place, *, in_thread: bool
    ) -> Iterator[MessageFacts]:
        first_new = None if in_thread else self._marks.first_new(place.viewer, place.channel)
        before: Message | None = None
        for message in shown:
            yield self._message(message, before, place, first_new)
            before = message

    def _message(
        self, message: Message, before: Message | None, place: Place, first_new: str | None
    ) -> MessageFacts:
        at = of_ts(message.ts)
        day = day_name(at, place.zone)
        same_day = before is not None and day_name(of_ts(before.ts), place.zone) == day
        replies = [] if message.thread_ts else message.thread
        return MessageFacts(
            ts=message.ts,
            channel_id=message.channel.id,
            author=self._author(message),
            time=clock_time(at, place.zone),
            iso=at.isoformat(),
            body=self._body(message, place),
            day="" if same_day else day,
            new_from_here=message.ts == first_new,
            private=message.only_for is not None,
            coming=message.subtype in _COMINGS,
            tombstone=message.is_tombstone,
            edited=bool(message.edited) and message.app is None,
            own=message.user_id == place.viewer.id and message.subtype not in _COMINGS,
            source=_typed(message.text),
            reactions=tuple(self._reactions(message, place)),
            replies=len(replies),
            last_reply=self._when(replies[-1].ts, place) if replies else "",
            broadcast=message.subtype == "thread_broadcast",
            follows=same_day and before is not None and _goes_on(before, message),
        )

    def _author(self, message: Message) -> AuthorFacts:
        user = self._workspace.users.get(message.user_id)
        name = user.real_name if user else "Slackbot"
        colour = sum(message.user_id.encode()) % COLOURS
        return AuthorFacts(name, name[:1].upper(), colour, message.app is not None)

    def _when(self, ts: str, place: Place) -> str:
        at, now = of_ts(ts), self._workspace.now()
        time, day = clock_time(at, place.zone), day_name(at, place.zone)
        return f"today at {time}" if day == day_name(now, place.zone) else f"{day} at {time}"

    def _body(self, message: Message, place: Place) -> Markup:
        eyes = self.eyes(place)
        if message.app is None or not message.blocks:
            # A person's text holds her marks (`code`, *bold*) where her client keeps them apart.
            parts = [mrkdwn(message.text, eyes)]
        else:
            held = self._interactions.held(place.viewer.user, message)
            parts = [self._painter.blocks(message.blocks, eyes, held)]
        for attachment in message.attachments:
            parts.append(self._attachment(attachment, message, place))
        frame = Markup('<p class="file">File: {}</p>')
        parts += [frame.format(one.get("name", one.get("id", ""))) for one in message.files]
        return Markup("").join(parts)

    def _attachment(self, attachment: dict[str, object], message: Message, place: Place) -> Markup:
        eyes, held = self.eyes(place), self._interactions.held(place.viewer.user, message)
        blocks = attachment.get("blocks")
        if isinstance(blocks, list) and blocks:
            body = self._painter.blocks(blocks, eyes, held)
        else:
            body = mrkdwn(str(attachment.get("text") or attachment.get("fallback") or ""), eyes)
        return Markup('<div class="attachment">{}</div>').format(body)

    def _reactions(self, message: Message, place: Place) -> Iterator[ReactionFacts]:
        names = self._workspace.names()
        for name, given in message.reactions.items():
            who = ", ".join(names.get(one, one) for one in given)
            mine = place.viewer.id in given
            yield ReactionFacts(name, emoji_span(name), len(given), who, mine)


def _goes_on(before: Message, message: Message) -> bool:
    """True if a message continues the one before it, which then needs no second heading."""
    same = before.user_id == message.user_id and before.only_for == message.only_for
    plain = before.subtype not in _COMINGS and not before.is_tombstone and not message.app
    return same and plain and float(message.ts) - float(before.ts) < 300


def _typed(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
