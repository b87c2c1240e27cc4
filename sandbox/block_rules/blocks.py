"""Every block: one row in `BLOCKS` for each type, with its fields, limits and surfaces.

To add a block: add its row. Nothing else needs to know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.block_rules.checks import (
    Check,
    Faults,
    Record,
    RecordCheck,
    any_object,
    at_least_one_of,
    boolean,
    choice,
    fault,
    listing,
    or_null,
    string,
    tagged,
    url,
)
from sandbox.block_rules.composition import any_text, mrkdwn, plain_text
from sandbox.block_rules.elements import (
    ALT_TEXT,
    CELLS,
    ELEMENTS,
    ID,
    IMAGE_HAS_ONE_SOURCE,
    IMAGE_SOURCE,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUTS,
    IN_SECTIONS,
    element,
)
from sandbox.block_rules.rich_text import RICH_TEXT_PARTS

Surface = Literal["message", "modal", "home"]
Fields = Mapping[str, Check]

EVERYWHERE: frozenset[Surface] = frozenset({"message", "modal", "home"})
MESSAGES: frozenset[Surface] = frozenset({"message"})
MESSAGES_AND_HOME: frozenset[Surface] = frozenset({"message", "home"})
MODALS: frozenset[Surface] = frozenset({"modal"})

LONGEST_MARKDOWN = 12_000
MOST_TABLE_CHARACTERS = 10_000


@dataclass(frozen=True, slots=True)
class BlockRule:
    """What a block may hold and where it may stand."""

    check: Record
    surfaces: frozenset[Surface]


def _block(
    kind: str,
    surfaces: frozenset[Surface],
    required: Fields,
    optional: Fields | None = None,
    also: tuple[RecordCheck, ...] = (),
) -> BlockRule:
    check = Record(
        {"type": choice(kind), **required},
        {"block_id": ID, **(optional or {})},
        also,
    )
    return BlockRule(check, surfaces)


def block_of(*allowed: str) -> Check:
    """A block of one of these types, inside another block; looked up when it is checked."""

    def check(value: Any, pointer: str) -> Faults:
        rules = {name: BLOCKS[name].check for name in allowed or tuple(BLOCKS)}
        yield from tagged(rules)(value, pointer)

    return check


def table_is_not_too_long(table: Mapping[str, Any], pointer: str) -> Faults:
    """All the cells of a table together hold at most 10,000 characters."""
    total = sum(_characters_in(cell) for row in table["rows"] for cell in row)
    if total > MOST_TABLE_CHARACTERS:
        yield fault(f"must be less than {MOST_TABLE_CHARACTERS + 1} characters", f"{pointer}/rows")


def _characters_in(cell: Mapping[str, Any]) -> int:
    own = cell.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(
        map(_characters_in, cell.get("elements", ()))
    )


def collapsing_is_consistent(container: Mapping[str, Any], pointer: str) -> Faults:
    """Only what can be collapsed starts collapsed, and it has no line under its header."""
    collapsible = container.get("is_collapsible", False)
    if container.get("default_collapsed") and not collapsible:
        yield fault("requires is_collapsible", f"{pointer}/default_collapsed")
    if container.get("has_header_divider") and collapsible:
        yield fault("cannot be used with is_collapsible", f"{pointer}/has_header_divider")


_ELEMENT_OF_CONTEXT = tagged(
    {
        "plain_text": plain_text(),
        "mrkdwn": mrkdwn(),
        "image": ELEMENTS["image"],
    },
    what="element type",
)
_IMAGE = element(frozenset({"image"}))
_CELL = tagged({**CELLS, "rich_text": block_of("rich_text")}, what="cell type")
_COLUMN = Record(optional={"align": choice("left", "center", "right"), "is_wrapped": boolean})
_SOURCE = Record({"type": choice("url"), "url": url(), "text": string()})

BLOCKS: Mapping[str, BlockRule] = {
    "section": _block(
        "section",
        EVERYWHERE,
        {},
        {
            "text": any_text(3000),
            "fields": listing(any_text(2000), 1, 10),
            "accessory": element(IN_SECTIONS),
            "expand": boolean,
        },
        (at_least_one_of("text", "fields"),),
    ),
    "header": _block("header", EVERYWHERE, {"text": plain_text(150)}),
    "divider": _block("divider", EVERYWHERE, {}),
    "context": _block("context", EVERYWHERE, {"elements": listing(_ELEMENT_OF_CONTEXT, 1, 10)}),
    "actions": _block("actions", EVERYWHERE, {"elements": listing(element(IN_ACTIONS), 1, 25)}),
    "context_actions": _block(
        "context_actions", MESSAGES, {"elements": listing(element(IN_CONTEXT_ACTIONS), 1, 5)}
    ),
    "input": _block(
        "input",
        EVERYWHERE,
        {"label": plain_text(2000), "element": element(IN_INPUTS)},
        {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "image": _block(
        "image",
        EVERYWHERE,
        {"alt_text": ALT_TEXT},
        {**IMAGE_SOURCE, "title": plain_text(2000)},
        (IMAGE_HAS_ONE_SOURCE,),
    ),
    "rich_text": _block("rich_text", EVERYWHERE, {"elements": RICH_TEXT_PARTS}),
    "markdown": _block("markdown", MESSAGES, {"text": string(1, LONGEST_MARKDOWN)}),
    "table": _block(
        "table",
        MESSAGES_AND_HOME,
        {"rows": listing(listing(_CELL, 1, 20), 1, 100)},
        {"column_settings": listing(or_null(_COLUMN), 0, 20)},
        (table_is_not_too_long,),
    ),
    "video": _block(
        "video",
        EVERYWHERE,
        {
            "alt_text": ALT_TEXT,
            "title": plain_text(199),
            "video_url": url(),
            "thumbnail_url": url(),
        },
        {
            "title_url": url(),
            "description": plain_text(200),
            "author_name": string(1, 49),
            "provider_name": string(),
            "provider_icon_url": url(),
        },
    ),
    "file": _block("file", MESSAGES, {"external_id": string(), "source": choice("remote")}),
    "call": _block(
        "call",
        MESSAGES,
        {"call_id": string()},
        {"api_decoration_available": boolean, "call": any_object},
    ),
    "alert": _block(
        "alert",
        MODALS,
        {"text": any_text(200)},
        {"level": choice("default", "info", "warning", "error", "success")},
    ),
    "card": _block(
        "card",
        MESSAGES,
        {},
        {
            "hero_image": _IMAGE,
            "icon": _IMAGE,
            "title": any_text(150),
            "subtitle": any_text(150),
            "body": any_text(200),
            "actions": listing(element(frozenset({"button"})), 1, 3),
        },
        (at_least_one_of("hero_image", "title", "actions", "body"),),
    ),
    "carousel": _block("carousel", MESSAGES, {"elements": listing(block_of("card"), 1, 10)}),
    "container": _block(
        "container",
        MESSAGES,
        {"child_blocks": listing(block_of(), 1, 10)},
        {
            "title": plain_text(150),
            "rich_text_title": block_of("rich_text"),
            "subtitle": any_text(150),
            "width": choice("narrow", "standard", "wide", "full"),
            "icon": _IMAGE,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        (at_least_one_of("title", "rich_text_title"), collapsing_is_consistent),
    ),
    "task_card": _block(
        "task_card",
        MESSAGES,
        {
            "task_id": string(),
            "title": string(),
            "status": choice("pending", "in_progress", "complete", "error"),
        },
        {
            "details": block_of("rich_text"),
            "output": block_of("rich_text"),
            "sources": listing(_SOURCE),
        },
    ),
    "plan": _block(
        "plan", MESSAGES, {"title": string()}, {"tasks": listing(block_of("task_card"), 1, 50)}
    ),
    "auth_provider": _block(
        "auth_provider",
        # Its page names no surface, so none is refused.
        EVERYWHERE,
        {"value": string(1, 150), "name": plain_text(75), "is_connected": boolean},
        {
            "description": plain_text(150),
            "icon_url": url(),
            "auth_url": url(),
            "disconnect_url": url(),
            "connected_identity": plain_text(75),
            "connected_context": plain_text(75),
            "accessory": element(frozenset({"overflow"})),
            "fallback": listing(block_of()),
        },
    ),
}


def block_on(surface: Surface) -> Check:
    """A block of any type that may stand on this surface."""
    return tagged(
        {name: rule.check for name, rule in BLOCKS.items() if surface in rule.surfaces},
    )
