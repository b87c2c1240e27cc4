"""The small language in which the rules are written: a check takes a value and tells its faults.

A check is a function of a value and its JSON pointer. The functions here make checks from limits,
so that the tables of blocks and elements read like Slack's reference pages.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Faults = Iterator[str]
Check = Callable[[Any, str], Faults]
RecordCheck = Callable[[Mapping[str, Any], str], Faults]


def fault(what: str, pointer: str) -> str:
    """One fault in Slack's form."""
    return f"{what} [json-pointer:{pointer}]"


def is_integer(value: object) -> bool:
    """Whether a JSON value is a whole number; Python's booleans are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def string(minimum: int = 1, maximum: int | None = None) -> Check:
    """A string of so many characters, both ends included."""

    def check(value: Any, pointer: str) -> Faults:
        if not isinstance(value, str):
            yield fault("must provide a string", pointer)
        elif len(value) < minimum:
            yield fault(f"must be more than {minimum - 1} characters", pointer)
        elif maximum is not None and len(value) > maximum:
            yield fault(f"must be less than {maximum + 1} characters", pointer)

    return check


def choice(*allowed: object) -> Check:
    """One of a few values."""

    def check(value: Any, pointer: str) -> Faults:
        if isinstance(value, bool) or value not in allowed:
            yield fault(f"must be one of {', '.join(map(str, allowed))}", pointer)

    return check


def shaped(pattern: str, what: str, maximum: int | None = None) -> Check:
    """A string that matches a pattern from its first to its last character."""
    compiled = re.compile(pattern)
    has_length = string(0, maximum)

    def check(value: Any, pointer: str) -> Faults:
        length_faults = list(has_length(value, pointer))
        yield from length_faults
        if not length_faults and not compiled.fullmatch(value):
            yield fault(f"must be {what}", pointer)

    return check


def calendar_date(value: Any, pointer: str) -> Faults:
    """A day of the calendar, as YYYY-MM-DD."""
    form_faults = list(shaped(r"\d{4}-\d\d-\d\d", "a date as YYYY-MM-DD")(value, pointer))
    yield from form_faults
    if not form_faults:
        try:
            date.fromisoformat(value)
        except ValueError:
            yield fault("must be a day of the calendar", pointer)


def url(maximum: int = 3000) -> Check:
    """An address with a scheme; Slack takes deep links such as `slack://` as well as the web."""
    return shaped(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", "a valid URL", maximum)


def integer(minimum: int, maximum: int | None = None) -> Check:
    """A whole number in a range, both ends included."""

    def check(value: Any, pointer: str) -> Faults:
        if not is_integer(value):
            yield fault("must provide an integer", pointer)
        elif value < minimum:
            yield fault(f"must be greater than {minimum - 1}", pointer)
        elif maximum is not None and value > maximum:
            yield fault(f"must be less than {maximum + 1}", pointer)

    return check


def number(value: Any, pointer: str) -> Faults:
    """Any number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield fault("must provide a number", pointer)


def boolean(value: Any, pointer: str) -> Faults:
    """True or false."""
    if not isinstance(value, bool):
        yield fault("must provide a boolean", pointer)


def any_object(value: Any, pointer: str) -> Faults:
    """An object, whatever is in it."""
    if not isinstance(value, Mapping):
        yield fault("must provide an object", pointer)


def or_null(check: Check) -> Check:
    """The same check, with null allowed."""
    return lambda value, pointer: iter(()) if value is None else check(value, pointer)


def listing(each: Check, minimum: int = 1, maximum: int | None = None) -> Check:
    """A list of so many items, each passing the same check."""

    def check(value: Any, pointer: str) -> Faults:
        if not isinstance(value, list | tuple):
            yield fault("must provide an array", pointer)
            return
        if len(value) < minimum:
            yield fault(f"no fewer than {minimum} items allowed", pointer)
        if maximum is not None and len(value) > maximum:
            yield fault(f"no more than {maximum} items allowed", pointer)
        for index, item in enumerate(value):
            yield from each(item, f"{pointer}/{index}")

    return check


@dataclass(frozen=True, slots=True)
class Record:
    """An object with named fields: no other field, and none of the required ones missing."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    also: tuple[RecordCheck, ...] = ()
    """Rules that tie several fields together; asked only when each field passes alone."""

    def __call__(self, value: Any, pointer: str) -> Faults:
        if not isinstance(value, Mapping):
            yield fault("must provide an object", pointer)
            return
        faults = [*self._faults_of_names(value, pointer), *self._faults_of_values(value, pointer)]
        yield from faults
        if not faults:
            for rule in self.also:
                yield from rule(value, pointer)

    def _faults_of_names(self, value: Mapping[str, Any], pointer: str) -> Faults:
        for name in self.required:
            if name not in value:
                yield fault(f"missing required field: {name}", pointer)
        for name in value:
            if name not in self.required and name not in self.optional:
                yield fault(f"invalid additional property: {name}", pointer)

    def _faults_of_values(self, value: Mapping[str, Any], pointer: str) -> Faults:
        for name, check in {**self.required, **self.optional}.items():
            if name in value:
                yield from check(value[name], f"{pointer}/{name}")


def tagged(
    table: Mapping[str, Check], allowed: Iterable[str] | None = None, what: str = "type"
) -> Check:
    """An object whose `type` names its check in the table, if that type is allowed here."""
    names = frozenset(table if allowed is None else allowed)

    def check(value: Any, pointer: str) -> Faults:
        if not isinstance(value, Mapping):
            yield fault("must provide an object", pointer)
        elif "type" not in value:
            yield fault("missing required field: type", pointer)
        elif not isinstance(value["type"], str) or value["type"] not in names:
            yield fault(f"unsupported {what}: {value['type']}", f"{pointer}/type")
        else:
            yield from table[value["type"]](value, pointer)

    return check


def exactly_one_of(*names: str) -> RecordCheck:
    """One of these fields, and not two."""

    def rule(value: Mapping[str, Any], pointer: str) -> Faults:
        present = [name for name in names if name in value]
        if not present:
            yield fault(f"missing required field: {' or '.join(names)}", pointer)
        if len(present) > 1:
            yield fault(f"only one of {', '.join(present)} may be given", pointer)

    return rule


def at_least_one_of(*names: str) -> RecordCheck:
    """One of these fields, or more."""

    def rule(value: Mapping[str, Any], pointer: str) -> Faults:
        if not any(name in value for name in names):
            yield fault(f"missing required field: {' or '.join(names)}", pointer)

    return rule
