"""Who looks at suggestions."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.ids import InstallationId, MemberId
from bot.domain.library import Reviewers as Known
from bot.domain.refusals import NotOwner, OwnersStay
from bot.store import reviewers
from bot.store.database import Connection, Database


@dataclass(frozen=True, slots=True)
class Reviewers:
    """The use cases of naming reviewers."""

    database: Database
    clock: Clock

    async def known(self, installation: InstallationId) -> Known:
        """Name the reviewers of a workspace."""
        return await self.database.read(lambda tx: reviewers.of_installation(tx, installation))

    async def name(
        self, installation: InstallationId, owner: MemberId, members: tuple[MemberId, ...]
    ) -> Known:
        """Let members be reviewers; twice is once. Raises NotOwner."""
        now = self.clock.now()

        def work(tx: Connection) -> Known:
            _must_own(tx, installation, owner)
            reviewers.name(tx, installation, members, owner, now)
            return reviewers.of_installation(tx, installation)

        return await self.database.write(work)

    async def remove(
        self, installation: InstallationId, owner: MemberId, members: tuple[MemberId, ...]
    ) -> Known:
        """Take members off the list. Raises NotOwner, OwnersStay."""

        def work(tx: Connection) -> Known:
            if set(members) & set(_must_own(tx, installation, owner).owners):
                raise OwnersStay
            reviewers.remove(tx, installation, members)
            return reviewers.of_installation(tx, installation)

        return await self.database.write(work)


def _must_own(tx: Connection, installation: InstallationId, member: MemberId) -> Known:
    known = reviewers.of_installation(tx, installation)
    if member not in known.owners:
        raise NotOwner
    return known
