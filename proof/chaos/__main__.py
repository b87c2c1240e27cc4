"""`python -m proof.chaos`: faults survived, counted; exit status 1 if anything did harm."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proof.chaos import report
from proof.chaos.history import Habits, History, written
from proof.chaos.run import Outcome, run
from proof.postgresql import PostgreSQL

ROUNDS, ANSWERS, SEED = 3_000, 30_000, 1
DATABASES = ("sqlite", "postgresql")
REPLICAS = {"sqlite": 1, "postgresql": 5}
"""On PostgreSQL two listen to Slack and three work by the clock; SQLite is for one process."""


def main() -> int:
    """Run what was asked for; return the exit status."""
    options = _options()
    outcomes: dict[str, Outcome] = {}
    with _server(options.databases) as server:
        for database in options.databases:
            history = written_for(database, options.seed, options.rounds, options.answers)
            on = server if database == "postgresql" else None
            outcomes[database] = asyncio.run(
                run(history, on, mutant=options.mutant, log_file=options.log)
            )
            print(report.lines(database, outcomes[database]), flush=True)
    report.save(outcomes)
    return 0 if all(outcome.harm.is_none for outcome in outcomes.values()) else 1


def written_for(database: str, seed: int, rounds: int, answers: int) -> History:
    """Write the history that is played on a database."""
    habits = Habits(rounds, answers, REPLICAS[database], on_sqlite=database == "sqlite")
    return written(seed, habits)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proof.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how many questions, about")
    parser.add_argument("--answers", type=int, default=ANSWERS, help="how many replies, about")
    parser.add_argument("--seed", type=int, default=SEED, help="what the history is made from")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument("--mutant", help="take this part out of the app")
    parser.add_argument("--log", type=Path, help="where the processes write their logs")
    return parser.parse_args()


@contextmanager
def _server(databases: list[str]) -> Iterator[PostgreSQL | None]:
    if "postgresql" not in databases:
        yield None
        return
    with (
        tempfile.TemporaryDirectory(prefix="prep-", ignore_cleanup_errors=True) as folder,
        PostgreSQL(Path(folder)) as server,
    ):
        yield server


if __name__ == "__main__":
    sys.exit(main())
