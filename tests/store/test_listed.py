"""What is sent as a list reads like what is sent value by value."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Text, bindparam, cast, select

from bot.store.listed import listed, rows_of
from bot.store.tables import UtcDateTime, rounds
from proof.bench.worlds import writing

MOMENTS = (
    datetime(2026, 3, 2, 8, tzinfo=UTC),
    datetime(2026, 3, 2, 23, 30, 1, 5, timezone(timedelta(hours=-5))),
)
KEPT = (rounds.c.id, rounds.c.local_date, rounds.c.due_at, rounds.c.skipped_reason)


def test_a_list_says_what_was_put_in_it(database_url: str) -> None:
    rows = [
        {"id": n, "local_date": date(2026, 3, 2), "due_at": at, "skipped_reason": None}
        for n, at in enumerate(MOMENTS)
    ]
    with writing(database_url) as tx:
        found = tx.execute(select(listed(tx.dialect.name, *KEPT)), rows_of(rows)).all()
    assert [row._asdict() for row in found] == rows


def test_a_moment_in_a_list_is_kept_in_the_same_form_as_one_by_itself(database_url: str) -> None:
    with writing(database_url) as tx:
        table = listed(tx.dialect.name, Column("due_at", UtcDateTime()))
        alone = bindparam("alone", type_=UtcDateTime())
        for at in MOMENTS:
            sent = {**rows_of([{"due_at": at}]), "alone": at}
            texts = select(cast(table.c.due_at, Text), cast(alone, Text))
            of_a_list, by_itself = tx.execute(texts, sent).one()
            assert of_a_list == by_itself


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        rows_of([{"due_at": datetime(2026, 3, 2)}])  # noqa: DTZ001 - that is the point
