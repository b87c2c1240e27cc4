"""A question that Slack declined, posted after all by the operator's wish."""

import pytest

from bot.domain.health import NotAsked
from bot.domain.ids import RoundId
from bot.domain.reposting import Reposting
from bot.domain.rounds import DEFAULT_LATENESS, RoundState
from bot.features.repost.service import repost
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.jobs.one_question import posts, skipped, stands_alone
from tests.prep_team import PrepTeam, berlin

DUE = berlin(3, 2, 9)


@pytest.fixture
async def here(prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel) -> Channel:
    """A channel whose question Slack declined this morning, for a reason that is no loss."""
    await prep.sets_up(channel, alice)
    slack.faults.on("chat.postMessage", channel=channel.id).api_error("team_access_not_granted")
    await prep.moves_to(DUE)
    return channel


async def declined(prep: PrepTeam) -> NotAsked:
    """The one round that the doctor lists."""
    [one] = (await prep.doctor()).skipped
    return one


async def wish(prep: PrepTeam, round_id: RoundId) -> Reposting:
    """Wish for a round to be posted after all, as `prep repost` does."""
    now = prep.clock.now()
    return (await repost(prep.app.database, round_id, now, DEFAULT_LATENESS)).outcome


async def test_a_declined_question_is_listed_with_its_reason_and_number_and_posted_on_request(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    one = await declined(prep)
    assert one.reason == "team_access_not_granted"
    await prep.moves_on(hours=1)
    assert prep.questions(here) == []
    assert await wish(prep, one.round_id) is Reposting.PUT_BACK
    await prep.moves_on(seconds=1)
    await stands_alone(prep, here, bob)
    assert await skipped(prep) == []


async def test_asking_twice_posts_once(prep: PrepTeam, bob: Person, here: Channel) -> None:
    number = (await declined(prep)).round_id
    assert await wish(prep, number) is Reposting.PUT_BACK
    assert await wish(prep, number) is Reposting.ON_ITS_WAY
    await prep.moves_on(seconds=1)
    assert await wish(prep, number) is Reposting.POSTED
    await prep.moves_on(minutes=5)
    assert posts(prep, here) == 2
    await stands_alone(prep, here, bob)


async def test_a_question_declined_again_can_be_asked_for_again(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    number = (await declined(prep)).round_id
    slack.faults.on("chat.postMessage", channel=here.id).api_error("team_access_not_granted")
    assert await wish(prep, number) is Reposting.PUT_BACK
    await prep.moves_on(seconds=1)
    assert (await declined(prep)).round_id == number
    assert await wish(prep, number) is Reposting.PUT_BACK
    await prep.moves_on(seconds=1)
    await stands_alone(prep, here, bob)


async def test_the_deck_does_not_ask_it_again_the_next_day(prep: PrepTeam, here: Channel) -> None:
    await wish(prep, (await declined(prep)).round_id)
    await prep.moves_on(seconds=1)
    [today] = prep.questions(here)
    tomorrow = await prep.asks(here)
    assert today.text != tomorrow.text


@pytest.mark.parametrize("late", [{"hours": 6, "seconds": 1}, {"days": 1}])
@pytest.mark.usefixtures("here")
async def test_what_is_too_late_stays_given_up(prep: PrepTeam, late: dict[str, float]) -> None:
    number = (await declined(prep)).round_id
    await prep.moves_on(**late)
    assert await wish(prep, number) is Reposting.TOO_LATE
    await prep.moves_on(seconds=1)
    assert ("2026-03-02", "team_access_not_granted") in await skipped(prep)


async def test_a_lost_channel_needs_its_schedule_first(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    slack.faults.on("chat.postMessage", channel=channel.id).api_error("not_in_channel")
    await prep.moves_to(DUE)
    number = (await declined(prep)).round_id
    assert await wish(prep, number) is Reposting.NOT_RUNNING
    await prep.sets_up(channel, alice)
    await prep.moves_on(seconds=5)
    assert await wish(prep, number) is Reposting.PUT_BACK
    await prep.moves_on(seconds=1)
    await stands_alone(prep, channel, bob)


async def test_a_round_that_never_was_or_is_posted_is_refused(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    assert await wish(prep, RoundId(77)) is Reposting.NO_SUCH_ROUND
    await prep.sets_up(channel, alice)
    await prep.asks(channel)
    assert await wish(prep, RoundId(1)) is Reposting.POSTED
    assert (await prep.doctor()).rounds == {RoundState.POSTED: 1}
