"""How setting up reads: the form, its faults, and the line the channel gets."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from inline_snapshot import snapshot

from bot.domain.ids import ChannelId, InstallationId, MemberId, ScheduleId
from bot.domain.local_time import Due
from bot.domain.schedules import WORKING_DAYS, Schedule, ScheduleState, Timing
from bot.domain.setting_up import Saved, Seen, SetupChange, SetupFault, SetupForm, terms_of
from bot.domain.zones import ZoneGroup, zone_groups
from bot.features.setup import view
from sandbox.block_rules import faults_in_message, faults_in_view
from sandbox.reading import message_as_text, view_as_text

NAMES = {"U1": "alice", "U2": "bob", "C1": "interview-prep"}
BERLIN = ZoneInfo("Europe/Berlin")
FEW_ZONES = (ZoneGroup("Europe", ("Europe/Berlin", "Europe/Paris")), ZoneGroup("UTC", ("UTC",)))
SCHEDULE = Schedule(
    ScheduleId(1),
    InstallationId(1),
    ChannelId("C1"),
    MemberId("U1"),
    Timing(time(9, 0), BERLIN, WORKING_DAYS),
    ScheduleState.RUNNING,
    7,
    Due(datetime(2026, 3, 30, 7, 0, tzinfo=UTC), date(2026, 3, 30)),
)
PAUSED = replace(SCHEDULE, state=ScheduleState.PAUSED, next_due=None)
STOPPED = replace(SCHEDULE, state=ScheduleState.STOPPED, next_due=None)


def facts(schedule: Schedule | None = None, zone: ZoneInfo | None = None) -> SetupForm:
    return SetupForm(ChannelId("C1"), schedule, zone, FEW_ZONES)


def form_as_text(form: SetupForm) -> str:
    payload = view.form(form).payload()
    assert faults_in_view(payload) == []
    return view_as_text(payload, NAMES)


def announced(
    schedule: Schedule = SCHEDULE, change: SetupChange = SetupChange.CREATED, by: str = "U2"
) -> str:
    payload = view.announcement(Saved(schedule, change, MemberId(by))).payload()
    assert faults_in_message(payload) == []
    return message_as_text(payload, NAMES)


def test_a_new_channel_is_offered_weekdays_at_nine_in_the_persons_own_zone() -> None:
    assert form_as_text(facts(zone=BERLIN)) == snapshot("""\
Daily question
==============

Prep asks an interview question in your channel at the time you choose. People practise
by replying in its thread.

Channel: [(this conversation) v]
  hint: For a private channel, first type /invite @prep in that channel. Each channel
  has a schedule of its own.

Time: [09:00 v]

Time zone: [Europe/Berlin v]
  options: Europe (Europe/Berlin | Europe/Paris) | UTC (UTC)
  hint: Type a city to find it.

Days:
  [x] Monday
  [x] Tuesday
  [x] Wednesday
  [x] Thursday
  [x] Friday
  [ ] Saturday
  [ ] Sunday

[ Cancel ]  [* Save *]\
""")


def test_a_channel_with_a_schedule_sees_whose_it_is_and_what_comes_next() -> None:
    assert form_as_text(facts(SCHEDULE)) == snapshot("""\
Daily question
==============

Set up by @alice.
The next question: Monday, 30 March at 09:00 (Europe/Berlin time).

Channel: [(this conversation) v]
  hint: For a private channel, first type /invite @prep in that channel. Each channel
  has a schedule of its own.

Time: [09:00 v]

Time zone: [Europe/Berlin v]
  options: Europe (Europe/Berlin | Europe/Paris) | UTC (UTC)
  hint: Type a city to find it.

Days:
  [x] Monday
  [x] Tuesday
  [x] Wednesday
  [x] Thursday
  [x] Friday
  [ ] Saturday
  [ ] Sunday

Questions:
  (o) Running
  ( ) Paused
  hint: A pause breaks nobody's streak.

[ Cancel ]  [* Save *]\
""")


@pytest.mark.parametrize(
    ("schedule", "words", "chosen"),
    [
        (SCHEDULE, "The next question: ", "(o) Running\n( ) Paused"),
        (PAUSED, "It is paused: no question comes", "( ) Running\n(o) Paused"),
        (STOPPED, "It stopped because I lost the channel.", "(o) Running\n( ) Paused"),
    ],
)
def test_the_form_says_whether_questions_come(schedule: Schedule, words: str, chosen: str) -> None:
    text = form_as_text(facts(schedule))
    assert words in text
    assert chosen.split("\n")[0] in text
    assert chosen.split("\n")[1] in text


def test_a_person_whose_zone_is_not_known_starts_from_utc() -> None:
    assert "Time zone: [UTC v]" in form_as_text(facts())


def test_a_zone_by_its_old_name_is_kept_and_listed_first() -> None:
    text = form_as_text(facts(zone=ZoneInfo("US/Pacific")))
    assert "Time zone: [US/Pacific v]" in text
    assert "Chosen now (US/Pacific) | Europe" in text


@pytest.mark.parametrize("schedule", [None, SCHEDULE, PAUSED, STOPPED])
@pytest.mark.parametrize("key", ["UTC", "America/Argentina/ComodRivadavia", "US/Pacific"])
def test_slack_takes_the_form_with_every_zone_there_is(schedule: Schedule | None, key: str) -> None:
    zone = ZoneInfo(key)
    timing = replace(SCHEDULE.timing, zone=zone)
    shown = replace(schedule, timing=timing) if schedule else None
    form = SetupForm(ChannelId("C1"), shown, zone, zone_groups())
    assert faults_in_view(view.form(form).payload()) == []


def test_slack_takes_the_form_with_every_choice_of_weekdays() -> None:
    for size in range(8):
        for days in combinations(range(7), size):
            timing = replace(SCHEDULE.timing, weekdays=frozenset(days))
            form_as_text(facts(replace(SCHEDULE, timing=timing)))


@pytest.mark.parametrize("schedule", [None, SCHEDULE, PAUSED, STOPPED])
def test_the_memo_brings_back_what_the_form_showed(schedule: Schedule | None) -> None:
    memo = view.form(facts(schedule)).memo
    assert view.seen(memo) == Seen(ChannelId("C1"), terms_of(schedule))


@pytest.mark.parametrize("memo", ["", " ", "C1", "\x00", "<!channel>" * 300])
def test_a_memo_that_is_not_ours_shows_no_terms(memo: str) -> None:
    assert view.seen(memo).terms == ""


def test_every_fault_is_said_at_a_field_of_the_form() -> None:
    blocks = {
        block["block_id"]
        for block in view.form(facts(SCHEDULE)).payload()["blocks"]
        if block["type"] == "input"
    }
    for fault in SetupFault:
        (said,) = view.errors({fault}).items()
        assert said[0] in blocks
        assert said[1].endswith(".")
        assert len(said[1]) <= 150


def test_faults_at_different_fields_are_all_said() -> None:
    faults = {SetupFault.NOT_INVITED, SetupFault.NO_TIME, SetupFault.NO_WEEKDAY}
    assert "\n".join(view.errors(faults).values()) == snapshot("""\
I cannot get in there by myself. Please type /invite @prep in that channel, then save again.
Choose the time of day to ask at.
Choose at least one day.\
""")


def test_no_fault_says_nothing() -> None:
    assert view.errors(frozenset()) == {}


def test_a_new_schedule_is_announced_with_when_it_begins_and_how_to_change_it() -> None:
    assert announced() == snapshot("""\
@bob set up a daily interview question in this channel: on weekdays at 09:00,
Europe/Berlin time. The first one: Monday, 30 March at 09:00 (Europe/Berlin time).

Anyone here can change this with `/prep setup`.\
""")


def test_a_change_is_announced_with_what_is_true_now() -> None:
    assert announced(change=SetupChange.CHANGED) == snapshot("""\
@bob changed the daily question in this channel: on weekdays at 09:00, Europe/Berlin
time. The next one: Monday, 30 March at 09:00 (Europe/Berlin time).

Anyone here can change this with `/prep setup`.\
""")


def test_the_end_of_a_pause_is_announced_with_what_comes_next() -> None:
    assert announced(change=SetupChange.RESUMED) == snapshot("""\
@bob started the daily question again in this channel: on weekdays at 09:00,
Europe/Berlin time. The next one: Monday, 30 March at 09:00 (Europe/Berlin time).

Anyone here can change this with `/prep setup`.\
""")


def test_a_pause_is_announced_without_a_time() -> None:
    assert announced(PAUSED, SetupChange.PAUSED) == snapshot("""\
@bob paused the daily question in this channel. Streaks stay as they are.

Anyone here can change this with `/prep setup`.\
""")


def test_a_change_during_a_pause_says_that_it_is_paused() -> None:
    assert announced(PAUSED, SetupChange.CHANGED) == snapshot("""\
@bob changed the daily question in this channel: on weekdays at 09:00, Europe/Berlin
time. It is paused: no question comes until somebody starts it again.

Anyone here can change this with `/prep setup`.\
""")


def test_the_announcement_stands_by_itself_for_who_only_hears_it() -> None:
    spoken = view.announcement(Saved(SCHEDULE, SetupChange.CREATED, MemberId("U2"))).payload()
    text = message_as_text({"text": spoken["text"]}, NAMES)
    assert text == snapshot("""\
@bob set up a daily interview question in this channel: on weekdays at 09:00,
Europe/Berlin time. The first one: Monday, 30 March at 09:00 (Europe/Berlin time).
Anyone here can change this with `/prep setup`.\
""")


def test_where_slack_cannot_show_a_moment_the_fallback_names_day_time_and_zone() -> None:
    source = str(view.announcement(Saved(SCHEDULE, SetupChange.CREATED, MemberId("U2"))).payload())
    assert "|Monday, 30 March at 09:00 (Europe/Berlin time)>" in source


def test_utc_is_not_called_utc_time() -> None:
    timing = replace(SCHEDULE.timing, zone=ZoneInfo("UTC"))
    assert "on weekdays at 09:00, UTC. " in announced(replace(SCHEDULE, timing=timing))


def test_a_member_id_cannot_smuggle_a_mention_of_everyone() -> None:
    saved = Saved(SCHEDULE, SetupChange.CREATED, MemberId("U1> <!channel"))
    source = str(view.announcement(saved).payload())
    assert "<!channel" not in source
