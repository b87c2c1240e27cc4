"""What a run came to, in words and as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proof.chaos.run import Outcome

JSON = Path("build/chaos.json")


def facts(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome's figures by their names."""
    return {
        "rounds": outcome.rounds,
        "answers": outcome.course.answers,
        "kills": outcome.course.kills,
        "faults": sum(outcome.done.values()),
        "by_kind": dict(sorted(outcome.done.items())),
        **outcome.harm.counts(),
        "seconds": round(outcome.seconds, 1),
    }


def lines(database: str, outcome: Outcome) -> str:
    """Say what a run came to, in a few lines."""
    told = facts(outcome)
    told.pop("by_kind")
    said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items())
    return "\n".join([f"{database}: {said}", *(f"  {note}" for note in outcome.harm.notes)])


def save(outcomes: Mapping[str, Outcome]) -> None:
    """Write the figures of every database."""
    JSON.parent.mkdir(exist_ok=True)
    told = {database: facts(outcome) for database, outcome in outcomes.items()}
    JSON.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
