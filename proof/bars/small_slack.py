"""A Slack of a hundred lines, without sockets or threads, so that a seed decides everything.

It keeps what the bars judge by: which messages stand in which channel, who wrote what in a thread,
when each call came. What Slack checks of a call is the business of the sandbox, not of this.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Clock
from bot.slack.names import ROUND_METADATA
from proof.bars.fate import Fate

Json = dict[str, Any]
Trouble = Callable[[str, Json], int | None]
"""Seconds to wait, for a call that comes too early; None for one that is welcome."""


@dataclass
class Line:
    """A message in a channel."""

    ts: str
    user: str
    text: str
    thread_ts: str | None = None
    metadata: Json | None = None
    edited_ts: str | None = None
    is_deleted: bool = False
    reactions: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Called:
    """A call, when it came, and whether Slack told the app to wait instead."""

    at: datetime
    token: str
    method: str
    channel: str
    too_early: bool


@dataclass
class SmallSlack:
    """Workspaces named by their token, their channels, and the events that wait to be delivered.

    `trouble` decides which calls are told to wait.
    """

    clock: Clock
    bots: dict[str, tuple[str, str]]
    """Token → (workspace, the app's own user there)."""
    trouble: Trouble = lambda _token, _call: None
    declines: dict[str, str] = field(default_factory=dict)
    """Channel → Slack's word for why nothing may be posted there."""
    channels: dict[str, list[Line]] = field(default_factory=dict)
    news: list[Json] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)
    _last: int = 0

    def rounds(self, channel: str) -> list[Line]:
        """The daily questions that were posted in a channel, in order."""
        return [m for m in self.channels.get(channel, []) if _round_of(m) is not None]

    def doubled(self) -> int:
        """How many messages there are beyond one for each round."""
        numbers = Counter(
            _round_of(m) for lines in self.channels.values() for m in lines if _round_of(m)
        )
        return sum(count - 1 for count in numbers.values())

    def next_ts(self) -> str:
        """A name for a message written now: later than all before it."""
        self._last = max(self._last + 1, int(self.clock.now().timestamp() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    # --- what people do -------------------------------------------------------------------------

    def replies(self, channel: str, root: Line, who: str, text: str) -> Line:
        """Somebody replies in a thread."""
        line = Line(self.next_ts(), who, text, thread_ts=root.ts)
        self.channels[channel].append(line)
        self._tell(channel, _as_message(line, root))
        return line

    def edits(self, channel: str, root: Line, line: Line, text: str) -> None:
        """The author of a reply changes it."""
        line.text, line.edited_ts = text, self.next_ts()
        self._tell(
            channel,
            {
                "subtype": "message_changed",
                "message": _as_message(line, root),
                "ts": line.edited_ts,
            },
        )

    def deletes(self, channel: str, root: Line, line: Line) -> None:
        """The author of a reply takes it back."""
        gone, line.is_deleted = _as_message(line, root), True
        self._tell(
            channel,
            {
                "subtype": "message_deleted",
                "previous_message": gone,
                "deleted_ts": line.ts,
                "ts": self.next_ts(),
            },
        )

    def _tell(self, channel: str, message: Json) -> None:
        team = next(iter(self.bots.values()))[0]
        event = {"type": "message", "channel": channel, **message}
        self.news.append({"type": "event_callback", "team_id": team, "event": event})

    # --- what the app asks ----------------------------------------------------------------------

    def answer(self, token: str, method: str, args: Json) -> tuple[int, Json, Json]:
        """Answer a call with a status, a body and headers."""
        channel = str(args.get("channel", ""))
        wait = self.trouble(token, {"method": method, **args})
        self.calls.append(Called(self.clock.now(), token, method, channel, wait is not None))
        if wait is not None:
            return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)}
        if method == "chat.postMessage" and channel in self.declines:
            return 200, {"ok": False, "error": self.declines[channel]}, {}
        return 200, {"ok": True, **self._do(token, method, args)}, {}

    def _do(self, token: str, method: str, args: Json) -> Json:
        lines = self.channels.setdefault(str(args.get("channel", "")), [])
        match method:
            case "chat.postMessage":
                bot = self.bots[token][1]
                line = Line(self.next_ts(), bot, args["text"], metadata=args.get("metadata"))
                lines.append(line)
                if line.metadata:
                    self._tell(args["channel"], _as_message(line, None))
                return {"ts": line.ts}
            case "conversations.history":
                found = [m for m in lines if args["oldest"] < m.ts < args["latest"]]
                shown = [_as_message(m, None) for m in reversed(found) if m.thread_ts is None]
                return {"messages": shown, "has_more": False}
            case "reactions.add" | "reactions.remove":
                for line in lines:
                    if line.ts == args["timestamp"]:
                        change = line.reactions.add if "add" in method else line.reactions.discard
                        change(args["name"])
        return {}


def _round_of(line: Line) -> int | None:
    if line.metadata is None or line.metadata["event_type"] != ROUND_METADATA:
        return None
    return int(line.metadata["event_payload"]["round"])


def _as_message(line: Line, root: Line | None) -> Json:
    message: Json = {"type": "message", "user": line.user, "text": line.text, "ts": line.ts}
    if root is not None:
        message |= {"thread_ts": root.ts, "parent_user_id": root.user}
    if line.metadata:
        message["metadata"] = line.metadata
    if line.edited_ts:
        message["edited"] = {"user": line.user, "ts": line.edited_ts}
    return message


class SmallClient(AsyncWebClient):
    """The SDK's client with the small Slack at its other end, by whichever way a call leaves."""

    def __init__(self, slack: SmallSlack, fate: Fate) -> None:
        super().__init__()
        self._slack = slack
        self._fate = fate
        self.session = SmallSession(self)  # type: ignore[assignment]  # all that is asked of one

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        """Call a method; the app may die before it leaves, and before its reply is read."""
        args = {**(given.get("params") or {}), **(given.get("json") or {})}
        sent = dict(given.get("headers") or {}).get("Authorization", "")
        token = str(args.pop("token", "")) or sent.removeprefix("Bearer ")
        status, body, headers = self.answered(token, api_method, args)
        response = AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=api_method,
            req_args={},
            data=body,
            headers=headers,
            status_code=status,
        )
        if not body["ok"]:
            raise SlackApiError("no", response)  # type: ignore[no-untyped-call]
        self.read(api_method)
        return response

    def answered(self, token: str, method: str, args: Json) -> tuple[int, Json, Json]:
        """Have the small Slack answer, with a step before and one after."""
        self._fate.step(f"{method} leaves")
        answer = self._slack.answer(token, method, args)
        self._fate.step(f"{method} is answered")
        return answer

    def read(self, method: str) -> None:
        """Take the step after which the app knows what Slack said."""
        self._fate.step(f"{method} is read")


@dataclass(frozen=True)
class SmallSession:
    """As much of a session of aiohttp's as a post needs."""

    client: SmallClient

    @asynccontextmanager
    async def post(
        self, url: str, *, data: bytes, headers: Json, **_: Any
    ) -> AsyncIterator["SmallReply"]:
        """Carry a request to the small Slack."""
        token = headers["Authorization"].removeprefix("Bearer ")
        method = url.rpartition("/")[2]
        status, body, said = self.client.answered(token, method, json.loads(data))
        yield SmallReply(self.client, method, status, said, json.dumps(body).encode())


@dataclass(frozen=True)
class SmallReply:
    """A reply that was not read yet."""

    client: SmallClient
    method: str
    status: int
    headers: Json
    body: bytes

    async def read(self) -> bytes:
        """Read it; the app may die by then."""
        self.client.read(self.method)
        return self.body
