"""The names things go by. Opaque strings: nothing here knows how Slack shapes them."""

from typing import NewType

InstallationId = NewType("InstallationId", int)
ScheduleId = NewType("ScheduleId", int)
RoundId = NewType("RoundId", int)
ProposalId = NewType("ProposalId", int)

MemberId = NewType("MemberId", str)
ChannelId = NewType("ChannelId", str)

QuestionSlug = NewType("QuestionSlug", str)

MessageTs = NewType("MessageTs", str)
"""When a message was posted, and its name within its channel: seconds since 1970 in UTC with six
decimals, ten digits before the point. Two of them compare as text exactly as in time."""
