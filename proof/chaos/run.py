"""One run: a history, played on a stage, judged."""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from proof.chaos.history import History, begin
from proof.chaos.play import Course, Play
from proof.chaos.stage import stage
from proof.chaos.steward import Steward
from proof.chaos.verdict import Harm, Judge, stored_by_prep
from proof.postgresql import PostgreSQL


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    history: History
    harm: Harm
    course: Course
    done: Counter[str]
    rounds: int
    unanswered: int
    seconds: float


async def run(
    history: History,
    server: PostgreSQL | None,
    *,
    mutant: str | None = None,
    log_file: Path | None = None,
) -> Outcome:
    """Play a history on a stage of its own and judge it."""
    started = time.perf_counter()
    async with stage(history, server, mutant=mutant, log_file=log_file) as made:
        steward = Steward(made)
        course = await Play(made, history, steward).played()
        stored = await stored_by_prep(made)
        judge = Judge(made.witness, course, begin(), history.beats[-1].moment)
        channels = dict(zip((c.id for c in made.channels), history.appointments, strict=True))
        harm = judge.judged(channels, stored, one_clock=history.replicas == 1)
        asked = sum(map(len, made.witness.questions.values()))
        return Outcome(
            history=history,
            harm=harm,
            course=course,
            done=Counter({str(kind): number for kind, number in steward.done.items()}),
            rounds=asked,
            unanswered=made.witness.unanswered,
            seconds=time.perf_counter() - started,
        )
