"""The first call to Slack, in which the app asks who it is. What passes is not the token."""

from dataclasses import replace

import pytest

from bot import wiring
from bot.settings import Settings
from bot.slack.failures import SlackBusyError, SlackUnreachableError
from bot.wiring import Prep, StartupError
from sandbox.clock import MovableClock
from sandbox.slack import Sandbox
from tests.prep_team import PrepTeam


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses the app would have made between its first calls; the tests make none."""
    made: list[float] = []
    pause_after = wiring._pause_after

    def noted(passing: SlackBusyError | SlackUnreachableError, attempt: int) -> float:
        made.append(pause_after(passing, attempt))
        return 0.0

    monkeypatch.setattr(wiring, "_pause_after", noted)
    return made


@pytest.fixture
def team(slack: Sandbox, clock: MovableClock, settings: Settings) -> PrepTeam:
    """A team whose app has not started yet."""
    return PrepTeam(slack, clock, replace(settings, api_url=slack.api_url))


async def test_a_slack_that_fails_at_the_start_is_asked_again(
    team: PrepTeam, slack: Sandbox, waits: list[float]
) -> None:
    slack.faults.on("auth.test").server_error(503, times=2)
    await team.starts()
    await team.stops()
    assert len(slack.ledger.calls("auth.test")) == 3
    assert waits == [1, 2]


async def test_a_slack_that_is_busy_at_the_start_is_asked_again_when_it_says(
    team: PrepTeam, slack: Sandbox, waits: list[float]
) -> None:
    slack.faults.on("auth.test").rate_limited(7)
    await team.starts()
    await team.stops()
    assert len(slack.ledger.calls("auth.test")) == 2
    assert waits == [7]


async def test_a_slack_that_goes_on_failing_ends_the_start_without_blaming_the_token(
    team: PrepTeam, slack: Sandbox, waits: list[float]
) -> None:
    slack.faults.on("auth.test").server_error(500, times=9)
    with pytest.raises(StartupError, match="Slack cannot be reached"):
        await team.starts()
    assert waits == [1, 2, 4, 8, 16]


async def test_a_token_that_slack_does_not_take_ends_the_start_at_once(
    team: PrepTeam, clock: MovableClock, waits: list[float]
) -> None:
    wrong = Prep(replace(team.settings, bot_token="xoxb-of-another-app"), clock)
    with pytest.raises(StartupError, match="SLACK_BOT_TOKEN"):
        await wrong.start()
    assert waits == []
