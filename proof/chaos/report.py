"""What runs came to: in lines, as JSON, and on the page that is published."""

import json
import os
import platform
import re
import sqlite3
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from proof.chaos.mutants import Mutant
from proof.chaos.run import Outcome

JSON = Path("build/chaos.json")
PAGE = Path("docs/reliability.md")
LIBRARIES = ("slack-bolt", "slack-sdk", "sqlalchemy", "psycopg", "aiohttp", "apscheduler")
ROWS = (
    ("rounds", "questions asked"),
    ("answers", "replies written"),
    ("kills", "processes killed"),
    ("faults", "mishaps in all"),
    ("calls_spoiled", "calls that Slack spoiled"),
    ("deliveries_failed", "deliveries of events that failed"),
    ("duplicates", "**asked twice**"),
    ("missing", "**never asked**"),
    ("early", "**asked too early**"),
    ("too_late", "**asked too late**"),
    ("answers_lost", "**answers lost**"),
    ("double_counted", "**counted twice**"),
    ("standings_wrong", "**wrong standings**"),
    ("unknown_left", "**left unknown**"),
    ("doctor_finds", "**found by the doctor**"),
    ("stuck", "**processes stuck**"),
    ("seconds", "seconds"),
)
SHORT = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
NAMES = {
    "sqlite": "Prep on SQLite, 1 process",
    "postgresql": "Prep on PostgreSQL, 2 + 3 processes",
    "posts-then-saves": "cron job, posts then saves",
    "saves-then-posts": "cron job, saves then posts",
}


def facts(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome's figures by their names."""
    return {
        "rounds": outcome.rounds,
        "answers": outcome.course.answers,
        "kills": outcome.course.kills,
        "faults": sum(outcome.done.values()),
        "calls_spoiled": outcome.spoiled,
        "deliveries_failed": outcome.unanswered,
        "by_kind": dict(sorted(outcome.done.items())),
        **outcome.harm.counts(),
        "seconds": round(outcome.seconds, 1),
    }


def lines(name: str, outcome: Outcome) -> str:
    """Say what a run came to, in a few lines."""
    told = facts(outcome)
    told.pop("by_kind")
    said = ", ".join(f"{what.replace('_', ' ')} {value}" for what, value in told.items())
    return "\n".join([f"{name}: {said}", *(f"  {note}" for note in outcome.harm.notes)])


def save(outcomes: Mapping[str, Outcome], seed: int) -> None:
    """Write the figures of every run."""
    JSON.parent.mkdir(exist_ok=True)
    told = {name: facts(outcome) for name, outcome in outcomes.items()}
    whole = {"seed": seed, "machine": machine(), **told}
    JSON.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")


def machine() -> str:
    """Say in one line on what all this ran."""
    libraries = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}"
    )


def publish(outcomes: Mapping[str, Outcome], seed: int) -> None:
    """Write the tables of a run on the page."""
    table = _table(
        ["", *(NAMES[name] for name in outcomes)],
        [
            [title, *(f"{facts(outcome)[row]:,}" for outcome in outcomes.values())]
            for row, title in ROWS
        ],
    )
    kinds = sorted({kind for outcome in outcomes.values() for kind in outcome.done})
    struck = _table(
        ["what went wrong, how often", *(NAMES[name] for name in outcomes)],
        [[kind, *(str(one.done.get(kind, 0)) for one in outcomes.values())] for kind in kinds],
    )
    whole = [f"Seed {seed}, on {machine()}.", table, _bars(outcomes), struck]
    _write("chaos", "\n\n".join(whole))


def _bars(outcomes: Mapping[str, Outcome]) -> str:
    rows = []
    if (several := outcomes.get("postgresql")) is not None:
        harm, restarts = several.harm, several.done.get("database stopped at once", 0)
        lost = f"{harm.duplicates} twice, {harm.missing} never, {harm.unknown_left} unknown"
        known = f"{several.rounds:,} questions, {several.course.kills} kills"
        rows += [
            ["R1", "replicas killed: none twice, never or stuck; 35 kills or more", known, lost],
            ["R2", "PostgreSQL stopped at once, 5 times or more", f"{restarts} restarts", lost],
            [
                "R8",
                "clocks of replicas up to 5 minutes wrong: none twice, none early",
                f"{several.done.get('a clock minutes wrong', 0)} times wrong",
                f"{harm.duplicates} twice, {harm.early} early",
            ],
        ]
    if (alone := outcomes.get("sqlite")) is not None:
        harm = alone.harm
        lost = f"{harm.duplicates} twice, {harm.missing} never, {harm.unknown_left} unknown"
        rows.append(["R2", "SQLite, one process killed", f"{alone.course.kills} kills", lost])
    for name in ("sqlite", "postgresql"):
        if (one := outcomes.get(name)) is not None:
            rows.append(
                [
                    "R4",
                    (
                        f"replies on {SHORT[name]}, events doubled, late, reordered; "
                        "12 kills or more: none lost, none twice, every standing true"
                    ),
                    f"{one.course.answers:,} replies, {one.course.kills} kills",
                    (
                        f"{one.harm.answers_lost} lost, {one.harm.double_counted} twice, "
                        f"{one.harm.standings_wrong} wrong"
                    ),
                ]
            )
    return _table(["bar", "what must hold", "this run", "harm"], rows)


def publish_mutants(caught: Sequence[tuple[Mutant, str, Outcome]]) -> None:
    """Write on the page what each mutant did."""
    rows = [
        [f"`{mutant.name}`", mutant.taken, database, _caught_by(mutant, outcome)]
        for mutant, database, outcome in caught
    ]
    title = ["mutant", "the app, but …", "on", "what the harness saw"]
    _write("mutants", f"On {machine()}.\n\n{_table(title, rows)}")


def _caught_by(mutant: Mutant, outcome: Outcome) -> str:
    counts = outcome.harm.counts()
    seen = [f"{counts[name]} {name.replace('_', ' ')}" for name in mutant.harms if counts[name]]
    return ", ".join(seen) or "nothing: **not caught**"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def _write(part: str, text: str) -> None:
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    page = PAGE.read_text(encoding="utf-8")
    between = re.compile(f"{begin}.*?{end}", re.DOTALL)
    whole = between.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", page)
    PAGE.write_text(whole, encoding="utf-8")
