"""Look at the earlier versions of a sample answer, and bring one back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.ids import InstallationId, MemberId
from bot.domain.library import History, Version
from bot.domain.proposals import TEAM_PREFIX
from bot.domain.questions import Question
from bot.domain.refusals import NotReviewer, QuestionGone, VersionGone
from bot.store import library, reviewers
from bot.store.database import Connection, Database
from bot.store.library import NewVersion
from content.bank import Bank

SHOWN_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """A reviewer wants version `number` back, having seen `standing` as the one that stands."""

    installation_id: InstallationId
    member_id: MemberId
    question: str
    number: int
    standing: int


@dataclass(frozen=True, slots=True)
class Versions:
    """The use cases of versions."""

    database: Database
    clock: Clock
    bank: Callable[[], Bank]

    async def history(self, installation: InstallationId, member: MemberId, slug: str) -> History:
        """Tell a member what an answer was. Raises QuestionGone."""
        return await self.database.read(
            lambda tx: history(tx, self.bank(), installation, member, slug)
        )

    async def roll_back(self, wish: Wish) -> bool:
        """Let an earlier version stand again, as a new one; False if another stands by now.

        Raises NotReviewer, QuestionGone, VersionGone.
        """
        now = self.clock.now()
        return await self.database.write(lambda tx: roll_back(tx, self.bank(), wish, now))


def history(
    tx: Connection, bank: Bank, installation: InstallationId, member: MemberId, slug: str
) -> History:
    """Tell a member what an answer was, newest first. Raises QuestionGone."""
    question = library.seen_by(tx, bank, installation).get(slug)
    if question is None:
        raise QuestionGone
    found = _versions(tx, bank, installation, question)
    return History(
        question,
        tuple(found[:SHOWN_AT_ONCE]),
        max(0, len(found) - SHOWN_AT_ONCE),
        reviewers.is_one(tx, installation, member),
    )


def roll_back(tx: Connection, bank: Bank, wish: Wish, at: datetime) -> bool:
    """Let an earlier version stand again, as a new one; False if another stands by now."""
    if not reviewers.is_one(tx, wish.installation_id, wish.member_id):
        raise NotReviewer
    library.hold(tx, wish.installation_id)
    question = library.seen_by(tx, bank, wish.installation_id).get(wish.question)
    if question is None:
        raise QuestionGone
    if question.version != wish.standing:
        return False
    found = _versions(tx, bank, wish.installation_id, question)
    wanted = next((version for version in found if version.number == wish.number), None)
    if wanted is None or wanted.number == question.version:
        raise VersionGone
    restored = NewVersion(
        question.slug,
        None if wanted.number == 0 else wanted.answer,
        wanted.credit.improved_by if wanted.credit else None,
        wish.member_id,
        restores=wanted.number,
    )
    library.add_version(tx, wish.installation_id, restored, at)
    return True


def _versions(
    tx: Connection, bank: Bank, installation: InstallationId, question: Question
) -> list[Version]:
    shipped = bank.get(question.slug)
    first = shipped.sample_answer if shipped else ""
    made = library.versions(tx, installation, question.slug, first)
    if shipped is None or question.slug.startswith(TEAM_PREFIX):
        return made
    return [*made, Version(0, first)]
