"""What a member sees behind Reveal Sample Answer and Why It Is Asked."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from bot.domain.questions import FollowUp, KeyPoint, Question, Reference
from bot.features.reveal import view
from bot.slack.fitting import CUT
from bot.slack.rich_text import BLOCK_LIMIT, plain_text_of
from content import bank
from sandbox.block_rules import faults_in_message, faults_in_view
from sandbox.reading import message_as_text, view_as_text
from tests.content import samples

QUESTION = samples.entry().question
SHORT = replace(
    QUESTION,
    sample_answer="I read it line by line:\n\n```python\nfor line in file:\n    print(line)\n```\n",
)
ODD = "<!channel> <@U1> *bold* & \x00\x07\u2028 " + "x" * 3_000
EXTREME = replace(
    QUESTION,
    title=ODD,
    text=ODD,
    why=f"{ODD}\n\n- {ODD}",
    key_points=(KeyPoint(ODD, ODD), KeyPoint("")) * 20,
    sample_answer=f"# {ODD}\n\n{ODD}\n\n```\n{ODD}\n```\n\n1. {ODD}\n   - {ODD}\n\n> {ODD}",
    mistakes=(ODD, "") * 20,
    follow_ups=(FollowUp(ODD, ODD), FollowUp("", "")) * 20,
    hint=ODD,
    references=(Reference(ODD, "https://example.com/" + ODD),) * 5,
    minutes=10**30,
)
NOTHING = replace(
    QUESTION,
    title=" ",
    why="",
    key_points=(),
    sample_answer="",
    mistakes=(),
    follow_ups=(),
    hint="",
    references=(),
)


def with_answer(answer: str) -> Question:
    return replace(QUESTION, sample_answer=answer)


def test_the_sample_answer_and_all_that_belongs_to_it() -> None:
    assert view_as_text(view.sample_answer_modal(SHORT).payload()) == snapshot("""\
Sample answer
=============

Reading a large file
====================

Python language · easy · 5 minutes

*Key points*

• Read it line by line — A file is an iterator
• Close it with a context manager
• Measure peak memory
• Say when to stop

*Sample answer*

I read it line by line:

    for line in file:
        print(line)

*Common mistakes*

• Calling read() without a size.
• Forgetting that a line may be huge.

*Follow-ups*

1. *What if there are no line ends?*
   Read blocks of a fixed size
2. *What if it is compressed?*
   Stream through gzip.open
3. *What if two readers need it?*
   Each opens it; the kernel's cache serves both

*References*

• Reading files (https://docs.python.org/3/tutorial/inputoutput.html)

[ Suggest An Improvement ]  [ Report A Problem ]

[ Close ]\
""")


def test_why_it_is_asked_comes_with_the_hint() -> None:
    assert view_as_text(view.why_modal(QUESTION).payload()) == snapshot("""\
Why it is asked
===============

Reading a large file
====================

Python language · easy · 5 minutes

To hear whether you think in streams.

*Hint*

A file object can be walked like a list.

[ Close ]\
""")


def test_the_message_for_a_late_click_says_in_its_text_only_whose_answer_it_is() -> None:
    message = view.sample_answer_message(SHORT).payload()
    assert message["text"] == "Sample answer: Reading a large file"
    assert "for line in file:" in message_as_text(message)


def test_why_it_is_asked_gives_nothing_of_the_answer_away() -> None:
    shown = json.dumps([view.why_modal(QUESTION).payload(), view.why_message(QUESTION).payload()])
    secrets = [QUESTION.sample_answer, *(point.text for point in QUESTION.key_points)]
    secrets += [*QUESTION.mistakes, *(follow_up.pointer for follow_up in QUESTION.follow_ups)]
    assert [secret for secret in secrets if json.dumps(secret)[1:-1] in shown] == []


@pytest.mark.parametrize("question", [SHORT, EXTREME, NOTHING], ids=["short", "extreme", "bare"])
def test_slack_takes_every_view_and_message(question: Question) -> None:
    for modal in (view.sample_answer_modal(question), view.why_modal(question)):
        assert faults_in_view(modal.payload()) == []
    for message in (view.sample_answer_message(question), view.why_message(question)):
        assert faults_in_message(message.payload()) == []


def test_slack_takes_every_question_of_the_bank() -> None:
    questions = bank.load().bank.questions
    assert questions
    for question in questions:
        assert faults_in_view(view.sample_answer_modal(question).payload()) == []
        assert faults_in_message(view.sample_answer_message(question).payload()) == []


@pytest.mark.parametrize(
    "answer",
    [
        "\n\n".join(f"Paragraph {number} " + "word " * 95 for number in range(40)),
        "One long paragraph. " * 1_000,
        "```python\n" + "print('a line of code')\n" * 850 + "```\n",
        "\n".join(f"{number}. point {number} of many" for number in range(1, 1_000)),
        "漢字と仮名を" * 3_334,
    ],
    ids=["paragraphs", "one paragraph", "code", "a list", "kanji"],
)
def test_an_answer_of_20_000_characters_is_shown_whole(answer: str) -> None:
    payload = view.sample_answer_modal(with_answer(answer)).payload()
    assert faults_in_view(payload) == []
    answers = [block for block in payload["blocks"] if block["type"] == "rich_text"]
    assert max(len(text_in(block)) for block in answers) <= BLOCK_LIMIT
    written = "".join(plain_text_of(answer).split())
    assert written in "".join(text_in(payload["blocks"]).split())


def test_a_long_list_that_is_cut_into_blocks_counts_on() -> None:
    answer = "\n".join(f"{number}. step {number} of many" for number in range(1, 400))
    shown = view_as_text(view.sample_answer_modal(with_answer(answer)).payload())
    assert [f"{n}. step {n} of many" for n in range(1, 400) if f"{n}. step {n} " not in shown] == []


@pytest.mark.parametrize("answer", ["word " * 60_000, "`a` " * 8_000, "漢" * 90_000])
def test_an_answer_beyond_slacks_limits_is_cut_with_a_line_that_says_so(answer: str) -> None:
    modal = view.sample_answer_modal(with_answer(answer)).payload()
    message = view.sample_answer_message(with_answer(answer)).payload()
    assert faults_in_view(modal) == []
    assert faults_in_message(message) == []
    assert text_in(modal["blocks"][-2]) == text_in(message["blocks"][-2]) == CUT


def text_in(blocks: object) -> str:
    """Every text of some blocks, one after the other."""
    if isinstance(blocks, list):
        return "".join(text_in(block) for block in blocks)
    if not isinstance(blocks, dict):
        return ""
    own = blocks.get("text")
    inner = own if isinstance(own, str) else text_in(own)
    return inner + text_in(blocks.get("elements"))


def test_a_draft_says_what_nobody_has_written_yet() -> None:
    draft = replace(QUESTION, sample_answer="", why="", key_points=(), mistakes=(), follow_ups=())
    assert "Nobody has written one yet." in view_as_text(view.sample_answer_modal(draft).payload())
    assert "Nobody has written that down" in view_as_text(view.why_modal(draft).payload())
    assert faults_in_message(view.sample_answer_message(draft).payload()) == []
