"""The bank as each workspace sees it, on a real database of either kind."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.domain.ids import ChannelId, InstallationId, MemberId, ProposalId, QuestionSlug
from bot.domain.installations import Identity
from bot.domain.local_time import Due
from bot.domain.proposals import AnswerDraft, QuestionDraft, print_of
from bot.domain.questions import Level
from bot.domain.reviewing import Decided, Held, Hitch
from bot.domain.schedules import ScheduleDraft, Timing
from bot.features.suggestions.service import Suggestions, Verdict
from bot.store import installations, library, proposals, schedules
from bot.store.database import Connection, Database
from bot.store.library import NewVersion
from content.bank import Bank
from sandbox.clock import MovableClock
from tests.content import samples
from tests.statements import watched

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ALICE, BOB, CAROL = MemberId("U1"), MemberId("U2"), MemberId("U3")
QUESTION = samples.entry().question
OURS = QuestionDraft("Ours", "people", Level.HARD, "How?", "", "So.", ())


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A new database, with the schema of the migrations."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def bank() -> Bank:
    """A bank of one question."""
    return Bank.of([QUESTION])


async def workspace(database: Database, team: str) -> InstallationId:
    """A workspace in which Alice has set a schedule up."""

    def work(tx: Connection) -> InstallationId:
        made = installations.ensure(tx, Identity(team, None, MemberId(f"B{team}")), AT)
        timing = Timing(time(9), ZoneInfo("UTC"), frozenset(range(7)))
        draft = ScheduleDraft(made.id, ChannelId(f"C{team}"), ALICE, timing)
        schedules.create(tx, draft, Due(AT, date(2026, 3, 2)), 7, AT)
        return made.id

    return await database.write(work)


def better(answer: str) -> NewVersion:
    return NewVersion(QUESTION.slug, answer, BOB, ALICE)


async def answer_in(database: Database, bank: Bank, whose: InstallationId) -> str:
    def work(tx: Connection) -> str:
        found = library.seen_by(tx, bank, whose).get(QUESTION.slug)
        assert found is not None
        return found.sample_answer

    return await database.read(work)


async def test_what_one_workspace_changes_no_other_sees(database: Database, bank: Bank) -> None:
    home, other = await workspace(database, "T1"), await workspace(database, "T2")

    def change(tx: Connection) -> None:
        library.add_version(tx, home, better("Better."), AT)
        library.add_question(tx, home, QuestionSlug("team-ours"), OURS, AT)

    await database.write(change)
    assert await answer_in(database, bank, home) == "Better."
    assert await answer_in(database, bank, other) == QUESTION.sample_answer
    seen = await database.read(lambda tx: library.seen_by(tx, bank, home))
    assert seen.get("team-ours") is not None
    unchanged = await database.read(lambda tx: library.seen_by(tx, bank, other))
    assert unchanged is bank


async def test_a_change_that_is_taken_back_with_its_transaction_leaves_no_trace(
    database: Database, bank: Bank
) -> None:
    home = await workspace(database, "T1")

    def fails(tx: Connection) -> None:
        library.add_version(tx, home, better("Never."), AT)
        library.seen_by(tx, bank, home)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(fails)
    await database.write(lambda tx: library.add_version(tx, home, better("Better."), AT))
    assert await answer_in(database, bank, home) == "Better."


async def test_seeing_the_bank_again_costs_one_small_query(database: Database, bank: Bank) -> None:
    home = await workspace(database, "T1")
    await database.write(lambda tx: library.add_version(tx, home, better("Better."), AT))
    await answer_in(database, bank, home)
    with watched(database.engine) as sent:
        await answer_in(database, bank, home)
    [query] = [one.statement for one in sent if "SELECT" in one.statement]
    assert "FROM libraries" in query


async def test_a_changed_file_shows_where_a_workspace_went_back_to_the_first_answer(
    database: Database, bank: Bank
) -> None:
    home = await workspace(database, "T1")
    await database.write(lambda tx: library.add_version(tx, home, better("Better."), AT))
    first_again = replace(better(""), answer=None, improved_by=None, restores=0)
    assert await database.write(lambda tx: library.add_version(tx, home, first_again, AT)) == 2
    assert await answer_in(database, bank, home) == QUESTION.sample_answer
    changed = Bank.of([replace(QUESTION, sample_answer="From a newer file.")])
    assert await answer_in(database, changed, home) == "From a newer file."


async def test_two_suggestions_accepted_at_once_are_one_accepted_and_one_held(
    database: Database, bank: Bank, clock: MovableClock
) -> None:
    home = await workspace(database, "T1")
    base = print_of(QUESTION.sample_answer)

    def suggest(tx: Connection) -> list[ProposalId]:
        for member, answer in ((BOB, "Bob's."), (CAROL, "Carol's.")):
            proposals.add(tx, home, member, AnswerDraft(QUESTION.slug, answer, "", 0, base), AT)
        return [one.id for one in proposals.waiting(tx, home, 9)]

    first, second = await database.write(suggest)
    desk = Suggestions(database, clock, lambda: bank)
    outcomes = await _both(
        desk, Verdict(home, ALICE, first, base), Verdict(home, ALICE, second, base)
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Decided", "Held"]
    [held] = [one for one in outcomes if isinstance(one, Held)]
    assert held.hitch is Hitch.CHANGED
    [accepted] = [one for one in outcomes if isinstance(one, Decided)]
    assert isinstance(accepted.proposal.draft, AnswerDraft)
    assert await answer_in(database, bank, home) == accepted.proposal.draft.answer


async def _both(desk: Suggestions, one: Verdict, other: Verdict) -> list[Decided | Held]:
    return list(
        await asyncio.gather(desk.accept(one, anyway=False), desk.accept(other, anyway=False))
    )


async def test_the_same_draft_waits_once_and_may_come_again_once_decided(
    database: Database, bank: Bank, clock: MovableClock
) -> None:
    home = await workspace(database, "T1")
    draft = AnswerDraft(QUESTION.slug, "Better.", "", 0, "x")
    assert await database.write(lambda tx: proposals.add(tx, home, BOB, draft, AT))
    assert not await database.write(lambda tx: proposals.add(tx, home, BOB, draft, AT))
    [waiting] = await database.read(lambda tx: proposals.waiting(tx, home, 9))
    desk = Suggestions(database, clock, lambda: bank)
    await desk.decline(Verdict(home, ALICE, waiting.id), "Not yet.")
    assert await database.write(lambda tx: proposals.add(tx, home, BOB, draft, AT))
    kept = await database.read(lambda tx: proposals.get(tx, home, waiting.id))
    assert kept is not None
    assert (kept.draft, kept.reason, kept.decided_by) == (draft, "Not yet.", ALICE)


async def test_a_proposal_of_one_workspace_is_not_there_for_another(
    database: Database,
) -> None:
    home, other = await workspace(database, "T1"), await workspace(database, "T2")
    await database.write(lambda tx: proposals.add(tx, home, BOB, OURS, AT))
    [waiting] = await database.read(lambda tx: proposals.waiting(tx, home, 9))
    assert waiting.draft == OURS
    assert await database.read(lambda tx: proposals.get(tx, other, waiting.id)) is None
    assert await database.read(lambda tx: proposals.count_waiting(tx, other)) == 0
