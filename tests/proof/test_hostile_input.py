"""Hostile input: no case of these does harm, and the judge notices when a part is taken out."""

import asyncio
import logging

import pytest

from bot.slack.blocks import Message, section
from bot.slack.failures import SlackRefusedError
from bot.slack.names import Action
from proof.fuzz.engine import Run, Search, Target, explore
from proof.fuzz.house import House
from proof.fuzz.judge import HarmError, Judge, Known, listening
from proof.fuzz.mutants import MUTANTS, Mutant
from proof.fuzz.targets import TARGETS

CASES = {
    "knocks": 150,
    "payloads": 500,
    "envelopes": 250,
    "commands": 150,
    "names": 60,
    "forms": 40,
    "questions": 150,
    "imports": 550,
    "pages": 150,
}
"""2,000 in all; `make fuzz` takes fifty times as many."""
SEED = 20_260_302
ENOUGH_FOR_A_MUTANT = 400


def test_every_target_has_its_share() -> None:
    assert set(CASES) == {target.name for target in TARGETS}
    assert sum(CASES.values()) == 2_000
    assert {mutant.target for mutant in MUTANTS} == set(CASES)


async def test_the_payloads_that_are_broken_are_of_every_kind() -> None:
    judge = Judge()
    with listening(judge):
        async with House(judge) as house:
            payloads = [seed.payload for seed in house.seeds]
    pressed = {one.get("action_id") for each in payloads for one in each.get("actions", ())}
    forms = {each["view"]["callback_id"] for each in payloads if "view" in each}
    typed = {each["text"].partition(" ")[0] for each in payloads if "command" in each}
    assert pressed >= {name for key, name in vars(Action).items() if key.isupper()}
    assert forms >= {"setup", "suggest", "report", "add", "edit", "decline"}
    assert typed >= {"today", "random", "streak", "leaderboard", "setup", "add", "reviewers"}


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_case_does_harm(target: Target[object]) -> None:
    with Run(target, slow_s=None) as run:
        assert explore(run, Search(CASES[target.name], SEED)) is None
    assert run.count >= CASES[target.name]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what.replace(" ", "-"))
def test_a_part_that_is_taken_out_is_missed(mutant: Mutant) -> None:
    target = next(target for target in TARGETS if target.name == mutant.target)
    with mutant.at_large(), Run(target, slow_s=None) as run:
        found = explore(run, Search(ENOUGH_FOR_A_MUTANT, SEED, smallest=False))
    assert found is not None


KNOWN = Known({"U1"}, {"C1"}, {"https://docs.example/"})


@pytest.mark.parametrize(
    "source",
    ["<@U1>", "<#C1>", "<!date^1772434800^{date_short_pretty} at {time}|soon>", "a &lt;b&gt; &amp;",
     "<https://docs.example/a?b=1&amp;c|The manual>"],
)  # fmt: skip
def test_what_the_app_makes_of_identifiers_is_no_harm(source: str) -> None:
    judge = Judge(KNOWN)
    judge.message({"text": source})
    judge.verdict()


@pytest.mark.parametrize(
    "source",
    ["<!channel>", "<!here|here>", "<@U2>", "<@U1|bob>", "<#C2>", "<https://decoy.example|x>",
     "<!date^1^{date}^https://decoy.example|now>", "<mailto:a@b|c>", "a < b", "a > b", "a & b"],
)  # fmt: skip
def test_what_somebodys_words_must_not_become_is_harm(source: str) -> None:
    judge = Judge(KNOWN)
    judge.message({"text": source})
    with pytest.raises(HarmError):
        judge.verdict()


def test_markup_that_slack_refuses_is_harm() -> None:
    judge = Judge(KNOWN)
    with listening(judge):
        Message("text", ({"type": "section", "text": {"type": "mrkdwn", "text": ""}},)).payload()
    with pytest.raises(HarmError, match="refused markup"):
        judge.verdict()
    with listening(judge):
        Message("text", (section("words"),)).payload()
    judge.verdict()


def test_a_bug_in_the_log_is_harm_and_a_no_to_a_broken_address_is_none() -> None:
    judge, log = Judge(KNOWN), logging.getLogger("bot.somewhere")
    with listening(judge):
        _fails(log, SlackRefusedError("404: no_such_url"))
        judge.verdict()
        _fails(log, SlackRefusedError("400: invalid_blocks"))
        with pytest.raises(HarmError, match="invalid_blocks"):
            judge.verdict()
        _fails(log, ValueError("of ours"))
    with pytest.raises(HarmError, match="of ours"):
        judge.verdict()


def test_a_task_that_failed_unseen_is_harm() -> None:
    judge = Judge(KNOWN)
    loop = asyncio.new_event_loop()
    judge.loose_end(loop, {"message": "never retrieved", "exception": ValueError("of ours")})
    loop.close()
    with pytest.raises(HarmError, match="left behind"):
        judge.verdict()


def _fails(log: logging.Logger, error: Exception) -> None:
    try:
        raise error
    except Exception:
        log.exception("failed")
