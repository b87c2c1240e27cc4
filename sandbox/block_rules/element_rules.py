"""The rules that tie several fields of one element together.

Each is asked only when every field of the element passes alone, so it may rely on their shapes.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sandbox.block_rules.checks import Faults, RecordCheck, fault, string


def options_of(element: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every option that an element offers, in groups or not, with its pointer inside it."""
    for index, one in enumerate(element.get("options") or ()):
        yield f"/options/{index}", one
    for number, group in enumerate(element.get("option_groups") or ()):
        for index, one in enumerate(group["options"]):
            yield f"/option_groups/{number}/options/{index}", one


def option_values_are_unique(element: Mapping[str, Any], pointer: str) -> Faults:
    """Two options of one element may not share a value: the app could not tell them apart."""
    seen = set()
    for where, one in options_of(element):
        if one["value"] in seen:
            yield fault(f"duplicate option value: {one['value']}", f"{pointer}{where}/value")
        seen.add(one["value"])


def initial_options_are_offered(element: Mapping[str, Any], pointer: str) -> Faults:
    """What is chosen from the start must be among the options, word for word."""
    offered = [_as_compared(one) for _, one in options_of(element)]
    if "initial_option" in element and _as_compared(element["initial_option"]) not in offered:
        yield fault("must be one of the provided options", f"{pointer}/initial_option")
    for index, one in enumerate(element.get("initial_options") or ()):
        if _as_compared(one) not in offered:
            yield fault("must be one of the provided options", f"{pointer}/initial_options/{index}")


def _as_compared(one: Mapping[str, Any]) -> tuple[Any, ...]:
    # Slack fills in `emoji` and `verbatim` by itself, so they do not make two options differ.
    description = one.get("description") or {}
    texts = (one["text"]["type"], one["text"]["text"], description.get("text"))
    return (one["value"], *texts)


def lengths_are_in_order(element: Mapping[str, Any], pointer: str) -> Faults:
    """A text field must allow at least one length, and its first value may not be too long."""
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if low > high:
        yield fault("must not be greater than max_length", f"{pointer}/min_length")
    elif "initial_value" in element:
        yield from string(0, high)(element["initial_value"], f"{pointer}/initial_value")


def numbers_are_in_order(element: Mapping[str, Any], pointer: str) -> Faults:
    """`min_value` ≤ `initial_value` ≤ `max_value`, whole where decimals are not allowed."""
    names = [name for name in ("min_value", "initial_value", "max_value") if name in element]
    values = [Decimal(element[name]) for name in names]
    for name, value in zip(names, values, strict=True):
        if not element["is_decimal_allowed"] and value != value.to_integral_value():
            yield fault("must be an integer", f"{pointer}/{name}")
    for (low, high), name in zip(pairwise(values), names[1:], strict=True):
        if low > high:
            yield fault(f"must not be less than {low}", f"{pointer}/{name}")


def visible_lines_are_in_order(element: Mapping[str, Any], pointer: str) -> Faults:
    """`min_lines` may not exceed `max_lines`."""
    if element.get("min_lines", 1) > element.get("max_lines", 100):
        yield fault("must not be greater than max_lines", f"{pointer}/min_lines")


def not_both_conversations(element: Mapping[str, Any], pointer: str) -> Faults:
    """The current conversation and a named one cannot both be the first choice."""
    named = "initial_conversation" in element or "initial_conversations" in element
    if named and element.get("default_to_current_conversation"):
        yield fault(
            "cannot be used together with an initial conversation",
            f"{pointer}/default_to_current_conversation",
        )


def first_choice_is_within(name: str) -> RecordCheck:
    """No more may be chosen from the start than may be chosen at all."""

    def rule(element: Mapping[str, Any], pointer: str) -> Faults:
        most = element.get("max_selected_items")
        if most is not None and len(element.get(name) or ()) > most:
            yield fault(f"no more than {most} items allowed", f"{pointer}/{name}")

    return rule
