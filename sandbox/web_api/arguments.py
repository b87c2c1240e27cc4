"""The arguments of a Web API call, in every form in which clients send them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from sandbox.workspace import JSON

# Arguments that are JSON: in a form they arrive as strings.
_NESTED = frozenset({"blocks", "attachments", "metadata", "view"})


class ApiError(Exception):
    """A refusal: ``{"ok": false, "error": …}``, with more fields where Slack gives more."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more

    @classmethod
    def with_messages(cls, error: str, messages: list[str]) -> ApiError:
        """A refusal that explains itself in ``errors`` and ``response_metadata.messages``."""
        told = [f"[ERROR] {message}" for message in messages]
        return cls(error, errors=messages, response_metadata={"messages": told})

    def as_json(self) -> JSON:
        """The body of the answer."""
        return {"ok": False, "error": self.error, **self.more}


class Arguments:
    """What a caller sent: query, form and JSON merged, the token apart."""

    def __init__(self, values: Mapping[str, Any], token: str) -> None:
        self.values = {key: _opened(key, value) for key, value in values.items()}
        self.token = token

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """A string ("" or the default if missing)."""
        value = self.values.get(name)
        return default if value is None else str(value)

    def required(self, name: str, error: str = "invalid_arguments") -> str:
        """A string that must be there. Raises ApiError."""
        text = self.text(name)
        if not text:
            raise (
                ApiError.with_messages(error, [f"missing required field: {name}"])
                if error == "invalid_arguments"
                else ApiError(error)
            )
        return text

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean; 1, true and True count as yes."""
        value = self.values.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """A whole number. Raises ApiError ``invalid_limit`` or ``invalid_arguments``."""
        value = self.values.get(name)
        if value in (None, ""):
            return default
        try:
            return int(str(value))
        except ValueError:
            raise ApiError("invalid_limit" if name == "limit" else "invalid_arguments") from None

    def names(self, name: str) -> list[str]:
        """A list: a JSON array or a comma-separated string."""
        value = self.values.get(name)
        if isinstance(value, list):
            return [str(item) for item in value]
        return [part.strip() for part in str(value or "").split(",") if part.strip()]

    def array(self, name: str, error: str) -> list[JSON]:
        """A list of JSON objects, empty if missing. Raises ApiError ``error`` for anything else."""
        value = self.values.get(name)
        if value is None or value == "":
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise ApiError(error)
        return value


def _opened(name: str, value: Any) -> Any:
    if name not in _NESTED or not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


async def read_arguments(request: web.Request) -> Arguments:
    """Merge query, form or JSON body; take the token from the header, else from the arguments.

    Raises ApiError ``invalid_json`` or ``json_not_object`` for a bad JSON body,
    ``invalid_form_data`` or ``invalid_charset`` for one that cannot be read at all, and
    ``request_too_large`` for one beyond the server's limit.
    """
    values: dict[str, Any] = dict(request.query)
    try:
        values |= await _body(request)
    except web.HTTPRequestEntityTooLarge:
        raise ApiError("request_too_large") from None
    given = str(values.pop("token", "") or "")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return Arguments(values, token.strip() if scheme.lower() == "bearer" else given)


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type == "multipart/form-data":
        return await _multipart(request)
    raw = await _text(request)
    if request.content_type != "application/json":
        return dict(parse_qsl(raw, keep_blank_values=True))
    try:
        parsed = json.loads(raw) if raw else {}
    except (ValueError, RecursionError):
        raise ApiError("invalid_json") from None
    if not isinstance(parsed, dict):
        raise ApiError("json_not_object")
    return parsed


async def _multipart(request: web.Request) -> dict[str, Any]:
    try:
        return dict(await request.post())
    except (ValueError, AssertionError):
        raise ApiError("invalid_form_data") from None


async def _text(request: web.Request) -> str:
    try:
        return await request.text()
    except LookupError:
        raise ApiError("invalid_charset") from None
    except UnicodeDecodeError:
        is_json = request.content_type == "application/json"
        raise ApiError("invalid_json" if is_json else "invalid_form_data") from None
