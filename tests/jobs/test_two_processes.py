"""Two processes on one PostgreSQL database: whatever both do at the same instant happens once."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from bot.domain.ids import MessageTs, QuestionSlug, RoundId
from bot.domain.local_time import Due
from bot.domain.rounds import LeasedRound, RoundState
from bot.domain.schedules import Schedule
from bot.features.daily_question import service
from bot.store import confirming, posting, rounds, schedules, shared_time
from bot.store.database import Connection
from bot.store.posting import Reservation
from bot.wiring import Prep
from proof.postgresql import PostgreSQL
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.jobs.one_question import ANSWER, posts
from tests.prep_team import PrepTeam, WrongClock, berlin

pytestmark = pytest.mark.postgresql

DUE = berlin(3, 2, 9)
PATIENCE_S = 0.5


@pytest.fixture
def database_url(postgresql: PostgreSQL) -> Iterator[str]:
    """SQLite belongs to one process."""
    with postgresql.database() as url:
        yield url


@pytest.fixture
async def peer(prep: PrepTeam) -> AsyncIterator[Prep]:
    """The second process."""
    second = Prep(prep.settings, prep.clock, rng=Random(8))
    await second.start()
    yield second
    await second.stop()


class Together:
    """Makes the first two callers of a function meet inside their transactions."""

    def __init__(self) -> None:
        self.barrier = threading.Barrier(2)
        self.met = 0

    def meet(self) -> None:
        """Wait for the other, unless it is kept out: then go on alone."""
        try:
            self.barrier.wait(PATIENCE_S)
        except threading.BrokenBarrierError:
            return
        self.met += 1


def claiming_together(monkeypatch: pytest.MonkeyPatch) -> Together:
    """Let the first two claims begin their transactions before either goes on."""
    together, claim = Together(), service.claim

    def claim_together(*given: Any) -> Any:
        given[0].exec_driver_sql("SELECT 1")
        together.meet()
        return claim(*given)

    monkeypatch.setattr(service, "claim", claim_together)
    return together


async def test_two_processes_that_turn_at_the_same_instant_post_each_question_once(
    prep: PrepTeam, peer: Prep, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    channels = [channel, *(slack.channel(f"team-{n}", members=[alice, bob]) for n in range(4))]
    for one in channels:
        await prep.sets_up(one, alice)
    for day in (2, 3, 4, 5, 6):
        prep.clock.move_to(berlin(3, day, 9))
        await prep.all_at_once(
            *(app.clockwork.turn() for app in (prep.app, peer, prep.app, peer)),
        )
        for one in channels:
            assert len(prep.questions(one)) == posts(prep, one) == day - 1
            await bob.replies(prep.questions(one)[-1], ANSWER)
        await prep.settled()
    for one in channels:
        assert await prep.streak_of(bob, one) == 5
    report = await prep.doctor()
    assert report.is_well
    assert report.rounds == {RoundState.POSTED: 25}


async def test_two_claims_that_begin_together_do_not_both_get_the_round(
    prep: PrepTeam,
    peer: Prep,
    alice: Person,
    channel: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await prep.sets_up(channel, alice)
    together = claiming_together(monkeypatch)
    prep.clock.move_to(DUE)
    await prep.all_at_once(prep.app.clockwork.turn(), peer.clockwork.turn())
    assert together.met == 2
    assert len(prep.questions(channel)) == posts(prep, channel) == 1
    assert (await prep.doctor()).rounds == {RoundState.POSTED: 1}


async def test_two_that_find_the_same_waiting_round_do_not_both_post_it(
    prep: PrepTeam,
    peer: Prep,
    slack: Sandbox,
    alice: Person,
    channel: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await prep.sets_up(channel, alice)
    slack.faults.on("chat.postMessage").rate_limited(30)
    await prep.moves_to(DUE)
    assert (await prep.doctor()).rounds == {RoundState.RESERVED: 1}
    lease, together = posting.lease, Together()

    def lease_together(*given: Any) -> Any:
        together.meet()
        return lease(*given)

    monkeypatch.setattr(posting, "lease", lease_together)
    prep.clock.move_on(timedelta(seconds=30))
    await prep.all_at_once(prep.app.clockwork.turn(), peer.clockwork.turn())
    assert together.met == 0
    assert posts(prep, channel) == 2
    assert len(prep.questions(channel)) == 1
    assert (await prep.doctor()).rounds == {RoundState.POSTED: 1}


async def test_a_date_is_reserved_once_even_by_two_who_reserve_it_together(
    prep: PrepTeam, peer: Prep, alice: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    schedule = await prep.schedule(channel)
    due = Due(DUE, date(2026, 3, 2))

    def reserve_it(tx: Connection) -> list[LeasedRound]:
        return posting.reserve(tx, [Reservation(schedule, due, QuestionSlug("any"))], DUE)

    made = await asyncio.gather(*(app.database.write(reserve_it) for app in (prep.app, peer) * 4))
    assert len([leased for one in made for leased in one]) == 1


async def reserve(prep: PrepTeam, schedule: Schedule, due: Due) -> RoundId:
    wanted = Reservation(schedule, due, QuestionSlug("any"))
    [leased] = await prep.app.database.write(lambda tx: posting.reserve(tx, [wanted], DUE))
    return leased.id


async def test_two_rounds_confirmed_at_the_same_instant_still_close_one_another(
    prep: PrepTeam, peer: Prep, alice: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    schedule = await prep.schedule(channel)
    numbers: list[RoundId] = []
    for day in (2, 3):
        due = Due(berlin(3, day, 9), date(2026, 3, day))
        numbers.append(await reserve(prep, schedule, due))
    names = [MessageTs(f"{berlin(3, day, 9).timestamp():.6f}") for day in (2, 3)]
    together = Together()

    def confirm(tx: Connection, number: RoundId, ts: MessageTs) -> None:
        confirming.confirm(tx, schedule.installation_id, number, ts, DUE)
        together.meet()

    await asyncio.gather(
        prep.app.database.write(lambda tx: confirm(tx, numbers[0], names[0])),
        peer.database.write(lambda tx: confirm(tx, numbers[1], names[1])),
    )
    posted = await prep.app.database.read(
        lambda tx: rounds.posted_from(tx, schedule.installation_id, schedule.id)
    )
    assert [r.closed_ts for r in posted] == [names[1], None]


async def test_a_process_that_stopped_in_the_middle_is_followed_by_the_other(
    prep: PrepTeam, peer: Prep, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    prep.clock.move_to(DUE)
    due = await prep.app.database.write(
        lambda tx: service.claim(tx, prep.app.bank, DUE, timedelta(hours=6))
    )
    assert len(due.ready) == 1
    prep.clock.move_on(timedelta(seconds=60))
    for _ in range(2):
        await peer.clockwork.turn()
    await slack.settled()
    assert len(prep.questions(channel)) == posts(prep, channel) == 1
    moved_on = await prep.app.database.read(schedules.everywhere)
    assert [s.next_due and s.next_due.local_date for s in moved_on] == [date(2026, 3, 3)]


@pytest.fixture
async def hasty(prep: PrepTeam, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Prep]:
    """A second process, on a machine whose clock is five minutes ahead of the database's."""
    monkeypatch.setattr(shared_time, "of_server", lambda _: prep.clock.now())
    ahead = WrongClock(prep.clock, timedelta(minutes=5))
    second = Prep(prep.settings, ahead, rng=Random(8), bank=prep.bank)
    second.shares_time = True
    await second.start()
    yield second
    await second.stop()


async def test_a_process_whose_clock_is_ahead_asks_nothing_early(
    prep: PrepTeam, hasty: Prep, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    for early in (timedelta(minutes=2), timedelta(seconds=1)):
        prep.clock.move_to(DUE - early)
        await hasty.clockwork.turn()
        assert prep.questions(channel) == []
    prep.clock.move_to(DUE)
    await hasty.clockwork.turn()
    await slack.settled()
    assert len(prep.questions(channel)) == 1


async def test_a_process_whose_clock_is_ahead_takes_no_lease_for_lost(
    prep: PrepTeam, hasty: Prep, alice: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    prep.clock.move_to(DUE)
    due = await prep.app.database.write(
        lambda tx: service.claim(tx, prep.app.bank, DUE, timedelta(hours=6))
    )
    assert len(due.ready) == 1
    prep.clock.move_on(timedelta(seconds=30))
    for _ in range(2):
        await hasty.clockwork.turn()
    assert posts(prep, channel) == 0
    assert (await prep.doctor()).rounds == {RoundState.RESERVED: 1}


async def test_the_time_of_the_server_is_one_in_utc(prep: PrepTeam) -> None:
    moment = await prep.app.database.read(shared_time.of_server)
    later = await prep.app.database.read(shared_time.of_server)
    assert moment.utcoffset() == timedelta(0)
    assert moment < later
