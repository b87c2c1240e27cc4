"""The life of a schedule as a list of things that happen, in any order and as often as may be.

`Life` lets them happen to a database through the services, and keeps its own plain notes of what
became known. `truth` is what the streak rule says of those notes, by the oracle: it shares no line
with the code under test.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from bot.domain.answering import AnswerOutcome, Reply
from bot.domain.ids import ChannelId, MemberId, MessageTs, QuestionSlug, RoundId
from bot.domain.installations import Identity
from bot.domain.local_time import Due
from bot.domain.rounds import Evidence
from bot.domain.schedules import Schedule, ScheduleDraft, Timing
from bot.domain.streaks import AwayRange, PostedRound, Streak
from bot.features.answers import service as answers_service
from bot.features.daily_question import service as daily_question
from bot.store import installations, posting, schedules, standings
from bot.store.database import Connection
from bot.store.posting import Reservation
from bot.store.standings import Scope
from bot.store.tables import away
from bot.store.together import ALONE, Alone
from proof.oracles.histories import FIRST_DAY, History, ts
from proof.oracles.streaks import Oracle

EVERY_DAY = Timing(time(9), ZoneInfo("Europe/Berlin"), frozenset(range(7)))
MINIMUM_WORDS = 5
ENOUGH, TOO_FEW = 9, 1
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
MEMBERS = (MemberId("U1"), MemberId("U2"), MemberId("U3"))


@dataclass(frozen=True)
class Ask:
    """The question of a place is known to have been posted."""

    place: int


@dataclass(frozen=True)
class News:
    """A version of a message arrives: `number` names the message, `edited` (0: never) the version.

    It was written `seconds` after its round opened; a round stays open for 100.
    """

    number: int
    place: int
    member: int
    seconds: int
    enough: bool = True
    edited: int = 0
    deleted: bool = False


@dataclass(frozen=True)
class Void:
    """The card of a place was deleted, `seconds` after it had been posted."""

    place: int
    seconds: int


@dataclass(frozen=True)
class Away:
    """A member says when they are away, in days from the first."""

    member: int
    first: int
    days: int


@dataclass(frozen=True)
class Settle:
    """The clockwork draws the conclusions of what has closed."""


Happening = Ask | News | Void | Away | Settle


def opened(place: int) -> int:
    """When the question of a place was posted, in seconds of the history."""
    return 100 * place


def day_of(place: int) -> date:
    """The local date of a place."""
    return FIRST_DAY + timedelta(days=place)


def reply(channel: ChannelId, news: News) -> Reply:
    """The news as the edge hands it in. No two messages have one ts."""
    seconds, _ = ts(opened(news.place) + news.seconds).split(".")
    return Reply(
        channel_id=channel,
        thread_ts=ts(opened(news.place)),
        ts=MessageTs(f"{seconds}.{news.number + 1:06d}"),
        member_id=MEMBERS[news.member],
        words=ENOUGH if news.enough else TOO_FEW,
        has_file=False,
        edited_ts=ts(10_000 + news.edited) if news.edited else None,
        deleted=news.deleted,
    )


@dataclass
class Life:
    """One schedule in a channel, all of whose rounds were reserved and tried at the beginning."""

    channel: ChannelId
    team: str = "T1"
    places: int = 8
    schedule: Schedule = field(init=False)
    numbers: list[RoundId] = field(init=False)
    asked: set[int] = field(default_factory=set)
    heard: list[News] = field(default_factory=list)
    voided: dict[int, int] = field(default_factory=dict)
    leaves: list[Away] = field(default_factory=list)
    together: bool = True
    """Whether news of replies goes the usual way, and not straight to the thorough one."""

    @property
    def scope(self) -> Scope:
        """Whose standings."""
        return Scope(self.schedule.installation_id, self.schedule.id)

    def begin(self, tx: Connection) -> None:
        """Set the schedule up and try to post every round, with an outcome nobody knows."""
        installation = installations.ensure(
            tx, Identity(self.team, None, MemberId(f"U0{self.team}")), BEGIN
        )
        draft = ScheduleDraft(installation.id, self.channel, MEMBERS[0], EVERY_DAY)
        schedules.create(tx, draft, None, seed=1, at=BEGIN)
        found = schedules.in_channel(tx, installation.id, self.channel)
        assert found is not None
        self.schedule = found
        self.numbers = [self._try(tx, place) for place in range(self.places)]

    def _try(self, tx: Connection, place: int) -> RoundId:
        due = Due(BEGIN, day_of(place))
        wanted = Reservation(self.schedule, due, QuestionSlug(f"python/{place}"))
        [leased] = posting.reserve(tx, [wanted], BEGIN)
        return leased.id

    def evidence(self, place: int) -> Evidence:
        """That the question of a place was posted."""
        return Evidence(
            self.schedule.installation_id, self.numbers[place], MessageTs(ts(opened(place)))
        )

    def happens(self, tx: Connection, what: Happening) -> list[AnswerOutcome]:
        """Let something happen, by the services, and note it; return what people would hear."""
        outcomes = self.done(tx, what)
        self.note(what)
        return outcomes

    def done(self, tx: Connection, what: Happening) -> list[AnswerOutcome]:
        """Let something happen, by the services alone."""
        match what:
            case Ask(place):
                return daily_question.confirm(
                    tx,
                    self.schedule.installation_id,
                    self.numbers[place],
                    ts(opened(place)),
                    BEGIN,
                )
            case News():
                return self._heard(tx, [what])
            case Void(place, seconds):
                at = ts(opened(place) + seconds)
                daily_question.void(tx, self.channel, ts(opened(place)), at)
            case Away():
                self._leave(tx, what)
            case Settle():
                daily_question.settle(tx)
        return []

    def arrive(self, tx: Connection, news: Sequence[News]) -> list[AnswerOutcome]:
        """Let news of replies come at the same time, and note it."""
        outcomes = self._heard(tx, news)
        for what in news:
            self.note(what)
        return outcomes

    def _heard(self, tx: Connection, news: Sequence[News]) -> list[AnswerOutcome]:
        replies = [reply(self.channel, what) for what in news]
        found: Sequence[AnswerOutcome | Alone | None] = [ALONE] * len(replies)
        if self.together:
            found = answers_service.record_together(tx, replies, MINIMUM_WORDS, BEGIN)
        outcomes = [
            answers_service.record(tx, one, MINIMUM_WORDS, BEGIN) if outcome is ALONE else outcome
            for one, outcome in zip(replies, found, strict=True)
        ]
        return [outcome for outcome in outcomes if outcome is not None]

    def _leave(self, tx: Connection, leave: Away) -> None:
        tx.execute(
            insert(away).values(
                installation_id=self.schedule.installation_id,
                member_id=MEMBERS[leave.member],
                first_date=day_of(leave.first),
                last_date=day_of(leave.first + leave.days),
            )
        )
        standings.refresh(tx, self.scope, [MEMBERS[leave.member]], MessageTs(""))

    def note(self, what: Happening) -> None:
        """Note what is known from now on."""
        match what:
            case Ask(place):
                self.asked.add(place)
            case News():
                self.heard.append(what)
            case Void(place, seconds) if place in self.asked:
                self.voided[place] = min(seconds, self.voided.get(place, seconds))
            case Away():
                self.leaves.append(what)
            case _:
                pass

    def truth(self, member: int) -> Streak:
        """What a member's standing must be, from the notes alone."""
        return Oracle(History(self._rounds(), self._answers(member), self._away(member))).streak()

    def _rounds(self) -> tuple[PostedRound, ...]:
        places = sorted(self.asked)
        nexts: list[int | None] = [*places[1:], None]
        return tuple(
            PostedRound(
                id=self.numbers[place],
                local_date=day_of(place),
                opened_ts=ts(opened(place)),
                closed_ts=None if following is None else ts(opened(following)),
                voided_ts=ts(opened(place) + self.voided[place]) if place in self.voided else None,
            )
            for place, following in zip(places, nexts, strict=False)
        )

    def _answers(self, member: int) -> tuple[tuple[RoundId, MessageTs], ...]:
        return tuple(
            (self.numbers[last.place], reply(self.channel, last).ts)
            for last in self._last_versions()
            if last.member == member and last.enough and last.place in self.asked
        )

    def _last_versions(self) -> Iterable[News]:
        for number in {news.number for news in self.heard}:
            versions = [news for news in self.heard if news.number == number]
            if not any(news.deleted for news in versions):
                yield max(versions, key=lambda news: news.edited)

    def _away(self, member: int) -> tuple[AwayRange, ...]:
        return tuple(
            AwayRange(day_of(leave.first), day_of(leave.first + leave.days))
            for leave in self.leaves
            if leave.member == member
        )

    def kept(self, tx: Connection) -> dict[int, Streak]:
        """What the table of standings says of everyone, once what has closed is settled."""
        standings.settle_schedule(tx, self.scope)
        found = dict(standings.all_of(tx, self.scope))
        return {place: found.get(who, Streak()) for place, who in enumerate(MEMBERS)}

    def explained(self, tx: Connection) -> dict[int, Streak]:
        """What the fold says of everyone, from the facts that are stored."""
        told = [standings.history(tx, self.scope, who) for who in MEMBERS]
        return {place: lines[-1].streak if lines else Streak() for place, lines in enumerate(told)}

    def true(self) -> dict[int, Streak]:
        """What must be true of everyone."""
        return {place: self.truth(place) for place in range(len(MEMBERS))}
