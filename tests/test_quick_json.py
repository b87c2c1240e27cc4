"""Quick JSON reads and writes what Python's own does, also where `orjson` alone would refuse."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import quick_json

ODD = (
    r'{"text": "half a pair: \ud83d"}',
    '{"a": NaN, "b": [Infinity, -Infinity]}',
    "1e400",
    "\ufeff{}",
)
NO_JSON = ("", "{", '{"a" 1}', "[1] 2", "'a'", "nul", "\x00")
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_was_written_reads_the_same_by_either_way(value: Any) -> None:
    written = quick_json.dumps(value)
    assert json.loads(written) == value
    assert quick_json.loads(json.dumps(value).encode()) == value


@pytest.mark.parametrize("text", ODD)
def test_what_only_pythons_own_takes_is_taken(text: str) -> None:
    raw = text.encode()
    assert repr(quick_json.loads(raw)) == repr(json.loads(raw))


@pytest.mark.parametrize("text", NO_JSON)
def test_what_is_not_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        quick_json.loads(text.encode())


def test_bytes_that_are_no_text_are_a_value_error() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        quick_json.loads(b'"\xff"')


def test_lists_too_deep_to_read_are_refused() -> None:
    with pytest.raises(RecursionError):
        quick_json.loads(b"[" * 100_000)


def test_whole_numbers_beyond_64_bits_are_written_whole_and_read_as_fractions() -> None:
    assert quick_json.dumps(10**30) == b"1" + b"0" * 30
    assert quick_json.loads(b"1" + b"0" * 30) == 1e30


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_written_as_null(number: float) -> None:
    assert json.loads(quick_json.dumps({"number": number})) == {"number": None}


def test_lists_too_deep_for_the_quick_way_are_written_the_ordinary_way() -> None:
    deep: list[Any] = []
    for _ in range(500):
        deep = [deep]
    assert json.loads(quick_json.dumps(deep)) == deep


def test_half_a_surrogate_pair_is_written_as_python_writes_it() -> None:
    assert quick_json.dumps({"text": "\ud83d"}) == rb'{"text": "\ud83d"}'


def test_dates_and_moments_are_spelt_as_the_caller_says() -> None:
    facts = {"on": date(2026, 3, 2), "at": datetime(2026, 3, 2, 8, tzinfo=UTC)}
    assert json.loads(quick_json.dumps(facts, str)) == {
        "on": "2026-03-02",
        "at": "2026-03-02 08:00:00+00:00",
    }


def test_what_nobody_can_spell_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        quick_json.dumps({"when": object()})


def test_what_the_caller_cannot_spell_is_said_in_the_callers_words() -> None:
    def never(_value: object) -> None:
        raise ValueError("not here")

    with pytest.raises(ValueError, match="not here"):
        quick_json.dumps({"when": object()}, never)
