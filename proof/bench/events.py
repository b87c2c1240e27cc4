"""Slack's message events as they come over HTTP, signed and ready to be sent."""

import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.slack.server import EVENTS_PATH

SECRET = "a secret that only Slack and the benchmark know"
TEAM, BOT, APP = "T0BENCH", "U0PREP", "A0BENCH"
ANSWER = (
    "A mutex guards one resource at a time, and whoever locked it must unlock it; a semaphore "
    "counts how many may come in, and anyone may signal it. I would reach for the first unless "
    "there really are several of the thing."
)
REMARK = "Nice one!"

Event = dict[str, Any]


@dataclass(slots=True)
class Post:
    """Makes requests of events, each with an `event_id` of its own.

    `now` is the moment of the signatures, in seconds since 1970: they hold for five minutes.
    """

    now: float
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def request(self, event: Event) -> bytes:
        """Return the whole HTTP request for an event, as Slack sends it."""
        number = next(self._ids)
        body = json.dumps(
            {
                "token": "one-long-verification-token",
                "team_id": TEAM,
                "context_team_id": TEAM,
                "context_enterprise_id": None,
                "api_app_id": APP,
                "event": event,
                "type": "event_callback",
                "event_id": f"Ev{number:012d}",
                "event_time": int(self.now),
                "authorizations": [
                    {
                        "enterprise_id": None,
                        "team_id": TEAM,
                        "user_id": BOT,
                        "is_bot": True,
                        "is_enterprise_install": False,
                    }
                ],
                "is_ext_shared_channel": False,
                "event_context": f"4-{number:0>120d}",
            }
        ).encode()
        stamp = str(int(self.now))
        digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256)
        head = (
            f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: prep.example\r\n"
            "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\nAccept: */*\r\n"
            "Accept-Encoding: gzip,deflate\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nX-Slack-Request-Timestamp: {stamp}\r\n"
            f"X-Slack-Signature: v0={digest.hexdigest()}\r\n\r\n"
        )
        return head.encode() + body


def message(channel: str, ts: str, user: str, text: str, **more: Any) -> Event:
    """Return the event of a message that somebody typed."""
    element = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {
        "user": user,
        "type": "message",
        "ts": ts,
        "client_msg_id": f"4f0a2b6e-1c7d-4d57-9c3e-{ts.replace('.', '')[-12:]}",
        "text": text,
        "team": TEAM,
        "blocks": [{"type": "rich_text", "block_id": "a1B2", "elements": [element]}],
        "channel": channel,
        "event_ts": ts,
        "channel_type": "channel",
        **more,
    }


def reply(channel: str, thread_ts: str, ts: str, user: str, text: str) -> Event:
    """Return the event of a reply in a thread that the app began."""
    return message(channel, ts, user, text, thread_ts=thread_ts, parent_user_id=BOT)


def irrelevant(rng: Random, number: int, now: float) -> Event:
    """Return one of the messages that concern no round, see `MIX`."""
    channel, user = f"C{number % 50:04d}", f"U{rng.randrange(5000):05d}"
    ts = f"{int(now)}.{number:06d}"
    kind = rng.choices(tuple(MIX), tuple(MIX.values()))[0]
    if kind == CHATTER:
        return message(channel, ts, user, ANSWER[: rng.randrange(20, 200)])
    if kind == OTHER_THREAD:
        root = f"{int(now) - rng.randrange(1, 9000)}.000100"
        began = f"U{rng.randrange(5000):05d}"
        return message(channel, ts, user, ANSWER, thread_ts=root, parent_user_id=began)
    return message(
        channel, ts, "U0OTHERBOT", "Build 4711 passed.", bot_id="B0OTHER", subtype="bot_message"
    )


CHATTER, OTHER_THREAD, BOTS = "channel chatter", "a reply in somebody's thread", "a bot's message"
MIX = {CHATTER: 60, OTHER_THREAD: 30, BOTS: 10}
"""How many of a hundred irrelevant messages are of which kind."""
