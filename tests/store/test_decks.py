"""A draw by bookmarks is what the rule says, whatever was asked, given up, found and changed."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from bot.domain.decks import Deck, Draw
from bot.domain.ids import ChannelId, MemberId, MessageTs, QuestionSlug, ScheduleId
from bot.domain.installations import Identity
from bot.domain.local_time import Due
from bot.domain.rounds import RoundState
from bot.domain.schedules import Schedule, ScheduleDraft
from bot.store import confirming, decks, installations, posting, schedules
from bot.store.database import Connection
from bot.store.posting import Reservation
from bot.store.rounds import RoundRow, as_round
from bot.store.tables import rounds
from proof.oracles.decks import next_question
from tests.features.diary import EVERY_DAY
from tests.statements import watched

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
DAY_ONE = date(2026, 3, 2)
QUESTIONS = [QuestionSlug(f"python/{number}") for number in range(12)]
_TEAMS = itertools.count()


@dataclass(frozen=True)
class Ask:
    """A day comes: every schedule asks its next question."""


@dataclass(frozen=True)
class Look:
    """Somebody draws, and then asks nothing."""


@dataclass(frozen=True)
class GiveUp:
    """A round is given up, with or without a lease; `which` counts all rounds from the last."""

    which: int
    leased: bool


@dataclass(frozen=True)
class Find:
    """A round's message is found, even if the round was given up."""

    which: int


@dataclass(frozen=True)
class Replace:
    """A round gets another question."""

    which: int
    question: QuestionSlug


@dataclass(frozen=True)
class Change:
    """The bank has these questions from now on."""

    bank: tuple[QuestionSlug, ...]


Happening = Ask | Look | GiveUp | Find | Replace | Change


@dataclass
class Asking:
    """Some schedules of one workspace, which ask a question a day."""

    bank: Sequence[QuestionSlug]
    seeds: Sequence[int]
    day: date = DAY_ONE
    schedules: list[Schedule] = field(default_factory=list)

    def begin(self, tx: Connection, history: Sequence[QuestionSlug]) -> None:
        """Set them up; each asked `history` before anybody kept a bookmark."""
        team = f"T{next(_TEAMS)}"
        home = installations.ensure(tx, Identity(team, None, MemberId("B1")), BEGIN).id
        for number, seed in enumerate(self.seeds):
            channel = ChannelId(f"C{team}-{number}")
            draft = ScheduleDraft(home, channel, MemberId("U1"), EVERY_DAY)
            schedules.create(tx, draft, None, seed=seed, at=BEGIN)
            made = schedules.in_channel(tx, home, channel)
            assert made is not None
            self.schedules.append(made)
        for question in history:
            for one in self.schedules:
                assert self._reserve(tx, one, question)
            self.day += timedelta(days=1)

    def _reserve(self, tx: Connection, one: Schedule, question: QuestionSlug) -> bool:
        due = Due(BEGIN + (self.day - DAY_ONE), self.day)
        return bool(posting.reserve(tx, [Reservation(one, due, question)], BEGIN))

    def happens(self, tx: Connection, what: Happening) -> None:
        """Let something happen."""
        match what:
            case Ask():
                self.asks(tx)
            case Look():
                self.draws(tx)
            case GiveUp(which, leased):
                self._give_up(tx, self.round(tx, which, RoundState.RESERVED), leased=leased)
            case Find(which):
                self._find(tx, self.round(tx, which, RoundState.RESERVED, RoundState.SKIPPED))
            case Replace(which, question):
                self._replace(tx, self.round(tx, which, RoundState.RESERVED), question)
            case Change(bank):
                self.bank = bank

    def asks(self, tx: Connection) -> None:
        """Let a day come."""
        for one, draw in self.draws(tx):
            assert self._reserve(tx, one, draw.question)
            decks.keep(tx, [(one, draw)])
        self.day += timedelta(days=1)

    def draws(self, tx: Connection) -> list[tuple[Schedule, Draw]]:
        """Draw for all of them at once, and compare with the rule."""
        deck = Deck.of(self.bank)
        drawn = decks.draw(tx, self.schedules, lambda _: deck)
        for one in self.schedules:
            asked = self.asked(tx, one.id)
            draw = drawn.get(one.id)
            assert (draw.question if draw else None) == next_question(self.bank, asked, one.seed)
            if draw is not None:
                left = {*self.bank} - {*asked, draw.question}
                assert draw.bookmark.unasked == len(left)
        return [(one, drawn[one.id]) for one in self.schedules if one.id in drawn]

    def asked(self, tx: Connection, whose: ScheduleId) -> dict[QuestionSlug, date]:
        """When a schedule last asked each question, from the table of rounds."""
        rows = tx.execute(
            select(rounds.c.question, rounds.c.local_date, rounds.c.state)
            .where(rounds.c.schedule_id == whose)
            .order_by(rounds.c.local_date)
        )
        return {
            QuestionSlug(row.question): row.local_date
            for row in rows
            if row.state != RoundState.SKIPPED
        }

    def _give_up(self, tx: Connection, waiting: RoundRow | None, *, leased: bool) -> None:
        if waiting is None:
            return
        if leased:
            [held] = posting.lease(tx, [waiting], BEGIN)
            assert posting.skip(tx, held, "declined")
        else:
            posting.give_up(tx, [(waiting, "too late")])

    def _find(self, tx: Connection, lost: RoundRow | None) -> None:
        if lost is not None:
            ts = MessageTs(f"{1_772_400_000 + lost.local_date.toordinal()}.{lost.id:06d}")
            confirming.confirm(tx, lost.installation_id, lost.id, ts, BEGIN)

    def _replace(self, tx: Connection, waiting: RoundRow | None, question: QuestionSlug) -> None:
        if waiting is not None:
            posting.change_question(tx, waiting, question)

    def round(self, tx: Connection, which: int, *states: RoundState) -> RoundRow | None:
        """A round in one of these states, counted from the last; None if there is none."""
        rows = tx.execute(
            select(rounds)
            .where(
                rounds.c.schedule_id.in_([one.id for one in self.schedules]),
                rounds.c.state.in_(states),
            )
            .order_by(rounds.c.local_date.desc(), rounds.c.schedule_id)
        ).all()
        return as_round(rows[which % len(rows)]) if rows else None


_question = st.sampled_from(QUESTIONS)
_banks = st.lists(_question, unique=True).map(tuple)
_which = st.integers(0, 9)
_happening = st.one_of(
    st.builds(Look),
    st.builds(GiveUp, _which, st.booleans()),
    st.builds(Find, _which),
    st.builds(Replace, _which, _question),
    st.builds(Change, _banks),
)
_days = st.integers(1, 6).map(lambda days: [Ask()] * days)
happenings = st.lists(st.one_of(_days, _days, _happening.map(lambda one: [one])), max_size=14).map(
    lambda parts: [one for part in parts for one in part]
)
ANY_LIFE = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def lived(
    engine: Engine,
    bank: Sequence[QuestionSlug],
    history: Sequence[QuestionSlug],
    happened: Sequence[Happening],
) -> None:
    """Let it all happen in one transaction that never stays."""
    with engine.connect() as tx:
        life = Asking(bank, seeds=(1, 2, 3))
        life.begin(tx, history)
        for what in happened:
            life.happens(tx, what)
        life.asks(tx)
        tx.rollback()


@settings(ANY_LIFE, max_examples=120)
@given(bank=_banks, history=st.lists(_question, max_size=20), happened=happenings)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_draw_is_what_the_rule_says_on_sqlite(
    engine: Engine,
    bank: Sequence[QuestionSlug],
    history: Sequence[QuestionSlug],
    happened: Sequence[Happening],
) -> None:
    lived(engine, bank, history, happened)


@pytest.mark.postgresql
@settings(ANY_LIFE, max_examples=20)
@given(bank=_banks, history=st.lists(_question, max_size=20), happened=happenings)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_draw_is_what_the_rule_says_on_postgresql(
    engine: Engine,
    bank: Sequence[QuestionSlug],
    history: Sequence[QuestionSlug],
    happened: Sequence[Happening],
) -> None:
    lived(engine, bank, history, happened)


def test_a_round_given_up_and_found_again_is_not_asked_twice(engine: Engine) -> None:
    given_up = [GiveUp(0, leased=False), GiveUp(0, leased=True)]
    happened: list[Happening] = [*[Ask()] * 3, *given_up, Ask(), Find(2), Look(), *[Ask()] * 12]
    with engine.connect() as tx:
        life = Asking(QUESTIONS, seeds=(1,))
        life.begin(tx, [])
        # Given up, two questions are unasked again: the first comes, the second's round is found.
        for what in happened:
            life.happens(tx, what)
        tx.rollback()


# --- cost -----------------------------------------------------------------------------------------


def reads_everything(statement: str) -> bool:
    """Whether a statement reads all that a schedule asked."""
    return "GROUP BY" in statement


def asked_for(tx: Connection, life: Asking, days: int, order: Sequence[QuestionSlug]) -> None:
    """Write `days` rounds of each schedule, in this order over and over, at once."""
    turn = itertools.cycle(order)
    for _ in range(days):
        question = next(turn)
        tx.execute(
            insert(rounds),
            [
                {
                    "installation_id": one.installation_id,
                    "schedule_id": one.id,
                    "channel_id": one.channel_id,
                    "question": question,
                    "local_date": life.day,
                    "due_at": BEGIN,
                    "state": RoundState.POSTED,
                }
                for one in life.schedules
            ],
        )
        life.day += timedelta(days=1)


def a_days_draws(engine: Engine, life: Asking, tx: Connection) -> list[str]:
    """The statements of one draw for all schedules."""
    deck = Deck.of(life.bank)
    with watched(engine) as sent:
        drawn = decks.draw(tx, life.schedules, lambda _: deck)
        for one in life.schedules:
            assert life._reserve(tx, one, drawn[one.id].question)
        decks.keep(tx, [(one, drawn[one.id]) for one in life.schedules])
    life.day += timedelta(days=1)
    return [one.statement for one in sent if "INSERT INTO rounds" not in one.statement]


def test_many_schedules_draw_with_as_many_statements_as_one_does(engine: Engine) -> None:
    counts = []
    with engine.connect() as tx:
        for many in (1, 30):
            life = Asking(QUESTIONS, seeds=range(many))
            life.begin(tx, [])
            counts.append([len(a_days_draws(engine, life, tx)) for _ in range(30)])
        tx.rollback()
    assert counts[0] == counts[1]


def test_after_the_first_draw_nobody_reads_what_was_asked(engine: Engine) -> None:
    with engine.connect() as tx:
        life = Asking(QUESTIONS, seeds=range(5))
        life.begin(tx, [])
        days = [a_days_draws(engine, life, tx) for _ in range(3 * len(QUESTIONS))]
        tx.rollback()
    assert any(map(reads_everything, days[0]))
    assert not any(reads_everything(statement) for day in days[1:] for statement in day)


@pytest.mark.parametrize("large", [500, 40])
def test_after_years_in_any_order_hardly_any_draw_reads_what_was_asked(
    engine: Engine, large: int
) -> None:
    """With more questions than days (some unasked, in no order), and with fewer (all asked)."""
    bank = [QuestionSlug(f"topic/{number}") for number in range(large)]
    order = Random(3).sample([*bank, *(QuestionSlug(f"gone/{n}") for n in range(9))], large)
    with engine.connect() as tx:
        life = Asking(bank, seeds=range(4))
        life.begin(tx, [])
        asked_for(tx, life, 250, order)
        days = [a_days_draws(engine, life, tx) for _ in range(60)]
        tx.rollback()
    assert sum(any(map(reads_everything, day)) for day in days) <= 3
