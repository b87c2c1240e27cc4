"""Faults survived, counted: real processes, killed, while Slack and the network misbehave.

The exit status is 1 if anything did harm (with --mutants: if a mutant did none).
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from proof.chaos import report, scripts, shrinking
from proof.chaos.history import Habits, History, written
from proof.chaos.mutants import MUTANTS, Mutant
from proof.chaos.run import Outcome, run
from proof.chaos.stage import Cast
from proof.chaos.usual_designs import POSTS_THEN_SAVES, SAVES_THEN_POSTS
from proof.postgresql import PostgreSQL

ROUNDS, ANSWERS, SEED = 3_000, 30_000, 1
ROUNDS_OF_A_MUTANT, ANSWERS_OF_A_MUTANT = 60, 400
DATABASES = ("sqlite", "postgresql")
DESIGNS = (POSTS_THEN_SAVES, SAVES_THEN_POSTS)
REPLICAS = {"sqlite": 1, "postgresql": 5}
"""On PostgreSQL two listen to Slack and three work by the clock; SQLite is for one process."""
SHORTEST = Path("build/chaos-shortest.json")


def main() -> int:
    """Run what was asked for; return the exit status."""
    options = _options()
    with _server(options) as server:
        if options.mutants:
            return _every_mutant(server, options)
        if options.replay:
            return _again(server, options)
        return _whole(server, options)


def _whole(server: PostgreSQL | None, options: argparse.Namespace) -> int:
    cast = Cast(mutant=options.mutant, log_file=options.log)
    outcomes: dict[str, Outcome] = {}
    for database in options.databases:
        history = written_for(database, options.seed, options.rounds, options.answers)
        outcomes[database] = _told(database, _play(history, database, server, cast))
    prep = dict(outcomes)
    if "sqlite" in options.databases and options.mutant is None:
        history = unchanging(written_for("sqlite", options.seed, options.rounds, options.answers))
        for design in DESIGNS:
            usual = Cast(design, log_file=options.log)
            outcomes[design] = _told(design, _play(history, "sqlite", None, usual))
    report.save(outcomes, options.seed)
    if options.publish:
        report.publish(outcomes, options.seed)
    for database, outcome in prep.items():
        if not outcome.harm.is_none:
            _shorten(outcome.history, database, server, cast, options.shrink)
            return 1
    return 0


def _play(history: History, database: str, server: PostgreSQL | None, cast: Cast) -> Outcome:
    return asyncio.run(run(history, server if database == "postgresql" else None, cast))


def _told(name: str, outcome: Outcome) -> Outcome:
    print(report.lines(name, outcome), flush=True)
    return outcome


def _shorten(
    history: History, database: str, server: PostgreSQL | None, cast: Cast, seconds: float
) -> None:
    """Say with which seed harm was done, and the shortest history found that still does it."""
    on = server if database == "postgresql" else None

    async def does_harm(shorter: History) -> bool:
        return not (await run(shorter, on, cast)).harm.is_none

    print(f"Harm was done on {database} with seed {history.seed}. Looking for a shorter history …")
    shortest = asyncio.run(shrinking.search(does_harm, seconds).shortest(history))
    scripts.save(shortest, SHORTEST)
    print("\n".join(scripts.lines(shortest)))
    without = f" --mutant {cast.mutant}" if cast.mutant else ""
    print(f"Play it again: {sys.executable} -m proof.chaos --replay {SHORTEST}{without}")


def _again(server: PostgreSQL | None, options: argparse.Namespace) -> int:
    cast = Cast(mutant=options.mutant, log_file=options.log)
    history, [database] = scripts.load(options.replay), options.databases
    return 0 if _told(database, _play(history, database, server, cast)).harm.is_none else 1


def _every_mutant(server: PostgreSQL | None, options: argparse.Namespace) -> int:
    caught: list[tuple[Mutant, str, Outcome]] = []
    for mutant in MUTANTS.values():
        for database in (name for name in options.databases if name in mutant.databases):
            history = written_for(database, options.seed, ROUNDS_OF_A_MUTANT, ANSWERS_OF_A_MUTANT)
            cast = Cast(mutant=mutant.name, log_file=options.log)
            outcome = _play(mutant.provoked(history), database, server, cast)
            caught.append((mutant, database, _told(f"{mutant.name} on {database}", outcome)))
    if options.publish:
        report.publish_mutants(caught)
    return 0 if all(is_caught(mutant, outcome) for mutant, _, outcome in caught) else 1


def is_caught(mutant: Mutant, outcome: Outcome) -> bool:
    """Tell whether a mutant did a harm that it must do."""
    return any(outcome.harm.counts()[name] for name in mutant.harms)


def written_for(database: str, seed: int, rounds: int, answers: int) -> History:
    """Write the history that is played on a database."""
    habits = Habits(rounds, answers, REPLICAS[database], on_sqlite=database == "sqlite")
    return written(seed, habits)


def unchanging(history: History) -> History:
    """Return a history in which nobody edits or deletes, and all goes over HTTP."""
    return replace(
        history,
        beats=tuple(
            replace(beat, utterances=tuple(replace(one, then=None) for one in beat.utterances))
            for beat in history.beats
        ),
        by_socket_from=len(history.beats),
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proof.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how many questions, about")
    parser.add_argument("--answers", type=int, default=ANSWERS, help="how many replies, about")
    parser.add_argument("--seed", type=int, default=SEED, help="what the history is made from")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument("--mutant", choices=MUTANTS, help="take this part out of the app")
    parser.add_argument("--mutants", action="store_true", help="take out each part in turn")
    parser.add_argument("--replay", type=Path, help="play the history in this file")
    parser.add_argument(
        "--shrink", type=float, default=180.0, help="seconds to look for a short one"
    )
    parser.add_argument("--publish", action="store_true", help="write the tables into the docs")
    parser.add_argument("--log", type=Path, help="where the processes write their logs")
    options = parser.parse_args()
    if options.replay:
        alone = scripts.load(options.replay).replicas == REPLICAS["sqlite"]
        options.databases = ["sqlite" if alone else "postgresql"]
    return options


@contextmanager
def _server(options: argparse.Namespace) -> Iterator[PostgreSQL | None]:
    if "postgresql" not in options.databases:
        yield None
        return
    with (
        tempfile.TemporaryDirectory(prefix="prep-", ignore_cleanup_errors=True) as folder,
        PostgreSQL(Path(folder)) as server,
    ):
        yield server


if __name__ == "__main__":
    sys.exit(main())
