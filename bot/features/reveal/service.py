"""Look at the sample answer of a question, or at why it is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.ids import InstallationId, MemberId, QuestionSlug, RoundId
from bot.domain.questions import Question
from bot.domain.refusals import QuestionGone
from bot.store import library, practice, rounds
from bot.store.database import Connection, Database
from content.bank import Bank


@dataclass(frozen=True, slots=True)
class Reveal:
    """Finds what is behind a button, and notes who looked at it."""

    database: Database
    clock: Clock
    bank: Callable[[], Bank]

    async def question_of_round(
        self, installation_id: InstallationId, round_id: RoundId
    ) -> Question:
        """Return the question of a round. Raises QuestionGone."""
        return await self.database.read(
            lambda tx: question_of_round(tx, self.bank(), installation_id, round_id)
        )

    async def question(self, installation_id: InstallationId, slug: str) -> Question:
        """Return a question of a workspace's bank. Raises QuestionGone."""
        return await self.database.read(
            lambda tx: question_called(tx, self.bank(), installation_id, slug)
        )

    async def note(
        self, installation_id: InstallationId, member_id: MemberId, question: QuestionSlug
    ) -> None:
        """Note that a member looked at a sample answer; once more does no harm."""
        await self.database.write(
            lambda tx: note_reveal(tx, installation_id, member_id, question, self.clock.now())
        )


def question_of_round(
    tx: Connection, bank: Bank, installation_id: InstallationId, round_id: RoundId
) -> Question:
    """Return the question that a round of this installation asked. Raises QuestionGone."""
    found = rounds.get(tx, installation_id, round_id)
    if found is None:
        raise QuestionGone
    return question_called(tx, bank, installation_id, found.question)


def question_called(
    tx: Connection, bank: Bank, installation_id: InstallationId, slug: str
) -> Question:
    """Return the question with this slug, as a workspace sees it. Raises QuestionGone."""
    question = library.seen_by(tx, bank, installation_id).get(slug)
    if question is None:
        raise QuestionGone
    return question


def note_reveal(
    tx: Connection,
    installation_id: InstallationId,
    member_id: MemberId,
    question: QuestionSlug,
    at: datetime,
) -> None:
    """Note that a member looked at a sample answer, the first time and the last."""
    practice.reveal(tx, installation_id, member_id, question, at)
