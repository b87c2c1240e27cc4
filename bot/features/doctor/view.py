"""The doctor's report, as plain text for whoever runs the app."""

from collections.abc import Iterator

from bot.domain.health import Report
from bot.domain.rounds import RoundState
from bot.domain.schedules import ScheduleState
from bot.domain.streaks import Streak


def report(found: Report) -> str:
    """Say what was examined and what is unwell; the last line is the verdict."""
    return "\n".join(_lines(found))


def _lines(found: Report) -> Iterator[str]:
    wrong = found.wrong_standings
    yield f"Standings recomputed from answers: {found.standings}, {len(wrong)} wrong."
    for standing in wrong:
        yield f"  schedule {standing.schedule_id}, member {standing.member_id}"
        yield f"    kept: {_standing(standing.kept)}"
        yield f"    true: {_standing(standing.true)}"
    yield f"Rounds: {_rounds(found)}."
    if found.rounds.get(RoundState.UNKNOWN):
        yield "  Unknown rounds are looked for in Slack by themselves; absent ones are posted."
    for one in found.skipped:
        when = f"on {one.local_date.isoformat()}: {one.reason} (round {one.round_id})"
        yield f"  schedule {one.schedule_id} asked nothing {when}"
    if found.skipped:
        yield "  `prep repost ROUND` asks today's after all, once what hindered it is mended."
    for schedule, why in found.not_running:
        place = f"Schedule {schedule.id} in channel {schedule.channel_id}"
        yield f"{place} {_why_not(schedule.state, why)}"
    for fault in found.broken_questions:
        yield f"Question left out: {fault}"
    yield _verdict(found)


def _standing(streak: Streak) -> str:
    return (
        f"streak {streak.current}, best {streak.best}, freezes {streak.freezes}, "
        f"answered {streak.answered}"
    )


def _rounds(found: Report) -> str:
    counts = [
        f"{found.rounds[state]} {state.value}" for state in RoundState if state in found.rounds
    ]
    return ", ".join(counts) or "none yet"


def _why_not(state: ScheduleState, reason: str | None) -> str:
    if state is ScheduleState.PAUSED:
        return "is paused. /prep setup in that channel starts it again."
    return f"has stopped ({reason}). /prep setup in that channel starts it again."


def _verdict(found: Report) -> str:
    if found.is_well:
        return "All is well."
    advice = []
    if found.wrong_standings:
        advice.append("report the wrong standings, a fault of Prep itself")
    if found.broken_questions:
        advice.append("mend the question files")
    return f"Something needs you: {'; '.join(advice)}."
