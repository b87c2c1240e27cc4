"""What cannot be read gets Slack's own error form, and never a stack trace."""

from __future__ import annotations

import io
import json
from typing import Any

import aiohttp
import pytest

from tests.sandbox.peer import Room

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


async def _answer(url: str, body: bytes, kind: str, token: str) -> tuple[int, Any]:
    headers = {"content-type": kind, "authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=io.BytesIO(body), headers=headers) as response,
    ):
        return response.status, json.loads(await response.text())


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        (FORM, b"text=\xff\xfe", "invalid_form_data"),
        ("multipart/form-data; boundary=x", b"no boundary here", "invalid_form_data"),
        ("multipart/form-data", b"no boundary at all", "invalid_form_data"),
        (f"{JSON}; charset=klingon", b"{}", "invalid_charset"),
        (JSON, b"\xff\xfe{", "invalid_json"),
        (JSON, b"[" * 100_000, "invalid_json"),
        (JSON, b"{", "invalid_json"),
        (JSON, b"[1]", "json_not_object"),
        (JSON, b'{"channel": ["x"], "text": {"a": 1}}', "channel_not_found"),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused_as_slack_does(
    room: Room, kind: str, body: bytes, error: str
) -> None:
    url = f"{room.sandbox.api_url}chat.postMessage"
    status, answer = await _answer(url, body, kind, room.app.spec.bot_token)
    assert (status, answer["ok"], answer["error"]) == (200, False, error)


async def test_a_response_url_refuses_what_it_cannot_read(room: Room) -> None:
    url = f"{room.sandbox.platform.root_url}/respond/none"
    assert await _answer(url, b"\xff\xff", JSON, "") == (
        400,
        {"ok": False, "error": "invalid_payload"},
    )
    assert await _answer(url, b"x" * 2_000_000, JSON, "") == (
        413,
        {"ok": False, "error": "request_too_large"},
    )
