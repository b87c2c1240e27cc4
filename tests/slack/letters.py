"""Letters to the app's HTTP door, signed as Slack signs them, or as somebody else would."""

import io
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from sandbox.clock import signing_time
from tests.prep_team import SECRET, PrepTeam

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Letter:
    """A request before it is sent. `age_s`: how long ago it was signed."""

    body: bytes
    content_type: str = JSON_TYPE
    age_s: int = 0
    secret: str = SECRET
    headers: dict[str, str] = field(default_factory=dict)

    def signed(self) -> dict[str, str]:
        """The headers it travels with; those given by name stand instead of the true ones."""
        stamp = str(signing_time() - self.age_s)
        readable = self.body.decode("utf-8", errors="replace")
        signature = SignatureVerifier(self.secret).generate_signature(
            timestamp=stamp, body=readable
        )
        return {
            "Content-Type": self.content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature or "",
        } | self.headers


@dataclass(frozen=True)
class Reply:
    """What the door said."""

    status: int
    text: str


class Postman:
    """Brings letters to a running app."""

    def __init__(self, prep: PrepTeam) -> None:
        self._prep = prep
        self._root = f"http://127.0.0.1:{prep.app.port}"

    async def brings(self, letter: Letter) -> Reply:
        """Post a letter; returns when the app has replied and has nothing left to do."""
        return await self.posts(letter.body, letter.signed())

    async def posts(self, body: bytes, headers: dict[str, str]) -> Reply:
        """Post anything at all."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{self._root}/slack/events", data=io.BytesIO(body), headers=headers
            ) as response,
        ):
            reply = Reply(response.status, await response.text())
        await self._prep.app.guard.idle()
        return reply

    async def gets(self, path: str) -> Reply:
        """Fetch a page."""
        async with aiohttp.ClientSession() as session, session.get(self._root + path) as response:
            return Reply(response.status, await response.text())


def event(payload: Any) -> Letter:
    """A letter of the Events API."""
    return Letter(json.dumps(payload).encode())


def command(fields: dict[str, str]) -> Letter:
    """A slash command."""
    return Letter(urlencode(fields).encode(), FORM_TYPE)


def interaction(payload: Any) -> Letter:
    """A click, a submission, or the like."""
    return Letter(urlencode({"payload": json.dumps(payload)}).encode(), FORM_TYPE)
