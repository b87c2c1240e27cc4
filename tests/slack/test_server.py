"""The HTTP door: what Slack signed gets in, and nothing that knocks breaks it."""

import json
import logging
from datetime import timedelta

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.slack.server import LARGEST_BODY
from sandbox.clock import signing_time
from tests.prep_team import SECRET, PrepTeam
from tests.slack.letters import FORM_TYPE, JSON_TYPE, Letter, Postman, command, event, interaction

GREETING = b'{"type": "url_verification", "challenge": "only Slack knows"}'
FIVE_MINUTES = 300


async def test_the_address_is_verified(postman: Postman) -> None:
    reply = await postman.brings(Letter(GREETING))
    assert reply.status == 200
    assert json.loads(reply.text)["challenge"] == "only Slack knows"


async def test_a_request_signed_with_another_secret_is_refused(postman: Postman) -> None:
    assert (await postman.brings(Letter(GREETING, secret="a guess"))).status == 401


@pytest.mark.parametrize(
    ("age_s", "status"),
    [(FIVE_MINUTES - 5, 200), (FIVE_MINUTES + 5, 401), (5 - FIVE_MINUTES, 200), (-310, 401)],
)
async def test_a_request_is_good_for_five_minutes(
    postman: Postman, age_s: int, status: int
) -> None:
    assert (await postman.brings(Letter(GREETING, age_s=age_s))).status == status


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0="},
        {"X-Slack-Signature": "v0=\u00e9"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "\u0661\u0667"},
        {"X-Slack-Request-Timestamp": "9" * 400},
    ],
)
async def test_a_request_with_odd_headers_is_refused(
    postman: Postman, headers: dict[str, str]
) -> None:
    reply = await postman.brings(Letter(GREETING, headers=headers))
    assert (reply.status, "Traceback" in reply.text) == (401, False)


async def test_an_unsigned_request_is_refused(postman: Postman) -> None:
    assert (await postman.posts(GREETING, {"Content-Type": JSON_TYPE})).status == 401
    assert (await postman.posts(b"", {})).status == 401


async def test_a_body_changed_on_its_way_is_refused(postman: Postman) -> None:
    headers = Letter(GREETING).signed()
    assert (await postman.posts(GREETING + b" ", headers)).status == 401


@pytest.mark.parametrize("content_type", [JSON_TYPE, FORM_TYPE, "text/plain"])
async def test_bytes_that_are_no_text_are_refused(postman: Postman, content_type: str) -> None:
    reply = await postman.brings(Letter(b"\xff\xfe{", content_type))
    assert 400 <= reply.status < 500


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", JSON_TYPE),
        (b"{", JSON_TYPE),
        (b"not json", JSON_TYPE),
        (b"[" * 100_000, JSON_TYPE),
        (b"payload={", FORM_TYPE),
        (b"payload=[1]", FORM_TYPE),
        (b"payload=" + b"[" * 100_000, FORM_TYPE),
        (b'{"type":', "text/plain"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused_in_words(
    postman: Postman, body: bytes, content_type: str
) -> None:
    reply = await postman.brings(Letter(body, content_type))
    assert reply.status == 400
    assert reply.text.startswith("The body is not")
    assert "Traceback" not in reply.text


async def test_a_body_that_is_too_large_is_refused_unread(postman: Postman) -> None:
    assert (await postman.brings(Letter(b"x" * (LARGEST_BODY + 1)))).status == 413


async def test_slack_may_look_at_the_certificate_without_a_signature(postman: Postman) -> None:
    check = b"ssl_check=1&token=whatever"
    assert (await postman.posts(check, {"Content-Type": FORM_TYPE})).status == 200


async def test_a_command_does_not_get_in_as_a_look_at_the_certificate(postman: Postman) -> None:
    forged = b"ssl_check=1&command=%2Fprep&text=setup"
    assert (await postman.posts(forged, {"Content-Type": FORM_TYPE})).status == 401
    padded = b"ssl_check=1&pad=" + b"x" * 2_000
    assert (await postman.posts(padded, {"Content-Type": FORM_TYPE})).status == 401


async def test_slack_limiting_our_events_is_noted_and_acknowledged(
    postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    notice = {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1}
    assert (await postman.brings(event(notice))).status == 200
    assert "slack_limits_our_events" in caplog.text


async def test_what_nobody_listens_to_is_acknowledged(prep: PrepTeam, postman: Postman) -> None:
    team = {"id": prep.slack.team_id}
    user = {"id": "U1", "team_id": prep.slack.team_id}
    who = {"team": team, "user": user, "trigger_id": "1.2.3"}
    for letter in [
        event(_callback(prep, {"type": "team_join", "user": {"id": "U1"}})),
        event(_callback(prep, {"type": "no_event_of_ours"})),
        interaction(who | {"type": "block_actions", "actions": [{"action_id": "of_old"}]}),
        interaction(who | {"type": "view_submission", "view": _view("of_old")}),
        interaction(who | {"type": "view_closed", "view": _view("of_old")}),
        interaction(who | {"type": "shortcut", "callback_id": "of_old"}),
        interaction(who | {"type": "message_action", "callback_id": "of_old"}),
        interaction(
            who | {"type": "block_suggestion", "action_id": "of_old", "block_id": "b", "value": ""}
        ),
    ]:
        reply = await postman.brings(letter)
        assert reply.status == 200, letter.body
    assert prep.slack.ledger.calls("views.open") == []


async def test_an_unknown_workspace_is_acknowledged_and_dropped(
    prep: PrepTeam, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = {"team": {"id": "T404"}, "user": {"id": "U1"}, "trigger_id": "1.2.3"}
    before = len(prep.slack.ledger.calls())
    for letter in [
        event(_callback(prep, {"type": "app_uninstalled"}) | {"team_id": "T404"}),
        command({"command": "/prep", "team_id": "T404", "user_id": "U1", "text": "help"}),
        interaction(stranger | {"type": "block_actions", "actions": [{"action_id": "why_round"}]}),
        interaction(stranger | {"type": "view_submission", "view": _view("setup")}),
    ]:
        assert (await postman.brings(letter)).status == 200, letter.body
    assert len(prep.slack.ledger.calls()) == before
    assert caplog.text.count("unknown_workspace") == 4


async def test_a_stranger_cannot_make_the_app_call_an_address(
    prep: PrepTeam, postman: Postman
) -> None:
    # Bolt's own way with a workspace it does not know is to write to the payload's response_url.
    address = f"http://127.0.0.1:{prep.app.port}/nowhere"
    fields = {"command": "/prep", "team_id": "T404", "response_url": address, "text": ""}
    assert (await postman.brings(command(fields))).status == 200


async def test_the_door_says_what_it_is_to_a_browser(postman: Postman) -> None:
    assert (await postman.gets("/slack/events")).status == 405
    assert (await postman.gets("/")).status == 404


async def test_no_answer_of_the_door_shows_the_secret(
    postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    reply = await postman.brings(Letter(b"payload={", FORM_TYPE))
    assert SECRET not in reply.text + caplog.text


async def test_health_tells_the_age_of_the_last_tick(prep: PrepTeam, postman: Postman) -> None:
    reply = await postman.gets("/health")
    assert (reply.status, json.loads(reply.text)["last_tick_age_seconds"]) == (503, None)
    await prep.turns()
    reply = await postman.gets("/health")
    assert (reply.status, json.loads(reply.text)) == (
        200,
        {"status": "ok", "database": "ok", "last_tick_age_seconds": 0.0},
    )
    prep.clock.move_on(timedelta(seconds=61))
    reply = await postman.gets("/health")
    assert (reply.status, json.loads(reply.text)["status"]) == (503, "unwell")


async def test_bolt_checks_the_signature_as_well(postman: Postman) -> None:
    # The signature of one body does not open the door for another, by whichever path it goes.
    stamp = str(signing_time())
    signer = SignatureVerifier(SECRET)
    signature = signer.generate_signature(timestamp=stamp, body="command=%2Fprep") or ""
    headers = {
        "Content-Type": FORM_TYPE,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature,
    }
    assert (await postman.posts(b"command=%2Fprep&text=setup", headers)).status == 401


def _callback(prep: PrepTeam, inner: dict[str, object]) -> dict[str, object]:
    return {"type": "event_callback", "team_id": prep.slack.team_id, "event": inner}


def _view(callback_id: str) -> dict[str, object]:
    return {"type": "modal", "callback_id": callback_id, "state": {"values": {}}}
