"""JSON where thousands of it are read or written in a minute, several times faster than Python's.

`orjson` is stricter than Python's own. What it refuses (half a surrogate pair, NaN, larger numbers
than 64 bits hold) goes the ordinary way: nothing is lost for how it is spelt.
"""

import json
from collections.abc import Callable
from typing import Any

import orjson

DATES_ARE_THE_CALLERS = orjson.OPT_PASSTHROUGH_DATETIME


def loads(raw: bytes) -> Any:
    """Read JSON. Raises ValueError or RecursionError, as `json.loads` does.

    Unlike there, whole numbers beyond 64 bits are read as fractions; Slack has none.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return json.loads(raw)


def dumps(value: Any, default: Callable[[Any], Any] | None = None) -> bytes:
    """Write JSON. `default` spells what JSON has no word for, dates and moments among it.

    Infinity and NaN, which JSON does not have, become null. Raises TypeError for what nobody can
    spell, and what `default` raises.
    """
    try:
        return orjson.dumps(value, default, DATES_ARE_THE_CALLERS)
    except orjson.JSONEncodeError:
        return json.dumps(value, default=default).encode()
