"""The app dies at every step of a round's life, one after the other, and starts again.

Here it dies between the real app and the sandbox, over HTTP; `proof.bars.crashes` does it in finer
steps, and in disorder.
"""

from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.rounds import RoundState
from bot.store.database import Database
from proof.bars.fate import Fate
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, Message
from tests.jobs.one_question import ANSWER
from tests.prep_team import WEEKDAYS, PrepTeam

EVERY_DAY = (*WEEKDAYS, "Saturday", "Sunday")
LEAST_STEPS = 20
"""How many steps a round's life has at least; with fewer, the walk would not see all of it."""


def fate(monkeypatch: pytest.MonkeyPatch) -> Fate:
    """Put every transaction and every call to Slack under one fate."""
    one = Fate()
    for where, name in (
        (Database, "write"),
        (Database, "read"),
        (AsyncWebClient, "api_call"),
    ):
        monkeypatch.setattr(where, name, one.over(getattr(where, name)))
    return one


@pytest.mark.parametrize("echo", ["its echo comes", "its echo is lost"])
async def test_wherever_the_app_dies_a_date_has_one_question_and_every_answer_counts(
    prep: PrepTeam,
    slack: Sandbox,
    alice: Person,
    bob: Person,
    channel: Channel,
    echo: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await prep.sets_up(channel, alice, weekdays=EVERY_DAY)
    killer = fate(monkeypatch)
    day, died = 0, True
    while died:
        day += 1
        before = prep.questions(channel)
        due = (await prep.next_due(channel)).at
        if echo == "its echo is lost":
            slack.faults.drop_events(event_type="message")
        killer.strikes_at(day)
        await prep.moves_to(due)
        asked = await _answered_if_there(prep, bob, channel, before)
        await prep.moves_on(seconds=25)
        died = killer.dead
        await prep.stops()
        killer.rests()
        await prep.starts()
        await _recovers(prep)
        if not asked:
            assert await _answered_if_there(prep, bob, channel, before)
            await prep.settled()
        slack.faults.clear()

        where = f"died at step {day}"
        assert len(prep.questions(channel)) == day, where
        assert await prep.streak_of(bob, channel) == day, where
        report = await prep.doctor()
        assert report.is_well, where
        assert report.rounds == {RoundState.POSTED: day}, where
    assert day > LEAST_STEPS


async def _answered_if_there(
    prep: PrepTeam, who: Person, channel: Channel, before: list[Message]
) -> bool:
    new = [question for question in prep.questions(channel) if question not in before]
    for question in new:
        await who.replies(question, ANSWER)
    await prep.settled()
    return bool(new)


async def _recovers(prep: PrepTeam) -> None:
    """Let the lease run out, let the outcome be looked up, and let Slack send again."""
    for pause in (timedelta(seconds=61), timedelta(seconds=0), timedelta(minutes=6)):
        await prep.moves_to(prep.clock.now() + pause)
