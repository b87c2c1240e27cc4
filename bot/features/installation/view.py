"""What the owner of a schedule is told when it stops."""

from bot.domain.schedules import Schedule
from bot.slack.blocks import Message, channel, mrkdwn, section

_WHY = {
    "is_archived": "the channel was archived",
    "not_in_channel": "I was removed from the channel",
    "channel_not_found": "I can no longer see the channel",
    "restricted_action": "I am no longer allowed to post in the channel",
}
_MEND = {
    "is_archived": "If it comes back, type `/prep setup` there to start again.",
}
_MEND_OTHERWISE = "To start again, invite me to it with `/invite`, then type `/prep setup` there."


def schedule_stopped(schedule: Schedule, reason: str) -> Message:
    """Tell an owner that their schedule stopped, why, and how to start it again."""
    text = mrkdwn(
        "The daily question in {channel} has stopped, because {why}. "
        "Streaks and answers are kept, and nobody loses a streak by this. {mend}",
        channel=channel(schedule.channel_id),
        why=_WHY.get(reason, "Slack no longer lets me post there"),
        mend=_MEND.get(reason, _MEND_OTHERWISE),
    )
    return Message(text, (section(text),))
