"""Requests to the app's door, signed as Slack signs them or in any other way."""

import json
from dataclasses import dataclass
from hashlib import sha256
from hmac import new as hmac
from typing import Any
from urllib.parse import quote_from_bytes

from sandbox.clock import signing_time

SECRET = "only the sandbox and the app know this"
JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Letter:
    """A request to be signed."""

    body: bytes
    content_type: str = JSON_TYPE

    def headers(self) -> dict[str, str]:
        """The headers it travels with."""
        stamp = str(signing_time())
        return {
            "Content-Type": self.content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(self.body, stamp),
        }


def signature(body: bytes, stamp: str, secret: str = SECRET) -> str:
    """Sign any bytes."""
    return "v0=" + hmac(secret.encode(), b"v0:" + stamp.encode() + b":" + body, sha256).hexdigest()


def written(kind: str, payload: Any) -> Letter:
    """Write a payload in the form in which its kind travels; lone surrogates travel as they are."""
    if kind == "events_api":
        return Letter(json.dumps(payload).encode())
    if kind == "interactive" or not isinstance(payload, dict):
        return Letter(_form({"payload": json.dumps(payload)}), FORM_TYPE)
    return Letter(_form(payload), FORM_TYPE)


def _form(fields: dict[str, Any]) -> bytes:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields.items()).encode()


def _quoted(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))
