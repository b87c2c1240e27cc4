"""Commands, clicks, modals, shortcuts and Home, against a real Bolt app over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox.workspace import RefusedError
from tests.sandbox.peer import Peer, Room, bolt_peer, hear_everything, over_http


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def _button(label: str, action_id: str, value: str = "1") -> dict[str, Any]:
    return {"type": "button", "text": _plain(label), "action_id": action_id, "value": value}


def _actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "actions", "elements": list(elements)}


def _option(text: str, value: str) -> dict[str, Any]:
    return {"text": _plain(text), "value": value}


def _input(name: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = element | {"action_id": name}
    return {"type": "input", "block_id": name, "label": _plain(label), "element": given, **more}


_LEVELS = [_option("Easy", "easy"), _option("Hard", "hard")]


def _modal(*blocks: dict[str, Any], title: str = "Set up", **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "setup",
        "title": _plain(title),
        "submit": _plain("Save"),
        "blocks": list(blocks),
        **more,
    }


_FORM = _modal(
    _input("goal", "Your goal", {"type": "plain_text_input", "max_length": 20}),
    _input(
        "level",
        "Level",
        {"type": "static_select", "options": _LEVELS, "initial_option": _LEVELS[0]},
    ),
    _input("at", "Time", {"type": "timepicker", "initial_time": "09:00"}),
    _input(
        "days",
        "Days",
        {"type": "checkboxes", "options": [_option("Monday", "1"), _option("Friday", "5")]},
        optional=True,
    ),
    _input(
        "where",
        "Channel",
        {"type": "conversations_select", "default_to_current_conversation": True},
    ),
)


@pytest.fixture
async def peer(room: Room) -> AsyncIterator[Peer]:
    """A Bolt app over HTTP; tests register their listeners on ``peer.bolt``."""
    peer = bolt_peer(room)
    hear_everything(peer)
    async with over_http(room, peer):
        yield peer


def _opens(peer: Peer, view: dict[str, Any]) -> list[dict[str, Any]]:
    """Make /quiz open a modal; returns the list in which the submissions will be."""
    heard: list[dict[str, Any]] = []

    async def command(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    async def submitted(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    peer.bolt.command("/quiz")(command)
    peer.bolt.view("setup")(submitted)
    return heard


# --- commands ------------------------------------------------------------------------------------


async def test_a_command_is_answered_to_its_caller_alone(room: Room, peer: Peer) -> None:
    heard: list[dict[str, Any]] = []

    async def command(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack("Here you are.")

    peer.bolt.command("/quiz")(command)
    result = await room.alice.runs("/quiz random easy", room.channel)
    assert result.ok
    assert result.status == 200
    assert [m.text for m in room.alice.ephemerals(room.channel)] == ["Here you are."]
    assert room.bob.ephemerals(room.channel) == []
    (body,) = heard
    assert (body["command"], body["text"]) == ("/quiz", "random easy")
    assert (body["user_id"], body["channel_id"]) == (room.alice.id, room.channel.id)
    assert (body["team_id"], body["api_app_id"]) == (room.sandbox.team_id, room.app.app_id)
    assert body["is_enterprise_install"] == "false"


async def test_a_command_may_answer_everybody(room: Room, peer: Peer) -> None:
    async def command(ack: Any) -> None:
        await ack(text="For all", response_type="in_channel")

    peer.bolt.command("/quiz")(command)
    await room.alice.runs("/quiz", room.channel)
    assert [m.text for m in room.channel.messages] == ["For all"]


async def test_a_command_without_an_ack_tells_its_caller(room: Room, peer: Peer) -> None:
    async def command() -> None:
        """Never acknowledges."""

    peer.bolt.command("/quiz")(command)
    result = await room.alice.runs("/quiz", room.channel)
    assert (result.status, result.reason) == (404, "http_error")
    (told,) = room.alice.ephemerals(room.channel)
    assert told.text == '/quiz failed with the error "http_service_error"'


async def test_an_app_without_the_scope_for_them_has_neither_commands_nor_shortcuts(
    room: Room,
) -> None:
    kept = tuple(scope for scope in room.app.spec.scopes if scope != "commands")
    room.app.spec = replace(room.app.spec, scopes=kept)
    with pytest.raises(RefusedError, match="not a valid command"):
        await room.alice.runs("/quiz", room.channel)
    with pytest.raises(RefusedError, match="lacks the scope"):
        await room.alice.shortcut("ask")


async def test_commands_are_refused_in_threads_and_to_guests_and_when_unknown(
    room: Room, peer: Peer
) -> None:
    said = await room.alice.says(room.channel, "hi")
    olga = room.sandbox.person("olga", team="TOTHER")
    room.sandbox.invites(room.channel, olga)
    with pytest.raises(RefusedError, match="not supported in threads"):
        await room.alice.runs("/quiz", room.channel, in_thread=said)
    with pytest.raises(RefusedError, match="not a valid command"):
        await room.alice.runs("/quizz", room.channel)
    with pytest.raises(RefusedError, match="not a valid command"):
        await olga.runs("/quiz", room.channel)
    assert room.sandbox.ledger.deliveries("slash_commands") == []
    assert peer.bolt is not None


async def test_mentions_in_a_command_are_escaped_if_the_app_asks(room: Room, peer: Peer) -> None:
    room.app.spec = replace(room.app.spec, should_escape=True)
    heard: list[str] = []

    async def command(ack: Any, command: Any) -> None:
        heard.append(command["text"])
        await ack()

    peer.bolt.command("/quiz")(command)
    await room.alice.runs("/quiz streak @bob in #quiz-room a<b", room.channel)
    channel = room.channel.id
    assert heard == [f"streak <@{room.bob.id}|bob> in <#{channel}|quiz-room> a&lt;b"]


# --- response_url --------------------------------------------------------------------------------


async def _response_url(room: Room, peer: Peer) -> str:
    heard: list[str] = []

    async def command(ack: Any, body: Any) -> None:
        heard.append(body["response_url"])
        await ack()

    peer.bolt.command("/quiz")(command)
    await room.alice.runs("/quiz", room.channel)
    return heard[0]


async def test_a_response_url_works_five_times(room: Room, peer: Peer) -> None:
    webhook = AsyncWebhookClient(await _response_url(room, peer))
    answers = [await webhook.send(text=f"n{n}") for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body
    assert [m.text for m in room.alice.ephemerals()] == ["n0", "n1", "n2", "n3", "n4"]


async def test_a_response_url_lives_thirty_minutes(room: Room, peer: Peer) -> None:
    webhook = AsyncWebhookClient(await _response_url(room, peer))
    room.clock.move_on(timedelta(minutes=30))
    assert (await webhook.send(text="in time")).status_code == 200
    room.clock.move_on(timedelta(seconds=1))
    late = await webhook.send(text="late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_a_response_url_checks_blocks(room: Room, peer: Peer) -> None:
    webhook = AsyncWebhookClient(await _response_url(room, peer))
    answer = await webhook.send(text="x", blocks=[{"type": "nope"}])
    assert (answer.status_code, "invalid_blocks" in answer.body) == (400, True)
    assert room.alice.ephemerals() == []


# --- clicks --------------------------------------------------------------------------------------


async def _posted_with(room: Room, *elements: dict[str, Any]) -> Any:
    answer = await room.client.chat_postMessage(
        channel=room.channel.id, text="Q", blocks=[_actions(*elements)]
    )
    return room.channel.by_ts[str(answer["ts"])]


async def test_a_click_carries_all_that_slack_sends(room: Room, peer: Peer) -> None:
    heard: list[dict[str, Any]] = []

    async def clicked(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    peer.bolt.action("reveal")(clicked)
    message = await _posted_with(room, _button("Reveal", "reveal", "r7"), _button("No", "no"))
    answer = await room.bob.clicks("Reveal", on=message)
    assert answer.ok
    (body,) = heard
    (action,) = body["actions"]
    assert (action["action_id"], action["value"], action["block_id"]) == (
        "reveal",
        "r7",
        "actions",
    )
    assert action["action_ts"]
    assert body["user"]["id"] == room.bob.id
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": room.channel.id,
        "is_ephemeral": False,
    }
    assert body["message"]["ts"] == message.ts
    assert body["channel"] == {"id": room.channel.id, "name": "quiz-room"}
    assert body["team"]["id"] == room.sandbox.team_id
    assert body["trigger_id"]
    assert body["response_url"].startswith(room.sandbox.platform.root_url)


async def test_a_missing_button_is_named_with_those_there_are(room: Room) -> None:
    message = await _posted_with(room, _button("Reveal", "reveal"), _button("Reveal", "again"))
    with pytest.raises(RefusedError, match=r"'Revel'; there is: Reveal \(reveal, value '1'\)"):
        await room.alice.clicks("Revel", on=message)
    with pytest.raises(RefusedError, match="2 things are called 'Reveal'"):
        await room.alice.clicks("Reveal", on=message)


async def test_a_click_may_replace_the_message_or_add_a_private_line(
    room: Room, peer: Peer
) -> None:
    async def done(ack: Any, respond: Any) -> None:
        await ack()
        await respond("Done", replace_original=True)

    async def hint(ack: Any, respond: Any) -> None:
        await ack()
        await respond("A hint", replace_original=False)

    peer.bolt.action("done")(done)
    peer.bolt.action("hint")(hint)
    message = await _posted_with(room, _button("Hint", "hint"), _button("Done", "done"))
    await room.alice.clicks("Hint", on=message)
    assert [m.text for m in room.alice.ephemerals()] == ["A hint"]
    await room.alice.clicks("Done", on=message)
    assert (message.text, message.blocks) == ("Done", [])


async def test_a_click_on_an_ephemeral_says_so_and_may_delete_it(room: Room, peer: Peer) -> None:
    heard: list[dict[str, Any]] = []

    async def gone(ack: Any, body: Any, respond: Any) -> None:
        heard.append(body)
        await ack()
        await respond(delete_original=True)

    peer.bolt.action("gone")(gone)
    await room.client.chat_postEphemeral(
        channel=room.channel.id,
        user=room.alice.id,
        text="psst",
        blocks=[_actions(_button("Hide", "gone"))],
    )
    (private,) = room.alice.ephemerals()
    with pytest.raises(RefusedError, match="bob does not see"):
        await room.bob.clicks("Hide", on=private)
    await room.alice.clicks("Hide", on=private)
    assert heard[0]["container"]["is_ephemeral"] is True
    assert "message" not in heard[0]
    assert room.alice.ephemerals() == []


async def test_a_select_in_a_message_tells_the_app_at_once(room: Room, peer: Peer) -> None:
    heard: list[dict[str, Any]] = []

    async def chosen(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    peer.bolt.action("level")(chosen)
    select = {"type": "static_select", "action_id": "level", "options": _LEVELS}
    message = await _posted_with(room, select)
    await room.alice.chooses("level", "Hard", on=message)
    assert heard[0]["actions"][0]["selected_option"]["value"] == "hard"
    assert heard[0]["state"]["values"]["actions"]["level"]["selected_option"]["value"] == "hard"


async def test_a_guest_may_click(room: Room, peer: Peer) -> None:
    heard: list[dict[str, Any]] = []

    async def clicked(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    peer.bolt.action("reveal")(clicked)
    olga = room.sandbox.person("olga", team="TOTHER")
    room.sandbox.invites(room.channel, olga)
    message = await _posted_with(room, _button("Reveal", "reveal"))
    await olga.clicks("Reveal", on=message)
    assert heard[0]["user"]["team_id"] == "TOTHER"
    assert heard[0]["team"]["id"] == room.sandbox.team_id


# --- modals --------------------------------------------------------------------------------------


async def test_a_form_is_opened_filled_and_submitted(room: Room, peer: Peer) -> None:
    heard = _opens(peer, _FORM)
    await room.alice.runs("/quiz", room.channel)
    view = room.alice.view
    assert view is not None
    assert view.title == "Set up"
    assert "Your goal" in view.text
    await room.alice.fills(goal="A new job", level="Hard", days=["Monday", "5"])
    await room.alice.chooses("Time", "18:30")
    assert (await room.alice.submits()).ok
    assert room.alice.view is None
    values = heard[0]["view"]["state"]["values"]
    assert values["goal"]["goal"] == {"type": "plain_text_input", "value": "A new job"}
    assert values["level"]["level"]["selected_option"]["value"] == "hard"
    assert values["at"]["at"]["selected_time"] == "18:30"
    assert [o["value"] for o in values["days"]["days"]["selected_options"]] == ["1", "5"]
    assert values["where"]["where"]["selected_conversation"] == room.channel.id


async def test_initial_values_count_as_given(room: Room, peer: Peer) -> None:
    heard = _opens(peer, _FORM)
    await room.alice.runs("/quiz", room.channel)
    await room.alice.fills(goal="A new job")
    await room.alice.submits()
    values = heard[0]["view"]["state"]["values"]
    assert values["level"]["level"]["selected_option"]["value"] == "easy"
    assert values["at"]["at"]["selected_time"] == "09:00"
    assert values["days"]["days"]["selected_options"] == []


async def test_a_form_refuses_what_it_does_not_offer(room: Room, peer: Peer) -> None:
    _opens(peer, _FORM)
    await room.alice.runs("/quiz", room.channel)
    with pytest.raises(RefusedError, match=r"does not offer 'Medium'; it offers: Easy"):
        await room.alice.fills(level="Medium")
    with pytest.raises(RefusedError, match="does not take '25:00'"):
        await room.alice.fills(at="25:00")
    with pytest.raises(RefusedError, match="at most 20 characters"):
        await room.alice.fills(goal="x" * 21)
    with pytest.raises(RefusedError, match="takes a list"):
        await room.alice.fills(days="Monday")
    with pytest.raises(RefusedError, match="no input is called 'gaol'"):
        await room.alice.fills(gaol="x")


async def test_a_channel_select_offers_what_its_filter_lets_through(room: Room, peer: Peer) -> None:
    select = {"type": "conversations_select", "filter": {"include": ["public"]}}
    heard = _opens(peer, _modal(_input("where", "Channel", select)))
    den = room.sandbox.channel("den", members=[room.alice], private=True)
    await room.alice.runs("/quiz", room.channel)
    with pytest.raises(RefusedError, match="where does not offer"):
        await room.alice.fills(where=den)
    with pytest.raises(RefusedError, match="where does not offer 'C404'"):
        await room.alice.fills(where="C404")
    await room.alice.fills(where=room.channel)
    await room.alice.submits()
    state = heard[0]["view"]["state"]["values"]["where"]["where"]
    assert state["selected_conversation"] == room.channel.id


async def test_a_button_on_home_names_its_view(room: Room, peer: Peer) -> None:
    heard: list[dict[str, Any]] = []

    async def clicked(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    peer.bolt.action("go")(clicked)
    home = {"type": "home", "blocks": [_actions(_button("Go", "go"))]}
    await room.client.views_publish(user_id=room.alice.id, view=home)
    await room.alice.clicks("Go", on=room.alice.home)
    assert heard[0]["view"]["type"] == "home"
    stale = room.client.views_publish(user_id=room.alice.id, view=home, hash="0")
    assert await _refusal(stale) == "hash_conflict"


async def test_an_empty_required_field_sends_nothing(room: Room, peer: Peer) -> None:
    heard = _opens(peer, _FORM)
    await room.alice.runs("/quiz", room.channel)
    assert not (await room.alice.submits()).ok
    assert room.alice.view is not None
    assert room.alice.view.errors == {"goal": "Please complete this required field."}
    assert heard == []


async def _answering(room: Room, peer: Peer, **answer: Any) -> None:
    """Open a one-field form whose submission is answered so, and submit it."""
    form = _modal(_input("goal", "Goal", {"type": "plain_text_input"}), notify_on_close=True)

    async def command(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form)

    async def submitted(ack: Any) -> None:
        await ack(**answer)

    peer.bolt.command("/quiz")(command)
    peer.bolt.view("setup")(submitted)
    await room.alice.runs("/quiz", room.channel)
    await room.alice.fills(goal="x")
    await room.alice.submits()


async def test_errors_keep_the_form_open(room: Room, peer: Peer) -> None:
    await _answering(room, peer, response_action="errors", errors={"goal": "Too vague"})
    assert room.alice.view is not None
    assert room.alice.view.errors == {"goal": "Too vague"}


async def test_errors_for_no_field_are_trouble(room: Room, peer: Peer) -> None:
    await _answering(room, peer, response_action="errors", errors={"gaol": "Too vague"})
    assert room.alice.view is not None
    assert room.alice.view.errors[""].startswith("We had some trouble connecting")


async def test_an_answer_may_update_the_view_and_inputs_keep_their_values(
    room: Room, peer: Peer
) -> None:
    again = _modal(_input("goal", "Goal", {"type": "plain_text_input"}), title="Again")
    await _answering(room, peer, response_action="update", view=again)
    assert room.alice.view is not None
    assert room.alice.view.title == "Again"
    assert room.alice.view.values()["goal"]["goal"]["value"] == "x"


async def test_a_changed_block_id_forgets_the_value(room: Room, peer: Peer) -> None:
    field = _input("goal", "Goal", {"type": "plain_text_input"}) | {"block_id": "other"}
    await _answering(room, peer, response_action="update", view=_modal(field))
    assert room.alice.view is not None
    assert room.alice.view.values()["other"]["goal"]["value"] is None


async def test_an_answer_may_push_a_view_that_closes_back_to_the_first(
    room: Room, peer: Peer
) -> None:
    second = {"type": "modal", "title": _plain("More"), "blocks": [{"type": "divider"}]}
    await _answering(room, peer, response_action="push", view=second)
    top = room.alice.view
    assert top is not None
    assert top.title == "More"
    assert top.as_json()["previous_view_id"] == top.as_json()["root_view_id"]
    await room.alice.closes()
    assert room.alice.view is not None
    assert room.alice.view.title == "Set up"


async def test_an_answer_may_clear_everything(room: Room, peer: Peer) -> None:
    await _answering(room, peer, response_action="clear")
    assert room.alice.view is None


async def test_an_invalid_view_in_an_answer_is_trouble(room: Room, peer: Peer) -> None:
    await _answering(room, peer, response_action="update", view=_modal(title="x" * 25))
    assert room.alice.view is not None
    assert "must be less than 25 characters" in room.alice.view.errors[""]


async def test_closing_is_told_if_the_app_asked(room: Room, peer: Peer) -> None:
    heard: list[dict[str, Any]] = []

    async def closed(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    peer.bolt.view_closed("setup")(closed)
    _opens(peer, _modal({"type": "divider"}, notify_on_close=True))
    await room.alice.runs("/quiz", room.channel)
    await room.alice.closes(everything=True)
    assert heard[0]["is_cleared"] is True
    assert heard[0]["view"]["callback_id"] == "setup"
    assert room.alice.view is None


async def test_a_button_in_a_modal_names_its_view(room: Room, peer: Peer) -> None:
    heard: list[dict[str, Any]] = []

    async def next_page(ack: Any, body: Any, client: Any) -> None:
        heard.append(body)
        await ack()
        await client.views_update(
            view_id=body["view"]["id"],
            hash=body["view"]["hash"],
            view=_modal({"type": "divider"}, title="Page 2"),
        )

    peer.bolt.action("next")(next_page)
    _opens(peer, _modal(_actions(_button("Next", "next"))))
    await room.alice.runs("/quiz", room.channel)
    await room.alice.clicks("Next")
    assert room.alice.view is not None
    assert room.alice.view.title == "Page 2"
    assert heard[0]["container"]["type"] == "view"
    assert "response_url" not in heard[0]


# --- triggers and views.* ------------------------------------------------------------------------


async def _trigger(room: Room) -> str:
    """A fresh trigger, from a shortcut that nobody answers."""
    await room.alice.shortcut("practise")
    return str(room.sandbox.ledger.deliveries("interactive")[-1].payload["trigger_id"])


async def _refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_a_trigger_works_once_and_for_three_seconds(room: Room) -> None:
    view = _modal({"type": "divider"})
    open_view = room.client.views_open
    first = await _trigger(room)
    room.clock.move_on(timedelta(seconds=3))
    assert (await open_view(trigger_id=first, view=view))["view"]["callback_id"] == "setup"
    assert await _refusal(open_view(trigger_id=first, view=view)) == "exchanged_trigger_id"
    second = await _trigger(room)
    room.clock.move_on(timedelta(seconds=3, milliseconds=1))
    assert await _refusal(open_view(trigger_id=second, view=view)) == "expired_trigger_id"
    assert await _refusal(open_view(trigger_id="1.2.3", view=view)) == "invalid_trigger_id"


async def test_a_bad_view_is_refused_with_the_place(room: Room) -> None:
    trigger = await _trigger(room)
    bad = _modal({"type": "divider"}, private_metadata="x" * 3001)
    with pytest.raises(SlackApiError) as refused:
        await room.client.views_open(trigger_id=trigger, view=bad)
    assert refused.value.response["error"] == "invalid_arguments"
    (said,) = refused.value.response["response_metadata"]["messages"]
    assert "private_metadata" in said
    big = _modal({"type": "divider"}, private_metadata="x" * 260_000)
    trigger = await _trigger(room)
    assert await _refusal(room.client.views_open(trigger_id=trigger, view=big)) == "view_too_large"


async def test_at_most_three_views_are_stacked(room: Room) -> None:
    view = _modal({"type": "divider"})
    early = room.client.views_push(trigger_id=await _trigger(room), view=view)
    assert await _refusal(early) == "not_found"
    await room.client.views_open(trigger_id=await _trigger(room), view=view)
    for _ in range(2):
        await room.client.views_push(trigger_id=await _trigger(room), view=view)
    push = room.client.views_push(trigger_id=await _trigger(room), view=view)
    assert await _refusal(push) == "push_limit_reached"


async def test_a_view_is_updated_by_external_id_unless_its_hash_is_outdated(room: Room) -> None:
    view = _modal({"type": "divider"}, external_id="one")
    trigger = await _trigger(room)
    opened = (await room.client.views_open(trigger_id=trigger, view=view))["view"]
    newer = view | {"title": _plain("Newer")}
    await room.client.views_update(external_id="one", view=newer)
    assert room.alice.view is not None
    assert room.alice.view.title == "Newer"
    stale = room.client.views_update(view_id=opened["id"], view=view, hash=opened["hash"])
    assert await _refusal(stale) == "hash_conflict"
    missing = room.client.views_update(view_id="V404", view=view)
    assert await _refusal(missing) == "not_found"
    trigger = await _trigger(room)
    twin = room.client.views_push(trigger_id=trigger, view=view)
    assert await _refusal(twin) == "duplicate_external_id"


# --- shortcuts and Home --------------------------------------------------------------------------


async def test_a_message_shortcut_carries_the_message(room: Room, peer: Peer) -> None:
    heard: list[dict[str, Any]] = []

    async def shortcut(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    peer.bolt.message_shortcut("keep")(shortcut)
    said = await room.bob.says(room.channel, "Keep this")
    await room.alice.shortcut("keep", on=said)
    assert heard[0]["message"]["text"] == "Keep this"
    assert heard[0]["channel"]["id"] == room.channel.id


async def test_home_is_published_when_it_is_opened(room: Room, peer: Peer) -> None:
    bolt = bolt_peer(room)
    heard: list[dict[str, Any]] = []

    async def opened(event: Any, client: Any) -> None:
        heard.append(event)
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "Your streak: 3"}}
        await client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [section]}
        )

    bolt.bolt.event("app_home_opened")(opened)
    async with over_http(room, bolt):
        await room.alice.opens_home()
        await room.sandbox.settled()
        home = room.alice.home
        assert home is not None
        assert "Your streak: 3" in home.text
        await room.alice.opens_home()
        await room.sandbox.settled()
    assert heard[0]["tab"] == "home"
    assert "view" not in heard[0]
    assert heard[1]["view"]["type"] == "home"
    assert peer.events == []
