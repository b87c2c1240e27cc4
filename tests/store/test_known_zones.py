"""A time zone that this machine does not know holds up nobody else."""

import logging

import pytest
from sqlalchemy import update

from bot.domain.ids import QuestionSlug
from bot.domain.rounds import RoundState
from bot.store import posting, schedules, tables
from bot.store.database import Connection
from bot.store.posting import Reservation
from proof.oracles.lives import BEGIN
from tests.store.test_fairness import DUE, workspace
from tests.store.test_fairness import tx as tx  # the fixture

BATCH = 3


def moved_to(tx: Connection, zone: str, *channels: str) -> None:
    """Let the schedules of some channels lie in a zone, as another machine may have stored it."""
    tx.execute(
        update(tables.schedules)
        .where(tables.schedules.c.channel_id.in_(channels))
        .values(zone=zone)
    )


def waiting(tx: Connection) -> list[str]:
    """The channels whose questions are due, as far as one batch goes."""
    return [schedule.channel_id for schedule in schedules.due(tx, BEGIN, BATCH)]


def test_schedules_in_unknown_zones_are_left_however_many_they_are(
    tx: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    workspace(tx, "A", 8)
    moved_to(tx, "Mars/Olympus_Mons", "CA0", "CA1", "CA2", "CA3")
    moved_to(tx, "Etc/../passwd", "CA4")
    with caplog.at_level(logging.ERROR):
        assert waiting(tx) == ["CA5", "CA6", "CA7"]
    assert [record.message for record in caplog.records] == ["zones_unknown"]
    moved_to(tx, "Europe/Berlin", "CA0")
    assert waiting(tx) == ["CA0", "CA5", "CA6"]


def test_a_round_reserved_in_a_zone_unknown_now_waits_and_the_others_are_posted(
    tx: Connection,
) -> None:
    workspace(tx, "A", 2)
    wanted = [
        Reservation(schedule, DUE, QuestionSlug("python/a"))
        for schedule in schedules.due(tx, BEGIN, BATCH)
    ]
    for leased in posting.reserve(tx, wanted, BEGIN):
        assert posting.put_back(tx, leased, RoundState.RESERVED, BEGIN)
    moved_to(tx, "Mars/Olympus_Mons", "CA0")
    ready = posting.ready_to_post(tx, BEGIN, BATCH)
    assert [pending.round.channel_id for pending in ready] == ["CA1"]
