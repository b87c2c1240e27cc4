"""What members and reviewers see of suggestions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from inline_snapshot import snapshot

from bot.domain.differences import compare
from bot.domain.ids import InstallationId, MemberId, ProposalId, QuestionSlug
from bot.domain.library import History, Reviewers, Version
from bot.domain.proposals import (
    AnswerDraft,
    Draft,
    Problem,
    ProblemDraft,
    Proposal,
    ProposalState,
    QuestionDraft,
    print_of,
)
from bot.domain.questions import Credit, Level, Question
from bot.domain.reviewing import Decided, Decision, Held, Hitch, Queue, Waiting
from bot.features.improve import view as improve
from bot.features.reveal import view as reveal
from bot.features.reviewers import view as reviewers
from bot.features.suggestions import view as suggestions
from bot.features.versions import view as versions
from bot.slack.blocks import Message, Modal
from bot.slack.comparison import comparison
from content import topics
from sandbox.block_rules import faults_in_message, faults_in_view
from sandbox.reading import message_as_text, view_as_text
from tests.content import samples

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
ANNE, BEN = MemberId("U1"), MemberId("U2")
QUESTION = replace(samples.entry().question, sample_answer="I read it line by line, and close it.")
ODD = "<!channel> <@U1> *bold* & \x00\x07\u2028 " + "x" * 3_000
BETTER = AnswerDraft(
    QUESTION.slug,
    "I read it block by block, and close it.",
    "Long lines",
    0,
    print_of(QUESTION.sample_answer),
)
PROBLEM = ProblemDraft(QUESTION.slug, Problem.UNCLEAR, "Which file?")
ADDED = QuestionDraft(
    "Hand-overs", "people", Level.HARD, "How?", "To hear it.", "I write.", ("Who", "When")
)
DRAFTS: tuple[Draft, ...] = (BETTER, PROBLEM, ADDED)
EXTREMES: tuple[Draft, ...] = (
    AnswerDraft(QUESTION.slug, ODD * 3, ODD, 10**9, "other"),
    ProblemDraft(QUESTION.slug, Problem.WRONG, ODD),
    ProblemDraft(QUESTION.slug, Problem.WRONG, ""),
    QuestionDraft(ODD, "people", Level.HARD, ODD, ODD, ODD * 3, (ODD, "") * 5),
    QuestionDraft("", "gone", Level.EASY, "", "", "", ()),
)


def proposal(draft: Draft, **changes: object) -> Proposal:
    made = Proposal(ProposalId(7), InstallationId(1), ANNE, draft, ProposalState.WAITING, AT)
    return replace(made, **changes)  # type: ignore[arg-type]


def waiting(
    draft: Draft, present: Question | None = QUESTION, *, outdated: bool = False
) -> Waiting:
    return Waiting(proposal(draft), None if isinstance(draft, QuestionDraft) else present, outdated)


def decided(
    draft: Draft, state: ProposalState, reason: str = "", *, by_this: bool = True
) -> Decided:
    return Decided(proposal(draft, state=state, decided_by=BEN, reason=reason), "A title", by_this)


def shown(modal: Modal) -> str:
    assert faults_in_view(modal.payload()) == []
    return view_as_text(modal.payload())


def said(message: Message) -> str:
    assert faults_in_message(message.payload()) == []
    return message_as_text(message.payload())


def test_a_queue_shows_what_changed_in_words_and_style() -> None:
    queue = Queue(tuple(waiting(draft) for draft in DRAFTS), 9)
    assert shown(suggestions.queue_modal(queue)) == snapshot("""\
Suggestions
===========

9 suggestions wait. These are the oldest 5.

────────────────────────────────────────

*Reading a large file*
@U1 suggests another answer, 2 March at 08:30 UTC.

Improves: Long lines

I read it ~[removed: line by line,]~  *[added: block by block,]*  and close it.

[ Accept ]  [ Edit ]  [ Decline ]

────────────────────────────────────────

*Reading a large file*
@U1 says it is *unclear*, 2 March at 08:30 UTC.

“Which file?”

[ Mark As Solved ]  [ Edit ]  [ Decline ]

────────────────────────────────────────

*Hand-overs*
@U1 suggests a new question, 2 March at 08:30 UTC.

people · hard

How?

*Why it is asked*

To hear it.

*Key points*

• Who
• When

*Sample answer*

I write.

[ Accept ]  [ Edit ]  [ Decline ]

[ Close ]\
""")


def test_an_outdated_suggestion_that_was_pressed_needs_a_second_press() -> None:
    item = waiting(BETTER, replace(QUESTION, version=3), outdated=True)
    assert shown(suggestions.queue_modal(Queue((item,), 1))).count("[ Accept ]") == 1
    pressed = Queue((item,), 1, Held(ProposalId(7), Hitch.OUTDATED))
    assert shown(suggestions.queue_modal(pressed)) == snapshot("""\
Suggestions
===========

Nothing was accepted yet: this suggestion was written from an older answer. Below it is
compared with the answer that stands now. Press Accept Anyway or Edit if it still fits.

────────────────────────────────────────

1 suggestion waits.

────────────────────────────────────────

*Reading a large file*
@U1 suggests another answer, 2 March at 08:30 UTC.

*Outdated: needs a look.* Written from version 0; version 3 stands now.

Improves: Long lines

I read it ~[removed: line by line,]~  *[added: block by block,]*  and close it.

[ Accept Anyway ]  [ Edit ]  [ Decline ]

[ Close ]\
""")


@pytest.mark.parametrize("draft", EXTREMES)
@pytest.mark.parametrize("present", [QUESTION, replace(QUESTION, title=ODD), None])
def test_whatever_members_write_a_reviewer_can_look_at_it(
    draft: Draft, present: Question | None
) -> None:
    item = waiting(draft, present, outdated=True)
    shown(suggestions.queue_modal(Queue((item,) * 5, 10**9, Held(ProposalId(7), Hitch.GONE))))
    shown(suggestions.edit_form(item, (ODD[:3_000], "", "x" * 3_000)))
    shown(suggestions.decline_form(item))


NEWS: tuple[Decision, ...] = (
    decided(BETTER, ProposalState.ACCEPTED),
    decided(BETTER, ProposalState.DECLINED),
    decided(BETTER, ProposalState.ACCEPTED, by_this=False),
)


LINES = (
    "You accepted what was suggested about *A title*.",
    "You declined what was suggested about *A title*.",
    "@U2 has accepted this one already (*A title*), so nothing was changed.",
)


@pytest.mark.parametrize(("news", "line"), list(zip(NEWS, LINES, strict=True)))
def test_a_press_is_answered_on_top_of_the_queue(news: Decision, line: str) -> None:
    text = shown(suggestions.queue_modal(Queue((), 0, news)))
    assert line in text
    assert "Nothing waits." in text


def test_an_author_reads_the_reason_and_how_to_send_it_again() -> None:
    declined = decided(BETTER, ProposalState.DECLINED, "Which blocks?")
    assert said(suggestions.outcome(declined)) == snapshot("""\
@U2 declined what you sent about *A title*, with this reason:
“Which blocks?”

You can change it and send it again: nothing you wrote is lost.

[ Send Again ]\
""")


@pytest.mark.parametrize("draft", DRAFTS)
def test_an_author_is_thanked(draft: Draft) -> None:
    text = said(suggestions.outcome(decided(draft, ProposalState.ACCEPTED)))
    assert text.startswith("Thank you! @U2 accepted what you sent about *A title*.")


@pytest.mark.parametrize("draft", EXTREMES)
def test_letters_hold_whatever_was_written(draft: Draft) -> None:
    for state in (ProposalState.ACCEPTED, ProposalState.DECLINED):
        said(suggestions.outcome(replace(decided(draft, state, ODD), title=ODD)))


def test_the_form_of_a_suggestion_holds_the_present_answer() -> None:
    form = improve.suggestion_form(QUESTION, ("I read it.", "", ""), "memo")
    assert shown(form) == snapshot("""\
Suggest an improvement
======================

*Reading a large file*

Sample answer: [I read it.]
  hint: Markdown: *emphasis*, `code`, lists, and code between lines of ```.

Sample answer, continued (optional): [ ]
  hint: For long answers. A blank line is put between the fields.

Sample answer, end (optional): [ ]
  hint: Prep keeps what you write here, and shows it to others with your name once it is
  accepted.

What does it improve? (optional): [ ]

[ Cancel ]  [* Send *]\
""")


def test_the_form_of_a_report() -> None:
    assert shown(improve.report_form(QUESTION, "memo")) == snapshot("""\
Report a problem
================

*Reading a large file*

What is the problem?:
  ( ) Wrong: something in it is not true
  ( ) Outdated: it was true once
  ( ) Unclear: it is hard to understand
  ( ) Offensive: it may hurt somebody

In a line (optional): [ ]
  hint: Prep keeps what you write here. The reviewers read it, with your name.

[ Cancel ]  [* Send *]\
""")


def test_the_form_of_a_question() -> None:
    assert shown(improve.add_form(topics.TOPICS, ("", "", ""))) == snapshot("""\
Add a question
==============

Title: [ ]
  hint: Up to 75 characters, without a full stop.

Topic: [ v]
  options: 13, from Python language to People

Level: [medium v]
  options: easy | medium | hard

Question: [ ]
  hint: What an interviewer would really say.

Why it is asked (optional): [ ]

Sample answer: [ ]
  hint: Markdown: *emphasis*, `code`, lists, and code between lines of ```.

Sample answer, continued (optional): [ ]
  hint: For long answers. A blank line is put between the fields.

Sample answer, end (optional): [ ]
  hint: Prep keeps what you write here, and shows it to others with your name once it is
  accepted.

Key points (optional): [ ]
  hint: One to a line, up to 10 of 75 characters.

[ Cancel ]  [* Send *]\
""")


def test_every_form_can_be_filled_in_again() -> None:
    shown(improve.add_form(topics.TOPICS, (ODD[:3_000],) * 3, ADDED))
    shown(improve.report_form(replace(QUESTION, title=ODD), "memo", PROBLEM))
    shown(improve.suggestion_form(replace(QUESTION, title=ODD), ("", "", ""), "memo", ODD[:300]))
    said(improve.received(ODD))
    said(improve.something_waits(ODD))


HISTORY = History(
    replace(QUESTION, version=2),
    (
        Version(2, "One two.", None, AT, restores=0, accepted_by=BEN),
        Version(1, "One three.", Credit(ANNE, BEN, edited=True), AT),
        Version(0, "One two."),
    ),
    0,
    may_restore=True,
)


def test_the_versions_of_an_answer_with_what_each_changed() -> None:
    assert shown(versions.history_modal(HISTORY)) == snapshot("""\
Earlier versions
================

*Reading a large file*

────────────────────────────────────────

*Version 2* · stands now
Brings version 0 back, restored by @U2, 2 March at 08:30 UTC.

One ~[removed: three.]~  *[added: two.]*

────────────────────────────────────────

*Version 1*
Improved by @U1, edited and accepted by @U2, 2 March at 08:30 UTC.

One ~[removed: two.]~  *[added: three.]*

[ Roll Back To This ]

────────────────────────────────────────

*Version 0*
The first one, as it came with Prep.

One two.

[ Roll Back To This ]

[ Close ]\
""")


def test_only_reviewers_can_bring_a_version_back() -> None:
    assert "Roll Back" not in shown(versions.history_modal(replace(HISTORY, may_restore=False)))


def test_versions_of_any_length_can_be_shown() -> None:
    many = tuple(Version(n, ODD * 3 + str(n), Credit(ANNE, BEN), AT) for n in range(10, 0, -1))
    shown(versions.history_modal(replace(HISTORY, versions=many, older=10**9), versions.DONE))
    shown(versions.history_modal(replace(HISTORY, versions=())))


def test_a_reveal_names_whom_the_answer_is_owed_to() -> None:
    better = replace(QUESTION, version=1, credit=Credit(ANNE, BEN, edited=True))
    text = shown(reveal.sample_answer_modal(better))
    assert "Improved by @U1, edited and accepted by @U2" in text
    assert "[ Earlier Versions ]" in text
    own = replace(better, slug=QuestionSlug("team-ours"), credit=Credit(ANNE, BEN))
    assert "Written by @U1, accepted by @U2" in shown(reveal.sample_answer_modal(own))


def test_the_list_of_reviewers() -> None:
    assert said(reviewers.listing(Reviewers((ANNE,), (BEN,)))) == snapshot("""\
Reviewers, as they set up a daily question: @U1
Reviewers who were named: @U2

`/prep reviewers @name` adds people, `/prep reviewers remove @name` takes them off.\
""")
    assert "Nobody looks at suggestions yet." in said(reviewers.listing(Reviewers((), ())))
    many = tuple(MemberId(f"U{n:011}") for n in range(900))
    said(reviewers.listing(Reviewers(many, many), "Done."))


def test_a_comparison_that_is_cut_says_so() -> None:
    text = message_as_text({"text": "", "blocks": comparison(compare("a " * 2_000, "b " * 2_000))})
    assert "There are more changes than are shown here." in text
