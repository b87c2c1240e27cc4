"""One run: a history, played on a stage, judged."""

import time
from collections import Counter
from dataclasses import dataclass

from proof.chaos import usual_designs
from proof.chaos.history import History, begin
from proof.chaos.play import Course, Play
from proof.chaos.replicas import StuckError
from proof.chaos.stage import Cast, Stage, stage
from proof.chaos.steward import Steward
from proof.chaos.stored import Stored
from proof.chaos.verdict import Harm, Judge, stored_by_prep
from proof.postgresql import PostgreSQL

PREP = Cast()


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    history: History
    harm: Harm
    course: Course
    done: Counter[str]
    rounds: int
    spoiled: int
    """Calls that Slack did not answer as it should."""
    unanswered: int
    """Attempts to deliver an event that were not acknowledged."""
    seconds: float


async def run(history: History, server: PostgreSQL | None, cast: Cast = PREP) -> Outcome:
    """Play a history on a stage of its own and judge it."""
    started = time.perf_counter()
    async with stage(history, server, cast) as made:
        steward = Steward(made)
        play = Play(made, history, steward)
        course = play.course
        try:
            await play.played()
            judge = Judge(made.witness, course, begin(), made.clock.now(), cast.is_prep)
            channels = {made.channels[one.number].id: one for one in history.appointments}
            harm = judge.judged(channels, await _stored(made), one_clock=history.replicas == 1)
        except StuckError as stuck:
            harm = Harm(stuck=1, notes=[str(stuck)])
        return Outcome(
            history=history,
            harm=harm,
            course=course,
            done=Counter({str(kind): number for kind, number in steward.done.items()}),
            rounds=sum(map(len, made.witness.questions.values())),
            spoiled=made.witness.seen.total(),
            unanswered=made.witness.unanswered,
            seconds=time.perf_counter() - started,
        )


async def _stored(made: Stage) -> Stored:
    if made.cast.is_prep:
        return await stored_by_prep(made)
    return usual_designs.stored(made.database_file)
