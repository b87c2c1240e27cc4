"""`INSERT … ON CONFLICT`, which SQLite and PostgreSQL share and SQLAlchemy spells per dialect."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


def insert(tx: Connection, table: Table) -> Insert:
    """Return an insert into `table` that knows `on_conflict_do_nothing` and `…_do_update`."""
    return insert_of(tx.dialect.name, table)


def insert_of(dialect: str, table: Table) -> Insert:
    """Return the same for a statement that is made once, of the dialect of that name."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
