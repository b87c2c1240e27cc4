"""What Slack takes and refuses in blocks: for each rule an example of both."""

from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.block_rules import faults_in_message, faults_in_view
from sandbox.block_rules.blocks import BLOCKS
from tests.sandbox.block_kit import (
    Json,
    actions,
    bullets,
    button,
    cell,
    field,
    header,
    home,
    image,
    message,
    modal,
    mrkdwn,
    option,
    options,
    paragraph,
    piece,
    plain,
    rich_text,
    section,
    table,
    text_field,
)


@dataclass(frozen=True)
class Rule:
    """One rule: a block that a message takes, one that it refuses, and why."""

    says: str
    taken: Json
    refused: Json
    because: str


def context(*elements: Json) -> Json:
    return {"type": "context", "elements": list(elements)}


def fields(count: int, text: str = "Text") -> Json:
    return {"type": "section", "fields": [mrkdwn(text)] * count}


def code(*pieces: Json) -> Json:
    return {"type": "rich_text_preformatted", "elements": list(pieces)}


def quote(*pieces: Json) -> Json:
    return {"type": "rich_text_quote", "elements": list(pieces)}


def said(**fields: Any) -> Json:
    return rich_text(paragraph(fields))


def card(**fields: Any) -> Json:
    return {"type": "card", **fields}


def container(*children: Json, **fields: Any) -> Json:
    return {"type": "container", "title": plain(), "child_blocks": list(children), **fields}


def task(**fields: Any) -> Json:
    return {"type": "task_card", "task_id": "1", "title": "Read", "status": "complete", **fields}


def feedback(**fields: Any) -> Json:
    thumb = {"text": plain("Good"), "value": "+"}
    buttons = {"type": "feedback_buttons", "positive_button": thumb, "negative_button": thumb}
    return {"type": "context_actions", "elements": [{**buttons, **fields}]}


def provider(**fields: Any) -> Json:
    return {
        "type": "auth_provider",
        "value": "github",
        "name": plain("GitHub"),
        "is_connected": False,
        **fields,
    }


def video(**fields: Any) -> Json:
    return {
        "type": "video",
        "alt_text": "A talk",
        "title": plain("B-trees"),
        "video_url": "https://example.org/embed",
        "thumbnail_url": "https://example.org/thumb.png",
        **fields,
    }


LONG_CELLS = [cell("x" * 500)] * 20

RULES = [
    Rule(
        "a section's text has at most 3,000 characters",
        section("x" * 3000),
        section("x" * 3001),
        "must be less than 3001 characters [json-pointer:/text/text]",
    ),
    Rule(
        "a section's text is not empty",
        section("x"),
        section(""),
        "must be more than 0 characters [json-pointer:/text/text]",
    ),
    Rule(
        "a section has a text or fields",
        fields(1),
        {"type": "section"},
        "missing required field: text or fields [json-pointer:]",
    ),
    Rule(
        "a section has at most ten fields",
        fields(10),
        fields(11),
        "no more than 10 items allowed [json-pointer:/fields]",
    ),
    Rule(
        "a field has at most 2,000 characters",
        fields(1, "x" * 2000),
        fields(1, "x" * 2001),
        "must be less than 2001 characters [json-pointer:/fields/0/text]",
    ),
    Rule(
        "a text is an object",
        section(),
        {"type": "section", "text": "Text"},
        "must provide an object [json-pointer:/text]",
    ),
    Rule(
        "a section's accessory is not a text field",
        section(accessory=button()),
        section(accessory=text_field()),
        "unsupported element type: plain_text_input [json-pointer:/accessory/type]",
    ),
    Rule(
        "a header has at most 150 characters",
        header("x" * 150),
        header("x" * 151),
        "must be less than 151 characters [json-pointer:/text/text]",
    ),
    Rule(
        "a header is plain text",
        header(),
        {"type": "header", "text": mrkdwn()},
        "unsupported text type: mrkdwn [json-pointer:/text/type]",
    ),
    Rule(
        "a block_id has at most 255 characters",
        {"type": "divider", "block_id": "x" * 255},
        {"type": "divider", "block_id": "x" * 256},
        "must be less than 256 characters [json-pointer:/block_id]",
    ),
    Rule(
        "a divider has nothing to say",
        {"type": "divider"},
        {"type": "divider", "text": plain()},
        "invalid additional property: text [json-pointer:]",
    ),
    Rule(
        "a block has a type",
        {"type": "divider"},
        {},
        "missing required field: type [json-pointer:]",
    ),
    Rule(
        "a block has a type that Slack knows",
        {"type": "divider"},
        {"type": "sections"},
        "unsupported type: sections [json-pointer:/type]",
    ),
    Rule(
        "a context has at most ten elements",
        context(*[mrkdwn()] * 10),
        context(*[mrkdwn()] * 11),
        "no more than 10 items allowed [json-pointer:/elements]",
    ),
    Rule(
        "a context holds texts and images, not buttons",
        context(mrkdwn(), plain(), image()),
        context(button()),
        "unsupported element type: button [json-pointer:/elements/0/type]",
    ),
    Rule(
        "actions hold at most 25 elements",
        actions(*[button()] * 25),
        actions(*[button()] * 26),
        "no more than 25 items allowed [json-pointer:/elements]",
    ),
    Rule(
        "actions hold something",
        actions(button()),
        actions(),
        "no fewer than 1 items allowed [json-pointer:/elements]",
    ),
    Rule(
        "actions hold no text fields",
        actions({"type": "static_select", "options": options(1)}),
        actions(text_field()),
        "unsupported element type: plain_text_input [json-pointer:/elements/0/type]",
    ),
    Rule(
        "context actions hold feedback and icon buttons only",
        feedback(),
        {"type": "context_actions", "elements": [button()]},
        "unsupported element type: button [json-pointer:/elements/0/type]",
    ),
    Rule(
        "feedback comes in two kinds",
        feedback(),
        feedback(negative_button={"text": plain()}),
        "missing required field: value [json-pointer:/elements/0/negative_button]",
    ),
    Rule(
        "an icon button shows an icon that Slack has",
        {
            "type": "context_actions",
            "elements": [{"type": "icon_button", "icon": "trash", "text": plain()}],
        },
        {
            "type": "context_actions",
            "elements": [{"type": "icon_button", "icon": "flame", "text": plain()}],
        },
        "must be one of trash [json-pointer:/elements/0/icon]",
    ),
    Rule(
        "an input has a label",
        field(text_field()),
        {"type": "input", "element": text_field()},
        "missing required field: label [json-pointer:]",
    ),
    Rule(
        "a label has at most 2,000 characters",
        field(text_field(), label=plain("x" * 2000)),
        field(text_field(), label=plain("x" * 2001)),
        "must be less than 2001 characters [json-pointer:/label/text]",
    ),
    Rule(
        "a hint has at most 2,000 characters",
        field(text_field(), hint=plain("x" * 2000)),
        field(text_field(), hint=plain("x" * 2001)),
        "must be less than 2001 characters [json-pointer:/hint/text]",
    ),
    Rule(
        "a button is not an input",
        field(text_field(), optional=True, dispatch_action=True),
        field(button()),
        "unsupported element type: button [json-pointer:/element/type]",
    ),
    Rule(
        "an image block's title has at most 2,000 characters",
        image(title=plain("x" * 2000)),
        image(title=plain("x" * 2001)),
        "must be less than 2001 characters [json-pointer:/title/text]",
    ),
    Rule(
        "an image block says what it shows",
        image(),
        {"type": "image", "image_url": "https://example.org/cat.png"},
        "missing required field: alt_text [json-pointer:]",
    ),
    Rule(
        "a markdown block is not empty",
        {"type": "markdown", "text": "x" * 12_000},
        {"type": "markdown", "text": ""},
        "must be more than 0 characters [json-pointer:/text]",
    ),
    Rule(
        "a markdown block has at most 12,000 characters",
        {"type": "markdown", "text": "x" * 12_000},
        {"type": "markdown", "text": "x" * 12_001},
        "must be less than 12001 characters [json-pointer:/text]",
    ),
    Rule(
        "rich text holds sections, lists, quotes and code",
        rich_text(paragraph(piece()), bullets(paragraph(piece())), quote(piece()), code(piece())),
        rich_text(section()),
        "unsupported rich text element: section [json-pointer:/elements/0/type]",
    ),
    Rule(
        "a piece of rich text is not empty",
        rich_text(paragraph(piece(" "))),
        rich_text(paragraph(piece(""))),
        "must be more than 0 characters [json-pointer:/elements/0/elements/0/text]",
    ),
    Rule(
        "rich text has the styles it has",
        rich_text(paragraph(piece(bold=True, italic=True, strike=True, code=True))),
        rich_text(paragraph(piece(blink=True))),
        "invalid additional property: blink [json-pointer:/elements/0/elements/0/style]",
    ),
    Rule(
        "a link has an address",
        said(type="link", url="https://example.org", text="Guide"),
        said(type="link", text="Guide"),
        "missing required field: url [json-pointer:/elements/0/elements/0]",
    ),
    Rule(
        "a mention of a person has an id",
        said(type="user", user_id="U1", style={"bold": True}),
        said(type="user"),
        "missing required field: user_id [json-pointer:/elements/0/elements/0]",
    ),
    Rule(
        "a mention of a channel has an id",
        said(type="channel", channel_id="C1"),
        said(type="channel", channel_id=""),
        "must be more than 0 characters [json-pointer:/elements/0/elements/0/channel_id]",
    ),
    Rule(
        "a mention of a group has an id",
        said(type="usergroup", usergroup_id="S1"),
        said(type="usergroup", usergroup_id=1),
        "must provide a string [json-pointer:/elements/0/elements/0/usergroup_id]",
    ),
    Rule(
        "an emoji has a name",
        said(type="emoji", name="wave", skin_tone=2),
        said(type="emoji", name="wave", skin_tone=7),
        "must be less than 7 [json-pointer:/elements/0/elements/0/skin_tone]",
    ),
    Rule(
        "a date has whole seconds and a format",
        said(type="date", timestamp=1_700_000_000, format="{date}", fallback="Tuesday"),
        said(type="date", timestamp=1_700_000_000.5, format="{date}"),
        "must provide an integer [json-pointer:/elements/0/elements/0/timestamp]",
    ),
    Rule(
        "a broadcast goes to here, channel or everyone",
        said(type="broadcast", range="here"),
        said(type="broadcast", range="all"),
        "must be one of here, channel, everyone [json-pointer:/elements/0/elements/0/range]",
    ),
    Rule(
        "a colour is written as #RRGGBB",
        said(type="color", value="#1D9BD1"),
        said(type="color", value="blue"),
        "must be a colour such as #1D9BD1 [json-pointer:/elements/0/elements/0/value]",
    ),
    Rule(
        "a list is of bullets or of numbers",
        rich_text(bullets(paragraph(piece()), style="ordered", indent=1, offset=2, border=1)),
        rich_text(bullets(paragraph(piece()), style="dashes")),
        "must be one of bullet, ordered [json-pointer:/elements/0/style]",
    ),
    Rule(
        "a list is indented at most eight times",
        rich_text(bullets(paragraph(piece()), indent=8)),
        rich_text(bullets(paragraph(piece()), indent=9)),
        "must be less than 9 [json-pointer:/elements/0/indent]",
    ),
    Rule(
        "a border is there or not",
        rich_text(bullets(paragraph(piece()), border=0)),
        rich_text(bullets(paragraph(piece()), border=2)),
        "must be one of 0, 1 [json-pointer:/elements/0/border]",
    ),
    Rule(
        "a list holds sections",
        rich_text(bullets(paragraph(piece()))),
        rich_text(bullets(quote(piece()))),
        "unsupported list item: rich_text_quote [json-pointer:/elements/0/elements/0/type]",
    ),
    Rule(
        "code holds text and links only",
        rich_text(code(piece(), {"type": "link", "url": "https://example.org"})),
        rich_text(code({"type": "user", "user_id": "U1"})),
        "unsupported rich text element: user [json-pointer:/elements/0/elements/0/type]",
    ),
    Rule(
        "a table has at most 100 rows",
        table(*[[cell()]] * 100),
        table(*[[cell()]] * 101),
        "no more than 100 items allowed [json-pointer:/rows]",
    ),
    Rule(
        "a row has at most 20 cells",
        table([cell()] * 20),
        table([cell()] * 21),
        "no more than 20 items allowed [json-pointer:/rows/0]",
    ),
    Rule(
        "a table has at most 10,000 characters",
        table(LONG_CELLS),
        table(LONG_CELLS, [rich_text(paragraph(piece("x")))]),
        "must be less than 10001 characters [json-pointer:/rows]",
    ),
    Rule(
        "a cell is raw text, a raw number or rich text",
        table(
            [cell(), {"type": "raw_number", "value": 1, "text": "1"}, rich_text(paragraph(piece()))]
        ),
        table([mrkdwn()]),
        "unsupported cell type: mrkdwn [json-pointer:/rows/0/0/type]",
    ),
    Rule(
        "a raw number is a number, with its text beside it",
        table([{"type": "raw_number", "value": 1.5, "text": "1.5"}]),
        table([{"type": "raw_number", "value": "1.5", "text": "1.5"}]),
        "must provide a number [json-pointer:/rows/0/0/value]",
    ),
    Rule(
        "a column is left, center or right",
        table([cell()], column_settings=[None, {"align": "right", "is_wrapped": True}]),
        table([cell()], column_settings=[{"align": "middle"}]),
        "must be one of left, center, right [json-pointer:/column_settings/0/align]",
    ),
    Rule(
        "a video's title has fewer than 200 characters",
        video(title=plain("x" * 199)),
        video(title=plain("x" * 200)),
        "must be less than 200 characters [json-pointer:/title/text]",
    ),
    Rule(
        "a file block is of a remote file",
        {"type": "file", "external_id": "1", "source": "remote"},
        {"type": "file", "external_id": "1", "source": "local"},
        "must be one of remote [json-pointer:/source]",
    ),
    Rule(
        "a call block names its call",
        {"type": "call", "call_id": "R1"},
        {"type": "call"},
        "missing required field: call_id [json-pointer:]",
    ),
    Rule(
        "a card shows something",
        card(title=mrkdwn(), body=mrkdwn("x" * 200), actions=[button()]),
        card(subtitle=mrkdwn()),
        "missing required field: hero_image or title or actions or body [json-pointer:]",
    ),
    Rule(
        "a card's body has at most 200 characters",
        card(body=mrkdwn("x" * 200), icon=image()),
        card(body=mrkdwn("x" * 201)),
        "must be less than 201 characters [json-pointer:/body/text]",
    ),
    Rule(
        "a carousel holds one to ten cards",
        {"type": "carousel", "elements": [card(title=mrkdwn())] * 10},
        {"type": "carousel", "elements": [card(title=mrkdwn())] * 11},
        "no more than 10 items allowed [json-pointer:/elements]",
    ),
    Rule(
        "a container holds at most ten blocks",
        container(*[section()] * 10),
        container(*[section()] * 11),
        "no more than 10 items allowed [json-pointer:/child_blocks]",
    ),
    Rule(
        "only a container that collapses begins collapsed",
        container(section(), is_collapsible=True, default_collapsed=True),
        container(section(), default_collapsed=True),
        "requires is_collapsible [json-pointer:/default_collapsed]",
    ),
    Rule(
        "a container that collapses has no line under its header",
        container(section(), has_header_divider=True),
        container(section(), has_header_divider=True, is_collapsible=True),
        "cannot be used with is_collapsible [json-pointer:/has_header_divider]",
    ),
    Rule(
        "a task is in a known state",
        task(details=rich_text(paragraph(piece()))),
        task(status="done"),
        "must be one of pending, in_progress, complete, error [json-pointer:/status]",
    ),
    Rule(
        "a plan holds tasks",
        {"type": "plan", "title": "Today", "tasks": [task()]},
        {"type": "plan", "title": "Today", "tasks": [section()]},
        "unsupported type: section [json-pointer:/tasks/0/type]",
    ),
    Rule(
        "an authentication provider says whether it is connected",
        provider(),
        provider(is_connected="no"),
        "must provide a boolean [json-pointer:/is_connected]",
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_a_block_within_the_rule_is_taken(rule: Rule) -> None:
    assert faults_in_message(message(rule.taken)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_a_block_against_the_rule_is_refused_for_that_reason_alone(rule: Rule) -> None:
    expected = rule.because.replace("[json-pointer:", "[json-pointer:/blocks/0")
    assert faults_in_message(message(rule.refused)) == [expected]


EXAMPLES: dict[str, Json] = {rule.taken["type"]: rule.taken for rule in RULES} | {
    "alert": {"type": "alert", "text": plain("Pick a channel."), "level": "error"},
}


def test_there_is_an_example_of_every_block() -> None:
    assert EXAMPLES.keys() == BLOCKS.keys()


@pytest.mark.parametrize("kind", sorted(BLOCKS))
def test_a_block_stands_only_on_its_surfaces(kind: str) -> None:
    example = EXAMPLES[kind]
    taken = {
        name
        for name, faults in {
            "message": faults_in_message(message(example)),
            "modal": faults_in_view(modal(example)),
            "home": faults_in_view(home(example)),
        }.items()
        if faults == []
    }
    assert taken == BLOCKS[kind].surfaces


@pytest.mark.parametrize(
    ("kind", "surfaces"),
    [
        ("section", {"message", "modal", "home"}),
        ("input", {"message", "modal", "home"}),
        ("table", {"message", "home"}),
        ("markdown", {"message"}),
        ("context_actions", {"message"}),
        ("alert", {"modal"}),
    ],
)
def test_slack_shows_the_block_on_these_surfaces(kind: str, surfaces: set[str]) -> None:
    assert BLOCKS[kind].surfaces == surfaces


def test_an_alert_in_a_modal_has_at_most_200_characters() -> None:
    def alert(text: str) -> Json:
        return {"type": "alert", "text": plain(text)}

    assert faults_in_view(modal(alert("x" * 200))) == []
    assert faults_in_view(modal(alert("x" * 201))) == [
        "must be less than 201 characters [json-pointer:/view/blocks/0/text/text]"
    ]


def test_a_block_on_the_wrong_surface_is_named() -> None:
    assert faults_in_view(modal(table([cell()]))) == [
        "unsupported type: table [json-pointer:/view/blocks/0/type]"
    ]


def test_every_fault_of_a_block_is_told_at_once() -> None:
    wrong = actions(button(""), {"type": "overflow", "options": [option("")]})
    assert faults_in_message(message(section(""), wrong)) == [
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
        "must be more than 0 characters [json-pointer:/blocks/1/elements/0/text/text]",
        "must be more than 0 characters [json-pointer:/blocks/1/elements/1/options/0/value]",
    ]
