"""Target: payloads as the sandbox really sends them, signed, with something in them broken."""

import asyncio
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from proof.fuzz.house import LONGEST_S, Delivered, House
from proof.fuzz.judge import HarmError
from proof.fuzz.letters import Letter, written
from proof.fuzz.words import json_values, short_words


@dataclass(frozen=True)
class Edit:
    """A change of one place of a payload: the nth from the outside in, or the first so named."""

    place: int | str
    how: str
    value: Any


@dataclass(frozen=True)
class Broken:
    """The seed with this number, with these edits."""

    seed: int
    edits: tuple[Edit, ...]


_NAMED = (
    *("type", "team_id", "team", "user", "user_id", "id", "channel", "channel_id", "text", "ts"),
    *("thread_ts", "event_ts", "subtype", "files", "edited", "metadata", "event", "message"),
    *("previous_message", "parent_user_id", "root", "actions", "action_id", "value", "view"),
    *("state", "values", "private_metadata", "callback_id", "trigger_id", "command", "tab"),
    *("previous_view_id", "selected_option", "selected_options", "authorizations", "tokens"),
)
"""What the app, or Bolt, looks for in payloads."""
_PERSONAL = frozenset({"user", "user_id", "id"})
"""Where payloads name people; nothing else is taken for one."""
_place = st.sampled_from(_NAMED) | st.integers(0, 60)
edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(Edit, _place, st.just("replace"), json_values),
    st.builds(Edit, _place, st.just("replace"), json_values),
    st.builds(Edit, _place, st.just("drop"), st.none()),
    st.builds(Edit, _place, st.just("add"), st.tuples(short_words, json_values)),
    st.builds(Edit, _place, st.just("wrap"), st.sampled_from(("list", "object"))),
)
cases: st.SearchStrategy[Broken] = st.builds(
    Broken, st.integers(0, 120), st.lists(edits, min_size=1, max_size=4).map(tuple)
)


async def by_http(house: House, case: Broken) -> None:
    """Post it; the door must reply, and nothing may come of what is not whole."""
    await house.posts(made(house, case))


async def by_socket(house: House, case: Broken) -> None:
    """Send it down the socket; it must be acknowledged."""
    seed = house.seeds[case.seed % len(house.seeds)]
    payload = changed(house, seed, case)
    try:
        async with asyncio.timeout(LONGEST_S):
            await house.sends_envelope(seed.kind, payload)
    except TimeoutError:
        raise HarmError("an envelope was never acknowledged") from None


def made(house: House, case: Broken) -> Letter:
    """The letter of a case."""
    seed = house.seeds[case.seed % len(house.seeds)]
    return written(seed.kind, changed(house, seed, case))


def changed(house: House, seed: Delivered, case: Broken) -> Any:
    """The payload of a case. Whoever it names as a person is one, as Slack signs it."""
    payload = edited(house.refreshed(seed), case.edits)
    house.judge.known.members.update(_people(payload))
    return payload


def _people(payload: Any) -> Iterator[str]:
    for inside, key in _places(payload):
        value = inside[key]
        if key in _PERSONAL and isinstance(value, str):
            yield value


def edited(payload: Any, changes: tuple[Edit, ...]) -> Any:
    """A payload after its edits; the payload itself stays as it is."""
    whole = copy.deepcopy(payload)
    for edit in changes:
        found = _find(list(_places(whole)), edit.place)
        if found is not None:
            _apply(*found, edit)
    return whole


def _find(places: list[tuple[Any, Any]], place: int | str) -> tuple[Any, Any] | None:
    if isinstance(place, int):
        return places[place % len(places)] if places else None
    return next((one for one in places if one[1] == place), None)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    waiting = [value]
    while waiting:
        inside = waiting.pop(0)
        keys = list(inside) if isinstance(inside, dict) else range(len(inside))
        for key in keys:
            yield inside, key
            if isinstance(inside[key], dict | list):
                waiting.append(inside[key])


def _apply(inside: Any, key: Any, edit: Edit) -> None:
    match edit.how:
        case "replace":
            inside[key] = edit.value
        case "drop":
            del inside[key]
        case "add" if isinstance(inside, dict):
            inside[edit.value[0]] = edit.value[1]
        case "add":
            inside.append(edit.value[1])
        case _:
            inside[key] = [inside[key]] if edit.value == "list" else {"value": inside[key]}
