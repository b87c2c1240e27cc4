"""A list of facts as a table within one statement: sent as one value, however long it is.

So a statement reads the same for one row and for fifty; the database takes it in once and knows it
again, and so does SQLAlchemy.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    FromClause,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
)

from bot import quick_json
from bot.store.tables import UtcDateTime

LISTED = "listed"
_BARE = len("2026-01-02 03:04:05.678901")


def listed(dialect: str, *columns: Column[Any]) -> FromClause:
    """Return the rows that `rows_of` will send with the statement, as a table of these columns."""
    sent = bindparam(LISTED, type_=Text())
    if dialect == "sqlite":
        each = func.json_each(sent).table_valued("value", name="each")
        return select(*(_extracted(each.c.value, one).label(one.name) for one in columns)).subquery(
            LISTED
        )
    typed = (column(str(one.name), one.type) for one in columns)
    rows = func.json_to_recordset(cast(sent, JSON)).table_valued(*typed, name=LISTED)
    return rows.render_derived(with_types=True)


def rows_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the rows as a statement with a `listed` table takes them."""
    return {LISTED: quick_json.dumps(list(rows), _spelt).decode()}


def _extracted(value: ColumnElement[Any], wanted: Column[Any]) -> ColumnElement[Any]:
    path: ColumnElement[Any] = literal_column(f"'$.{wanted.name}'")
    found: ColumnElement[Any] = func.json_extract(value, path, type_=wanted.type)
    if isinstance(wanted.type, UtcDateTime):  # kept without its zone
        return func.substr(found, 1, literal_column(str(_BARE)), type_=wanted.type)
    return found


def _spelt(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        return value.astimezone(UTC).isoformat(" ", "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no fact to list: {value!r}")
