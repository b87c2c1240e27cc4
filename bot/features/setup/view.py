"""The words of setting up: the form, what is wrong in it, and the line the channel reads."""

from calendar import month_name
from collections.abc import Collection
from datetime import time

from bot.domain.ids import ChannelId
from bot.domain.local_time import Due
from bot.domain.schedules import (
    WEEKDAY_NAMES,
    WORKING_DAYS,
    Schedule,
    ScheduleState,
    Timing,
    weekdays_in_words,
)
from bot.domain.setting_up import (
    DEFAULT_TIME,
    Saved,
    Seen,
    SetupChange,
    SetupFault,
    SetupForm,
    terms_of,
)
from bot.domain.zones import UTC_KEY, ZoneGroup, zone_label
from bot.slack.blocks import (
    Json,
    Markup,
    Message,
    Modal,
    context,
    lines,
    local_moment,
    mention,
    mrkdwn,
    option,
    section,
    text_input,
)
from bot.slack.names import COMMAND, Callback

CHANNEL = "channel"
TIME = "time"
ZONE = "zone"
WEEKDAYS = "weekdays"
STATE = "state"
"""The fields of the form."""

_HOW_TO_CHANGE = mrkdwn("Anyone here can change this with `{command} setup`.", command=COMMAND)
_INVITE = "type /invite @prep in that channel"
_REINSTALL = "ask whoever runs Prep here to install it again from its manifest"

_FAULTS = {
    SetupFault.NO_CHANNEL: (CHANNEL, "Choose the channel to ask in."),
    SetupFault.DIRECT_MESSAGE: (
        CHANNEL,
        "That is a direct message. Choose a channel, so that people can practise together.",
    ),
    SetupFault.ARCHIVED: (CHANNEL, "That channel is archived. Unarchive it or choose another."),
    SetupFault.NOT_INVITED: (
        CHANNEL,
        f"I cannot get in there by myself. Please {_INVITE}, then save again.",
    ),
    SetupFault.SCOPE_MISSING: (
        CHANNEL,
        f"Slack has not given me all I need there. Please {_REINSTALL}, then save again.",
    ),
    SetupFault.SLACK_SILENT: (
        CHANNEL,
        "Slack did not answer in time, and nothing was saved. Please save again.",
    ),
    SetupFault.HAS_ANOTHER: (
        CHANNEL,
        f"That channel has a schedule already. Type {COMMAND} setup there to see and change it.",
    ),
    SetupFault.OVERTAKEN: (
        CHANNEL,
        f"Somebody else has just changed this schedule. Cancel, then type {COMMAND} setup again.",
    ),
    SetupFault.NO_TIME: (TIME, "Choose the time of day to ask at."),
    SetupFault.UNKNOWN_ZONE: (ZONE, "Choose a time zone from the list."),
    SetupFault.NO_WEEKDAY: (WEEKDAYS, "Choose at least one day."),
}


def errors(faults: Collection[SetupFault]) -> dict[str, str]:
    """Say at each field what is wrong there and how to mend it; one fault a field."""
    return dict(_FAULTS[fault] for fault in SetupFault if fault in faults)


def form(facts: SetupForm) -> Modal:
    """The form, filled in with the channel's schedule or with what most teams want."""
    schedule = facts.schedule
    timing = schedule.timing if schedule else None
    zone = timing.zone if timing else facts.zone
    return Modal(
        Callback.SETUP,
        "Daily question",
        (
            section(_standing(schedule)),
            _channel_field(),
            _time_field(timing.at if timing else DEFAULT_TIME),
            _zone_field(facts.zone_groups, zone.key if zone else UTC_KEY),
            _weekdays_field(timing.weekdays if timing else WORKING_DAYS),
            *([_state_field(schedule.state)] if schedule else []),
        ),
        submit="Save",
        close="Cancel",
        memo=f"{facts.channel_id} {terms_of(schedule)}",
    )


def seen(memo: str) -> Seen:
    """Read back what a form showed from the memo it carried."""
    channel_id, _, terms = memo.partition(" ")
    return Seen(ChannelId(channel_id), terms)


def _standing(schedule: Schedule | None) -> Markup:
    if schedule is None:
        return mrkdwn(
            "Prep asks an interview question in your channel at the time you choose. "
            "People practise by replying in its thread."
        )
    return lines(
        mrkdwn("Set up by {owner}.", owner=mention(schedule.owner_id)),
        _what_comes(schedule, "The next question"),
    )


def _what_comes(schedule: Schedule, which: str) -> Markup:
    if schedule.state is ScheduleState.STOPPED:
        return mrkdwn("It stopped because I lost the channel. Save to start it again.")
    if schedule.next_due is None:
        return mrkdwn("It is paused: no question comes until somebody starts it again.")
    return mrkdwn("{which}: {moment}.", which=which, moment=_moment(schedule.next_due, schedule))


def _channel_field() -> Json:
    element = {
        "type": "conversations_select",
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    hint = f"For a private channel, first {_INVITE}. Each channel has a schedule of its own."
    return text_input(CHANNEL, "Channel", element, hint=hint)


def _time_field(at: time) -> Json:
    return text_input(TIME, "Time", {"type": "timepicker", "initial_time": f"{at:%H:%M}"})


def _zone_field(groups: tuple[ZoneGroup, ...], key: str) -> Json:
    if not any(key in group.keys for group in groups):
        # A profile may name a zone by an old name, which has no place in the list.
        groups = (ZoneGroup("Chosen now", (key,)), *groups)
    element = {
        "type": "static_select",
        "option_groups": [
            {
                "label": {"type": "plain_text", "text": group.label},
                "options": [option(zone_label(one), one) for one in group.keys],
            }
            for group in groups
        ],
        "initial_option": option(zone_label(key), key),
    }
    return text_input(ZONE, "Time zone", element, hint="Type a city to find it.")


def _weekdays_field(chosen: frozenset[int]) -> Json:
    days = [option(name, str(day)) for day, name in enumerate(WEEKDAY_NAMES)]
    initial = [days[day] for day in sorted(chosen)]
    element = {"type": "checkboxes", "options": days}
    return text_input(WEEKDAYS, "Days", element | ({"initial_options": initial} if initial else {}))


def _state_field(state: ScheduleState) -> Json:
    running = option("Running", ScheduleState.RUNNING.value)
    paused = option("Paused", ScheduleState.PAUSED.value)
    element = {
        "type": "radio_buttons",
        "options": [running, paused],
        "initial_option": paused if state is ScheduleState.PAUSED else running,
    }
    return text_input(STATE, "Questions", element, hint="A pause breaks nobody's streak.")


def announcement(saved: Saved) -> Message:
    """The line a channel reads when its schedule was made or changed."""
    said = mrkdwn("{who} {did}", who=mention(saved.member_id), did=_did(saved))
    return Message(
        mrkdwn("{said} {how}", said=said, how=_HOW_TO_CHANGE),
        (section(said), context(_HOW_TO_CHANGE)),
    )


def _did(saved: Saved) -> Markup:
    schedule = saved.schedule
    created = saved.change is SetupChange.CREATED
    if saved.change is SetupChange.PAUSED:
        return mrkdwn("paused the daily question in this channel. Streaks stay as they are.")
    return mrkdwn(
        "{deed} in this channel: {timing}. {next}",
        deed=_DEEDS[saved.change],
        timing=_timing_in_words(schedule.timing),
        next=_what_comes(schedule, "The first one" if created else "The next one"),
    )


_DEEDS = {
    SetupChange.CREATED: "set up a daily interview question",
    SetupChange.CHANGED: "changed the daily question",
    SetupChange.RESUMED: "started the daily question again",
}


def _timing_in_words(timing: Timing) -> str:
    days = weekdays_in_words(timing.weekdays)
    return f"{days} at {timing.at:%H:%M}, {_zone_in_words(timing)}"


def _zone_in_words(timing: Timing) -> str:
    key = timing.zone.key
    return key if key == UTC_KEY else f"{zone_label(key)} time"


def _moment(due: Due, schedule: Schedule) -> Markup:
    local = due.at.astimezone(schedule.timing.zone)
    day = f"{WEEKDAY_NAMES[local.weekday()]}, {local.day} {month_name[local.month]}"
    return local_moment(due.at, f"{day} at {local:%H:%M} ({_zone_in_words(schedule.timing)})")
