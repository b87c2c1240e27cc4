"""Modals, Home views and their fields as a person reads them."""

import pytest

from sandbox.reading import blocks_as_text, view_as_text
from tests.sandbox.block_kit import (
    Json,
    actions,
    button,
    field,
    home,
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

NAMES = {"U1": "alice", "U2": "bob", "C1": "interview-prep"}


def lines(*expected: str) -> str:
    return "\n".join(expected)


def shown(element: Json) -> str:
    """What stands after the label of a field."""
    return blocks_as_text([field(element, label=plain("L"))], NAMES).removeprefix("L: ")


def test_a_modal_reads_from_its_title_to_its_buttons() -> None:
    view = modal(
        section("Where should the questions go?"),
        field(
            {"type": "conversations_select", "default_to_current_conversation": True},
            label=plain("Channel"),
        ),
        field(
            {"type": "timepicker", "initial_time": "09:00", "timezone": "Europe/Berlin"},
            label=plain("Time"),
            hint=plain("Local time in the schedule's time zone."),
        ),
        field(text_field(placeholder=plain("Daily practice")), label=plain("Name"), optional=True),
        title=plain("Set up Prep"),
        submit=plain("Create Schedule"),
        close=plain("Cancel"),
    )
    assert view_as_text(view, NAMES) == lines(
        "Set up Prep",
        "===========",
        "",
        "Where should the questions go?",
        "",
        "Channel: [(this conversation) v]",
        "",
        "Time: [09:00 v] (Europe/Berlin)",
        "  hint: Local time in the schedule's time zone.",
        "",
        "Name (optional): [(Daily practice)]",
        "",
        "[ Cancel ]  [* Create Schedule *]",
    )


def test_a_modal_without_buttons_of_its_own_can_be_closed() -> None:
    view = {"type": "modal", "title": plain("Sample answer"), "blocks": [section("Pages.")]}
    assert view_as_text(view) == lines(
        "Sample answer", "=============", "", "Pages.", "", "[ Close ]"
    )


def test_a_home_view_has_neither_title_nor_buttons() -> None:
    assert view_as_text(home(section("Your streak is 4."))) == "Your streak is 4."


def test_what_was_entered_is_shown_instead_of_what_was_proposed() -> None:
    topics = {"type": "checkboxes", "action_id": "t", "options": options(2)}
    view = modal(
        field(text_field(action_id="n", initial_value="Old"), label=plain("Name"), block_id="b1"),
        field(
            {**topics, "initial_options": options(1)},
            label=plain("Topics"),
            block_id="b2",
        ),
        field(text_field(action_id="e", initial_value="Old"), label=plain("Note"), block_id="b3"),
        actions({"type": "users_select", "action_id": "u", "initial_user": "U1"}, block_id="b4"),
        section(
            "When",
            block_id="b5",
            accessory={"type": "timepicker", "action_id": "w", "initial_time": "09:00"},
        ),
        field(text_field(action_id="k", initial_value="Kept"), label=plain("Kept"), block_id="b6"),
        state={
            "values": {
                "b1": {"n": {"type": "plain_text_input", "value": "New"}},
                "b2": {"t": {"type": "checkboxes", "selected_options": [option("1")]}},
                "b3": {"e": {"type": "plain_text_input", "value": None}},
                "b4": {"u": {"type": "users_select", "selected_user": "U2"}},
                "b5": {"w": {"type": "timepicker", "selected_time": "10:30"}},
            }
        },
    )
    assert view_as_text(view, NAMES).split("\n\n")[1:-1] == [
        "Name: [New]",
        lines("Topics:", "  [ ] Option 0", "  [x] Option 1"),
        "Note: [ ]",
        "[@bob v]",
        lines("When", "[10:30 v]"),
        "Kept: [Kept]",
    ]


def test_reading_a_view_does_not_change_it() -> None:
    state = {"values": {"b": {"a": {"type": "plain_text_input", "value": "New"}}}}
    view = modal(field(text_field(action_id="a", initial_value="Old"), block_id="b"), state=state)
    view_as_text(view)
    assert view["blocks"][0]["element"]["initial_value"] == "Old"


def test_an_error_stands_under_its_field() -> None:
    view = modal(field(text_field(), label=plain("Name"), block_id="name"))
    assert lines("Name: [ ]", "  (!) That name is taken.") in view_as_text(
        view, errors={"name": "That name is taken."}
    )


def test_a_view_reads_raw_on_demand() -> None:
    assert "Tom &amp; Jerry" in view_as_text(modal(section("Tom &amp; Jerry")), raw=True)


MENU: Json = {"type": "static_select", "options": options(2)}
SEVERAL: Json = {"type": "multi_static_select", "options": options(2)}


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (text_field(), "[ ]"),
        (text_field(initial_value="Daily"), "[Daily]"),
        (text_field(placeholder=plain("Daily")), "[(Daily)]"),
        ({"type": "email_text_input", "initial_value": "a@example.org"}, "[a@example.org]"),
        ({"type": "url_text_input"}, "[ ]"),
        ({"type": "number_input", "is_decimal_allowed": False, "initial_value": "5"}, "[5]"),
        ({"type": "file_input", "filetypes": ["pdf", "png"]}, "[ Choose Files: pdf, png ]"),
        ({"type": "file_input"}, "[ Choose Files ]"),
        ({"type": "datepicker", "initial_date": "2026-01-05"}, "[2026-01-05 v]"),
        ({"type": "datepicker", "placeholder": plain("Pick a day")}, "[(Pick a day) v]"),
        ({"type": "timepicker"}, "[ v]"),
        (
            {"type": "datetimepicker", "initial_date_time": 1_700_000_000},
            "[2023-11-14 22:13 UTC v]",
        ),
        ({"type": "datetimepicker"}, "[ v]"),
        ({"type": "users_select", "initial_user": "U1"}, "[@alice v]"),
        ({"type": "users_select", "placeholder": plain("Who?")}, "[(Who?) v]"),
        ({"type": "multi_users_select", "initial_users": ["U1", "U2"]}, "[@alice, @bob v]"),
        ({"type": "channels_select", "initial_channel": "C1"}, "[#interview-prep v]"),
        ({"type": "multi_channels_select", "initial_channels": ["C9"]}, "[#C9 v]"),
        ({"type": "conversations_select", "initial_conversation": "C1"}, "[#interview-prep v]"),
        (
            {"type": "multi_conversations_select", "initial_conversations": ["C1", "U2"]},
            "[#interview-prep, @bob v]",
        ),
        ({"type": "external_select", "initial_option": option("a")}, "[Option a v]"),
        ({"type": "multi_external_select", "placeholder": plain("Find")}, "[(Find) v]"),
        (MENU, "[ v]\n  options: Option 0 | Option 1"),
        (
            {**MENU, "initial_option": option("1")},
            "[Option 1 v]\n  options: Option 0 | Option 1",
        ),
        (
            {**SEVERAL, "initial_options": options(2)},
            "[Option 0, Option 1 v]\n  options: Option 0 | Option 1",
        ),
        (
            {"type": "static_select", "options": options(40), "initial_option": option("3")},
            "[Option 3 v]\n  options: 40, from Option 0 to Option 39",
        ),
        (
            {"type": "static_select", "option_groups": [{"label": plain(), "options": options(2)}]},
            "[ v]\n  options: Text (Option 0 | Option 1)",
        ),
    ],
)
def test_a_field_shows_its_value_or_what_it_asks_for(element: Json, expected: str) -> None:
    assert shown(element) == expected


def test_boxes_stand_under_their_label_one_by_one() -> None:
    boxes = {
        "type": "checkboxes",
        "options": [option("a", description=plain("Lists too")), option("b", text=mrkdwn("*B*"))],
        "initial_options": [option("b", text=mrkdwn("*B*"))],
    }
    radio = {"type": "radio_buttons", "options": options(2), "initial_option": option("0")}
    blocks = [field(boxes, label=plain("Topics")), field(radio, label=plain("Level"))]
    assert blocks_as_text(blocks) == lines(
        "Topics:",
        "  [ ] Option a (Lists too)",
        "  [x] *B*",
        "",
        "Level:",
        "  (o) Option 0",
        "  ( ) Option 1",
    )


def test_a_value_of_several_lines_stands_under_its_label() -> None:
    note = text_field(multiline=True, initial_value="One\nTwo")
    rich = {"type": "rich_text_input", "initial_value": rich_text(paragraph(piece("Only")))}
    blocks = [field(note, label=plain("Note")), field(rich, label=plain("Rich"))]
    assert blocks_as_text(blocks) == lines("Note:", "  [One", "  Two]", "", "Rich: [Only]")


def test_feedback_and_icon_buttons_are_buttons() -> None:
    thumbs = {
        "type": "feedback_buttons",
        "positive_button": {"text": plain("Good"), "value": "+"},
        "negative_button": {"text": plain("Bad"), "value": "-"},
    }
    bin_ = {"type": "icon_button", "icon": "trash", "text": plain("Remove")}
    block = {"type": "context_actions", "elements": [thumbs, bin_]}
    assert blocks_as_text([block]) == "[ Good ]  [ Bad ]  [ Remove ]"


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (image(title=plain("Cat")), "Cat\n(image: A cat)"),
        ({"type": "file", "external_id": "F1", "source": "remote"}, "(file: F1)"),
        ({"type": "call", "call_id": "R1"}, "(call: R1)"),
        ({"type": "alert", "text": plain("Pick one."), "level": "error"}, "(!) error: Pick one."),
        ({"type": "alert", "text": plain("Pick one.")}, "(!) Pick one."),
        (
            {
                "type": "video",
                "title": plain("B-trees"),
                "alt_text": "A talk",
                "video_url": "https://example.org/v",
                "thumbnail_url": "https://example.org/t",
            },
            "(video: B-trees; A talk; https://example.org/v)",
        ),
        (
            {
                "type": "card",
                "hero_image": image(),
                "title": mrkdwn("*Title*"),
                "body": mrkdwn("Body"),
                "actions": [button("Open")],
            },
            "  (image: A cat)\n  *Title*\n  Body\n  [ Open ]",
        ),
        (
            {
                "type": "carousel",
                "elements": [
                    {"type": "card", "title": mrkdwn("One")},
                    {"type": "card", "title": mrkdwn("Two")},
                ],
            },
            "  One\n\n  Two",
        ),
        (
            {
                "type": "container",
                "title": plain("Details"),
                "subtitle": mrkdwn("Of round 12"),
                "child_blocks": [section("Inside")],
                "is_collapsible": True,
                "default_collapsed": True,
            },
            "Details (collapsed)\n-------------------\nOf round 12\n  Inside",
        ),
        (
            {
                "type": "container",
                "rich_text_title": rich_text(paragraph(piece("Rich"))),
                "child_blocks": [section("Inside")],
            },
            "Rich\n----\n  Inside",
        ),
        (
            {
                "type": "plan",
                "title": "Today",
                "tasks": [
                    {
                        "type": "task_card",
                        "task_id": "1",
                        "title": "Read",
                        "status": "complete",
                        "output": rich_text(paragraph(piece("Done."))),
                        "sources": [{"type": "url", "url": "https://x.org", "text": "Book"}],
                    }
                ],
            },
            "Today\n-----\n  [done] Read\n    Done.\n    Book (https://x.org)",
        ),
        (
            {
                "type": "auth_provider",
                "value": "github",
                "name": plain("GitHub"),
                "is_connected": True,
                "connected_identity": plain("@alice"),
                "accessory": {"type": "overflow", "options": options(1)},
            },
            "GitHub\n@alice\n[ Disconnect ]  [ ⋯ Option 0 ]",
        ),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_the_rarer_blocks_can_be_read_too(block: Json, expected: str) -> None:
    assert blocks_as_text([block]) == expected
