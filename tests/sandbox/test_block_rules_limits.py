"""The smaller limits: for each the last value that is taken and the first that is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.block_rules import faults_in_message, faults_in_view
from tests.sandbox.block_kit import (
    Json,
    actions,
    button,
    cell,
    field,
    image,
    message,
    modal,
    mrkdwn,
    option,
    options,
    plain,
    rich_text,
    section,
    table,
    text_field,
)

A: Json = {"type": "text", "text": "A"}


def card(**fields: Any) -> Json:
    return {"type": "card", "body": mrkdwn(), **fields}


def container(**fields: Any) -> Json:
    return {"type": "container", "title": plain(), "child_blocks": [section()], **fields}


def carousel(count: int) -> Json:
    return {"type": "carousel", "elements": [card()] * count}


def plan(count: int) -> Json:
    task = {"type": "task_card", "task_id": "1", "title": "Read", "status": "pending"}
    return {"type": "plan", "title": "Today", "tasks": [task] * count}


def feedback(**fields: Any) -> Json:
    thumb = {"text": plain("Good"), "value": "+"}
    rate = {"type": "feedback_buttons", "positive_button": thumb}
    return {
        "type": "context_actions",
        "elements": [{**rate, "negative_button": {**thumb, **fields}}],
    }


def bins(count: int, **fields: Any) -> Json:
    one = {"type": "icon_button", "icon": "trash", "text": plain(), **fields}
    return {"type": "context_actions", "elements": [one] * count}


def video(**fields: Any) -> Json:
    links = {"video_url": "https://example.org/v", "thumbnail_url": "https://example.org/t"}
    return {"type": "video", "alt_text": "A talk", "title": plain(), **links, **fields}


def provider(**fields: Any) -> Json:
    known = {"value": "github", "name": plain("GitHub"), "is_connected": True}
    return {"type": "auth_provider", **known, **fields}


def picture(length: int) -> Json:
    return image(image_url="https://x.org/" + "x" * (length - 14))


def confirmed(length: int) -> Json:
    texts = {"title": plain(), "text": plain(), "confirm": plain("x" * length)}
    return actions(button(confirm=texts))


def boxes(*offered: Json) -> Json:
    return {"type": "checkboxes", "options": list(offered)}


def of(count: int) -> str:
    return "x" * count


LONGEST: list[tuple[str, Callable[[int], Json], int]] = [
    ("accessibility label", lambda n: actions(button(accessibility_label=of(n))), 75),
    ("agent prompt", lambda n: actions(button(agent_prompt=of(n))), 4000),
    ("confirming button", confirmed, 30),
    ("text beside a box", lambda n: actions(boxes(option(text=mrkdwn(of(n))))), 75),
    ("image address", picture, 3000),
    ("image accessory's text", lambda n: section(accessory=image(alt_text=of(n))), 2000),
    ("placeholder of a field", lambda n: field(text_field(placeholder=plain(of(n)))), 150),
    ("first value of a field", lambda n: field(text_field(initial_value=of(n))), 3000),
    ("feedback text", lambda n: feedback(text=plain(of(n))), 75),
    ("feedback value", lambda n: feedback(value=of(n)), 2000),
    ("feedback label", lambda n: feedback(accessibility_label=of(n)), 75),
    ("icon button's value", lambda n: bins(1, value=of(n)), 2000),
    ("context element", lambda n: {"type": "context", "elements": [mrkdwn(of(n))]}, 3000),
    ("video's description", lambda n: video(description=plain(of(n))), 200),
    ("video's author", lambda n: video(author_name=of(n)), 49),
    ("card's title", lambda n: card(title=mrkdwn(of(n))), 150),
    ("card's subtitle", lambda n: card(subtitle=mrkdwn(of(n))), 150),
    ("container's title", lambda n: container(title=plain(of(n))), 150),
    ("container's subtitle", lambda n: container(subtitle=mrkdwn(of(n))), 150),
    ("provider's value", lambda n: provider(value=of(n)), 150),
    ("provider's name", lambda n: provider(name=plain(of(n))), 75),
    ("provider's description", lambda n: provider(description=plain(of(n))), 150),
    ("provider's identity", lambda n: provider(connected_identity=plain(of(n))), 75),
    ("provider's context", lambda n: provider(connected_context=plain(of(n))), 75),
    (
        "event type",
        lambda n: {"metadata": {"event_type": of(n), "event_payload": {}}},
        255,
    ),
]

MOST: list[tuple[str, Callable[[int], Json], int]] = [
    ("context actions", bins, 5),
    ("column settings", lambda n: table([cell()], column_settings=[None] * n), 20),
    ("card's buttons", lambda n: card(actions=[button()] * n), 3),
    ("cards of a carousel", carousel, 10),
    ("tasks of a plan", plan, 50),
    (
        "option groups",
        lambda n: actions(
            {
                "type": "static_select",
                "option_groups": [
                    {"label": plain(), "options": [option(str(i))]} for i in range(n)
                ],
            }
        ),
        100,
    ),
    (
        "options of a group",
        lambda n: actions(
            {
                "type": "static_select",
                "option_groups": [{"label": plain(), "options": options(n)}],
            }
        ),
        100,
    ),
]

# What may be there, but not empty.
AT_LEAST_ONE: list[tuple[str, Callable[[int], Json]]] = [
    ("accessibility label", lambda n: actions(button(accessibility_label=of(n)))),
    ("agent prompt", lambda n: actions(button(agent_prompt=of(n)))),
    ("button's value", lambda n: actions(button(value=of(n)))),
    ("button's action_id", lambda n: actions(button(action_id=of(n)))),
    ("feedback value", lambda n: feedback(value=of(n))),
    ("feedback label", lambda n: feedback(accessibility_label=of(n))),
    ("icon button's value", lambda n: bins(1, value=of(n))),
    ("author of a video", lambda n: video(author_name=of(n))),
    ("provider's value", lambda n: provider(value=of(n))),
    ("block_id", lambda n: section(block_id=of(n))),
    ("context", lambda n: {"type": "context", "elements": [plain()] * n}),
    ("fields", lambda n: {"type": "section", "fields": [plain()] * n}),
    ("rich text", lambda n: rich_text(*[{"type": "rich_text_section", "elements": [A]}] * n)),
    (
        "section of rich text",
        lambda n: rich_text({"type": "rich_text_section", "elements": [A] * n}),
    ),
    ("rows of a table", lambda n: table(*[[cell()]] * n)),
    ("cells of a row", lambda n: table([cell()] * n)),
    ("cards of a carousel", carousel),
    ("tasks of a plan", plan),
    ("card's buttons", lambda n: card(actions=[button()] * n)),
    ("radio buttons", lambda n: field({"type": "radio_buttons", "options": options(n)})),
    ("overflow options", lambda n: actions({"type": "overflow", "options": options(n)})),
    ("persons who see a button", lambda n: actions(button(visible_to_user_ids=["U1"] * n))),
]


def sent(part: Json) -> Json:
    return part if "metadata" in part else message(part)


def names(table: list[tuple[Any, ...]]) -> list[str]:
    return [str(row[0]) for row in table]


@pytest.mark.parametrize(("_name", "build", "most"), LONGEST, ids=names([*LONGEST]))
def test_a_text_is_taken_up_to_its_longest(
    _name: str, build: Callable[[int], Json], most: int
) -> None:
    assert faults_in_message(sent(build(most))) == []
    (fault,) = faults_in_message(sent(build(most + 1)))
    assert fault.startswith(f"must be less than {most + 1} characters ")


@pytest.mark.parametrize(("_name", "build", "most"), MOST, ids=names([*MOST]))
def test_items_are_taken_up_to_the_most(
    _name: str, build: Callable[[int], Json], most: int
) -> None:
    assert faults_in_message(message(build(most))) == []
    (fault,) = faults_in_message(message(build(most + 1)))
    assert fault.startswith(f"no more than {most} items allowed ")


@pytest.mark.parametrize(("_name", "build"), AT_LEAST_ONE, ids=names([*AT_LEAST_ONE]))
def test_what_is_there_is_not_empty(_name: str, build: Callable[[int], Json]) -> None:
    assert faults_in_message(message(build(1))) == []
    (fault,) = faults_in_message(message(build(0)))
    assert fault.startswith(("must be more than 0 characters ", "no fewer than 1 items allowed "))


RANGES: list[tuple[str, Callable[[int], Json], int, int]] = [
    ("least length", lambda n: text_field(min_length=n), 0, 3000),
    ("greatest length", lambda n: text_field(max_length=n), 1, 3000),
    ("least lines", lambda n: {"type": "rich_text_input", "min_lines": n}, 1, 100),
    ("greatest lines", lambda n: {"type": "rich_text_input", "max_lines": n}, 1, 100),
    ("files", lambda n: {"type": "file_input", "max_files": n}, 1, 10),
    (
        "moment",
        lambda n: {"type": "datetimepicker", "initial_date_time": n},
        1_000_000_000,
        9_999_999_999,
    ),
]


@pytest.mark.parametrize(("_name", "build", "least", "most"), RANGES, ids=names([*RANGES]))
def test_a_number_is_taken_within_its_range(
    _name: str, build: Callable[[int], Json], least: int, most: int
) -> None:
    assert faults_in_view(modal(field(build(least)), field(build(most)))) == []
    assert len(faults_in_view(modal(field(build(least - 1))))) == 1
    assert len(faults_in_view(modal(field(build(most + 1))))) == 1


@pytest.mark.parametrize("kind", ["plain_text_input", "email_text_input", "url_text_input"])
def test_a_field_may_begin_with_nothing_in_it(kind: str) -> None:
    assert faults_in_view(modal(field({"type": kind, "initial_value": ""}))) == []


@pytest.mark.parametrize("name", ["callback_id", "external_id", "private_metadata"])
def test_a_view_may_leave_its_identifiers_empty(name: str) -> None:
    assert faults_in_view(modal(**{name: ""})) == []


@pytest.mark.parametrize("payload", [{"blocks": []}, {"text": ""}, {"attachments": []}, {}])
def test_an_empty_message_is_for_the_caller_to_refuse(payload: Json) -> None:
    assert faults_in_message(payload) == []


def test_lists_and_dates_may_begin_at_zero() -> None:
    items = [{"type": "rich_text_section", "elements": [A]}]
    first = {"type": "rich_text_list", "style": "ordered", "indent": 0, "offset": 0}
    epoch = {"type": "date", "timestamp": 0, "format": "{date}"}
    block = rich_text(
        {**first, "elements": items}, {"type": "rich_text_section", "elements": [epoch]}
    )
    assert faults_in_message(message(block)) == []
