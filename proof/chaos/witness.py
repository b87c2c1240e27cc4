"""What really happened, as the sandbox saw it: the truth that the app is judged by.

It knows nothing of the app's database. It notes which questions came to stand in which channel,
which news of a reply was acknowledged, and which Slack gave up on after its last attempt: the app
need not know that, but it may, where it died between storing it and saying so.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from proof.chaos.history import counts
from sandbox.feed import Change
from sandbox.ledger import ApiCall, Delivery
from sandbox.slack import Sandbox

Place = tuple[str, str]
"""A channel and the `ts` of a message in it."""


@dataclass(frozen=True)
class News:
    """One version of a reply."""

    thread_ts: str
    member: str
    edited_ts: str
    counts: bool
    is_deleted: bool


@dataclass
class Witness:
    """Looks at what passes, and keeps little of it."""

    sandbox: Sandbox
    questions: dict[str, dict[str, str]] = field(default_factory=dict)
    """Channel → `ts` of a question → what the app says which one it is."""
    heard: dict[Place, list[News]] = field(default_factory=dict)
    """What the app acknowledged of each reply."""
    tried: dict[Place, list[News]] = field(default_factory=dict)
    """What was brought to the app, acknowledged or not."""
    seen: Counter[str] = field(default_factory=Counter)
    """How often Slack did to the app what was scripted, by the sandbox's name for it."""
    unanswered: int = 0
    """Attempts to deliver an event that ended without an acknowledgement."""

    def __post_init__(self) -> None:
        self.sandbox.subscribe(self._changed)

    def digest(self) -> None:
        """Read the sandbox's ledger, and empty it: a long run would fill the memory."""
        for entry in self.sandbox.ledger.entries:
            if isinstance(entry, ApiCall):
                if entry.fault:
                    self.seen[entry.fault] += 1
            elif entry.kind == "events_api":
                self._delivered(entry)
        self.sandbox.ledger.clear()

    def _changed(self, change: Change) -> None:
        if change.kind != "message" or change.channel_id is None or change.ts is None:
            return
        channel = self.sandbox.workspace.channels.get(change.channel_id)
        message = channel.by_ts.get(change.ts) if channel else None
        if message is not None and message.app is not None and message.metadata:
            said = message.metadata.get("event_payload", {})
            self.questions.setdefault(change.channel_id, {})[change.ts] = str(sorted(said.items()))

    def _delivered(self, entry: Delivery) -> None:
        self.unanswered += not entry.acknowledged
        event = entry.payload["event"]
        for ts, news in _news(event):
            place = event["channel"], ts
            self.tried.setdefault(place, []).append(news)
            if entry.acknowledged:
                self.heard.setdefault(place, []).append(news)

    def may_stand(self, place: Place) -> list[News | None]:
        """What the app may know of a reply; first what it must know at least, None for nothing.

        A deletion is final; otherwise the last version stands.
        """
        heard = max(self.heard.get(place, ()), key=_version, default=None)
        more = [
            news for news in self.tried[place] if heard is None or _version(news) > _version(heard)
        ]
        return [heard, *more]


def _version(news: News) -> tuple[bool, str]:
    return news.is_deleted, news.edited_ts


def _news(event: dict[str, Any]) -> Iterator[tuple[str, News]]:
    if event["type"] != "message":
        return
    subtype = event.get("subtype")
    is_deleted = subtype == "message_deleted"
    message = event
    if subtype == "message_changed":
        message = event["message"]
    elif is_deleted:
        message = event["previous_message"]
    if message.get("bot_id") or "thread_ts" not in message or message["thread_ts"] == message["ts"]:
        return
    yield (
        message["ts"],
        News(
            thread_ts=message["thread_ts"],
            member=message["user"],
            edited_ts=message.get("edited", {}).get("ts", ""),
            counts=counts(message["text"], with_file=bool(message.get("files"))),
            is_deleted=is_deleted,
        ),
    )
