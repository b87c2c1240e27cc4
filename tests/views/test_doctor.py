"""The doctor's report, as whoever runs the app reads it."""

from datetime import date, time
from zoneinfo import ZoneInfo

from inline_snapshot import snapshot

from bot.domain.health import NotAsked, Report, WrongStanding
from bot.domain.ids import ChannelId, InstallationId, MemberId, RoundId, ScheduleId
from bot.domain.rounds import RoundState
from bot.domain.schedules import Schedule, ScheduleState, Timing
from bot.domain.streaks import Streak
from bot.features.doctor import view


def schedule(number: int, state: ScheduleState) -> Schedule:
    """A schedule that does not run."""
    return Schedule(
        id=ScheduleId(number),
        installation_id=InstallationId(1),
        channel_id=ChannelId(f"C{number}"),
        owner_id=MemberId("U1"),
        timing=Timing(time(9), ZoneInfo("Europe/Berlin"), frozenset(range(5))),
        state=state,
        seed=1,
        next_due=None,
    )


EMPTY = Report(
    standings=0,
    wrong_standings=(),
    rounds={},
    skipped=(),
    not_running=(),
    broken_questions=(),
)
ILL = Report(
    standings=12,
    wrong_standings=(
        WrongStanding(ScheduleId(1), MemberId("U1"), Streak(7, 9, 2, 11), Streak(1, 3, 0, 11)),
        WrongStanding(ScheduleId(2), MemberId("U2"), Streak(), Streak(1, 1, 0, 1)),
    ),
    rounds={RoundState.POSTED: 40, RoundState.UNKNOWN: 1, RoundState.SKIPPED: 2},
    skipped=(NotAsked(RoundId(41), ScheduleId(1), date(2026, 3, 2), "too late"),),
    not_running=(
        (schedule(3, ScheduleState.PAUSED), None),
        (schedule(4, ScheduleState.STOPPED), "is_archived"),
    ),
    broken_questions=("content/questions/x/y.md:3: no answer; write one",),
)


def test_a_new_database_is_well() -> None:
    assert view.report(EMPTY) == snapshot("""\
Standings recomputed from answers: 0, 0 wrong.
Rounds: none yet.
All is well.\
""")


def test_everything_that_is_unwell_is_named_with_what_to_do() -> None:
    assert view.report(ILL) == snapshot("""\
Standings recomputed from answers: 12, 2 wrong.
  schedule 1, member U1
    kept: streak 7, best 9, freezes 2, answered 11
    true: streak 1, best 3, freezes 0, answered 11
  schedule 2, member U2
    kept: streak 0, best 0, freezes 0, answered 0
    true: streak 1, best 1, freezes 0, answered 1
Rounds: 1 unknown, 40 posted, 2 skipped.
  Unknown rounds are looked for in Slack by themselves; absent ones are posted.
  schedule 1 asked nothing on 2026-03-02: too late (round 41)
  `prep repost ROUND` asks today's after all, once what hindered it is mended.
Schedule 3 in channel C3 is paused. /prep setup in that channel starts it again.
Schedule 4 in channel C4 has stopped (is_archived). /prep setup in that channel starts it again.
Question left out: content/questions/x/y.md:3: no answer; write one
Something needs you: report the wrong standings, a fault of Prep itself; mend the question files.\
""")


def test_a_pause_or_a_skipped_date_is_no_illness() -> None:
    rested = Report(
        standings=1,
        wrong_standings=(),
        rounds={RoundState.POSTED: 1},
        skipped=ILL.skipped,
        not_running=ILL.not_running,
        broken_questions=(),
    )
    assert view.report(rested).splitlines()[-1] == "All is well."
