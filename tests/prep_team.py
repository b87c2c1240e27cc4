"""The running app in a small Slack, with verbs: what tests of conversations are written in."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.domain.ids import ChannelId, MemberId
from bot.domain.local_time import Due
from bot.domain.rounds import SLACK_TIMEOUT
from bot.domain.schedules import Schedule
from bot.domain.streaks import Streak
from bot.features.doctor.service import Report, examine
from bot.settings import Settings
from bot.store import schedules, standings
from bot.store.standings import Scope
from bot.wiring import Prep
from content.bank import Bank, load
from sandbox.clock import MovableClock
from sandbox.manifest import app_spec
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, InstalledApp, Message

T = TypeVar("T")

MANIFEST = Path(__file__).parents[1] / "manifest.yml"
BERLIN = ZoneInfo("Europe/Berlin")
SECRET = "a secret that only Slack and we know"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@cache
def shipped_bank() -> Bank:
    """The shipped questions, read once for all tests of a process."""
    return load().bank


@dataclass(frozen=True)
class WrongClock:
    """A clock that is ahead of another one, or behind it."""

    right: Clock
    ahead: timedelta

    def now(self) -> datetime:
        """What it takes for the present."""
        return self.right.now() + self.ahead


class PrepTeam:
    """A team that uses Prep. Time stands still until a verb moves it."""

    def __init__(
        self, sandbox: Sandbox, clock: MovableClock, settings: Settings, bank: Bank | None = None
    ) -> None:
        self.slack = sandbox
        self.clock = clock
        self.settings = settings
        self.bank = bank
        self.slack_timeout = SLACK_TIMEOUT
        self.ahead = timedelta(0)
        """How far the clock of the app's machine is ahead of Slack's; it tells when it starts."""
        self.installed: InstalledApp = sandbox.install_app(
            app_spec(
                MANIFEST,
                signing_secret=SECRET,
                bot_token=settings.bot_token,
                app_token=settings.app_token or "",
            )
        )
        self.app: Prep

    # --- the process ----------------------------------------------------------------------------

    async def starts(self) -> None:
        """Start the app, as a process manager would."""
        clock = WrongClock(self.clock, self.ahead) if self.ahead else self.clock
        self.app = Prep(self.settings, clock, rng=Random(7), bank=self.bank)
        self.app.slack_timeout = self.slack_timeout
        await self.app.start()
        if self.settings.signing_secret:
            self.installed.request_url = f"http://127.0.0.1:{self.app.port}/slack/events"

    async def stops(self) -> None:
        """Stop the app in good order."""
        await self.app.stop()

    async def restarts(self) -> None:
        """Stop the app and start it again on the same data."""
        await self.stops()
        await self.starts()

    async def settled(self) -> None:
        """Wait until nobody has anything left to do: not Slack, not the app."""
        for _ in range(2):
            await self.slack.settled()
            await self.app.guard.idle()
        await self.slack.settled()

    async def turns(self) -> None:
        """Let the clockwork run every job once."""
        await self.app.clockwork.turn()
        await self.settled()

    # --- time -----------------------------------------------------------------------------------

    async def moves_to(self, moment: datetime) -> None:
        """Move the clock and let the clockwork notice."""
        self.clock.move_to(moment)
        await self.slack.deliver_due()
        await self.turns()

    async def moves_on(self, **by: float) -> None:
        """Move the clock by a duration, and let the clockwork notice."""
        await self.moves_to(self.clock.now() + timedelta(**by))

    # --- the daily loop -------------------------------------------------------------------------

    async def sets_up(
        self,
        channel: Channel,
        who: Person,
        at: str = "09:00",
        zone: str = "Europe/Berlin",
        weekdays: tuple[str, ...] = WEEKDAYS,
    ) -> None:
        """Set a schedule up as a member does: by the command and its form."""
        await who.runs("/prep setup", channel)
        await self.settled()
        await who.chooses("channel", channel)
        await who.chooses("time", at)
        await who.chooses("zone", zone)
        await who.chooses("weekdays", list(weekdays))
        await who.submits()
        await self.settled()

    async def changes(self, channel: Channel, who: Person, **wishes: object) -> None:
        """Change a schedule by its form: `time`, `zone`, `weekdays`, `state`."""
        await who.runs("/prep setup", channel)
        await self.settled()
        await who.fills(**wishes)
        await who.submits()
        await self.settled()

    async def asks(self, channel: Channel) -> Message:
        """Move on to the channel's next due moment, and return the question posted then."""
        before = set(self.questions(channel))
        await self.moves_to((await self.next_due(channel)).at)
        [question] = [m for m in self.questions(channel) if m not in before]
        return question

    def questions(self, channel: Channel) -> list[Message]:
        """The daily questions that stand in a channel, oldest first."""
        return [m for m in channel.messages if (m.metadata or {}).get("event_type") == "prep_round"]

    async def next_due(self, channel: Channel) -> Due:
        """When a channel's next question is due."""
        due = (await self.schedule(channel)).next_due
        assert due is not None
        return due

    async def schedule(self, channel: Channel) -> Schedule:
        """The schedule of a channel."""
        return await self.app.database.read(
            lambda tx: next(
                s for s in schedules.everywhere(tx) if s.channel_id == ChannelId(channel.id)
            )
        )

    async def streak_of(self, who: Person, channel: Channel) -> int:
        """A member's streak as the board has it; 0 for someone who never answered."""
        return (await self.standing_of(who, channel)).current

    async def standing_of(self, who: Person, channel: Channel) -> Streak:
        """A member's standing as the board has it."""
        scope = await self._scope(channel)
        found = await self.app.database.read(
            lambda tx: standings.of_member(tx, scope, MemberId(who.id))
        )
        return found or Streak()

    async def true_standing_of(self, who: Person, channel: Channel) -> Streak:
        """A member's standing, folded anew from the facts."""
        scope = await self._scope(channel)
        found = await self.app.database.read(
            lambda tx: standings.history(tx, scope, MemberId(who.id))
        )
        return found[-1].streak if found else Streak()

    async def _scope(self, channel: Channel) -> Scope:
        schedule = await self.schedule(channel)
        return Scope(schedule.installation_id, schedule.id)

    async def doctor(self) -> Report:
        """What `prep doctor` finds."""
        now = self.clock.now()
        return await self.app.database.write(lambda tx: examine(tx, (), now))

    # --- seeing ---------------------------------------------------------------------------------

    def ticked(self, message: Message) -> bool:
        """Whether the app marked a message as counted."""
        return self.installed.bot_user_id in message.reactions.get("white_check_mark", [])

    def told(self, who: Person, channel: Channel) -> str:
        """The last thing only this person was told in a channel."""
        messages = who.ephemerals(channel)
        return messages[-1].text if messages else ""

    async def all_at_once(self, *deeds: Awaitable[T]) -> list[T]:
        """Let several people act at the same moment."""
        done = await asyncio.gather(*deeds)
        await self.settled()
        return list(done)


def with_socket(settings: Settings) -> Settings:
    """The same settings for Socket Mode."""
    return replace(settings, signing_secret=None, app_token="xapp-1-test")


def berlin(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of 2026 by the wall clock of Berlin."""
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)
