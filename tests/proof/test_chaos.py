"""The running app under faults and kills, in short: nothing lost, nothing doubled."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from proof.chaos import scripts, shrinking
from proof.chaos.__main__ import is_caught, unchanging, written_for
from proof.chaos.history import BEATS, DUE, Appointment, Beat, History, Kind, begin
from proof.chaos.mutants import MUTANTS
from proof.chaos.run import run
from proof.chaos.stage import Cast
from proof.chaos.usual_designs import POSTS_THEN_SAVES
from proof.postgresql import PostgreSQL

SEEDS_OF_A_MUTANT = (5, 6, 7, 8)
"""Where a kill meets a process is chance: a part that is missing may do no harm in one history."""


async def test_nothing_is_lost_or_doubled_on_sqlite() -> None:
    outcome = await run(written_for("sqlite", 11, 100, 600), None)
    assert outcome.course.kills
    assert outcome.harm.notes == []
    assert outcome.harm.is_none


@pytest.mark.postgresql
async def test_nothing_is_lost_or_doubled_by_several_processes(postgresql: PostgreSQL) -> None:
    outcome = await run(written_for("postgresql", 12, 100, 600), postgresql)
    assert outcome.course.kills
    assert outcome.harm.notes == []
    assert outcome.harm.is_none


@pytest.mark.parametrize("name", ["short-lease", "acknowledged-first"])
async def test_the_harness_sees_the_harm_of_an_app_without_one_of_its_parts(name: str) -> None:
    mutant = MUTANTS[name]
    for seed in SEEDS_OF_A_MUTANT:
        calm = replace(written_for("sqlite", seed, 24, 150), mishaps=())
        if is_caught(mutant, await run(mutant.provoked(calm), None, Cast(mutant=name))):
            return
    pytest.fail("no history did the harm that an app without this part must do")


async def test_the_harness_sees_the_harm_of_what_people_usually_write() -> None:
    history = unchanging(written_for("sqlite", 5, 40, 200))
    outcome = await run(history, None, Cast(POSTS_THEN_SAVES))
    assert outcome.harm.duplicates
    assert outcome.harm.standings_wrong


# --- histories -----------------------------------------------------------------------------------


async def test_a_question_due_while_everything_heals_is_no_double_of_the_one_before() -> None:
    nine, ten = (Appointment(n, "Etc/UTC", time(9 + n)) for n in range(2))
    asked = ((0, nine), (0, ten), (1, nine))
    beats = [
        Beat(
            number,
            begin() + timedelta(days=day, hours=one.at.hour, seconds=BEATS[stage]),
            stage,
            (one.number,) if stage == DUE else (),
        )
        for number, (day, one, stage) in enumerate(
            (day, one, stage) for day, one in asked for stage in range(len(BEATS))
        )
    ]
    outcome = await run(History(1, (nine, ten), tuple(beats), (), len(beats), 1), None)
    assert outcome.rounds == 4
    assert outcome.harm.is_none, outcome.harm.notes


def test_one_seed_is_one_history() -> None:
    assert written_for("sqlite", 3, 60, 600) == written_for("sqlite", 3, 60, 600)
    assert written_for("sqlite", 3, 60, 600) != written_for("sqlite", 4, 60, 600)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_great_run_has_every_kind_of_mishap_and_as_many_kills_as_the_bar_asks_for(
    database: str,
) -> None:
    history = written_for(database, 1, 3_000, 30_000)
    kinds = [mishap.kind for mishap in history.mishaps]
    elsewhere = {
        "sqlite": {Kind.DATABASE_RESTARTED, Kind.STALL},
        "postgresql": {Kind.DISK_FULL, Kind.DATABASE_LOCKED},
    }
    assert {*Kind} - {*kinds} == elsewhere[database]
    assert kinds.count(Kind.KILL) + kinds.count(Kind.KILL_SOON) >= 70
    assert database == "sqlite" or kinds.count(Kind.DATABASE_RESTARTED) >= 5
    assert sum(len(beat.due) for beat in history.beats) == pytest.approx(3_000, rel=0.05)
    assert len(history.utterances) == pytest.approx(30_000, rel=0.05)


def test_a_history_can_be_kept_in_a_file(tmp_path: Path) -> None:
    history = written_for("postgresql", 3, 60, 200)
    scripts.save(history, tmp_path / "history.json")
    assert scripts.load(tmp_path / "history.json") == history


# --- the search for a shorter one ----------------------------------------------------------------

LONG = 3_600


async def shortest(history: History, guilty: frozenset[Kind], seconds: float = LONG) -> History:
    async def does_harm(shorter: History) -> bool:
        return guilty <= {mishap.kind for mishap in shorter.mishaps}

    return await shrinking.search(does_harm, seconds).shortest(history)


async def test_the_search_leaves_only_what_does_the_harm() -> None:
    guilty = frozenset({Kind.RESET_AFTER, Kind.OUTAGE})
    found = await shortest(written_for("sqlite", 3, 60, 200), guilty)
    assert sorted(mishap.kind for mishap in found.mishaps) == sorted(guilty)
    assert len(found.appointments) == 1
    assert len(shrinking.groups(found)) <= 2
    assert found.utterances == ()
    assert len(list(scripts.lines(found))) <= 4


async def test_a_search_without_time_leaves_the_history_as_it_is() -> None:
    history = written_for("sqlite", 3, 60, 200)
    assert await shortest(history, frozenset({Kind.OUTAGE}), seconds=-1) == history


async def test_a_schedule_that_is_left_out_takes_along_what_is_said_there() -> None:
    history = written_for("sqlite", 3, 60, 200)
    first = history.appointments[0].number
    alone = shrinking.with_appointments(history, [first])
    assert {one.appointment for one in alone.utterances} == {first}
    assert {number for beat in alone.beats for number in beat.due} == {first}
    assert replace(alone, beats=(), appointments=()) == replace(history, beats=(), appointments=())
