"""`/prep setup`: open the form, take it in, tell the channel."""

import asyncio
import logging
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.domain.ids import ChannelId, InstallationId
from bot.domain.rounds import Accepted
from bot.domain.schedules import ScheduleDraft, ScheduleState, Timing
from bot.domain.setting_up import (
    FormDidNotOpen,
    NotSaved,
    Saved,
    SetupChange,
    SetupFault,
    SetupWish,
    read_timing,
)
from bot.features.setup import view
from bot.features.setup.service import Setup
from bot.slack.dispatch import FormErrors
from bot.slack.failures import (
    MISSING_SCOPE,
    ScopeMissingError,
    SlackRefusedError,
    SlackUnreachableError,
)
from bot.slack.guard import Guard
from bot.slack.inbound import CommandCall, Submission, Value
from bot.slack.outbound import Place, Slack

log = logging.getLogger(__name__)

ZONE_PATIENCE_S = 0.8
"""How long the look-up of a person's time zone may keep the form waiting; it must open within 3 s
of the command, and without the zone it opens just as well."""
CHANNEL_PATIENCE_S = 1.8
"""How long looking at a channel and joining it may take: a submission is acknowledged within 3 s,
and it is stored before."""

_FORM_IS_OPEN = "exchanged_trigger_id"
_TOO_LATE_TO_OPEN = "expired_trigger_id"
_FAULTS = {
    "channel_not_found": SetupFault.NOT_INVITED,
    "method_not_supported_for_channel_type": SetupFault.NOT_INVITED,
    "restricted_action": SetupFault.NOT_INVITED,
    MISSING_SCOPE: SetupFault.SCOPE_MISSING,
    "is_archived": SetupFault.ARCHIVED,
    "ratelimited": SetupFault.SLACK_SILENT,
    "internal_error": SetupFault.SLACK_SILENT,
    "fatal_error": SetupFault.SLACK_SILENT,
    "service_unavailable": SetupFault.SLACK_SILENT,
    "request_timeout": SetupFault.SLACK_SILENT,
}


@dataclass(frozen=True, slots=True)
class SetupListener:
    """Answers `/prep setup` and the form it opens."""

    setup: Setup
    slack: Slack
    guard: Guard

    async def on_setup(self, call: CommandCall, _given: str) -> None:
        """Open the form in one call, with nothing to wait for that may fail it.

        A loading form that is filled in later would need a second call, and would stay empty for
        ever where that one fails. Raises FormDidNotOpen.
        """
        form = await self.setup.form(call.installation.id, call.channel_id)
        if form.schedule is None:
            form = replace(form, zone=await self._zone_of(call))
        try:
            await self.slack.open_modal(call.installation.id, call.trigger_id, view.form(form))
        except SlackUnreachableError as error:
            raise FormDidNotOpen from error
        except SlackRefusedError as refused:
            if refused.error == _TOO_LATE_TO_OPEN:
                raise FormDidNotOpen from refused
            if refused.error != _FORM_IS_OPEN:
                raise

    async def _zone_of(self, call: CommandCall) -> ZoneInfo | None:
        try:
            async with asyncio.timeout(ZONE_PATIENCE_S):
                return await self.slack.zone_of(call.installation.id, call.member_id)
        except (TimeoutError, SlackRefusedError, SlackUnreachableError) as error:
            log.info("zone_not_known", extra={"reason": str(error) or type(error).__name__})
            return None

    async def on_submit(self, submission: Submission) -> FormErrors:
        """Store the form, or say at its fields what is wrong; then tell the channel."""
        timing, faults = _timing(submission)
        channel = _value(submission, view.CHANNEL).text
        hindered = await self._reach(submission.installation.id, channel, join=not faults)
        if hindered is not None:
            faults |= {hindered}
        if timing is None or channel is None or faults:
            return view.errors(faults)
        outcome = await self.setup.save(_wish(submission, ChannelId(channel), timing))
        if isinstance(outcome, NotSaved):
            return view.errors({outcome.fault})
        if outcome.change is not SetupChange.UNCHANGED:
            self.guard.follow_up("announcement of a schedule", lambda: self._announce(outcome))
        return {}

    async def _reach(
        self, installation: InstallationId, channel: str | None, *, join: bool
    ) -> SetupFault | None:
        """Make sure that questions can be posted in a channel, or say why not."""
        if channel is None:
            return SetupFault.NO_CHANNEL
        try:
            async with asyncio.timeout(CHANNEL_PATIENCE_S):
                return await self._enter(installation, ChannelId(channel), join=join)
        except (TimeoutError, SlackUnreachableError):
            return SetupFault.SLACK_SILENT
        except SlackRefusedError as refused:
            if refused.error.startswith("status 5"):
                return SetupFault.SLACK_SILENT
            if refused.error not in _FAULTS:
                raise
            return _FAULTS[refused.error]

    async def _enter(
        self, installation: InstallationId, channel: ChannelId, *, join: bool
    ) -> SetupFault | None:
        try:
            place = await self.slack.place(installation, channel)
        except SlackRefusedError as refused:
            if refused.error == MISSING_SCOPE and not isinstance(refused, ScopeMissingError):
                # We ask to look at channels, public and private, and at nothing else.
                return SetupFault.DIRECT_MESSAGE
            raise
        fault = _fault_of(place)
        if fault is None and join and not place.is_member:
            return await self._join(installation, channel)
        return fault

    async def _join(self, installation: InstallationId, channel: ChannelId) -> SetupFault | None:
        try:
            await self.slack.join(installation, channel)
        except ScopeMissingError:
            return SetupFault.NOT_INVITED  # anyone there can invite the app instead
        return None

    async def _announce(self, saved: Saved) -> None:
        schedule = saved.schedule
        outcome = await self.slack.post(
            schedule.installation_id, schedule.channel_id, view.announcement(saved)
        )
        if not isinstance(outcome, Accepted):
            log.warning(
                "schedule_not_announced",
                extra={"schedule": schedule.id, "outcome": repr(outcome)},
            )


def _fault_of(place: Place) -> SetupFault | None:
    if place.is_conversation:
        return SetupFault.DIRECT_MESSAGE
    if place.is_archived:
        return SetupFault.ARCHIVED
    if place.is_private and not place.is_member:
        return SetupFault.NOT_INVITED
    if place.lacks:
        log.warning("scope_missing", extra={"call": "setup", "needed": ",".join(place.lacks)})
        return SetupFault.SCOPE_MISSING
    return None


def _timing(submission: Submission) -> tuple[Timing | None, frozenset[SetupFault]]:
    read = read_timing(
        _value(submission, view.TIME).text,
        _value(submission, view.ZONE).text,
        _value(submission, view.WEEKDAYS).choices,
    )
    return (read, frozenset()) if isinstance(read, Timing) else (None, read)


def _wish(submission: Submission, channel: ChannelId, timing: Timing) -> SetupWish:
    state = _value(submission, view.STATE).text
    return SetupWish(
        ScheduleDraft(
            installation_id=submission.installation.id,
            channel_id=channel,
            owner_id=submission.member_id,
            timing=timing,
            running=state != ScheduleState.PAUSED,
        ),
        view.seen(submission.memo),
    )


def _value(submission: Submission, field: str) -> Value:
    return submission.values.get(field, Value())
