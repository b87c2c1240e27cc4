"""What the owner of a schedule reads when it stops."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest
from inline_snapshot import snapshot

from bot.domain.ids import ChannelId, InstallationId, MemberId, ScheduleId
from bot.domain.rounds import CHANNEL_LOST
from bot.domain.schedules import Schedule, ScheduleState, Timing
from bot.features.installation import view
from sandbox.block_rules import faults_in_message
from sandbox.reading import message_as_text

SCHEDULE = Schedule(
    id=ScheduleId(3),
    installation_id=InstallationId(1),
    channel_id=ChannelId("C1"),
    owner_id=MemberId("U1"),
    timing=Timing(time(9), ZoneInfo("Europe/Berlin"), frozenset({0, 1, 2, 3, 4})),
    state=ScheduleState.STOPPED,
    seed=1,
    next_due=None,
)


def read(reason: str) -> str:
    """The message as its owner reads it."""
    return message_as_text(view.schedule_stopped(SCHEDULE, reason).payload(), {"C1": "prep"})


def test_an_archived_channel() -> None:
    assert read("is_archived") == snapshot("""\
The daily question in #prep has stopped, because the channel was archived. Streaks and
answers are kept, and nobody loses a streak by this. If it comes back, type
`/prep setup` there to start again.\
""")


def test_a_channel_the_app_was_removed_from() -> None:
    assert read("not_in_channel") == snapshot("""\
The daily question in #prep has stopped, because I was removed from the channel. Streaks
and answers are kept, and nobody loses a streak by this. To start again, invite me to it
with `/invite`, then type `/prep setup` there.\
""")


def test_a_channel_out_of_sight() -> None:
    assert read("channel_not_found") == snapshot("""\
The daily question in #prep has stopped, because I can no longer see the channel.
Streaks and answers are kept, and nobody loses a streak by this. To start again, invite
me to it with `/invite`, then type `/prep setup` there.\
""")


def test_a_reason_nobody_foresaw() -> None:
    assert read("<!channel> a word of tomorrow") == snapshot("""\
The daily question in #prep has stopped, because Slack no longer lets me post there.
Streaks and answers are kept, and nobody loses a streak by this. To start again, invite
me to it with `/invite`, then type `/prep setup` there.\
""")


@pytest.mark.parametrize("reason", sorted(CHANNEL_LOST))
def test_every_reason_is_told_with_its_cure_and_without_blame(reason: str) -> None:
    message = view.schedule_stopped(SCHEDULE, reason)
    assert faults_in_message(message.payload()) == []
    said = message.payload()["text"]
    assert "<#C1>" in said
    assert "/prep setup" in said
    assert "nobody loses a streak" in said
    assert reason not in said, "Slack's own word helps nobody"
