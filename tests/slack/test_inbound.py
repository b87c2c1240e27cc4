"""Payloads become facts, or nothing: never a half-made fact, never a surprise."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answering import Reply
from bot.domain.ids import ChannelId, InstallationId, MemberId, MessageTs, RoundId
from bot.domain.installations import Installation
from bot.slack import inbound
from bot.slack.inbound import (
    MalformedPayloadError,
    NotForUs,
    OwnRound,
    ReplyNews,
    RootDeleted,
    Value,
)
from tests.slack.payloads import BOT, CLICKS, COMMANDS, EVENTS, MESSAGE_EVENTS, SUBMISSIONS

BOTS = frozenset({BOT})
HERE = Installation(InstallationId(1), "T1", None, MemberId(BOT))
ROOT, REPLY, LATER = "1772400000.000100", "1772400060.000200", "1772400120.000300"


def news_of(event: dict[str, Any]) -> object:
    """What a message event means for us."""
    return inbound.message_news({"team_id": "T1", "event": {"type": "message"} | event}, BOTS)


def written(**changes: Any) -> dict[str, Any]:
    """A person's reply in a thread that the app began."""
    plain: dict[str, Any] = {
        "channel": "C1",
        "user": "U1",
        "text": "two words",
        "ts": REPLY,
        "thread_ts": ROOT,
        "parent_user_id": BOT,
    }
    return plain | changes


def reply(**changes: Any) -> Reply:
    """The fact behind `written()`."""
    plain: dict[str, Any] = {
        "channel_id": ChannelId("C1"),
        "thread_ts": MessageTs(ROOT),
        "ts": MessageTs(REPLY),
        "member_id": MemberId("U1"),
        "words": 2,
        "has_file": False,
        "edited_ts": None,
        "deleted": False,
    }
    return Reply(**(plain | changes))


@pytest.mark.parametrize(
    ("event", "fact"),
    [
        (written(), reply()),
        (written(subtype="thread_broadcast", root={"user": BOT}), reply()),
        (written(subtype="file_share", files=[{"id": "F"}]), reply(has_file=True)),
        (written(parent_user_id=None), reply()),
    ],
)
def test_a_reply_is_news(event: dict[str, Any], fact: Reply) -> None:
    assert news_of(event) == ReplyNews(fact)


def test_an_edit_is_news_of_the_message_it_changed() -> None:
    after = written(text="three words now", edited={"user": "U1", "ts": LATER})
    event = {"subtype": "message_changed", "channel": "C1", "message": after, "ts": LATER}
    assert news_of(event) == ReplyNews(reply(words=3, edited_ts=MessageTs(LATER)))


def test_a_deletion_is_news_of_the_message_that_is_gone() -> None:
    event = {
        "subtype": "message_deleted",
        "channel": "C1",
        "deleted_ts": REPLY,
        "previous_message": written(),
        "ts": LATER,
    }
    assert news_of(event) == ReplyNews(reply(deleted=True))


@pytest.mark.parametrize(
    "event",
    [
        {
            "subtype": "message_deleted",
            "deleted_ts": ROOT,
            "previous_message": {"user": BOT, "ts": ROOT},
        },
        {
            "subtype": "message_changed",
            "message": {"subtype": "tombstone", "ts": ROOT, "user": "USLACKBOT"},
        },
    ],
)
def test_our_message_can_vanish_or_leave_a_stone(event: dict[str, Any]) -> None:
    deleted = RootDeleted(ChannelId("C1"), MessageTs(ROOT), MessageTs(LATER))
    assert news_of({"channel": "C1", "ts": LATER} | event) == deleted


def test_our_own_message_names_its_round() -> None:
    metadata = {"event_type": "prep_round", "event_payload": {"round": 7}}
    event = {"user": BOT, "bot_id": "B1", "channel": "C1", "ts": ROOT, "metadata": metadata}
    assert news_of(event) == OwnRound("T1", ChannelId("C1"), MessageTs(ROOT), RoundId(7))


@pytest.mark.parametrize(
    "event",
    [
        written(thread_ts=None),
        written(thread_ts=REPLY),
        written(parent_user_id="U2"),
        written(parent_user_id=None, root={"user": "U2"}, subtype="thread_broadcast"),
        written(bot_id="B9"),
        written(subtype="bot_message"),
        written(subtype="channel_join"),
        written(subtype="message_replied"),
        written(user=None),
        written(user=BOT),
        written(ts="1772400060"),
        written(ts="١٧٧٢٤٠٠٠٦٠.000200"),
        written(channel="C1\x00"),
        written(user="U" * 65),
        {"user": BOT, "channel": "C1", "ts": ROOT, "metadata": {"event_type": "another_app"}},
    ],
)
def test_everything_else_is_not_for_us(event: dict[str, Any]) -> None:
    assert isinstance(news_of(event), NotForUs)


def test_another_apps_metadata_does_not_make_a_round() -> None:
    metadata = {"event_type": "prep_round", "event_payload": {"round": 7}}
    forged = {"user": "U1", "channel": "C1", "ts": ROOT, "metadata": metadata}
    assert isinstance(news_of(forged), NotForUs)


@given(MESSAGE_EVENTS)
def test_no_message_payload_surprises(payload: dict[str, Any]) -> None:
    news = inbound.message_news(payload, BOTS)
    match news:
        case ReplyNews(told):
            assert len(told.channel_id) <= 64
            assert len(told.member_id) <= 64
            assert told.thread_ts != told.ts
        case OwnRound():
            assert 0 < news.round_id < 2**63


@given(st.one_of(CLICKS, COMMANDS, SUBMISSIONS, EVENTS))
def test_other_payloads_surprise_only_by_being_malformed(payload: dict[str, Any]) -> None:
    readers: list[Callable[..., object]] = [
        inbound.click,
        inbound.command_call,
        inbound.submission,
        inbound.event,
    ]
    for read in readers:
        with suppress(MalformedPayloadError):
            read(payload, HERE)
    inbound.is_message_event(payload)


def test_a_click_in_a_message_is_read() -> None:
    body = {
        "user": {"id": "U1", "team_id": "T2"},
        "channel": {"id": "C1"},
        "trigger_id": "1.2.3",
        "response_url": "https://hooks.slack.com/x",
        "actions": [{"action_id": "why_round", "value": "7"}],
    }
    click = inbound.click(body, HERE)
    assert (click.member_id, click.channel_id, click.action_id, click.value) == (
        "U1",
        "C1",
        "why_round",
        "7",
    )
    assert click.is_outsider


@pytest.mark.parametrize("missing", ["user", "trigger_id", "actions"])
def test_a_click_without_what_it_needs_is_malformed(missing: str) -> None:
    body = {"user": {"id": "U1"}, "trigger_id": "1.2.3", "actions": [{"action_id": "a"}]}
    with pytest.raises(MalformedPayloadError, match=missing):
        inbound.click({name: value for name, value in body.items() if name != missing}, HERE)


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "plain_text_input", "value": "hi"}, Value("hi")),
        ({"type": "plain_text_input", "value": None}, Value()),
        ({"selected_option": {"value": "x"}}, Value("x")),
        ({"selected_option": None}, Value()),
        ({"selected_options": []}, Value(choices=())),
        ({"selected_options": [{"value": "a"}, {"value": "b"}]}, Value(choices=("a", "b"))),
        ({"selected_time": "09:00"}, Value("09:00")),
        ({"selected_conversation": "C1"}, Value("C1")),
    ],
)
def test_a_form_is_read_field_by_field(element: dict[str, Any], value: Value) -> None:
    view = {"callback_id": "setup", "state": {"values": {"field": {"field": element}}}}
    submission = inbound.submission({"user": {"id": "U1"}, "view": view}, HERE)
    assert submission.values == {"field": value}
