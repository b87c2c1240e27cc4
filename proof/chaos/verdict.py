"""Compares what really happened with what the app stored, and counts the harm."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.domain.ids import MessageTs, RoundId
from bot.domain.rounds import RoundState
from bot.domain.streaks import PostedRound, Streak
from bot.features.doctor.service import examine
from bot.store.database import Connection, Database
from bot.store.tables import answers, rounds, schedules, standings
from proof.chaos.history import Appointment, due_moments, years_of
from proof.chaos.play import Course
from proof.chaos.stage import Stage
from proof.chaos.stored import Member, Stored
from proof.chaos.witness import News, Place, Witness
from proof.oracles.histories import History as Lived
from proof.oracles.streaks import Oracle

LATENESS = timedelta(hours=6)
EARLY = timedelta(seconds=1)
CLOCKS_WRONG_BY = timedelta(minutes=15)
"""A question that comes so long before its time still belongs to that time."""
LOOKS_OWED = 3
"""So many undisturbed looks at the clock, and the question must have come."""


@dataclass
class Harm:
    """What must not happen; `notes` name the first cases of each."""

    duplicates: int = 0
    missing: int = 0
    early: int = 0
    too_late: int = 0
    answers_lost: int = 0
    double_counted: int = 0
    standings_wrong: int = 0
    unknown_left: int = 0
    doctor_finds: int = 0
    stuck: int = 0
    notes: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return each count by its name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, int)}

    @property
    def is_none(self) -> bool:
        """Whether all is well."""
        return not any(self.counts().values())

    def note(self, text: str) -> None:
        """Keep a case for whoever looks for the cause."""
        if len(self.notes) < 12:
            self.notes.append(text)


def at(ts: str) -> datetime:
    """Return the moment that a message's `ts` names."""
    return datetime.fromtimestamp(float(ts), UTC)


async def stored_by_prep(stage: Stage) -> Stored:
    """Read what Prep kept, and ask its doctor."""
    database = Database(stage.database_url)
    try:
        report = await database.write(lambda tx: examine(tx, (), stage.clock.now()))
        found = [str(wrong) for wrong in report.wrong_standings]
        return await database.read(lambda tx: _read(tx, tuple(found)))
    finally:
        database.close()


def _read(tx: Connection, doctor: tuple[str, ...]) -> Stored:
    rows = tx.execute(select(answers.c.channel_id, answers.c.ts, answers.c.counted)).all()
    copies = Counter((row.channel_id, row.ts) for row in rows)
    kept = tx.execute(
        select(standings, schedules.c.channel_id).join(
            schedules, schedules.c.id == standings.c.schedule_id
        )
    )
    left = select(rounds.c.id).where(rounds.c.state.in_((RoundState.UNKNOWN, RoundState.RESERVED)))
    return Stored(
        replies={(row.channel_id, row.ts): row.counted for row in rows},
        copies=sum(number - 1 for number in copies.values()),
        standings={
            (row.channel_id, row.member_id): Streak(row.streak, row.best, row.freezes, row.answered)
            for row in kept
        },
        unknown=len(tx.execute(left).all()),
        doctor=doctor,
    )


@dataclass(frozen=True)
class Judge:
    """Judges one play by what its witness saw."""

    witness: Witness
    course: Course
    begin: datetime
    end: datetime
    """Questions also fall due while everything heals."""
    has_freezes: bool = True
    """False for designs with the plainest rule: a round missed ends the streak."""

    def judged(
        self, channels: Mapping[str, Appointment], stored: Stored, *, one_clock: bool
    ) -> Harm:
        """Count the harm. With `one_clock`, wrong at times, nobody could know what is early."""
        harm = Harm(unknown_left=stored.unknown, doctor_finds=len(stored.doctor))
        for text in stored.doctor:
            harm.note(f"the doctor: {text}")
        for channel, appointment in channels.items():
            self._questions(harm, channel, appointment, one_clock=one_clock)
        expected = self._expected(stored)
        self._replies(harm, expected, stored)
        self._standings(harm, expected, stored)
        return harm

    def _questions(
        self, harm: Harm, channel: str, appointment: Appointment, *, one_clock: bool
    ) -> None:
        moments = due_moments(appointment, years_of(appointment.zone), self.begin, self.end)
        posted = [at(ts) for ts in sorted(self.witness.questions.get(channel, {}))]
        zone = ZoneInfo(appointment.zone)
        for number, due in enumerate(moments):
            opens = due - CLOCKS_WRONG_BY
            later = moments[number + 1 :]
            mine = [
                moment
                for moment in posted
                if opens <= moment and (not later or moment < later[0] - CLOCKS_WRONG_BY)
            ]
            deadline = min(due + LATENESS, _midnight_after(due, zone))
            name = f"#{appointment.name} due {due:%d %b %H:%M}"
            if len(mine) > 1:
                harm.duplicates += len(mine) - 1
                harm.note(f"{name}: asked {len(mine)} times, {[f'{m:%H:%M:%S}' for m in mine]}")
            if not mine and self._was_owed(due, deadline):
                harm.missing += 1
                harm.note(f"{name}: never asked")
            if mine and mine[0] < due - EARLY and not one_clock:
                harm.early += 1
                harm.note(f"{name}: asked at {mine[0]:%H:%M:%S}")
            if mine and mine[-1] > deadline + CLOCKS_WRONG_BY:
                harm.too_late += 1
                harm.note(f"{name}: asked as late as {mine[-1]:%d %b %H:%M:%S}")

    def _was_owed(self, due: datetime, deadline: datetime) -> bool:
        looks = [moment for moment in self.course.calm if due <= moment < deadline]
        return len(looks) >= LOOKS_OWED

    def _expected(self, stored: Stored) -> dict[Place, News]:
        """Every reply in a question's thread, as the app must know it.

        Where it may know more than it acknowledged, what it stored tells how much.
        """
        found: dict[Place, News] = {}
        for place in self.witness.tried:
            known = self.witness.may_stand(place)
            kept = stored.replies.get(place, False)
            news = next((one for one in known if one and _is_answer(one) is kept), known[0])
            if news is not None and news.thread_ts in self.witness.questions.get(place[0], {}):
                found[place] = news
        return found

    def _replies(self, harm: Harm, expected: Mapping[Place, News], stored: Stored) -> None:
        harm.double_counted += stored.copies
        for place, news in expected.items():
            counts = _is_answer(news)
            if stored.replies.get(place, False) is not counts:
                lost = counts or place in stored.replies
                harm.answers_lost += lost
                if lost:
                    harm.note(f"{place[1]} by {news.member}: counts {counts}, stored otherwise")

    def _standings(self, harm: Harm, expected: Mapping[Place, News], stored: Stored) -> None:
        said: dict[Member, list[tuple[RoundId, MessageTs]]] = {}
        for (channel, ts), news in expected.items():
            if _is_answer(news):
                place = sorted(self.witness.questions[channel]).index(news.thread_ts)
                said.setdefault((channel, news.member), []).append((RoundId(place), MessageTs(ts)))
        for member in {*said, *stored.standings}:
            lived = Lived(tuple(self._rounds(member[0])), tuple(said.get(member, ())))
            true = Oracle(lived).streak() if self.has_freezes else _plain(lived)
            kept = stored.standings.get(member, Streak())
            if true != kept:
                harm.standings_wrong += 1
                harm.double_counted += max(0, kept.answered - true.answered)
                harm.note(f"{member}: {kept}, but in truth {true}")

    def _rounds(self, channel: str) -> Iterable[PostedRound]:
        names = sorted(self.witness.questions.get(channel, {}))
        for place, ts in enumerate(names):
            closed = MessageTs(names[place + 1]) if place + 1 < len(names) else None
            yield PostedRound(RoundId(place), at(ts).date(), MessageTs(ts), closed)


def _is_answer(news: News) -> bool:
    return news.counts and not news.is_deleted


def _midnight_after(due: datetime, zone: ZoneInfo) -> datetime:
    local = due.astimezone(zone)
    day = local.date() + timedelta(days=1)
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def _plain(lived: Lived) -> Streak:
    run, best, answered = 0, 0, 0
    oracle = Oracle(lived)
    for place in range(len(lived.rounds)):
        if oracle.answered(place):
            run, answered = run + 1, answered + 1
            best = max(best, run)
        elif not oracle.is_open(place):
            run = 0
    return Streak(run, best, 0, answered)
