"""Setting up, as people in Slack live through it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.schedules import ScheduleState
from bot.domain.setting_up import FormDidNotOpen
from sandbox.modals import View
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.prep_team import PrepTeam, berlin

PATIENCE = "bot.features.setup.listener.{}_PATIENCE_S"


async def opens(prep: PrepTeam, who: Person, channel: Channel) -> View:
    """Type the command, and return the form that opened."""
    await who.runs("/prep setup", channel)
    await prep.settled()
    assert who.view is not None
    return who.view


async def saves(prep: PrepTeam, who: Person) -> None:
    acknowledged = await who.submits()
    assert acknowledged.ok
    await prep.settled()


def without(prep: PrepTeam, scope: str) -> None:
    """Have the app be installed without a scope."""
    spec = prep.installed.spec
    kept = tuple(other for other in spec.scopes if other != scope)
    prep.installed.spec = replace(spec, scopes=kept)


def heard(channel: Channel) -> list[str]:
    """What the app said in a channel."""
    return [message.text for message in channel.messages if message.app is not None]


async def test_a_channel_is_set_up_and_told_who_did_it_when_it_begins_and_how_to_change_it(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    await opens(prep, alice, channel)
    await saves(prep, alice)
    assert alice.view is None
    (line,) = heard(channel)
    assert line.startswith(f"<@{alice.id}> set up a daily interview question in this channel: ")
    assert "on weekdays at 09:00, Europe/Berlin time. The first one: <!date^" in line
    assert "|Monday, 2 March at 09:00 (Europe/Berlin time)>" in line
    assert line.endswith("Anyone here can change this with `/prep setup`.")
    schedule = await prep.schedule(channel)
    assert schedule.next_due is not None
    assert schedule.next_due.at == berlin(3, 2, 9)


async def test_the_app_joins_the_public_channel_it_is_set_up_in(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    assert prep.installed.bot_user_id not in channel.member_ids
    await opens(prep, alice, channel)
    await saves(prep, alice)
    assert prep.installed.bot_user_id in channel.member_ids


async def test_the_form_begins_with_this_channel_and_the_persons_own_zone(
    prep: PrepTeam, bob: Person, channel: Channel
) -> None:
    form = await opens(prep, bob, channel)
    assert "Time zone: [America/New York v]" in form.text
    await saves(prep, bob)
    assert (await prep.schedule(channel)).timing.zone.key == "America/New_York"


async def test_a_zone_that_is_not_in_the_list_can_be_kept(
    prep: PrepTeam, slack: Sandbox, channel: Channel
) -> None:
    carol = slack.person("carol", tz="US/Pacific")
    await opens(prep, carol, channel)
    await saves(prep, carol)
    assert (await prep.schedule(channel)).timing.zone.key == "US/Pacific"


async def test_the_question_comes_when_the_form_said(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice, at="10:30", weekdays=("Tuesday",))
    assert (await prep.next_due(channel)).at == berlin(3, 3, 10, 30)
    await prep.moves_to(berlin(3, 3, 10, 29))
    assert prep.questions(channel) == []
    await prep.moves_to(berlin(3, 3, 10, 30))
    assert len(prep.questions(channel)) == 1


async def test_a_second_look_shows_what_is_set_and_whose_it_is(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice, at="10:30", weekdays=("Tuesday", "Friday"))
    form = await opens(prep, bob, channel)
    assert "Set up by @alice." in form.text
    assert "The next question: " in form.text
    assert "Time: [10:30 v]" in form.text
    assert "Time zone: [Europe/Berlin v]" in form.text
    assert "[ ] Monday\n  [x] Tuesday" in form.text
    assert "(o) Running" in form.text


async def test_anyone_may_change_it_and_the_channel_reads_who_did(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    await opens(prep, bob, channel)
    await bob.chooses("time", "17:00")
    await saves(prep, bob)
    schedule = await prep.schedule(channel)
    assert schedule.owner_id == alice.id
    assert f"{schedule.timing.at:%H:%M}" == "17:00"
    assert heard(channel)[-1].startswith(f"<@{bob.id}> changed the daily question")


async def test_saving_what_is_already_so_says_nothing_in_the_channel(
    prep: PrepTeam,
    alice: Person,
    bob: Person,
    channel: Channel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await prep.sets_up(channel, alice)
    await opens(prep, bob, channel)
    await saves(prep, bob)
    assert len(heard(channel)) == 1
    assert "failed" not in caplog.messages


async def test_the_same_submission_delivered_again_changes_nothing_and_says_nothing(
    prep: PrepTeam,
    slack: Sandbox,
    alice: Person,
    channel: Channel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    form = await opens(prep, alice, channel)
    await saves(prep, alice)
    before = await prep.schedule(channel)
    assert (await slack.interactions.submit(alice.user, form)).ok
    await prep.settled()
    assert await prep.schedule(channel) == before
    assert len(heard(channel)) == 1
    assert "failed" not in caplog.messages


async def test_an_old_submission_delivered_again_does_not_undo_a_later_change(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    old = await opens(prep, alice, channel)
    await saves(prep, alice)
    await opens(prep, bob, channel)
    await bob.chooses("time", "17:00")
    await saves(prep, bob)
    await slack.interactions.submit(alice.user, old)
    await prep.settled()
    assert f"{(await prep.schedule(channel)).timing.at:%H:%M}" == "17:00"
    assert len(heard(channel)) == 2


async def test_of_two_people_who_set_up_one_channel_at_once_one_wins_and_the_other_is_told(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    forms = [await opens(prep, alice, channel), await opens(prep, bob, channel)]
    await bob.chooses("time", "17:00")
    await prep.all_at_once(alice.submits(), bob.submits())
    told = [form.errors for form in forms if form.errors]
    assert [list(one) for one in told] == [["channel"]]
    assert "Somebody else has just changed this schedule." in told[0]["channel"]
    assert len(heard(channel)) == 1


async def test_a_pause_and_its_end_are_told_and_kept(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    await opens(prep, bob, channel)
    await bob.chooses("state", "Paused")
    await saves(prep, bob)
    await prep.moves_to(berlin(3, 4, 12))
    assert prep.questions(channel) == []
    assert heard(channel)[-1].startswith(f"<@{bob.id}> paused the daily question")
    form = await opens(prep, alice, channel)
    assert "(o) Paused" in form.text
    await alice.chooses("state", "Running")
    await saves(prep, alice)
    assert heard(channel)[-1].startswith(f"<@{alice.id}> started the daily question again")
    assert (await prep.next_due(channel)).at == berlin(3, 5, 9)


async def test_a_date_that_was_asked_is_not_asked_again_at_a_later_hour(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    await prep.asks(channel)
    await opens(prep, alice, channel)
    await alice.chooses("time", "17:00")
    await saves(prep, alice)
    await prep.moves_to(berlin(3, 2, 18))
    assert len(prep.questions(channel)) == 1
    await prep.moves_to(berlin(3, 3, 17))
    assert len(prep.questions(channel)) == 2


async def test_a_private_channel_that_the_app_is_not_in_gets_told_how_to_invite_it(
    prep: PrepTeam, slack: Sandbox, alice: Person
) -> None:
    den = slack.channel("den", members=[alice], private=True)
    form = await opens(prep, alice, den)
    await saves(prep, alice)
    assert "type /invite @prep in that channel" in form.errors["channel"]
    slack.invites(den, prep.installed)
    await saves(prep, alice)
    assert alice.view is None
    assert (await prep.schedule(den)).state is ScheduleState.RUNNING
    assert len(heard(den)) == 1


async def test_where_the_app_may_not_join_it_asks_to_be_invited(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    without(prep, "channels:join")
    form = await opens(prep, alice, channel)
    await saves(prep, alice)
    assert "type /invite @prep in that channel" in form.errors["channel"]
    slack.invites(channel, prep.installed)
    await saves(prep, alice)
    assert (await prep.schedule(channel)).state is ScheduleState.RUNNING


@pytest.mark.parametrize("scope", ["channels:history", "channels:read", "chat:write"])
async def test_where_the_app_could_not_ask_or_hear_nothing_is_saved_until_it_may(
    prep: PrepTeam, alice: Person, channel: Channel, scope: str
) -> None:
    whole = prep.installed.spec
    without(prep, scope)
    form = await opens(prep, alice, channel)
    await saves(prep, alice)
    assert "install it again from its manifest" in form.errors["channel"]
    assert "direct message" not in form.errors["channel"]
    assert (await prep.doctor()).rounds == {}
    prep.installed.spec = whole
    await saves(prep, alice)
    assert (await prep.schedule(channel)).state is ScheduleState.RUNNING


async def test_a_scope_that_is_missing_at_the_start_is_named_in_the_log(
    prep: PrepTeam, caplog: pytest.LogCaptureFixture
) -> None:
    without(prep, "reactions:write")
    await prep.restarts()
    [line] = [record for record in caplog.records if record.message == "scopes_missing"]
    assert line.__dict__["scopes"] == "reactions:write"


async def test_a_direct_message_is_refused_at_its_field(prep: PrepTeam, alice: Person) -> None:
    form = await opens(prep, alice, alice.direct_message())
    await saves(prep, alice)
    assert "That is a direct message." in form.errors["channel"]


async def test_a_channel_archived_while_the_form_was_open_is_refused_at_its_field(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    form = await opens(prep, alice, channel)
    slack.archive(channel)
    await saves(prep, alice)
    assert "archived" in form.errors["channel"]


async def test_a_channel_whose_schedule_the_form_never_showed_is_not_overwritten(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    other = slack.channel("other", members=[alice])
    await prep.sets_up(other, alice, at="17:00")
    form = await opens(prep, alice, channel)
    await alice.chooses("channel", other)
    await saves(prep, alice)
    assert "has a schedule already" in form.errors["channel"]
    assert f"{(await prep.schedule(other)).timing.at:%H:%M}" == "17:00"


async def test_every_fault_is_told_at_once_and_nothing_is_joined(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    form = await opens(prep, alice, channel)
    # As a broken client might send it: Slack's own asks for every field, and offers no such zone.
    form.state["zone", "zone"] |= {"selected_option": {"value": "Mars/Olympus"}}
    for block in form.blocks:
        block["optional"] = True
    await alice.chooses("time", None)
    await alice.chooses("weekdays", [])
    await saves(prep, alice)
    assert set(form.errors) == {"time", "zone", "weekdays"}
    assert prep.installed.bot_user_id not in channel.member_ids


@pytest.mark.parametrize("method", ["conversations.info", "conversations.join"])
async def test_when_slack_does_not_answer_in_time_nothing_is_saved_and_a_second_try_works(
    prep: PrepTeam,
    slack: Sandbox,
    alice: Person,
    channel: Channel,
    method: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = await opens(prep, alice, channel)
    with monkeypatch.context() as hurried:
        hurried.setattr(PATIENCE.format("CHANNEL"), 0.2)
        slack.faults.on(method).times_out()
        await saves(prep, alice)
    assert "Slack did not answer in time" in form.errors["channel"]
    assert heard(channel) == []
    await saves(prep, alice)
    assert (await prep.schedule(channel)).state is ScheduleState.RUNNING


@pytest.mark.parametrize("trouble", ["rate_limited", "server_error"])
async def test_a_slack_in_trouble_is_told_apart_from_a_channel_out_of_reach(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel, trouble: str
) -> None:
    form = await opens(prep, alice, channel)
    getattr(slack.faults.on("conversations.info"), trouble)()
    await saves(prep, alice)
    assert "Slack did not answer in time" in form.errors["channel"]


async def test_a_slack_too_busy_to_open_the_form_is_told_as_what_it_is(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    slack.faults.on("views.open").rate_limited(20)
    await alice.runs("/prep setup", channel)
    await prep.settled()
    assert "Please try again in 20 seconds" in prep.told(alice, channel)


async def test_without_the_persons_zone_the_form_opens_all_the_same(
    prep: PrepTeam,
    slack: Sandbox,
    alice: Person,
    channel: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PATIENCE.format("ZONE"), 0.1)
    slack.faults.on("users.info").times_out()
    form = await opens(prep, alice, channel)
    assert "Time zone: [UTC v]" in form.text


async def test_a_form_that_slack_no_longer_opens_is_answered_with_what_to_do(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    slack.faults.on("views.open").api_error("expired_trigger_id")
    await alice.runs("/prep setup", channel)
    await prep.settled()
    assert alice.view is None
    assert prep.told(alice, channel) == str(FormDidNotOpen())


async def test_a_line_that_cannot_be_posted_leaves_the_schedule_and_a_note_in_the_log(
    prep: PrepTeam,
    slack: Sandbox,
    alice: Person,
    channel: Channel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await opens(prep, alice, channel)
    slack.faults.on("chat.postMessage").api_error("restricted_action")
    await saves(prep, alice)
    assert (await prep.schedule(channel)).state is ScheduleState.RUNNING
    assert "schedule_not_announced" in caplog.messages


async def test_what_follows_the_command_does_not_matter(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    await alice.runs("/prep SETUP <!channel> " + "x" * 3000 + "\x07", channel)
    await prep.settled()
    assert alice.view is not None
    assert alice.view.title == "Daily question"


async def test_a_schedule_that_lost_its_channel_can_be_started_again(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    slack.kicks(channel, prep.installed)
    await prep.settled()
    form = await opens(prep, alice, channel)
    assert "It stopped because I lost the channel." in form.text
    await saves(prep, alice)
    assert (await prep.schedule(channel)).state is ScheduleState.RUNNING
    assert prep.installed.bot_user_id in channel.member_ids
    assert heard(channel)[-1].startswith(f"<@{alice.id}> started the daily question again")


async def test_a_form_left_open_for_an_hour_is_still_taken(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    await opens(prep, alice, channel)
    await prep.moves_on(hours=1.5)
    await saves(prep, alice)
    assert (await prep.next_due(channel)).at == berlin(3, 3, 9)
    assert (await prep.next_due(channel)).at - prep.clock.now() < timedelta(days=1)
