"""What Slack takes and refuses of whole messages and views."""

from typing import Any

import pytest

from sandbox.block_rules import faults_in_message, faults_in_view
from tests.sandbox.block_kit import (
    Json,
    actions,
    button,
    cell,
    field,
    home,
    message,
    modal,
    mrkdwn,
    options,
    plain,
    section,
    table,
    text_field,
)


def markdown(length: int) -> Json:
    return {"type": "markdown", "text": "x" * length}


def select(**fields: Any) -> Json:
    return {"type": "static_select", "options": options(2), **fields}


MESSAGES: list[tuple[str, Json, Json, str]] = [
    (
        "a message has at most 50 blocks",
        message(*[section()] * 50),
        message(*[section()] * 51),
        "no more than 50 items allowed [json-pointer:/blocks]",
    ),
    (
        "blocks are a list",
        message(),
        {"blocks": section()},
        "must provide an array [json-pointer:/blocks]",
    ),
    (
        "a block is an object",
        message(section()),
        {"blocks": ["section"]},
        "must provide an object [json-pointer:/blocks/0]",
    ),
    (
        "a text has at most 40,000 characters",
        {"text": "x" * 40_000},
        {"text": "x" * 40_001},
        "must be less than 40001 characters [json-pointer:/text]",
    ),
    (
        "a text is a string",
        {"text": "1"},
        {"text": 1},
        "must provide a string [json-pointer:/text]",
    ),
    (
        "a block_id is used once in a message",
        message(section(block_id="a"), section(block_id="b")),
        message(section(block_id="a"), section(block_id="a")),
        "duplicate block_id: a [json-pointer:/blocks/1/block_id]",
    ),
    (
        "an action_id is used once in a block",
        message(actions(button(action_id="a"), button(action_id="b"))),
        message(actions(button(action_id="a"), button(action_id="a"))),
        "duplicate action_id: a [json-pointer:/blocks/0/elements/1/action_id]",
    ),
    (
        "a message has one table",
        message(table([cell()])),
        message(table([cell()]), section(), table([cell()])),
        "only_one_table_allowed [json-pointer:/blocks/2]",
    ),
    (
        "the markdown of a message has at most 12,000 characters",
        message(markdown(6000), markdown(6000)),
        message(markdown(6000), markdown(6001)),
        (
            "all markdown blocks together must be less than 12001 characters "
            "[json-pointer:/blocks/1/text]"
        ),
    ),
    (
        "nothing in a message takes the focus",
        message(actions(select())),
        message(actions(select(focus_on_load=True))),
        (
            "focus_on_load is not allowed in a message "
            "[json-pointer:/blocks/0/elements/0/focus_on_load]"
        ),
    ),
    (
        "files are chosen in modals only",
        message(field(text_field())),
        message(field({"type": "file_input"})),
        "file_input is not allowed in a message [json-pointer:/blocks/0/element]",
    ),
    (
        "only modals answer through a select's response_url",
        message(actions({"type": "channels_select"})),
        message(actions({"type": "channels_select", "response_url_enabled": True})),
        (
            "response_url_enabled is not allowed in a message "
            "[json-pointer:/blocks/0/elements/0/response_url_enabled]"
        ),
    ),
    (
        "the blocks of an attachment follow the same rules",
        {"text": "", "attachments": [{"color": "#1D9BD1", "blocks": [section()]}]},
        {"text": "", "attachments": [{"fallback": "x"}, {"blocks": [section("")]}]},
        "must be more than 0 characters [json-pointer:/attachments/1/blocks/0/text/text]",
    ),
    (
        "a message has at most 100 attachments",
        {"attachments": [{"text": "x"}] * 100},
        {"attachments": [{"text": "x"}] * 101},
        "no more than 100 items allowed [json-pointer:/attachments]",
    ),
    (
        "metadata has an event type",
        {"metadata": {"event_type": "round_posted", "event_payload": {"round": "1"}}},
        {"metadata": {"event_payload": {}}},
        "missing required field: event_type [json-pointer:/metadata]",
    ),
    (
        "an event type is one word",
        {"metadata": {"event_type": "round_posted", "event_payload": {}}},
        {"metadata": {"event_type": "round posted", "event_payload": {}}},
        "must be made of letters, digits and underscores [json-pointer:/metadata/event_type]",
    ),
    (
        "an event payload is an object",
        {"metadata": {"event_type": "round_posted", "event_payload": {"days": [1]}}},
        {"metadata": {"event_type": "round_posted", "event_payload": "1"}},
        "must provide an object [json-pointer:/metadata/event_payload]",
    ),
]


@pytest.mark.parametrize(
    ("taken", "refused", "because"),
    [case[1:] for case in MESSAGES],
    ids=[case[0] for case in MESSAGES],
)
def test_a_message_is_taken_within_the_rule_and_refused_against_it(
    taken: Json, refused: Json, because: str
) -> None:
    assert faults_in_message(taken) == []
    assert faults_in_message(refused) == [because]


def untitled() -> Json:
    return {name: value for name, value in modal().items() if name != "title"}


def without_submit(*blocks: Json) -> Json:
    return {name: value for name, value in modal(*blocks).items() if name != "submit"}


VIEWS: list[tuple[str, Json, Json, str]] = [
    (
        "a modal has a title",
        modal(),
        untitled(),
        "missing required field: title [json-pointer:/view]",
    ),
    (
        "a title has at most 24 characters",
        modal(title=plain("x" * 24)),
        modal(title=plain("x" * 25)),
        "must be less than 25 characters [json-pointer:/view/title/text]",
    ),
    (
        "a title is plain text",
        modal(),
        modal(title=mrkdwn()),
        "unsupported text type: mrkdwn [json-pointer:/view/title/type]",
    ),
    (
        "a submit button has at most 24 characters",
        modal(submit=plain("x" * 24)),
        modal(submit=plain("x" * 25)),
        "must be less than 25 characters [json-pointer:/view/submit/text]",
    ),
    (
        "a close button has at most 24 characters",
        modal(close=plain("x" * 24)),
        modal(close=plain("x" * 25)),
        "must be less than 25 characters [json-pointer:/view/close/text]",
    ),
    (
        "a modal that asks something has a submit button",
        without_submit(section()),
        without_submit(field(text_field())),
        "missing required field: submit [json-pointer:/view]",
    ),
    (
        "a modal has at most 100 blocks",
        modal(*[section()] * 100),
        modal(*[section()] * 101),
        "no more than 100 items allowed [json-pointer:/view/blocks]",
    ),
    (
        "a modal has a block",
        modal(section()),
        modal(blocks=[]),
        "no fewer than 1 items allowed [json-pointer:/view/blocks]",
    ),
    (
        "a callback_id has at most 255 characters",
        modal(callback_id="x" * 255),
        modal(callback_id="x" * 256),
        "must be less than 256 characters [json-pointer:/view/callback_id]",
    ),
    (
        "an external_id has at most 255 characters",
        home(external_id="x" * 255),
        home(external_id="x" * 256),
        "must be less than 256 characters [json-pointer:/view/external_id]",
    ),
    (
        "private metadata has at most 3,000 characters",
        modal(private_metadata="x" * 3000),
        modal(private_metadata="x" * 3001),
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ),
    (
        "an app does not send what Slack adds",
        modal(clear_on_close=True, notify_on_close=True),
        modal(hash="156772938.1827394"),
        "invalid additional property: hash [json-pointer:/view]",
    ),
    (
        "a Home view has no buttons of its own",
        home(callback_id="home", private_metadata="x"),
        home(submit=plain()),
        "invalid additional property: submit [json-pointer:/view]",
    ),
    (
        "a view is a modal or a Home",
        home(),
        home(type="message"),
        "unsupported type: message [json-pointer:/view/type]",
    ),
    (
        "a block_id is used once in a view",
        modal(section(block_id="a"), field(text_field(), block_id="b")),
        modal(section(block_id="a"), field(text_field(), block_id="a")),
        "duplicate block_id: a [json-pointer:/view/blocks/1/block_id]",
    ),
    (
        "one element takes the focus",
        modal(field(text_field(focus_on_load=True)), field(text_field(focus_on_load=False))),
        modal(field(text_field(focus_on_load=True)), field(text_field(focus_on_load=True))),
        "only one element can have focus [json-pointer:/view/blocks/1/element]",
    ),
    (
        "files are chosen in modals, not in the Home",
        modal(field({"type": "file_input"})),
        home(field({"type": "file_input"})),
        "file_input is not allowed in a home [json-pointer:/view/blocks/0/element]",
    ),
    (
        "a view is at most 250 KB",
        modal(*[section("é" * 1400)] * 80),
        modal(*[section("é" * 1400)] * 90),
        "must be less than 250001 bytes [json-pointer:/view]",
    ),
]


@pytest.mark.parametrize(
    ("taken", "refused", "because"),
    [case[1:] for case in VIEWS],
    ids=[case[0] for case in VIEWS],
)
def test_a_view_is_taken_within_the_rule_and_refused_against_it(
    taken: Json, refused: Json, because: str
) -> None:
    assert faults_in_view(taken) == []
    assert faults_in_view(refused) == [because]


def test_different_blocks_may_use_the_same_action_id() -> None:
    blocks = [section(accessory=button(action_id="a")), actions(button(action_id="a"))]
    assert faults_in_message(message(*blocks)) == []


def test_blocks_without_ids_are_not_duplicates() -> None:
    assert faults_in_message(message(section(), section(), actions(button(), button()))) == []


def test_a_block_id_inside_a_container_counts_too() -> None:
    inner = {"type": "container", "title": plain(), "child_blocks": [section(block_id="a")]}
    assert faults_in_message(message(section(block_id="a"), inner)) == [
        "duplicate block_id: a [json-pointer:/blocks/1/child_blocks/0/block_id]"
    ]


def test_the_blocks_of_a_container_may_share_an_action_id() -> None:
    rows = [section(accessory=button(action_id="a")), section(accessory=button(action_id="a"))]
    container = {"type": "container", "title": plain(), "child_blocks": rows}
    assert faults_in_message(message(container)) == []


def test_other_fields_of_a_message_are_not_looked_at() -> None:
    assert faults_in_message({"text": "Hi", "channel": "C1", "thread_ts": 5}) == []


@pytest.mark.parametrize("junk", [None, 7, "x", True, [[]], {"type": []}, {"type": None}, {}])
def test_nothing_malformed_breaks_the_checker(junk: Any) -> None:
    slots = [
        message(junk),
        message(actions(junk)),
        message(section(accessory=junk)),
        message({"type": "context", "elements": [junk]}),
        message({"type": "rich_text", "elements": [junk]}),
        message(table([junk])),
        message(actions(select(options=[junk], initial_option=junk))),
        {"metadata": junk, "attachments": [junk], "blocks": [junk]},
    ]
    assert [bool(faults_in_message(slot)) for slot in slots] == [True] * len(slots)
    assert faults_in_view(modal(junk))
    assert faults_in_view({"type": "modal", "blocks": junk, "title": junk})
