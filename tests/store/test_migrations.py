"""The migrations: they build exactly the schema that the queries know, and take it down again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect

from bot.store import schema
from bot.store.tables import WITHOUT_INSTALLATION, metadata

MIGRATIONS = Path(__file__).parents[2] / "migrations"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A connection to a migrated database of either kind."""
    made = create_engine(database_url)
    yield made
    made.dispose()


def tables(engine: Engine) -> set[str]:
    """The tables that are there, without Alembic's own."""
    return {*inspect(engine).get_table_names()} - {"alembic_version"}


def differences(engine: Engine) -> list[object]:
    """What Alembic would change to make the database what `bot.store.tables` says."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


def columns(engine: Engine) -> dict[str, list[tuple[str, ...]]]:
    """Every column by table, with its type and its default: Alembic compares the latter badly."""
    found = inspect(engine)
    return {
        table: sorted(
            (column["name"], repr(column["type"]), str(column["default"]), str(column["nullable"]))
            for column in found.get_columns(table)
        )
        for table in metadata.tables
    }


def indexes(engine: Engine) -> dict[str, set[object]]:
    """Every index by table, with what it covers: Alembic compares names and columns only."""
    found = inspect(engine)
    return {
        table: {
            (
                index["name"],
                tuple(index.get("expressions") or index["column_names"]),
                bool(index["unique"]),
                str(sorted(index.get("column_sorting", {}).items())),
                *(
                    str(value)
                    for name, value in sorted(index.get("dialect_options", {}).items())
                    if name.endswith("_where")
                ),
            )
            for index in found.get_indexes(table)
        }
        for table in metadata.tables
    }


@pytest.fixture
def built(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """A database of the same kind that `bot.store.tables` itself has built."""
    if database_url.startswith("sqlite"):
        made = create_engine(f"sqlite:///{tmp_path / 'built.db'}")
        metadata.create_all(made)
        yield made
        made.dispose()
        return
    with request.getfixturevalue("postgresql").database() as url:
        schema.downgrade(url, "base")
        made = create_engine(url)
        metadata.create_all(made)
        yield made
        made.dispose()


def test_the_migrations_build_what_the_queries_know(engine: Engine) -> None:
    assert differences(engine) == []
    assert tables(engine) == {*metadata.tables}


def test_the_columns_are_the_same_down_to_their_defaults(engine: Engine, built: Engine) -> None:
    assert columns(engine) == columns(built)


def test_the_indexes_are_the_same_down_to_their_conditions(engine: Engine, built: Engine) -> None:
    assert indexes(engine) == indexes(built)


def test_down_to_the_base_nothing_is_left_and_up_again_everything_is(
    database_url: str, engine: Engine
) -> None:
    schema.downgrade(database_url, "base")
    assert tables(engine) == set()
    assert not schema.is_current(engine)
    schema.upgrade(database_url)
    assert differences(engine) == []
    assert schema.is_current(engine)


def test_migrating_twice_changes_nothing(database_url: str, engine: Engine) -> None:
    schema.upgrade(database_url)
    assert differences(engine) == []


def test_every_migration_goes_both_ways_on_its_own(database_url: str, engine: Engine) -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    oldest_first = [revision.revision for revision in script.walk_revisions()][::-1]
    schema.downgrade(database_url, "base")
    for revision in oldest_first:
        before = tables(engine)
        schema.upgrade(database_url, revision)
        schema.downgrade(database_url, "-1")
        assert tables(engine) == before
        schema.upgrade(database_url, revision)
    assert schema.is_current(engine)


def test_there_is_one_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_every_row_belongs_to_an_installation() -> None:
    without = {name for name, table in metadata.tables.items() if "installation_id" not in table.c}
    assert without == {*WITHOUT_INSTALLATION}
    assert all(WITHOUT_INSTALLATION.values())


def test_what_belongs_to_an_installation_goes_with_it() -> None:
    for name, table in metadata.tables.items():
        if name in WITHOUT_INSTALLATION:
            continue
        column = table.c.installation_id
        assert not column.nullable, name
        [key] = column.foreign_keys
        assert (key.target_fullname, key.ondelete) == ("installations.id", "CASCADE"), name
