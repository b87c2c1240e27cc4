"""An installation: the app as installed in one workspace."""

from dataclasses import dataclass

from bot.domain.ids import InstallationId, MemberId


@dataclass(frozen=True, slots=True)
class Installation:
    """One workspace's copy of the app. `bot_user_id` is who the app is there."""

    id: InstallationId
    team_id: str
    enterprise_id: str | None
    bot_user_id: MemberId


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token says the app is, and where."""

    team_id: str
    enterprise_id: str | None
    bot_user_id: MemberId
