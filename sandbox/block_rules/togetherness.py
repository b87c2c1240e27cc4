"""The rules that tie blocks to each other and to the surface they stand on.

They look through payloads that may be malformed, so they take nothing for granted; the shape itself
is checked elsewhere.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.block_rules.blocks import BLOCKS, LONGEST_MARKDOWN, Surface
from sandbox.block_rules.checks import Faults, fault
from sandbox.block_rules.elements import ELEMENTS

Found = tuple[str, Mapping[str, Any]]

_BLOCKS_ONLY = BLOCKS.keys() - ELEMENTS.keys()

_FIELDS_BY_SURFACE: Mapping[str, frozenset[Surface]] = {
    "focus_on_load": frozenset({"modal", "home"}),
    "response_url_enabled": frozenset({"modal"}),
}
_ELEMENTS_BY_SURFACE: Mapping[str, frozenset[Surface]] = {"file_input": frozenset({"modal"})}


def faults_between_blocks(places: Mapping[str, Any], surface: Surface) -> Faults:
    """The faults of lists of blocks that are shown together, each under its JSON pointer."""
    found = [one for pointer, blocks in places.items() for one in _objects_in(blocks, pointer)]
    yield from _repeated_block_ids(found)
    for pointer, blocks in places.items():
        yield from _repeated_action_ids(blocks, pointer)
    yield from _misplaced(found, surface)
    yield from _more_than_one(found, "focus_on_load", True, "only one element can have focus")
    if surface == "message":
        yield from _more_than_one(found, "type", "table", "only_one_table_allowed")
        yield from _too_much_markdown(found)


def _objects_in(value: Any, pointer: str) -> Iterator[Found]:
    if isinstance(value, Mapping):
        yield pointer, value
    for name, inner in _children(value):
        yield from _objects_in(inner, f"{pointer}/{name}")


def _children(value: Any) -> Iterator[tuple[object, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list | tuple):
        yield from enumerate(value)


def _repeated_block_ids(found: list[Found]) -> Faults:
    seen = set()
    for pointer, one in found:
        name = one.get("block_id")
        if isinstance(name, str) and name in seen:
            yield fault(f"duplicate block_id: {name}", f"{pointer}/block_id")
        elif isinstance(name, str):
            seen.add(name)


def _repeated_action_ids(blocks: Any, pointer: str) -> Faults:
    by_block: defaultdict[str, set[str]] = defaultdict(set)
    for owner, where, name in _action_ids_in(blocks, pointer, pointer):
        if name in by_block[owner]:
            yield fault(f"duplicate action_id: {name}", f"{where}/action_id")
        by_block[owner].add(name)


def _action_ids_in(value: Any, pointer: str, owner: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, Mapping):
        kind, name = value.get("type"), value.get("action_id")
        if isinstance(kind, str) and kind in _BLOCKS_ONLY:
            owner = pointer
        if isinstance(name, str):
            yield owner, pointer, name
    for step, inner in _children(value):
        yield from _action_ids_in(inner, f"{pointer}/{step}", owner)


def _misplaced(found: list[Found], surface: Surface) -> Faults:
    for pointer, one in found:
        for name, surfaces in _FIELDS_BY_SURFACE.items():
            if name in one and surface not in surfaces:
                yield fault(f"{name} is not allowed in a {surface}", f"{pointer}/{name}")
        kind = one.get("type")
        if isinstance(kind, str) and surface not in _ELEMENTS_BY_SURFACE.get(kind, {surface}):
            yield fault(f"{kind} is not allowed in a {surface}", pointer)


def _more_than_one(found: list[Found], name: str, value: object, what: str) -> Faults:
    pointers = [pointer for pointer, one in found if one.get(name) == value]
    for pointer in pointers[1:]:
        yield fault(what, pointer)


def _too_much_markdown(found: list[Found]) -> Faults:
    total = 0
    for pointer, one in found:
        if one.get("type") == "markdown" and isinstance(one.get("text"), str):
            before, total = total, total + len(one["text"])
            if before <= LONGEST_MARKDOWN < total and before > 0:
                yield fault(
                    f"all markdown blocks together must be less than {LONGEST_MARKDOWN + 1} "
                    "characters",
                    f"{pointer}/text",
                )
