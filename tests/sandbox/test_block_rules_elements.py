"""What Slack takes and refuses inside blocks: for each rule an example of both."""

from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.block_rules import faults_in_view
from sandbox.block_rules.elements import ELEMENTS, IN_INPUTS
from tests.sandbox.block_kit import (
    Json,
    actions,
    button,
    field,
    image,
    modal,
    mrkdwn,
    option,
    options,
    paragraph,
    piece,
    plain,
    rich_text,
    section,
    text_field,
)


@dataclass(frozen=True)
class Rule:
    """One rule: an element Slack takes, one it refuses, and why."""

    says: str
    taken: Json
    refused: Json
    because: str


def select(**fields: Any) -> Json:
    return {"type": "static_select", "options": options(2), **fields}


def several(**fields: Any) -> Json:
    return {"type": "multi_static_select", "options": options(3), **fields}


def boxes(**fields: Any) -> Json:
    return {"type": "checkboxes", "options": options(3), **fields}


def radio(**fields: Any) -> Json:
    return {"type": "radio_buttons", "options": options(3), **fields}


def number(**fields: Any) -> Json:
    return {"type": "number_input", "is_decimal_allowed": False, **fields}


def conversation(**fields: Any) -> Json:
    return {"type": "conversations_select", **fields}


def confirmed(**fields: Any) -> Json:
    return button(confirm={"title": plain("Sure?"), "text": plain("It goes."), **fields})


def group(count: int, **fields: Any) -> Json:
    return {"label": plain("Group"), "options": options(count), **fields}


TWICE = [option("a"), option("a")]

RULES = [
    Rule(
        "a button's text has at most 75 characters",
        button("x" * 75),
        button("x" * 76),
        "must be less than 76 characters [json-pointer:/text/text]",
    ),
    Rule(
        "a button's text is not empty",
        button("x"),
        button(""),
        "must be more than 0 characters [json-pointer:/text/text]",
    ),
    Rule(
        "a button's text is plain",
        button(),
        {"type": "button", "text": mrkdwn()},
        "unsupported text type: mrkdwn [json-pointer:/text/type]",
    ),
    Rule(
        "a button has a text",
        button(),
        {"type": "button"},
        "missing required field: text [json-pointer:]",
    ),
    Rule(
        "a style is primary or danger",
        button(style="primary"),
        button(style="default"),
        "must be one of primary, danger [json-pointer:/style]",
    ),
    Rule(
        "a button's value has at most 2,000 characters",
        button(value="x" * 2000),
        button(value="x" * 2001),
        "must be less than 2001 characters [json-pointer:/value]",
    ),
    Rule(
        "an address has at most 3,000 characters",
        button(url="https://x.org/" + "x" * 2986),
        button(url="https://x.org/" + "x" * 2987),
        "must be less than 3001 characters [json-pointer:/url]",
    ),
    Rule(
        "an address has a scheme",
        button(url="slack://app"),
        button(url="example.org"),
        "must be a valid URL [json-pointer:/url]",
    ),
    Rule(
        "an action_id has at most 255 characters",
        button(action_id="x" * 255),
        button(action_id="x" * 256),
        "must be less than 256 characters [json-pointer:/action_id]",
    ),
    Rule(
        "an accessibility label has at most 75 characters",
        button(accessibility_label="x" * 75),
        button(accessibility_label="x" * 76),
        "must be less than 76 characters [json-pointer:/accessibility_label]",
    ),
    Rule(
        "a button has no fields that Slack does not know",
        button(value="1"),
        button(colour="red"),
        "invalid additional property: colour [json-pointer:]",
    ),
    Rule(
        "emoji belongs to plain text",
        button() | {"text": plain() | {"emoji": True}},
        button() | {"text": plain() | {"verbatim": True}},
        "invalid additional property: verbatim [json-pointer:/text]",
    ),
    Rule(
        "a confirmation's title has at most 100 characters",
        confirmed(title=plain("x" * 100)),
        confirmed(title=plain("x" * 101)),
        "must be less than 101 characters [json-pointer:/confirm/title/text]",
    ),
    Rule(
        "a confirmation's text has at most 300 characters",
        confirmed(text=plain("x" * 300)),
        confirmed(text=plain("x" * 301)),
        "must be less than 301 characters [json-pointer:/confirm/text/text]",
    ),
    Rule(
        "a confirmation's buttons have at most 30 characters",
        confirmed(confirm=plain("x" * 30), deny=plain("x" * 30), style="danger"),
        confirmed(confirm=plain("x" * 30), deny=plain("x" * 31)),
        "must be less than 31 characters [json-pointer:/confirm/deny/text]",
    ),
    Rule(
        "a select offers at most 100 options",
        select(options=options(100)),
        select(options=options(101)),
        "no more than 100 items allowed [json-pointer:/options]",
    ),
    Rule(
        "a select offers at least one option",
        select(options=options(1)),
        select(options=[]),
        "no fewer than 1 items allowed [json-pointer:/options]",
    ),
    Rule(
        "a select has options or groups of them",
        {"type": "static_select", "option_groups": [group(2)]},
        {"type": "static_select"},
        "missing required field: options or option_groups [json-pointer:]",
    ),
    Rule(
        "a select does not have both options and groups",
        select(),
        select(options=[option("x")], option_groups=[group(2)]),
        "only one of options, option_groups may be given [json-pointer:]",
    ),
    Rule(
        "a group's label has at most 75 characters",
        {"type": "static_select", "option_groups": [group(2, label=plain("x" * 75))]},
        {"type": "static_select", "option_groups": [group(2, label=plain("x" * 76))]},
        "must be less than 76 characters [json-pointer:/option_groups/0/label/text]",
    ),
    Rule(
        "an option's text has at most 75 characters",
        select(options=[option(text=plain("x" * 75))]),
        select(options=[option(text=plain("x" * 76))]),
        "must be less than 76 characters [json-pointer:/options/0/text/text]",
    ),
    Rule(
        "an option's value has at most 150 characters",
        select(options=[option("x" * 150, text=plain())]),
        select(options=[option("x" * 151, text=plain())]),
        "must be less than 151 characters [json-pointer:/options/0/value]",
    ),
    Rule(
        "an option's description has at most 75 characters",
        select(options=[option(description=plain("x" * 75))]),
        select(options=[option(description=plain("x" * 76))]),
        "must be less than 76 characters [json-pointer:/options/0/description/text]",
    ),
    Rule(
        "an option of a menu is plain text",
        boxes(options=[option(text=mrkdwn())]),
        select(options=[option(text=mrkdwn())]),
        "unsupported text type: mrkdwn [json-pointer:/options/0/text/type]",
    ),
    Rule(
        "an option of a select has no address",
        select(),
        select(options=[option(url="https://example.org")]),
        "invalid additional property: url [json-pointer:/options/0]",
    ),
    Rule(
        "the options of an element have different values",
        select(),
        select(options=TWICE),
        "duplicate option value: a [json-pointer:/options/1/value]",
    ),
    Rule(
        "the options of different groups have different values",
        {"type": "static_select", "option_groups": [group(2)]},
        {"type": "static_select", "option_groups": [group(1), group(1)]},
        "duplicate option value: 0 [json-pointer:/option_groups/1/options/0/value]",
    ),
    Rule(
        "the first choice of a select is offered",
        select(initial_option=option("1")),
        select(initial_option=option("9")),
        "must be one of the provided options [json-pointer:/initial_option]",
    ),
    Rule(
        "the first choice is the option word for word",
        select(initial_option=option("1")),
        select(initial_option=option("1", text=plain("Other"))),
        "must be one of the provided options [json-pointer:/initial_option]",
    ),
    Rule(
        "the first choice may come from a group",
        {
            "type": "static_select",
            "option_groups": [group(2)],
            "initial_option": option("1"),
        },
        {
            "type": "static_select",
            "option_groups": [group(2)],
            "initial_option": option("2"),
        },
        "must be one of the provided options [json-pointer:/initial_option]",
    ),
    Rule(
        "the first choices of checkboxes are offered",
        boxes(initial_options=[option("0"), option("2")]),
        boxes(initial_options=[option("0"), option("3")]),
        "must be one of the provided options [json-pointer:/initial_options/1]",
    ),
    Rule(
        "the first choices are not an empty list",
        boxes(),
        boxes(initial_options=[]),
        "no fewer than 1 items allowed [json-pointer:/initial_options]",
    ),
    Rule(
        "checkboxes are at most ten",
        boxes(options=options(10)),
        boxes(options=options(11)),
        "no more than 10 items allowed [json-pointer:/options]",
    ),
    Rule(
        "radio buttons are at most ten",
        radio(options=options(10)),
        radio(options=options(11)),
        "no more than 10 items allowed [json-pointer:/options]",
    ),
    Rule(
        "the first choice of radio buttons is offered",
        radio(initial_option=option("2")),
        radio(initial_option=option("3")),
        "must be one of the provided options [json-pointer:/initial_option]",
    ),
    Rule(
        "no more may be chosen first than at all",
        several(initial_options=[option("0")], max_selected_items=1),
        several(initial_options=[option("0"), option("1")], max_selected_items=1),
        "no more than 1 items allowed [json-pointer:/initial_options]",
    ),
    Rule(
        "at least one item may be selected",
        several(max_selected_items=1),
        several(max_selected_items=0),
        "must be greater than 0 [json-pointer:/max_selected_items]",
    ),
    Rule(
        "a placeholder has at most 150 characters",
        select(placeholder=plain("x" * 150)),
        select(placeholder=plain("x" * 151)),
        "must be less than 151 characters [json-pointer:/placeholder/text]",
    ),
    Rule(
        "a date is written YYYY-MM-DD",
        {"type": "datepicker", "initial_date": "2026-02-28"},
        {"type": "datepicker", "initial_date": "28.02.2026"},
        "must be a date as YYYY-MM-DD [json-pointer:/initial_date]",
    ),
    Rule(
        "a date is in the calendar",
        {"type": "datepicker", "initial_date": "2028-02-29"},
        {"type": "datepicker", "initial_date": "2026-02-29"},
        "must be a day of the calendar [json-pointer:/initial_date]",
    ),
    Rule(
        "a time is written HH:mm",
        {"type": "timepicker", "initial_time": "09:00", "timezone": "Europe/Berlin"},
        {"type": "timepicker", "initial_time": "9:00"},
        "must be a time as HH:mm [json-pointer:/initial_time]",
    ),
    Rule(
        "a day has 24 hours",
        {"type": "timepicker", "initial_time": "23:59"},
        {"type": "timepicker", "initial_time": "24:00"},
        "must be a time as HH:mm [json-pointer:/initial_time]",
    ),
    Rule(
        "a moment is in seconds, not in milliseconds",
        {"type": "datetimepicker", "initial_date_time": 1_700_000_000},
        {"type": "datetimepicker", "initial_date_time": 1_700_000_000_000},
        "must be less than 10000000000 [json-pointer:/initial_date_time]",
    ),
    Rule(
        "a text field takes at most 3,000 characters",
        text_field(max_length=3000),
        text_field(max_length=3001),
        "must be less than 3001 [json-pointer:/max_length]",
    ),
    Rule(
        "a text field's least length is not above its greatest",
        text_field(min_length=5, max_length=5),
        text_field(min_length=6, max_length=5),
        "must not be greater than max_length [json-pointer:/min_length]",
    ),
    Rule(
        "a text field's first value fits",
        text_field(initial_value="12345", max_length=5),
        text_field(initial_value="123456", max_length=5),
        "must be less than 6 characters [json-pointer:/initial_value]",
    ),
    Rule(
        "multiline is true or false",
        text_field(multiline=True),
        text_field(multiline="true"),
        "must provide a boolean [json-pointer:/multiline]",
    ),
    Rule(
        "an input dispatches on Enter or on every character",
        text_field(dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]}),
        text_field(dispatch_action_config={"trigger_actions_on": ["on_blur"]}),
        "must be one of on_enter_pressed, on_character_entered "
        "[json-pointer:/dispatch_action_config/trigger_actions_on/0]",
    ),
    Rule(
        "a number input says whether it takes decimals",
        number(),
        {"type": "number_input"},
        "missing required field: is_decimal_allowed [json-pointer:]",
    ),
    Rule(
        "a number input's numbers are strings of digits",
        number(min_value="-1"),
        number(min_value="one"),
        "must be a number [json-pointer:/min_value]",
    ),
    Rule(
        "a number input's first value is in range",
        number(min_value="1", initial_value="5", max_value="10"),
        number(min_value="1", initial_value="11", max_value="10"),
        "must not be less than 11 [json-pointer:/max_value]",
    ),
    Rule(
        "a number input without decimals holds whole numbers",
        number(is_decimal_allowed=True, initial_value="1.5"),
        number(initial_value="1.5"),
        "must be an integer [json-pointer:/initial_value]",
    ),
    Rule(
        "a conversation filter includes kinds that exist",
        conversation(filter={"include": ["public", "private"]}),
        conversation(filter={"include": ["channels"]}),
        "must be one of im, mpim, private, public [json-pointer:/filter/include/0]",
    ),
    Rule(
        "a conversation filter includes something",
        conversation(filter={"include": ["im"]}),
        conversation(filter={"include": []}),
        "no fewer than 1 items allowed [json-pointer:/filter/include]",
    ),
    Rule(
        "a conversation filter filters",
        conversation(filter={"exclude_bot_users": True}),
        conversation(filter={}),
        "missing required field: include or exclude_external_shared_channels or "
        "exclude_bot_users [json-pointer:/filter]",
    ),
    Rule(
        "the current conversation is not chosen together with a named one",
        conversation(default_to_current_conversation=True),
        conversation(default_to_current_conversation=True, initial_conversation="C1"),
        "cannot be used together with an initial conversation "
        "[json-pointer:/default_to_current_conversation]",
    ),
    Rule(
        "an overflow menu holds at most five options",
        {"type": "overflow", "options": [option(url="https://example.org"), *options(4)]},
        {"type": "overflow", "options": options(6)},
        "no more than 5 items allowed [json-pointer:/options]",
    ),
    Rule(
        "a rich text field's lines are in order",
        {"type": "rich_text_input", "min_lines": 2, "max_lines": 2},
        {"type": "rich_text_input", "min_lines": 3, "max_lines": 2},
        "must not be greater than max_lines [json-pointer:/min_lines]",
    ),
    Rule(
        "a rich text field begins with rich text",
        {"type": "rich_text_input", "initial_value": rich_text(paragraph(piece()))},
        {"type": "rich_text_input", "initial_value": section()},
        "unsupported type: section [json-pointer:/initial_value/type]",
    ),
    Rule(
        "at most ten files are taken",
        {"type": "file_input", "filetypes": ["pdf"], "max_files": 10},
        {"type": "file_input", "max_files": 11},
        "must be less than 11 [json-pointer:/max_files]",
    ),
    Rule(
        "a workflow button names its trigger",
        {
            "type": "workflow_button",
            "text": plain(),
            "workflow": {"trigger": {"url": "https://slack.com/shortcuts/Ft1/x"}},
        },
        {"type": "workflow_button", "text": plain(), "workflow": {}},
        "missing required field: trigger [json-pointer:/workflow]",
    ),
    Rule(
        "an image says what it shows",
        image(),
        image(alt_text=""),
        "must be more than 0 characters [json-pointer:/alt_text]",
    ),
    Rule(
        "an image's alternative text has at most 2,000 characters",
        image(alt_text="x" * 2000),
        image(alt_text="x" * 2001),
        "must be less than 2001 characters [json-pointer:/alt_text]",
    ),
    Rule(
        "an image has one source",
        {"type": "image", "alt_text": "A cat", "slack_file": {"id": "F1"}},
        {"type": "image", "alt_text": "A cat"},
        "missing required field: image_url or slack_file [json-pointer:]",
    ),
    Rule(
        "a Slack file is named by its id or by its address",
        {"type": "image", "alt_text": "A cat", "slack_file": {"url": "https://example.org"}},
        {"type": "image", "alt_text": "A cat", "slack_file": {"id": "F1", "url": "https://x.org"}},
        "only one of id, url may be given [json-pointer:/slack_file]",
    ),
]


def placed(element: Json) -> tuple[Json, str]:
    """The element in the kind of block that takes it, and the pointer to it there."""
    if element["type"] == "image":
        return section(accessory=element), "/view/blocks/0/accessory"
    if element["type"] in IN_INPUTS:
        return field(element), "/view/blocks/0/element"
    return actions(element), "/view/blocks/0/elements/0"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_an_element_within_the_rule_is_taken(rule: Rule) -> None:
    assert faults_in_view(modal(placed(rule.taken)[0])) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_an_element_against_the_rule_is_refused_for_that_reason_alone(rule: Rule) -> None:
    block, pointer = placed(rule.refused)
    expected = rule.because.replace("[json-pointer:", f"[json-pointer:{pointer}")
    assert faults_in_view(modal(block)) == [expected]


def test_every_element_names_its_own_type() -> None:
    for name, record in ELEMENTS.items():
        assert list(record.required["type"](name, "")) == []
