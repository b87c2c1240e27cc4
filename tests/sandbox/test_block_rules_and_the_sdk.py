"""Our rules against the models of Slack's own SDK: what those build must pass."""

from typing import Any

import pytest
from slack_sdk.models import blocks as sdk
from slack_sdk.models.blocks import basic_components, block_elements
from slack_sdk.models.views import View

from sandbox.block_rules import faults_in_message, faults_in_view
from sandbox.block_rules.blocks import BLOCKS
from sandbox.block_rules.checks import Record
from sandbox.block_rules.elements import ELEMENTS
from sandbox.block_rules.rich_text import PARTS, PIECES

Pieces = sdk.RichTextElementParts
OPTIONS = [sdk.Option(text="Arrays", value="arrays"), sdk.Option(text="Graphs", value="graphs")]
CONFIRM = sdk.ConfirmObject(title="Delete it?", text="It cannot be undone.", style="danger")
BOLD = Pieces.TextStyle(bold=True, italic=True, strike=True, code=True, underline=True)
STYLED = [
    Pieces.Text(text="Read ", style=BOLD),
    Pieces.Link(url="https://example.org", text="this"),
    Pieces.User(user_id="U1"),
    Pieces.UserGroup(usergroup_id="S1"),
    Pieces.Channel(channel_id="C1"),
    Pieces.Team(team_id="T1"),
    Pieces.Emoji(name="wave", skin_tone=2),
    Pieces.Date(timestamp=1_700_000_000, format="{date_short}", fallback="Tuesday"),
    Pieces.Broadcast(range="here"),
    Pieces.Color(value="#1D9BD1"),
]
RICH_TEXT = sdk.RichTextBlock(
    block_id="rich",
    elements=[
        sdk.RichTextSectionElement(elements=STYLED),
        sdk.RichTextListElement(
            elements=[sdk.RichTextSectionElement(elements=[Pieces.Text(text="One")])],
            style="ordered",
            indent=1,
            offset=2,
            border=0,
        ),
        sdk.RichTextQuoteElement(elements=[Pieces.Text(text="Said")]),
        sdk.RichTextPreformattedElement(elements=[Pieces.Text(text="x = 1")], border=0),
    ],
)

MESSAGE_BLOCKS: list[sdk.Block] = [
    sdk.HeaderBlock(text="Why are B-trees wide?"),
    sdk.SectionBlock(
        text=sdk.MarkdownTextObject(text="*Pick* one", verbatim=True),
        fields=["*Level*\nMedium", sdk.PlainTextObject(text="Databases", emoji=True)],
        accessory=sdk.ImageElement(image_url="https://example.org/cat.png", alt_text="A cat"),
    ),
    sdk.DividerBlock(block_id="line"),
    sdk.ImageBlock(image_url="https://example.org/cat.png", alt_text="A cat", title="Cat"),
    sdk.ImageBlock(slack_file={"id": "F1"}, alt_text="A cat"),
    sdk.ContextBlock(elements=[sdk.MarkdownTextObject(text="Round 12")]),
    sdk.ActionsBlock(
        elements=[
            sdk.ButtonElement(
                text="Delete",
                action_id="delete",
                value="12",
                style="danger",
                confirm=CONFIRM,
                accessibility_label="Delete the round",
            ),
            sdk.LinkButtonElement(text="Guide", url="https://example.org", action_id="guide"),
            sdk.OverflowMenuElement(options=OPTIONS, action_id="more"),
            sdk.StaticSelectElement(options=OPTIONS, action_id="topic", placeholder="Pick one"),
            sdk.UserSelectElement(action_id="who", initial_user="U1"),
            sdk.ChannelSelectElement(action_id="where", initial_channel="C1"),
            sdk.DatePickerElement(action_id="day", initial_date="2026-01-05"),
            sdk.TimePickerElement(action_id="time", initial_time="09:30", timezone="UTC"),
            sdk.DateTimePickerElement(action_id="at", initial_date_time=1_700_000_000),
            sdk.CheckboxesElement(action_id="c", options=OPTIONS, initial_options=OPTIONS[:1]),
            sdk.RadioButtonsElement(action_id="r", options=OPTIONS, initial_option=OPTIONS[1]),
            sdk.ExternalDataSelectElement(action_id="e", placeholder="Find", min_query_length=2),
            block_elements.WorkflowButtonElement(
                text="Run",
                action_id="run",
                workflow=basic_components.Workflow(
                    trigger=basic_components.WorkflowTrigger(
                        url="https://slack.com/shortcuts/Ft1/x"
                    )
                ),
            ),
        ]
    ),
    sdk.ContextActionsBlock(
        elements=[
            sdk.FeedbackButtonsElement(
                action_id="rate",
                positive_button=sdk.FeedbackButtonObject(text="Good", value="+"),
                negative_button=sdk.FeedbackButtonObject(text="Bad", value="-"),
            ),
            sdk.IconButtonElement(action_id="bin", icon="trash", text="Remove"),
        ]
    ),
    RICH_TEXT,
    sdk.MarkdownBlock(text="# A question"),
    sdk.TableBlock(
        rows=[
            [sdk.RawTextObject(text="Who").to_dict(), sdk.RawTextObject(text="Streak").to_dict()],
            [
                basic_components.RawTextObject(text="alice").to_dict(),
                basic_components.RawNumberObject(value=12, text="12").to_dict(),
            ],
        ],
        column_settings=[None, {"align": "right", "is_wrapped": False}],
    ),
    sdk.VideoBlock(
        alt_text="A talk",
        title="B-trees",
        video_url="https://example.org/embed",
        thumbnail_url="https://example.org/thumb.png",
        author_name="alice",
    ),
    sdk.InputBlock(label="Your answer", element=sdk.PlainTextInputElement(multiline=True)),
]

VIEW_BLOCKS: list[sdk.Block] = [
    sdk.InputBlock(
        label="Name",
        hint="Short",
        optional=True,
        element=sdk.PlainTextInputElement(
            action_id="name", initial_value="Daily", min_length=1, max_length=80, focus_on_load=True
        ),
    ),
    sdk.InputBlock(
        label="Where",
        element=sdk.ConversationSelectElement(
            default_to_current_conversation=True,
            response_url_enabled=True,
            filter=sdk.ConversationFilter(include=["public", "private"], exclude_bot_users=True),
        ),
    ),
    sdk.InputBlock(
        label="Topics",
        element=sdk.StaticMultiSelectElement(
            option_groups=[sdk.OptionGroup(label="Basics", options=OPTIONS)],
            initial_options=OPTIONS,
            max_selected_items=2,
        ),
    ),
    sdk.InputBlock(label="People", element=sdk.UserMultiSelectElement(initial_users=["U1"])),
    sdk.InputBlock(label="Rooms", element=sdk.ChannelMultiSelectElement(initial_channels=["C1"])),
    sdk.InputBlock(label="Talks", element=sdk.ConversationMultiSelectElement()),
    sdk.InputBlock(label="Others", element=sdk.ExternalDataMultiSelectElement()),
    sdk.InputBlock(label="Mail", element=sdk.EmailInputElement(initial_value="a@example.org")),
    sdk.InputBlock(label="Page", element=sdk.UrlInputElement(initial_value="https://example.org")),
    sdk.InputBlock(label="Words", element=sdk.NumberInputElement(is_decimal_allowed=False)),
    sdk.InputBlock(label="Notes", element=sdk.RichTextInputElement(initial_value=RICH_TEXT)),
    sdk.InputBlock(
        label="File",
        element=block_elements.FileInputElement(action_id="f", filetypes=["pdf"], max_files=2),
    ),
    sdk.AlertBlock(text="Pick a channel.", level="error"),
]


@pytest.mark.parametrize("block", MESSAGE_BLOCKS, ids=lambda block: str(block.type))
def test_a_block_the_sdk_builds_is_taken_in_a_message(block: sdk.Block) -> None:
    assert faults_in_message({"text": "Hi", "blocks": [block.to_dict()]}) == []


def test_a_whole_message_the_sdk_builds_is_taken() -> None:
    blocks = [block.to_dict() for block in MESSAGE_BLOCKS]
    assert faults_in_message({"text": "Hi", "blocks": blocks}) == []


def test_a_modal_the_sdk_builds_is_taken() -> None:
    view = View(
        type="modal",
        callback_id="set_up",
        private_metadata="{}",
        title="Set up",
        submit="Save",
        close="Cancel",
        notify_on_close=True,
        blocks=VIEW_BLOCKS,
    )
    assert faults_in_view(view.to_dict()) == []


def test_a_home_view_the_sdk_builds_is_taken() -> None:
    view = View(type="home", blocks=[block for block in MESSAGE_BLOCKS if block.type in HOME])
    assert len(view.blocks) > 5
    assert faults_in_view(view.to_dict()) == []


HOME = {name for name, rule in BLOCKS.items() if "home" in rule.surfaces}


def models(base: type[Any]) -> dict[str, type[Any]]:
    """The SDK's classes below this one that stand for one type of JSON object."""
    found: dict[str, type[Any]] = {}
    for child in base.__subclasses__():
        found |= models(child)
        name = getattr(child, "type", None)
        if isinstance(name, str) and name not in ("url", "interactive"):
            found[name] = child
    return found


# The SDK's base classes give these to every element; Slack's reference gives them only to some.
INHERITED = {"type", "alt_text", "confirm", "placeholder", "focus_on_load"}


def missing_fields(ours: Record, theirs: type[Any]) -> set[str]:
    attributes: set[str] = object.__new__(theirs).attributes
    return attributes - INHERITED - set(ours.required) - set(ours.optional)


def test_every_block_of_the_sdk_and_each_of_its_fields_is_known() -> None:
    theirs = models(sdk.Block)
    assert theirs.keys() <= BLOCKS.keys()
    missing = {name: missing_fields(BLOCKS[name].check, theirs[name]) for name in theirs}
    assert {name: fields for name, fields in missing.items() if fields} == {}


def test_every_element_of_the_sdk_and_each_of_its_fields_is_known() -> None:
    theirs = models(block_elements.BlockElement)
    ours = {**PIECES, **PARTS, **ELEMENTS}
    assert theirs.keys() <= ours.keys()
    records = {name: record for name, record in ours.items() if isinstance(record, Record)}
    missing = {name: missing_fields(records[name], theirs[name]) for name in theirs}
    assert {name: fields for name, fields in missing.items() if fields} == {}
