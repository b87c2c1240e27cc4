"""The Web API: argument forms, tokens, scopes, membership, validation, paging."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.peer import Room

_BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go"}
_SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}


async def _posted(room: Room, text: str = "Q", **more: Any) -> str:
    answer = await room.client.chat_postMessage(channel=room.channel.id, text=text, **more)
    return str(answer["ts"])


async def _error(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


def _without_scope(room: Room, *scopes: str) -> None:
    kept = tuple(scope for scope in room.app.spec.scopes if scope not in scopes)
    room.app.spec = replace(room.app.spec, scopes=kept)


async def test_arguments_come_as_query_form_or_json(room: Room) -> None:
    session = room.client.session
    assert session is not None
    url = room.sandbox.api_url + "conversations.info"
    token = {"authorization": "Bearer xoxb-quiz"}
    args = {"channel": room.channel.id}
    for given in ({"params": args}, {"data": args}, {"json": args}):
        async with session.post(url, headers=token, **given) as answer:  # type: ignore[arg-type]
            assert (await answer.json())["ok"] is True
    async with session.get(url, params=args | {"token": "xoxb-quiz"}) as answer:
        assert (await answer.json())["channel"]["name"] == "quiz-room"


async def test_the_sdk_posts_blocks_and_metadata(room: Room) -> None:
    metadata = {"event_type": "asked", "event_payload": {"n": 1}}
    actions = {"type": "actions", "elements": [_BUTTON]}
    ts = await _posted(room, blocks=[_SECTION, actions], metadata=metadata, unfurl_links=False)
    message = room.channel.by_ts[ts]
    assert message.metadata == metadata
    assert message.blocks[1]["elements"][0]["action_id"] == "go"
    assert all(block["block_id"] for block in message.blocks)


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), ("xapp-1", "not_allowed_token_type")],
)
async def test_a_bad_token_is_refused(room: Room, token: str, error: str) -> None:
    room.app.spec = replace(room.app.spec, app_token="xapp-1")
    session = room.client.session
    assert session is not None
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with session.post(room.sandbox.api_url + "auth.test", headers=headers) as answer:
        assert await answer.json() == {"ok": False, "error": error}


async def test_an_unknown_method_is_refused(room: Room) -> None:
    assert (await room.call("chat.postMesage"))["error"] == "unknown_method"


async def test_bad_json_is_refused_and_an_oversize_body_too(room: Room) -> None:
    session = room.client.session
    assert session is not None
    url = room.sandbox.api_url + "auth.test"
    headers = {"content-type": "application/json"}
    async with session.post(url, data="{", headers=headers) as answer:
        assert (await answer.json())["error"] == "invalid_json"
    async with session.post(url, data=io.BytesIO(b"text=" + b"x" * 1_100_000)) as answer:
        assert answer.status == 413
        assert (await answer.json())["error"] == "request_too_large"


async def test_a_missing_scope_is_named(room: Room) -> None:
    _without_scope(room, "chat:write")
    told = await room.call("chat.postMessage", channel=room.channel.id, text="Q")
    assert told["error"] == "missing_scope"
    assert told["needed"] == "chat:write"
    assert "channels:read" in told["provided"]


async def test_every_reply_to_a_token_says_what_it_may_do(room: Room) -> None:
    _without_scope(room, "chat:write")
    scopes = ",".join(room.app.spec.scopes)
    done = await room.client.auth_test()
    assert done.headers["X-OAuth-Scopes"] == scopes
    with pytest.raises(SlackApiError) as refused:
        await room.client.chat_postMessage(channel=room.channel.id, text="Q")
    assert refused.value.response.headers["X-OAuth-Scopes"] == scopes


async def test_the_scope_follows_the_kind_of_channel(room: Room) -> None:
    _without_scope(room, "groups:read", "groups:history")
    den = room.sandbox.channel("den", members=[room.app], private=True)
    told = await room.call("conversations.info", channel=den.id)
    assert (told["error"], told["needed"]) == ("missing_scope", "groups:read")
    told = await room.call("conversations.history", channel=den.id)
    assert (told["error"], told["needed"]) == ("missing_scope", "groups:history")
    assert (await room.call("conversations.info", channel=room.channel.id))["ok"] is True


async def test_posting_needs_membership(room: Room) -> None:
    elsewhere = room.sandbox.channel("elsewhere")
    hidden = room.sandbox.channel("hidden", private=True)
    post = room.client.chat_postMessage
    assert await _error(post(channel=elsewhere.id, text="Q")) == "not_in_channel"
    assert await _error(post(channel=hidden.id, text="Q")) == "channel_not_found"
    assert await _error(post(channel="C404", text="Q")) == "channel_not_found"
    room.sandbox.archive(room.channel)
    assert await _error(post(channel=room.channel.id, text="Q")) == "is_archived"
    room.app.spec = replace(room.app.spec, scopes=(*room.app.spec.scopes, "chat:write.public"))
    assert (await post(channel=elsewhere.id, text="Q"))["ok"]


async def test_a_user_id_opens_the_direct_message(room: Room) -> None:
    answer = await room.client.chat_postMessage(channel=room.alice.id, text="Psst")
    direct = room.alice.direct_message()
    assert answer["channel"] == direct.id
    opened = await room.client.conversations_open(users=room.alice.id)
    assert opened["channel"]["id"] == direct.id


async def test_bad_blocks_are_refused_with_the_place(room: Room) -> None:
    bad = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    told = await room.call(
        "chat.postMessage", channel=room.channel.id, text="Q", blocks=json.dumps([bad])
    )
    assert told["error"] == "invalid_blocks"
    assert "/blocks/0/text" in told["response_metadata"]["messages"][0]
    told = await room.call("chat.postMessage", channel=room.channel.id, text="Q", blocks="nope")
    assert told["error"] == "invalid_blocks_format"
    assert room.channel.messages == []


@pytest.mark.parametrize(
    ("text", "error"), [("", "no_text"), ("   ", "no_text"), ("x" * 40_001, "msg_too_long")]
)
async def test_text_has_its_limits(room: Room, text: str, error: str) -> None:
    told = await room.call("chat.postMessage", channel=room.channel.id, text=text)
    assert told["error"] == error


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_type": "asked"}, "invalid_metadata_format"),
        ({"event_type": "not good!", "event_payload": {}}, "invalid_metadata_format"),
        ({"event_type": "a", "event_payload": {"x": "y" * 20_000}}, "metadata_too_large"),
    ],
)
async def test_bad_metadata_is_refused(room: Room, metadata: Any, error: str) -> None:
    told = await room.call(
        "chat.postMessage", channel=room.channel.id, text="Q", metadata=json.dumps(metadata)
    )
    assert told["error"] == error


async def test_metadata_shows_only_on_request(room: Room) -> None:
    metadata = {"event_type": "asked", "event_payload": {"n": 1}}
    await _posted(room, metadata=metadata)
    plain = await room.client.conversations_history(channel=room.channel.id)
    assert "metadata" not in plain["messages"][0]
    full = await room.client.conversations_history(
        channel=room.channel.id, include_all_metadata=True
    )
    assert full["messages"][0]["metadata"] == metadata


async def test_updating_with_text_alone_removes_the_blocks_and_keeps_the_metadata(
    room: Room,
) -> None:
    metadata = {"event_type": "asked", "event_payload": {"n": 1}}
    ts = await _posted(room, blocks=[_SECTION], metadata=metadata)
    await room.client.chat_update(channel=room.channel.id, ts=ts, text="Closed")
    message = room.channel.by_ts[ts]
    assert (message.text, message.blocks, message.metadata) == ("Closed", [], metadata)
    assert message.edited is not None


async def test_only_own_messages_can_be_updated_or_deleted(room: Room) -> None:
    said = await room.alice.says(room.channel, "mine")
    update, delete = room.client.chat_update, room.client.chat_delete
    where: dict[str, Any] = {"channel": room.channel.id, "ts": said.ts}
    assert await _error(update(**where, text="x")) == "cant_update_message"
    assert await _error(delete(**where)) == "cant_delete_message"
    missing: dict[str, Any] = {"channel": room.channel.id, "ts": "1.000001"}
    assert await _error(update(**missing, text="x")) == "message_not_found"
    assert await _error(delete(**missing)) == "message_not_found"


async def test_a_deleted_message_is_gone(room: Room) -> None:
    ts = await _posted(room)
    await room.client.chat_delete(channel=room.channel.id, ts=ts)
    assert room.channel.messages == []


async def test_an_ephemeral_is_seen_by_one_member_only(room: Room) -> None:
    outsider = room.sandbox.person("olga")
    post = room.client.chat_postEphemeral
    await post(channel=room.channel.id, user=room.alice.id, text="psst")
    assert [m.text for m in room.alice.ephemerals(room.channel)] == ["psst"]
    assert room.bob.ephemerals(room.channel) == []
    assert room.channel.messages == []
    assert [m.text for m in room.channel.visible_to(room.alice)] == ["psst"]
    refused = post(channel=room.channel.id, user=outsider.id, text="psst")
    assert await _error(refused) == "user_not_in_channel"


async def test_an_ephemeral_in_a_thread_shows_only_once_the_thread_has_a_reply(
    room: Room,
) -> None:
    ts = await _posted(room)
    await room.client.chat_postEphemeral(
        channel=room.channel.id, user=room.alice.id, text="psst", thread_ts=ts
    )
    assert room.alice.ephemerals(room.channel) == []
    await room.bob.replies(room.channel.by_ts[ts], "An answer")
    assert [m.text for m in room.alice.ephemerals(room.channel)] == ["psst"]


async def test_replies_need_a_thread_that_is_there(room: Room) -> None:
    ts = await _posted(room)
    post = room.client.chat_postMessage
    place: dict[str, Any] = {"channel": room.channel.id, "text": "A"}
    reply = await post(**place, thread_ts=ts)
    assert await _error(post(**place, thread_ts="5.000001")) == "thread_not_found"
    assert await _error(post(**place, thread_ts="five")) == "invalid_thread_ts"
    assert await _error(post(**place, thread_ts=reply["ts"])) == "cannot_reply_to_message"
    parent = (await room.client.conversations_history(channel=room.channel.id))["messages"][0]
    assert (parent["reply_count"], parent["latest_reply"]) == (1, reply["ts"])


async def test_timestamps_rise_even_if_the_clock_stands_or_goes_back(room: Room) -> None:
    first, second = await _posted(room), await _posted(room)
    room.clock.move_on(timedelta(hours=-1))
    third = await _posted(room)
    assert first < second < third
    assert len(first.partition(".")[0]) == 10
    assert len(first.partition(".")[2]) == 6


async def test_history_comes_newest_first_in_pages(room: Room) -> None:
    sent = [(await room.alice.says(room.channel, f"m{n}")).ts for n in range(5)]
    page = await room.client.conversations_history(channel=room.channel.id, limit=2)
    assert [m["text"] for m in page["messages"]] == ["m4", "m3"]
    assert page["has_more"] is True
    cursor = page["response_metadata"]["next_cursor"]
    page = await room.client.conversations_history(channel=room.channel.id, limit=2, cursor=cursor)
    assert [m["text"] for m in page["messages"]] == ["m2", "m1"]
    part = await room.client.conversations_history(
        channel=room.channel.id, oldest=sent[1], latest=sent[3]
    )
    assert [m["text"] for m in part["messages"]] == ["m2"]
    part = await room.client.conversations_history(
        channel=room.channel.id, oldest=sent[1], latest=sent[3], inclusive=True
    )
    assert [m["text"] for m in part["messages"]] == ["m3", "m2", "m1"]


async def test_replies_come_after_their_parent(room: Room) -> None:
    question = await room.bob.says(room.channel, "Q")
    for n in range(3):
        await room.alice.replies(question, f"a{n}")
    told = await room.client.conversations_replies(channel=room.channel.id, ts=question.ts)
    assert [m["text"] for m in told["messages"]] == ["Q", "a0", "a1", "a2"]
    history = await room.client.conversations_history(channel=room.channel.id)
    assert [m["text"] for m in history["messages"]] == ["Q"]
    missing = room.client.conversations_replies(channel=room.channel.id, ts="1.000001")
    assert await _error(missing) == "thread_not_found"


async def test_restricted_history_gives_fifteen_items_once_a_minute(room: Room) -> None:
    for n in range(20):
        await room.alice.says(room.channel, f"m{n}")
    room.sandbox.limits.restricted_history = True
    page = await room.client.conversations_history(channel=room.channel.id, limit=100)
    assert len(page["messages"]) == 15
    refused = room.client.conversations_history(channel=room.channel.id)
    with pytest.raises(SlackApiError) as error:
        await refused
    assert error.value.response.status_code == 429
    assert error.value.response.headers["Retry-After"] == "60"
    room.clock.move_on(timedelta(seconds=60))
    assert (await room.client.conversations_history(channel=room.channel.id))["ok"]


async def test_posting_faster_than_one_a_second_is_limited_after_a_burst(room: Room) -> None:
    for _ in range(10):
        await _posted(room)
    with pytest.raises(SlackApiError) as refused:
        await _posted(room)
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "1"
    other = room.sandbox.channel("other", members=[room.app])
    await room.client.chat_postMessage(channel=other.id, text="Q")
    room.clock.move_on(timedelta(seconds=1))
    await _posted(room)
    room.sandbox.limits.enabled = False
    for _ in range(30):
        await _posted(room)


async def test_a_tier_two_method_allows_twenty_calls_at_once(room: Room) -> None:
    for _ in range(20):
        await room.client.users_list()
    assert await _error(room.client.users_list()) == "ratelimited"
    assert (await room.client.users_info(user=room.alice.id))["ok"]
    room.clock.move_on(timedelta(seconds=3))
    assert (await room.client.users_list())["ok"]


async def test_joining_and_leaving(room: Room) -> None:
    channel = room.sandbox.channel("open")
    private = room.sandbox.channel("den", members=[room.app], private=True)
    await room.client.conversations_join(channel=channel.id)
    assert room.app.bot_user_id in channel.member_ids
    again = await room.client.conversations_join(channel=channel.id)
    assert again["warning"] == "already_in_channel"
    refused = room.client.conversations_join(channel=private.id)
    assert await _error(refused) == "method_not_supported_for_channel_type"
    await room.client.conversations_leave(channel=channel.id)
    assert room.app.bot_user_id not in channel.member_ids


async def test_channels_and_members_are_listed(room: Room) -> None:
    room.sandbox.channel("hidden", members=[room.alice], private=True)
    old = room.sandbox.channel("old", members=[room.app])
    room.sandbox.archive(old)
    told = await room.client.conversations_list(
        types="public_channel,private_channel", exclude_archived=True
    )
    assert [c["name"] for c in told["channels"]] == ["quiz-room"]
    mine = await room.client.users_conversations()
    assert [c["name"] for c in mine["channels"]] == ["quiz-room", "old"]
    members = await room.client.conversations_members(channel=room.channel.id, limit=2)
    assert members["members"] == [room.alice.id, room.bob.id]
    rest = await room.client.conversations_members(
        channel=room.channel.id, cursor=members["response_metadata"]["next_cursor"]
    )
    assert rest["members"] == [room.app.bot_user_id]


async def test_people_have_a_time_zone_and_strangers_show_less(room: Room) -> None:
    olga = room.sandbox.person("olga", team="TOTHER", tz=None)
    alice = (await room.client.users_info(user=room.alice.id))["user"]
    assert (alice["tz"], alice["tz_offset"]) == ("Europe/Berlin", 3600)
    stranger = (await room.client.users_info(user=olga.id))["user"]
    assert stranger["is_stranger"] is True
    assert stranger["team_id"] == "TOTHER"
    assert "tz" not in stranger
    assert await _error(room.client.users_info(user="U404")) == "user_not_found"


async def test_reactions_are_given_once_and_taken_back_once(room: Room) -> None:
    said = await room.alice.says(room.channel, "hi")
    where: dict[str, Any] = {
        "channel": room.channel.id,
        "timestamp": said.ts,
        "name": "white_check_mark",
    }
    await room.client.reactions_add(**where)
    assert said.reactions == {"white_check_mark": [room.app.bot_user_id]}
    assert await _error(room.client.reactions_add(**where)) == "already_reacted"
    got = await room.client.reactions_get(channel=room.channel.id, timestamp=said.ts)
    assert got["message"]["reactions"][0]["count"] == 1
    await room.client.reactions_remove(**where)
    assert await _error(room.client.reactions_remove(**where)) == "no_reaction"
    gone = room.client.reactions_add(**(where | {"timestamp": "1.000001"}))
    assert await _error(gone) == "message_not_found"


async def test_a_permalink_names_the_thread(room: Room) -> None:
    question = await room.bob.says(room.channel, "Q")
    reply = await room.alice.replies(question, "A")
    told = await room.client.chat_getPermalink(channel=room.channel.id, message_ts=reply.ts)
    assert told["permalink"].endswith(f"?thread_ts={question.ts}&cid={room.channel.id}")


async def test_who_am_i(room: Room) -> None:
    told = await room.client.auth_test()
    assert told["user_id"] == room.app.bot_user_id
    assert told["bot_id"] == room.app.bot_id
    assert told["team_id"] == room.sandbox.team_id
    assert (await room.client.bots_info(bot=room.app.bot_id))["bot"]["app_id"] == room.app.app_id
    assert (await room.client.team_info())["team"]["name"] == "Acme"


async def test_blocks_are_validated_without_a_token(room: Room) -> None:
    session = room.client.session
    assert session is not None
    url = room.sandbox.api_url + "blocks.validate"
    async with session.post(url, data={"blocks": json.dumps([_SECTION])}) as answer:
        assert (await answer.json())["ok"] is True
    async with session.post(url, data={"blocks": json.dumps([{"type": "nope"}])}) as answer:
        assert (await answer.json())["error"] == "invalid_blocks"


async def test_the_ledger_keeps_every_call(room: Room) -> None:
    await _posted(room, blocks=[_SECTION])
    await room.call("chat.postMessage", channel="C404", text="Q")
    good, bad = room.sandbox.ledger.calls("chat.postMessage")
    assert (good.ok, good.owner, good.args["blocks"]) == (True, room.app.app_id, [_SECTION])
    assert (bad.ok, bad.result["error"]) == (False, "channel_not_found")
    assert good.at == room.clock.now()
    assert room.sandbox.ledger.calls("chat.postMessage", channel="C404") == [bad]
