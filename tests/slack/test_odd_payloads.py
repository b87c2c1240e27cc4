"""Payloads with a good signature and odd contents: the door answers, and nothing comes of them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.prep_team import PrepTeam
from tests.slack.letters import FORM_TYPE, Letter, Postman, command, event, interaction
from tests.slack.payloads import CLICKS, COMMANDS, EVENTS, MESSAGE_EVENTS, SUBMISSIONS

# One app serves every example: what an example leaves behind is what the next must stand.
together = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@together
@given(
    letter=st.one_of(
        st.builds(event, MESSAGE_EVENTS),
        st.builds(event, EVENTS),
        st.builds(interaction, CLICKS),
        st.builds(interaction, SUBMISSIONS),
        st.builds(command, COMMANDS.map(lambda said: {k: str(v) for k, v in said.items()})),
    )
)
async def test_odd_payloads_never_break_the_door(postman: Postman, letter: Letter) -> None:
    reply = await postman.brings(letter)
    assert reply.status < 500
    assert "Traceback" not in reply.text


@together
@given(raw=st.binary(max_size=200), kind=st.sampled_from(["application/json", FORM_TYPE, "x/y"]))
async def test_signed_rubbish_never_breaks_the_door(
    postman: Postman, raw: bytes, kind: str
) -> None:
    assert (await postman.brings(Letter(raw, kind))).status < 500


@pytest.mark.parametrize("lost", ["channel", "type"])
async def test_an_event_that_lacks_a_field_is_acknowledged_and_dropped(
    prep: PrepTeam, postman: Postman, caplog: pytest.LogCaptureFixture, lost: str
) -> None:
    caplog.set_level("INFO")
    inner = {"type": "channel_archive", "channel": "C1"}
    del inner[lost]
    body = {"type": "event_callback", "team_id": prep.slack.team_id, "event": inner}
    assert (await postman.brings(event(body))).status == 200
    [line] = [r for r in caplog.records if r.message in ("malformed_payload", "nobody_listens")]
    assert line.exc_info is None


@pytest.mark.parametrize("lost", ["user_id", "channel_id", "response_url", "trigger_id"])
async def test_a_command_that_lacks_a_field_is_acknowledged_and_dropped(
    prep: PrepTeam, postman: Postman, caplog: pytest.LogCaptureFixture, lost: str
) -> None:
    fields = {
        "command": "/prep",
        "team_id": prep.slack.team_id,
        "user_id": "U1",
        "channel_id": "C1",
        "text": "help",
        "trigger_id": "1.2.3",
        "response_url": "http://127.0.0.1:9/respond",
    }
    del fields[lost]
    assert (await postman.brings(command(fields))).status == 200
    [line] = [record for record in caplog.records if record.message == "malformed_payload"]
    assert line.__dict__["field"] == lost


async def test_a_click_that_lacks_its_button_is_acknowledged_and_dropped(
    prep: PrepTeam, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    body = {
        "type": "block_actions",
        "team": {"id": prep.slack.team_id},
        "user": {"id": "U1"},
        "trigger_id": "1.2.3",
        "actions": [{"type": "button", "action_id": None, "block_id": "b"}],
    }
    assert (await postman.brings(interaction(body))).status == 200
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize(
    "inner", [{"type": False}, {"type": ["message"]}, {"type": {}}, [], "x", None]
)
async def test_an_event_that_bolt_cannot_digest_is_a_line_of_the_log_and_no_bug(
    prep: PrepTeam, postman: Postman, caplog: pytest.LogCaptureFixture, inner: object
) -> None:
    body = {"type": "event_callback", "team_id": prep.slack.team_id, "event": inner}
    assert (await postman.brings(event(body))).status < 500
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= 40]


@pytest.mark.parametrize(
    "memo",
    ["", "[]", '["a", 1]', '["a", "1", "b"]', '["a", 1e99, "b"]', '["a", -1, "b"]', "[" * 9999],
)
async def test_a_form_whose_memo_is_odd_is_acknowledged_and_dropped(
    prep: PrepTeam, postman: Postman, caplog: pytest.LogCaptureFixture, memo: str
) -> None:
    view = {
        "type": "modal",
        "callback_id": "suggest",
        "private_metadata": memo,
        "state": {"values": {}},
    }
    body = {
        "type": "view_submission",
        "team": {"id": prep.slack.team_id},
        "user": {"id": "U1"},
        "view": view,
    }
    reply = await postman.brings(interaction(body))
    assert (reply.status, reply.text) == (200, "")
    [line] = [record for record in caplog.records if record.message == "malformed_payload"]
    assert line.__dict__["field"] == "private_metadata"


async def test_a_form_that_lacks_its_author_is_acknowledged_and_dropped(
    prep: PrepTeam, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    view = {"type": "modal", "callback_id": "suggest", "state": {"values": {}}}
    body = {"type": "view_submission", "team": {"id": prep.slack.team_id}, "view": view}
    assert (await postman.brings(interaction(body))).status == 200
    assert not [record for record in caplog.records if record.exc_info]
