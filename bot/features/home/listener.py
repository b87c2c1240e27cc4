"""The app's Home: made anew each time a member opens it."""

from dataclasses import dataclass

from bot.domain.ids import MemberId
from bot.domain.installations import Installation
from bot.features.home import view
from bot.features.home.service import HomeService, Visit
from bot.slack.guard import Guard
from bot.slack.inbound import Event
from bot.slack.outbound import Slack


@dataclass(frozen=True, slots=True)
class HomeListener:
    """Shows each member their own Home."""

    service: HomeService
    slack: Slack
    guard: Guard

    async def on_opened(self, event: Event) -> None:
        """Publish the Home of a member who opened it. The other tabs are not ours to fill."""
        if event.fields.get("tab") != "home":
            return
        member = MemberId(event.text("user"))
        self.guard.follow_up("home", lambda: self._publish(event.installation, member))

    async def _publish(self, installation: Installation, member: MemberId) -> None:
        channels = await self.slack.channels_of(installation.id, member)
        home = await self.service.seen_by(Visit(installation.id, member, channels))
        await self.slack.publish_home(installation.id, member, view.home(home))
