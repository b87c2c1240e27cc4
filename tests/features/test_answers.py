"""Replying in the thread to practise."""

from datetime import timedelta

import pytest

from sandbox.conversations import Draft
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import AppSpec, Channel
from tests.prep_team import PrepTeam

ANSWER = "A mutex guards one resource at a time."
MORE = "And a semaphore lets several through, up to its count."
STARTS = "Your streak starts: 1 question"
LATE = "The next question was already out"


async def test_a_reply_is_marked_and_its_author_hears_the_streak(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    reply = await bob.replies(question, ANSWER)
    await prep.settled()
    assert prep.ticked(reply)
    assert STARTS in prep.told(bob, channel)
    assert await prep.streak_of(bob, channel) == 1
    assert (await prep.doctor()).is_well


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (ANSWER, {"broadcast": True}),
        ("", {"files": ["whiteboard.png"]}),
        ("僕は排他制御を使う", {}),
        ("<@U0SANDBOX2> would say that a mutex guards", {}),
    ],
    ids=["also sent to the channel", "a picture without words", "in Japanese", "with a mention"],
)
async def test_whatever_form_an_answer_has_it_counts(
    prep: PrepTeam,
    alice: Person,
    bob: Person,
    channel: Channel,
    text: str,
    how: dict[str, object],
) -> None:
    await prep.sets_up(channel, alice)
    reply = await bob.replies(await prep.asks(channel), text, **how)  # type: ignore[arg-type]
    await prep.settled()
    assert prep.ticked(reply)
    assert STARTS in prep.told(bob, channel)
    assert await prep.streak_of(bob, channel) == 1
    assert (await prep.doctor()).is_well


@pytest.mark.parametrize(
    "text",
    ["nice one!", ":tada: :fire: :rocket: :100: :clap: :wave:", "<@U0SANDBOX2> <#C0SANDBOX1> ?"],
    ids=["too few words", "emoji alone", "mentions alone"],
)
async def test_conversation_is_left_alone(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel, text: str
) -> None:
    await prep.sets_up(channel, alice)
    reply = await bob.replies(await prep.asks(channel), text)
    await prep.settled()
    await nobody_answered(prep, bob, channel)
    assert not prep.ticked(reply)


async def test_messages_in_other_places_are_left_alone(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    announcement = channel.messages[-1]
    await prep.asks(channel)
    said = await bob.says(channel, ANSWER)
    elsewhere = [
        said,
        await bob.replies(said, ANSWER),
        await bob.replies(announcement, ANSWER),
        await bob.replies(await alice.says(channel, "Lunch?"), ANSWER),
    ]
    await prep.settled()
    assert announcement.user_id == prep.installed.bot_user_id
    assert not any(prep.ticked(message) for message in elsewhere)
    await nobody_answered(prep, bob, channel)


async def test_what_another_app_or_a_slash_me_says_in_the_thread_is_no_answer(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    other = slack.install_app(AppSpec("other", (), (), "its secret", "xoxb-other"))
    slack.invites(channel, other)
    post = slack.platform.conversations.post
    post(channel, Draft(other.bot_user_id, ANSWER, thread_ts=question.ts, app=other))
    post(channel, Draft(bob.id, ANSWER, thread_ts=question.ts, subtype="me_message"))
    await prep.settled()
    assert len(question.thread) == 2
    assert not any(prep.ticked(reply) for reply in question.thread)
    await nobody_answered(prep, bob, channel)


async def test_an_edit_up_to_an_answer_counts_and_down_to_nothing_is_withdrawn(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    reply = await bob.replies(await prep.asks(channel), "wait,")
    await prep.settled()
    assert (prep.ticked(reply), await prep.streak_of(bob, channel)) == (False, 0)
    await bob.edits(reply, ANSWER)
    await prep.settled()
    assert (prep.ticked(reply), await prep.streak_of(bob, channel)) == (True, 1)
    assert STARTS in prep.told(bob, channel)
    await bob.edits(reply, "")
    await prep.settled()
    assert (prep.ticked(reply), await prep.streak_of(bob, channel)) == (False, 0)
    assert (await prep.doctor()).is_well


async def test_a_deleted_answer_is_withdrawn_and_another_takes_its_place(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    first = await bob.replies(question, ANSWER)
    await prep.settled()
    await bob.deletes(first)
    await prep.settled()
    assert await prep.streak_of(bob, channel) == 0
    second = await bob.replies(question, MORE)
    await prep.settled()
    assert prep.ticked(second)
    assert await prep.streak_of(bob, channel) == 1
    assert (await prep.doctor()).is_well


async def test_two_answers_of_one_person_are_both_marked_and_count_once(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    replies = [await bob.replies(question, text) for text in (ANSWER, MORE)]
    await prep.settled()
    assert [prep.ticked(reply) for reply in replies] == [True, True]
    assert len(bob.ephemerals(channel)) == 1
    assert (await prep.standing_of(bob, channel)).answered == 1
    await bob.deletes(replies[0])
    await prep.settled()
    assert await prep.streak_of(bob, channel) == 1, "the second still stands"
    assert (await prep.doctor()).is_well


async def test_an_answer_after_the_next_question_is_kept_and_kindly_refused_once(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    monday, _ = await prep.asks(channel), await prep.asks(channel)
    late = [await bob.replies(monday, text) for text in (ANSWER, MORE)]
    await prep.settled()
    assert [LATE in message.text for message in bob.ephemerals(channel)] == [True]
    assert not any(prep.ticked(reply) for reply in late)
    assert await prep.streak_of(bob, channel) == 0
    assert (await prep.doctor()).is_well


async def test_a_reply_before_the_next_question_counts_however_late_in_the_day(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    await prep.moves_on(hours=23, minutes=59)
    reply = await bob.replies(question, ANSWER)
    await prep.moves_on(minutes=2)
    assert len(prep.questions(channel)) == 2
    assert prep.ticked(reply)
    assert await prep.streak_of(bob, channel) == 1
    assert (await prep.doctor()).is_well


async def test_an_answer_edited_after_the_closing_is_judged_as_it_now_reads(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    monday = await prep.asks(channel)
    kept, emptied = await bob.replies(monday, ANSWER), await alice.replies(monday, ANSWER)
    await prep.settled()
    await bob.replies(await prep.asks(channel), ANSWER)
    await prep.settled()
    await bob.edits(kept, MORE)
    await alice.edits(emptied, "oh")
    await prep.settled()
    assert (prep.ticked(kept), await prep.streak_of(bob, channel)) == (True, 2)
    assert (prep.ticked(emptied), await prep.streak_of(alice, channel)) == (False, 0)
    assert (await prep.standing_of(alice, channel)).answered == 0
    assert (await prep.doctor()).is_well


async def test_a_withdrawn_answer_of_an_old_round_changes_every_streak_after_it(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    replies = []
    for _ in range(4):
        replies.append(await bob.replies(await prep.asks(channel), ANSWER))
        await prep.settled()
    assert await prep.streak_of(bob, channel) == 4
    await bob.deletes(replies[1])
    await prep.settled()
    assert await prep.streak_of(bob, channel) == 2
    assert await prep.true_standing_of(bob, channel) == await prep.standing_of(bob, channel)
    assert (await prep.doctor()).is_well


async def test_a_guest_of_slack_connect_answers_like_everyone(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    guest = slack.person("grace", team="T0GUESTS")
    await prep.sets_up(channel, alice)
    slack.invites(channel, guest)
    reply = await guest.replies(await prep.asks(channel), ANSWER)
    await prep.settled()
    assert prep.ticked(reply)
    assert await prep.streak_of(guest, channel) == 1
    assert (await prep.doctor()).is_well


async def test_two_hundred_answers_at_once_are_all_counted_and_none_twice(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    slack.limits.enabled = False
    slack.ack_seconds = 60.0  # this machine may be slow; being late is another test's matter
    people = [slack.person(f"person{number}") for number in range(200)]
    slack.invites(channel, *people)
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    replies = await prep.all_at_once(*(one.replies(question, ANSWER) for one in people))
    assert all(prep.ticked(reply) for reply in replies)
    assert [len(one.ephemerals(channel)) for one in people] == [1] * 200
    assert {await prep.streak_of(one, channel) for one in people} == {1}
    report = await prep.doctor()
    assert (report.standings, report.is_well) == (200, True)
    await prep.moves_on(minutes=1)
    assert "200 answered" in str(question.blocks)


async def test_marks_that_slack_was_too_busy_for_come_later(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    slack.ack_seconds = 60.0  # as above
    people = [slack.person(f"person{number}") for number in range(70)]
    slack.invites(channel, *people)
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    replies = await prep.all_at_once(*(one.replies(question, ANSWER) for one in people))
    assert 0 < sum(map(prep.ticked, replies)) < 70
    for _ in range(6):
        await prep.moves_on(minutes=1)
    assert all(prep.ticked(reply) for reply in replies)
    slack.ledger.clear()
    await prep.moves_on(minutes=5)
    assert not slack.ledger.calls("reactions.add")


async def test_while_slack_is_too_busy_for_marks_and_lines_it_is_not_asked_and_may_still_take_off(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    counted = await bob.replies(question, ANSWER)
    await prep.settled()
    for method in ("reactions.add", "chat.postEphemeral"):
        slack.faults.on(method).rate_limited(30)
    await alice.replies(question, ANSWER)
    await prep.settled()
    slack.ledger.clear()
    carol = slack.person("carol")
    slack.invites(channel, carol)
    reply = await carol.replies(question, ANSWER)
    await bob.deletes(counted)
    await prep.settled()
    assert [call.method for call in slack.ledger.calls()] == ["reactions.remove"]
    await prep.moves_on(minutes=1)
    assert prep.ticked(reply)


@pytest.mark.parametrize("trouble", ["busy without saying how long", "broken connections"])
async def test_a_mark_that_could_not_be_set_is_set_a_minute_later(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel, trouble: str
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    fault = slack.faults.on("reactions.add")
    if trouble == "busy without saying how long":
        fault.rate_limited(None)
    else:
        fault.resets(times=2)  # the SDK tries such a call once more by itself
    reply = await bob.replies(question, ANSWER)
    await prep.settled()
    assert not prep.ticked(reply)
    assert STARTS in prep.told(bob, channel)
    await prep.moves_on(minutes=1)
    assert prep.ticked(reply)


async def test_a_mark_that_a_crash_prevented_is_set_after_the_restart(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    slack.faults.on("reactions.add").resets(times=2)
    reply = await bob.replies(question, ANSWER)
    await prep.settled()
    await prep.restarts()
    await prep.moves_on(minutes=1)
    assert prep.ticked(reply)
    slack.ledger.clear()
    await prep.moves_on(minutes=5)
    assert not slack.ledger.calls("reactions.add"), "once is enough"


async def test_a_mark_put_off_follows_what_became_of_the_reply(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    slack.faults.on("reactions.add").rate_limited(20)
    reply = await bob.replies(question, ANSWER)
    await prep.settled()
    await bob.edits(reply, "never mind")
    await prep.settled()
    await prep.moves_on(minutes=1)
    assert not prep.ticked(reply)


async def test_an_answer_that_arrives_two_hours_late_counts_by_when_it_was_written(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    monday = await prep.asks(channel)
    await prep.moves_on(hours=23)
    slack.faults.delay_events(timedelta(hours=2), event_type="message")
    reply = await bob.replies(monday, ANSWER)
    await prep.asks(channel)
    assert not prep.ticked(reply)
    await prep.moves_on(hours=2)
    assert prep.ticked(reply)
    assert STARTS in prep.told(bob, channel)
    assert await prep.streak_of(bob, channel) == 1
    assert (await prep.doctor()).is_well


async def test_when_slack_does_not_take_the_mark_the_author_hears_of_the_answer_all_the_same(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    slack.faults.on("reactions.add").rate_limited()
    await bob.replies(await prep.asks(channel), ANSWER)
    await prep.settled()
    assert STARTS in prep.told(bob, channel)
    assert await prep.streak_of(bob, channel) == 1
    assert (await prep.doctor()).is_well


async def nobody_answered(prep: PrepTeam, who: Person, channel: Channel) -> None:
    """Nothing was counted, and nothing was said of it."""
    assert who.ephemerals(channel) == []
    assert await prep.streak_of(who, channel) == 0
    report = await prep.doctor()
    assert (report.standings, report.is_well) == (0, True)
