"""Finding what is behind a button, and noting who looked, on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.ids import ChannelId, InstallationId, MemberId, QuestionSlug, RoundId
from bot.domain.installations import Identity
from bot.domain.local_time import Due
from bot.domain.refusals import QuestionGone
from bot.domain.schedules import ScheduleDraft, Timing
from bot.features.reveal.service import Reveal
from bot.store import installations, posting, practice, schedules
from bot.store.database import Connection, Database
from bot.store.posting import Reservation
from content.bank import Bank
from sandbox.clock import MovableClock
from tests.content import samples

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""Where the clock of every test stands at first."""
ALICE, OWNER = MemberId("U1"), MemberId("U9")
QUESTION = samples.entry().question
BANK = Bank.of([QUESTION])


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A new database, with the schema of the migrations."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def reveal(database: Database, clock: MovableClock) -> Reveal:
    """The use cases over a bank of one question."""
    return Reveal(database, clock, lambda: BANK)


async def workspace(database: Database, team_id: str) -> InstallationId:
    identity = Identity(team_id, None, MemberId(f"B{team_id}"))
    made = await database.write(lambda tx: installations.ensure(tx, identity, START))
    return made.id


async def round_asking(
    database: Database, installation_id: InstallationId, slug: QuestionSlug
) -> RoundId:
    channel_id = ChannelId("C1")
    timing = Timing(time(12), ZoneInfo("Etc/UTC"), frozenset(range(7)))
    draft = ScheduleDraft(installation_id, channel_id, OWNER, timing)
    due = Due(START, date(2026, 3, 2))

    def ask(tx: Connection) -> RoundId:
        schedules.create(tx, draft, due, 7, START)
        schedule = schedules.in_channel(tx, installation_id, channel_id)
        assert schedule is not None
        [leased] = posting.reserve(tx, [Reservation(schedule, due, slug)], START)
        return leased.id

    return await database.write(ask)


async def test_a_round_leads_to_its_question(database: Database, reveal: Reveal) -> None:
    home = await workspace(database, "T1")
    round_id = await round_asking(database, home, QUESTION.slug)
    assert await reveal.question_of_round(home, round_id) == QUESTION


async def test_a_round_that_is_not_there_is_gone(database: Database, reveal: Reveal) -> None:
    home = await workspace(database, "T1")
    with pytest.raises(QuestionGone):
        await reveal.question_of_round(home, RoundId(10**17))


async def test_the_round_of_another_workspace_is_not_there(
    database: Database, reveal: Reveal
) -> None:
    home, guest = await workspace(database, "T1"), await workspace(database, "T2")
    round_id = await round_asking(database, home, QUESTION.slug)
    with pytest.raises(QuestionGone):
        await reveal.question_of_round(guest, round_id)


async def test_a_question_that_left_the_bank_is_gone(database: Database, reveal: Reveal) -> None:
    home = await workspace(database, "T1")
    round_id = await round_asking(database, home, QuestionSlug("left-the-bank"))
    with pytest.raises(QuestionGone):
        await reveal.question_of_round(home, round_id)
    with pytest.raises(QuestionGone):
        await reveal.question(home, "left-the-bank")


async def test_a_question_exchanged_in_the_bank_is_shown_as_it_is_now(
    database: Database, clock: MovableClock
) -> None:
    home = await workspace(database, "T1")
    now = {"bank": BANK}
    reveal = Reveal(database, clock, lambda: now["bank"])
    better = replace(QUESTION, title="Reading a large file, revised")
    now["bank"] = Bank.of([better])
    assert await reveal.question(home, QUESTION.slug) == better


async def test_a_reveal_noted_twice_is_one_reveal_with_the_later_moment(
    database: Database, clock: MovableClock, reveal: Reveal
) -> None:
    home = await workspace(database, "T1")
    await reveal.note(home, ALICE, QUESTION.slug)
    clock.move_on(timedelta(minutes=5))
    await reveal.note(home, ALICE, QUESTION.slug)
    slugs = [QUESTION.slug]
    seen = await database.read(lambda tx: practice.seen(tx, home, ALICE, slugs))
    assert seen == {QUESTION.slug: START + timedelta(minutes=5)}
    assert await database.read(lambda tx: practice.seen(tx, home, OWNER, slugs)) == {}
