"""What the app hears: message events of every kind, membership, life cycle."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.workspace import RefusedError
from tests.sandbox.peer import Peer, Room


async def test_a_reply_tells_its_thread_and_whose_message_it_answers(
    room: Room, listening: Peer
) -> None:
    posted = await room.client.chat_postMessage(channel=room.channel.id, text="Why is TCP slow?")
    question = room.channel.by_ts[str(posted["ts"])]
    reply = await room.alice.replies(question, "Because of the handshake.")
    await room.sandbox.settled()
    event = listening.of("message")[-1]
    assert event["user"] == room.alice.id
    assert event["text"] == "Because of the handshake."
    assert (event["ts"], event["thread_ts"]) == (reply.ts, question.ts)
    assert event["parent_user_id"] == room.app.bot_user_id
    assert event["channel_type"] == "channel"
    assert event["client_msg_id"]
    assert event["blocks"][0]["type"] == "rich_text"


async def test_the_app_hears_its_own_message_with_its_metadata(room: Room, listening: Peer) -> None:
    metadata = {"event_type": "question_posted", "event_payload": {"key": "k1"}}
    await room.client.chat_postMessage(channel=room.channel.id, text="Q", metadata=metadata)
    await room.sandbox.settled()
    (event,) = listening.of("message")
    assert event["bot_id"] == room.app.bot_id
    assert event["app_id"] == room.app.app_id
    assert event["metadata"] == metadata


async def test_a_broadcast_reply_has_its_subtype_and_its_root(room: Room, listening: Peer) -> None:
    question = await room.bob.says(room.channel, "Anyone?")
    await room.alice.replies(question, "Me!", broadcast=True)
    await room.sandbox.settled()
    (event,) = listening.of("message", "thread_broadcast")
    assert event["thread_ts"] == question.ts
    assert event["root"]["ts"] == question.ts
    assert [m.text for m in room.channel.messages] == ["Anyone?", "Me!"]


async def test_a_reply_with_a_photo_is_a_file_share(room: Room, listening: Peer) -> None:
    question = await room.bob.says(room.channel, "Draw it")
    await room.alice.replies(question, "Here", files=("whiteboard.png",))
    await room.sandbox.settled()
    (event,) = listening.of("message", "file_share")
    assert event["files"][0]["name"] == "whiteboard.png"
    assert event["parent_user_id"] == room.bob.id


async def test_an_edit_tells_the_message_as_it_is_and_as_it_was(
    room: Room, listening: Peer
) -> None:
    message = await room.alice.says(room.channel, "first")
    await room.alice.edits(message, "second")
    await room.sandbox.settled()
    (event,) = listening.of("message", "message_changed")
    assert event["hidden"] is True
    assert event["message"]["text"] == "second"
    assert event["message"]["edited"]["user"] == room.alice.id
    assert event["message"]["ts"] == message.ts
    assert event["previous_message"]["text"] == "first"
    assert event["ts"] > message.ts


async def test_a_deleted_reply_tells_its_thread(room: Room, listening: Peer) -> None:
    question = await room.bob.says(room.channel, "Q")
    reply = await room.alice.replies(question, "A")
    await room.alice.deletes(reply)
    await room.sandbox.settled()
    (event,) = listening.of("message", "message_deleted")
    assert event["deleted_ts"] == reply.ts
    assert event["previous_message"]["thread_ts"] == question.ts
    assert question.thread == []


async def test_a_deleted_parent_with_replies_stays_as_a_tombstone(
    room: Room, listening: Peer
) -> None:
    question = await room.bob.says(room.channel, "Q")
    await room.alice.replies(question, "A")
    room.sandbox.deletes(question)
    await room.sandbox.settled()
    (event,) = listening.of("message", "message_changed")
    assert event["message"]["subtype"] == "tombstone"
    assert event["previous_message"]["text"] == "Q"
    assert listening.of("message", "message_deleted") == []
    assert question in room.channel.messages


async def test_nothing_is_heard_of_a_channel_the_app_is_not_in(room: Room, listening: Peer) -> None:
    elsewhere = room.sandbox.channel("elsewhere", members=[room.alice])
    await room.alice.says(elsewhere, "psst")
    await room.sandbox.settled()
    assert listening.events == []


async def test_nothing_is_heard_without_a_subscription(room: Room, listening: Peer) -> None:
    private = room.sandbox.channel("den", members=[room.alice, room.app], private=True)
    object.__setattr__(room.app.spec, "events", ("message.channels",))
    await room.alice.says(private, "psst")
    await room.alice.says(room.channel, "hello")
    await room.sandbox.settled()
    assert [event["text"] for event in listening.events] == ["hello"]


async def test_nothing_is_heard_without_the_scope_for_it(room: Room, listening: Peer) -> None:
    private = room.sandbox.channel("den", members=[room.alice, room.app], private=True)
    kept = tuple(scope for scope in room.app.spec.scopes if scope != "groups:history")
    room.app.spec = replace(room.app.spec, scopes=kept)
    await room.alice.says(private, "psst")
    await room.alice.says(room.channel, "hello")
    await room.sandbox.settled()
    assert [event["text"] for event in listening.events] == ["hello"]


async def test_a_mention_arrives_beside_the_message(room: Room, listening: Peer) -> None:
    said = await room.alice.says(room.channel, f"<@{room.app.bot_user_id}> help")
    await room.sandbox.settled()
    (mention,) = listening.of("app_mention")
    assert mention["ts"] == said.ts
    assert len(listening.of("message")) == 1


async def test_a_direct_message_is_of_type_im(room: Room, listening: Peer) -> None:
    await room.alice.says(room.alice.direct_message(), "help")
    await room.sandbox.settled()
    (event,) = listening.of("message")
    assert event["channel_type"] == "im"


async def test_joining_and_being_removed_is_told(room: Room, listening: Peer) -> None:
    channel = room.sandbox.channel("new", members=[room.alice])
    room.sandbox.invites(channel, room.app)
    await room.sandbox.settled()
    (joined,) = listening.of("member_joined_channel")
    assert joined["user"] == room.app.bot_user_id
    room.sandbox.kicks(channel, room.app)
    await room.sandbox.settled()
    (left,) = listening.of("channel_left")
    assert left["channel"] == channel.id
    assert left["actor_id"] == room.sandbox.owner.id
    await room.alice.says(channel, "gone")
    await room.sandbox.settled()
    assert listening.of("message") == []


async def test_archiving_and_opening_again_is_told(room: Room, listening: Peer) -> None:
    room.sandbox.archive(room.channel)
    room.sandbox.unarchive(room.channel)
    await room.sandbox.settled()
    assert len(listening.of("channel_archive")) == 1
    assert len(listening.of("channel_unarchive")) == 1


async def test_a_deleted_channel_is_told_and_gone(room: Room, listening: Peer) -> None:
    room.sandbox.remove(room.channel)
    await room.sandbox.settled()
    assert [e["channel"] for e in listening.of("channel_deleted")] == [room.channel.id]
    told = await room.call("conversations.info", channel=room.channel.id)
    assert told["error"] == "channel_not_found"


@pytest.mark.parametrize("revoked_first", [True, False])
async def test_an_uninstalled_app_hears_it_in_either_order_and_is_locked_out(
    room: Room, revoked_first: bool
) -> None:
    room.app.request_url = "http://127.0.0.1:9/"
    room.sandbox.uninstall(room.app, revoked_first=revoked_first)
    await room.sandbox.settled()
    sent = [d.payload["event"] for d in room.sandbox.ledger.deliveries() if d.attempt == 0]
    kinds = ["tokens_revoked", "app_uninstalled"]
    assert [event["type"] for event in sent] == (kinds if revoked_first else kinds[::-1])
    assert (await room.call("auth.test"))["error"] == "account_inactive"
    assert room.app.bot_user_id not in room.channel.member_ids


async def test_a_revoked_token_is_refused_as_such(room: Room, listening: Peer) -> None:
    room.sandbox.revoke(room.app)
    await room.sandbox.settled()
    (event,) = listening.of("tokens_revoked")
    assert event["tokens"]["bot"] == [room.app.bot_user_id]
    assert (await room.call("auth.test"))["error"] == "token_revoked"


async def test_reactions_are_told(room: Room, listening: Peer) -> None:
    message = await room.alice.says(room.channel, "hi")
    await room.bob.reacts(message, "tada")
    await room.bob.unreacts(message, "tada")
    await room.sandbox.settled()
    (added,) = listening.of("reaction_added")
    assert added["item"] == {"type": "message", "channel": room.channel.id, "ts": message.ts}
    assert added["item_user"] == room.alice.id
    assert len(listening.of("reaction_removed")) == 1
    assert message.reactions == {}


async def test_the_envelope_names_the_workspace_and_the_app(room: Room, listening: Peer) -> None:
    await room.alice.says(room.channel, "hi")
    await room.sandbox.settled()
    assert len(listening.events) == 1
    (delivery,) = room.sandbox.ledger.deliveries("events_api", event_type="message")
    envelope = delivery.payload
    assert envelope["type"] == "event_callback"
    assert envelope["team_id"] == room.sandbox.team_id
    assert envelope["api_app_id"] == room.app.app_id
    assert envelope["authorizations"][0]["user_id"] == room.app.bot_user_id
    assert envelope["event_time"] == int(room.clock.now().timestamp())


async def test_a_shared_channel_is_told_once_for_two_installations(
    room: Room, listening: Peer
) -> None:
    twin = room.sandbox.install_app(replace(room.app.spec, bot_token="xoxb-twin"), team="TOTHER")
    twin.request_url = room.app.request_url
    assert twin.app_id == room.app.app_id
    shared = room.sandbox.channel("shared", members=[room.alice, room.app, twin])
    await room.alice.says(shared, "hi")
    await room.sandbox.settled()
    (delivery,) = room.sandbox.ledger.deliveries("events_api")
    assert delivery.payload["is_ext_shared_channel"] is True
    assert len(listening.events) == 1


async def test_a_guest_s_message_names_her_workspace(room: Room, listening: Peer) -> None:
    olga = room.sandbox.person("olga", team="TOTHER")
    shared = room.sandbox.channel("shared", members=[olga, room.app])
    await olga.says(shared, "hi")
    await room.sandbox.settled()
    (event,) = listening.of("message")
    assert (event["user_team"], event["source_team"]) == ("TOTHER", "TOTHER")


async def test_what_people_type_arrives_with_entities_but_mentions_stay(
    room: Room, listening: Peer
) -> None:
    await room.alice.says(room.channel, f"<@{room.bob.id}> a < b && c")
    await room.sandbox.settled()
    (event,) = listening.of("message")
    assert event["text"] == f"<@{room.bob.id}> a &lt; b &amp;&amp; c"


async def test_people_are_held_to_what_slack_lets_them_do(room: Room) -> None:
    stranger = room.sandbox.person("carol")
    with pytest.raises(RefusedError, match="carol is not in #quiz-room"):
        await stranger.says(room.channel, "hi")
    said = await room.alice.says(room.channel, "mine")
    with pytest.raises(RefusedError, match="own messages"):
        await room.bob.edits(said, "yours")
    room.sandbox.archive(room.channel)
    with pytest.raises(RefusedError, match="archived"):
        await room.alice.says(room.channel, "hi")
