"""What `/prep random` says, and what Post Here posts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from inline_snapshot import snapshot

from bot.domain.ids import MemberId, QuestionSlug
from bot.domain.practice import NoneOfThatKind, NotUnderstood, PracticeOutcome, Shown, Wanted
from bot.domain.questions import Level
from bot.features.random_question import view
from content.topics import TOPICS, with_slug
from sandbox.block_rules import faults_in_message
from sandbox.reading import message_as_text
from tests.content import samples

QUESTION = samples.entry().question
TESTING = with_slug("testing")
SOME = TOPICS[:3]
ODD = "<!channel> <@U1> *bold* `code` & \x00\x07\u2028 " + "x" * 3_000
EXTREME = replace(
    QUESTION, title=ODD, text=f"{ODD}\n\n" * 60, minutes=10**30, slug=QuestionSlug("s" * 60)
)


def said(outcome: PracticeOutcome) -> dict[str, Any]:
    payload = view.private_reply(outcome).payload()
    assert faults_in_message(payload) == []
    return payload


def test_a_question_comes_with_its_three_buttons() -> None:
    assert message_as_text(said(Shown(QUESTION, Wanted(), is_only_one=False))) == snapshot("""\
Reading a large file
====================

Python language · easy · 5 minutes

How do you read a file that is larger than memory?

[* Reveal Sample Answer *]  [ Another ]  [ Post Here ]

Only you see this.\
""")


def test_the_only_question_of_its_kind_offers_no_other() -> None:
    wanted = Wanted(TESTING, Level.EASY)
    assert message_as_text(said(Shown(QUESTION, wanted, is_only_one=True))) == snapshot("""\
Reading a large file
====================

Python language · easy · 5 minutes

How do you read a file that is larger than memory?

[* Reveal Sample Answer *]  [ Post Here ]

Only you see this. It is the only easy question on Testing so far.\
""")


def test_a_misspelt_topic_gets_the_list_and_the_nearest_match() -> None:
    outcome = NotUnderstood("tessting", Wanted(TESTING, Level.HARD), SOME)
    assert message_as_text(said(outcome)) == snapshot("""\
I know no topic or level called “tessting”. Did you mean *testing hard*?
Topics: `python`, `concurrency`, `coding`
Levels: `easy`, `medium`, `hard`. For example `/prep random python hard`.

[* Show Testing, Hard *]\
""")


def test_words_that_are_like_nothing_we_know_get_the_list() -> None:
    assert message_as_text(said(NotUnderstood("xyzzy", None, SOME))) == snapshot("""\
I know no topic or level called “xyzzy”.
Topics: `python`, `concurrency`, `coding`
Levels: `easy`, `medium`, `hard`. For example `/prep random python hard`.\
""")


def test_a_level_without_questions_gets_those_that_are_there() -> None:
    wanted = Wanted(TESTING, Level.HARD)
    outcome = NoneOfThatKind(wanted, (Level.EASY, Level.MEDIUM), SOME)
    assert message_as_text(said(outcome)) == snapshot("""\
There is no hard question on Testing yet.
Try easy or medium instead.

[* Show Any Level *]\
""")


def test_a_topic_without_questions_gets_the_topics_that_have_some() -> None:
    assert message_as_text(said(NoneOfThatKind(Wanted(TESTING), (), SOME))) == snapshot("""\
There is no question on Testing yet.
Topics: `python`, `concurrency`, `coding`

[* Show Any Question *]\
""")


def test_a_shared_question_says_who_shares_it_and_that_replies_do_not_count() -> None:
    payload = view.shared(QUESTION, MemberId("U7")).payload()
    assert faults_in_message(payload) == []
    assert message_as_text(payload) == snapshot("""\
Reading a large file
====================

Python language · easy · 5 minutes

How do you read a file that is larger than memory?

@U7 shared a question to practise · Replies here are just for practice: they count for
no streak.

[ Reveal Sample Answer ]\
""")


def test_a_shared_question_is_read_aloud_whole() -> None:
    assert view.shared(QUESTION, MemberId("U7")).payload()["text"] == snapshot("""\
<@U7> shared a question to practise: Reading a large file
How do you read a file that is larger than memory?
Replies here are just for practice: they count for no streak.\
""")


def test_the_line_that_takes_the_place_of_a_shared_question_has_no_buttons() -> None:
    payload = view.posted(QUESTION).payload()
    assert faults_in_message(payload) == []
    assert message_as_text(payload) == snapshot("You posted “Reading a large file” here.")


@pytest.mark.parametrize(
    "outcome",
    [
        Shown(EXTREME, Wanted(TESTING, Level.HARD), is_only_one=False),
        Shown(EXTREME, Wanted(TESTING, Level.HARD), is_only_one=True),
        NotUnderstood(ODD, Wanted(TESTING, Level.HARD), TOPICS * 50),
        NotUnderstood("", None, ()),
        NoneOfThatKind(Wanted(TESTING, Level.HARD), (), TOPICS * 50),
        NoneOfThatKind(Wanted(), (Level.EASY,), ()),
    ],
)
def test_slack_takes_whatever_there_is_to_say(outcome: PracticeOutcome) -> None:
    assert_mentions_nobody(said(outcome))


def assert_mentions_nobody(payload: object) -> None:
    """Where Slack reads mrkdwn, a person's or an author's words are escaped."""
    if isinstance(payload, list):
        for inner in payload:
            assert_mentions_nobody(inner)
    elif isinstance(payload, dict):
        is_markup = payload.get("type") in (None, "mrkdwn")
        if is_markup and isinstance(payload.get("text"), str):
            assert "<!channel>" not in payload["text"]
            assert "<@U1>" not in payload["text"]
        for inner in payload.values():
            assert_mentions_nobody(inner)


def test_slack_takes_the_longest_question_that_is_shared() -> None:
    payload = view.shared(EXTREME, MemberId("U7")).payload()
    assert faults_in_message(payload) == []
    assert_mentions_nobody(payload)
    assert payload["blocks"][-1]["type"] == "actions"
