"""Saving a form, on a real database: one schedule a channel, whoever saves and however often."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.ids import ChannelId, InstallationId, MemberId, QuestionSlug
from bot.domain.installations import Identity
from bot.domain.schedules import WORKING_DAYS, Schedule, ScheduleDraft, ScheduleState, Timing
from bot.domain.setting_up import (
    NO_TERMS,
    NotSaved,
    Saved,
    Seen,
    SetupChange,
    SetupFault,
    SetupWish,
    terms_of,
)
from bot.features.setup.service import Setup
from bot.store import installations, posting, schedules
from bot.store.database import Database
from bot.store.posting import Reservation

ALICE, BOB = MemberId("UALICE"), MemberId("UBOB")
HERE, THERE = ChannelId("CHERE"), ChannelId("CTHERE")
NINE = Timing(time(9, 0), ZoneInfo("Europe/Berlin"), WORKING_DAYS)
FIVE = replace(NINE, at=time(17, 0))
MONDAY_NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
TUESDAY_NINE = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


@dataclass
class StoppedClock:
    """A clock that tests set."""

    at: datetime = MONDAY_NOON

    def now(self) -> datetime:
        return self.at


@dataclass
class Desk:
    """The room's service on a database with one installation."""

    database: Database
    installation: InstallationId
    clock: StoppedClock = field(default_factory=StoppedClock)

    def __post_init__(self) -> None:
        seeds = itertools.count(100)
        self.setup = Setup(self.database, self.clock, lambda: next(seeds))

    async def shown(self, channel: ChannelId = HERE) -> Schedule | None:
        return (await self.setup.form(self.installation, channel)).schedule

    async def wish(
        self,
        timing: Timing = NINE,
        *,
        by: MemberId = ALICE,
        running: bool = True,
        channel: ChannelId = HERE,
    ) -> SetupWish:
        """What a person sends who opens the form in a channel and fills it in."""
        draft = ScheduleDraft(self.installation, channel, by, timing, running)
        return SetupWish(draft, Seen(channel, terms_of(await self.shown(channel))))

    async def saves(self, wish: SetupWish) -> Saved:
        outcome = await self.setup.save(wish)
        assert isinstance(outcome, Saved)
        return outcome

    async def all(self) -> list[Schedule]:
        return await self.database.read(lambda tx: schedules.of_installation(tx, self.installation))


@asynccontextmanager
async def desk_on(url: str) -> AsyncIterator[Desk]:
    database = Database(url)
    who = Identity("T1", None, MemberId("UPREP"))
    try:
        made = await database.write(lambda tx: installations.ensure(tx, who, MONDAY_NOON))
        yield Desk(database, made.id)
    finally:
        database.close()


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with desk_on(database_url) as opened:
        yield opened


async def test_a_channel_without_a_schedule_is_set_up(desk: Desk) -> None:
    saved = await desk.saves(await desk.wish())
    assert saved.change is SetupChange.CREATED
    assert saved.member_id == saved.schedule.owner_id == ALICE
    assert saved.schedule.timing == NINE
    assert saved.schedule.state is ScheduleState.RUNNING
    assert saved.schedule.next_due is not None
    assert saved.schedule.next_due.at == TUESDAY_NINE
    assert await desk.shown() == saved.schedule


async def test_the_form_of_an_empty_channel_offers_zones_and_no_schedule(desk: Desk) -> None:
    form = await desk.setup.form(desk.installation, HERE)
    assert form.schedule is None
    assert form.zone is None
    assert any("Europe/Berlin" in group.keys for group in form.zone_groups)


async def test_the_same_wish_twice_is_one_change(desk: Desk) -> None:
    wish = await desk.wish()
    first, second = await desk.saves(wish), await desk.saves(wish)
    assert second.change is SetupChange.UNCHANGED
    assert second.schedule == first.schedule
    assert await desk.all() == [first.schedule]


async def test_a_change_keeps_the_owner_and_the_deck(desk: Desk) -> None:
    created = (await desk.saves(await desk.wish())).schedule
    changed = await desk.saves(await desk.wish(FIVE, by=BOB))
    assert changed.change is SetupChange.CHANGED
    assert changed.member_id == BOB
    assert changed.schedule.owner_id == ALICE
    assert changed.schedule.seed == created.seed
    assert changed.schedule.id == created.id
    assert changed.schedule.timing == FIVE


async def test_a_wish_that_comes_again_after_another_change_does_not_undo_it(desk: Desk) -> None:
    early = await desk.wish()
    await desk.saves(early)
    await desk.saves(await desk.wish(FIVE, by=BOB))
    assert await desk.setup.save(early) == NotSaved(SetupFault.OVERTAKEN)
    stored = await desk.shown()
    assert stored is not None
    assert stored.timing == FIVE


async def test_of_two_people_at_once_one_wins_and_the_other_is_told(desk: Desk) -> None:
    wishes = [await desk.wish(NINE, by=ALICE), await desk.wish(FIVE, by=BOB)]
    outcomes = await asyncio.gather(*(desk.setup.save(wish) for wish in wishes))
    (saved,) = (outcome for outcome in outcomes if isinstance(outcome, Saved))
    assert NotSaved(SetupFault.OVERTAKEN) in outcomes
    assert await desk.all() == [saved.schedule]
    assert saved.schedule.owner_id == saved.member_id


async def test_of_many_who_change_it_at_once_one_wins_and_the_others_are_told(desk: Desk) -> None:
    await desk.saves(await desk.wish())
    wishes = [await desk.wish(replace(NINE, at=time(hour))) for hour in range(10, 20)]
    outcomes = await asyncio.gather(*(desk.setup.save(wish) for wish in wishes))
    (saved,) = (outcome for outcome in outcomes if isinstance(outcome, Saved))
    assert outcomes.count(NotSaved(SetupFault.OVERTAKEN)) == 9
    assert await desk.all() == [saved.schedule]


async def test_two_people_who_wish_the_same_at_once_set_it_up_once(desk: Desk) -> None:
    wishes = [await desk.wish(by=ALICE), await desk.wish(by=BOB)]
    outcomes = [await desk.saves(wish) for wish in wishes]
    assert [saved.change for saved in outcomes] == [SetupChange.CREATED, SetupChange.UNCHANGED]
    assert len(await desk.all()) == 1


async def test_a_form_opened_elsewhere_does_not_overwrite_a_schedule_it_never_showed(
    desk: Desk,
) -> None:
    await desk.saves(await desk.wish(FIVE, channel=THERE))
    wish = await desk.wish()
    moved = replace(wish, draft=replace(wish.draft, channel_id=THERE))
    assert await desk.setup.save(moved) == NotSaved(SetupFault.HAS_ANOTHER)
    stored = await desk.shown(THERE)
    assert stored is not None
    assert stored.timing == FIVE


async def test_a_form_opened_elsewhere_sets_up_a_channel_that_has_none(desk: Desk) -> None:
    wish = await desk.wish(channel=THERE)
    saved = await desk.saves(replace(wish, draft=replace(wish.draft, channel_id=HERE)))
    assert saved.change is SetupChange.CREATED
    assert saved.schedule.channel_id == HERE
    assert await desk.shown(THERE) is None


async def test_a_pause_takes_the_next_question_away_and_its_end_brings_one(desk: Desk) -> None:
    await desk.saves(await desk.wish())
    paused = await desk.saves(await desk.wish(running=False))
    assert paused.change is SetupChange.PAUSED
    assert paused.schedule.next_due is None
    desk.clock.at += timedelta(days=30)
    resumed = await desk.saves(await desk.wish())
    assert resumed.change is SetupChange.RESUMED
    assert resumed.schedule.next_due is not None
    assert resumed.schedule.next_due.at > desk.clock.at


async def test_a_stopped_schedule_starts_again_when_it_is_saved(desk: Desk) -> None:
    await desk.saves(await desk.wish())
    await desk.database.write(
        lambda tx: schedules.stop(tx, desk.installation, HERE, "channel_not_found")
    )
    resumed = await desk.saves(await desk.wish())
    assert resumed.change is SetupChange.RESUMED
    assert resumed.schedule.state is ScheduleState.RUNNING
    assert await desk.database.read(schedules.stopped_or_paused) == []


async def test_a_date_that_has_its_round_is_not_asked_again_when_the_time_moves_later(
    desk: Desk,
) -> None:
    desk.clock.at = MONDAY_NOON - timedelta(hours=5)
    created = (await desk.saves(await desk.wish())).schedule
    assert created.next_due is not None
    due = created.next_due
    wanted = Reservation(created, due, QuestionSlug("rate-limiter"))
    await desk.database.write(lambda tx: posting.reserve(tx, [wanted], MONDAY_NOON))
    desk.clock.at = MONDAY_NOON
    changed = await desk.saves(await desk.wish(FIVE))
    assert due.local_date == date(2026, 3, 2)
    assert changed.schedule.next_due is not None
    assert changed.schedule.next_due.local_date == date(2026, 3, 3)


async def test_a_question_due_while_the_form_was_open_is_still_asked(desk: Desk) -> None:
    desk.clock.at = MONDAY_NOON - timedelta(hours=5)
    created = (await desk.saves(await desk.wish())).schedule
    desk.clock.at = MONDAY_NOON
    every_day = replace(NINE, weekdays=frozenset(range(7)))
    changed = await desk.saves(await desk.wish(every_day))
    assert changed.schedule.next_due == created.next_due


async def test_each_installation_has_schedules_of_its_own(desk: Desk) -> None:
    await desk.saves(await desk.wish())
    other = await desk.database.write(
        lambda tx: installations.ensure(tx, Identity("T2", None, MemberId("UPREP2")), MONDAY_NOON)
    )
    form = await desk.setup.form(other.id, HERE)
    assert form.schedule is None
    wish = SetupWish(
        ScheduleDraft(other.id, HERE, BOB, FIVE),
        Seen(HERE, NO_TERMS),
    )
    assert (await desk.saves(wish)).change is SetupChange.CREATED
    stored = await desk.shown()
    assert stored is not None
    assert stored.timing == NINE


async def test_a_schedule_outlives_the_process(desk: Desk) -> None:
    saved = await desk.saves(await desk.wish())
    url = desk.database.url.render_as_string(hide_password=False)
    async with desk_on(url) as later:
        assert await later.shown() == saved.schedule
