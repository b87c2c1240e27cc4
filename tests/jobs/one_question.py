"""What "posted exactly once" means to the people of a channel, and to the doctor."""

from bot.domain.rounds import RoundState
from jobs.post_rounds import PostRounds
from sandbox.people import Person
from sandbox.workspace import Channel, Message
from tests.prep_team import PrepTeam

ANSWER = "A mutex guards one resource at a time."


async def stands_alone(prep: PrepTeam, channel: Channel, member: Person) -> Message:
    """Assert that one question stands in the channel, that it is confirmed, and that a member's
    answer to it counts; return it."""
    [question] = prep.questions(channel)
    reply = await member.replies(question, ANSWER)
    await prep.settled()
    assert prep.ticked(reply)
    assert await prep.streak_of(member, channel) == 1
    report = await prep.doctor()
    assert report.is_well
    assert report.rounds == {RoundState.POSTED: 1}
    return question


async def is_unknown(prep: PrepTeam) -> bool:
    """Tell whether the outcome of one round's post is unknown, and no other round exists."""
    return (await prep.doctor()).rounds == {RoundState.UNKNOWN: 1}


async def skipped(prep: PrepTeam) -> list[tuple[str, str]]:
    """The dates without a question, with the reasons, as the doctor tells them."""
    return [(one.local_date.isoformat(), one.reason) for one in (await prep.doctor()).skipped]


def posts(prep: PrepTeam, channel: Channel) -> int:
    """How often the app asked Slack to post a question in a channel."""
    calls = prep.slack.ledger.calls("chat.postMessage", channel=channel.id)
    return sum("metadata" in call.args for call in calls)


def looks(prep: PrepTeam) -> int:
    """How often the app looked into a channel's past."""
    return len(prep.slack.ledger.calls("conversations.history"))


def poster(prep: PrepTeam) -> PostRounds:
    """The job that posts, to be run step by step."""
    [job] = [job for job in prep.app.clockwork._jobs if job.name == "post_rounds"]
    work = getattr(job.run, "__self__", None)
    assert isinstance(work, PostRounds)
    return work
