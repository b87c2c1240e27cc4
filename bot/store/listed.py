"""A list of facts as a table within one statement: sent as one value, however long it is.

So a statement reads the same for one row and for fifty; the database takes it in once and knows it
again, and so does SQLAlchemy.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    FromClause,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
)

LISTED = "listed"


def listed(dialect: str, *columns: Column[Any]) -> FromClause:
    """Return the rows that `rows_of` will send with the statement, as a table of these columns."""
    sent = bindparam(LISTED, type_=Text())
    if dialect == "sqlite":
        each = func.json_each(sent).table_valued("value", name="each")
        return select(
            *(
                func.json_extract(
                    each.c.value, literal_column(f"'$.{one.name}'"), type_=one.type
                ).label(one.name)
                for one in columns
            )
        ).subquery(LISTED)
    typed = (column(str(one.name), one.type) for one in columns)
    rows = func.json_to_recordset(cast(sent, JSON)).table_valued(*typed, name=LISTED)
    return rows.render_derived(with_types=True)


def rows_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the rows as a statement with a `listed` table takes them."""
    return {LISTED: json.dumps(list(rows))}
