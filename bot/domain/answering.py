"""Which replies are answers; and what a reply is when news of it comes late, twice or reversed.

The text of a reply is looked at once, to count its words, and then let go: nothing here keeps it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from bot.domain.ids import ChannelId, InstallationId, MemberId, MessageTs, RoundId, ScheduleId
from bot.domain.standings import Standing
from bot.domain.streaks import PostedRound, Streak

DEFAULT_MINIMUM_WORDS = 5
MARK_AGAIN_AFTER = timedelta(minutes=1)
"""How long a mark that fell due is given to be put right, before it is tried again."""

# Slack's own wrapping of mentions, links and dates; and emoji names, one after the other, but not
# what only looks like them: 10:30:45, std::vector::size. None of these are words.
# (What may not stand before the first colon is looked at behind it: the search is for `<` and `:`.)
_NOT_WORDS = re.compile(
    r"<[^<>\s][^<>]*>|:(?<![a-z0-9_:]:)(?:[a-z0-9_+'-]+::)*[a-z0-9_+'-]+:(?![a-z0-9_:])",
    re.IGNORECASE,
)
# Slack escapes these three characters and no others; escaped, they would pass for words.
_ESCAPED = re.compile(r"&(?:amp|lt|gt);")
# The letters and marks, not the punctuation, of scripts written without spaces: two characters are
# counted as one word.
_UNSPACED = re.compile(
    "["
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # kana
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf"  # Thai, Lao
    "\u1000-\u103f\u1050-\u109f\u1780-\u17d3"  # Burmese, Khmer
    "]+"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One version of a message in a thread, as news of it arrived.

    `edited_ts` is when this version was written, None for the first. `deleted` says that the
    message is gone; the other facts then tell what is known of it.
    """

    channel_id: ChannelId
    thread_ts: MessageTs
    ts: MessageTs
    member_id: MemberId
    words: int
    has_file: bool
    edited_ts: MessageTs | None = None
    deleted: bool = False


class Tick(StrEnum):
    """What becomes of the mark on a message that says it counted."""

    ADD = "add"
    REMOVE = "remove"


class Told(StrEnum):
    """What a member is told privately about their reply."""

    COUNTED = "counted"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """What news of a reply came to, once stored. `streak` is the member's, with this in it."""

    installation_id: InstallationId
    round_id: RoundId
    reply: Reply
    tick: Tick | None
    told: Told | None
    streak: Streak


def count_words(text: str) -> int:
    """Count the words a person wrote: mentions, links, emoji and lone punctuation are none.

    `text` is as Slack sends it, with `&`, `<` and `>` escaped. In scripts without spaces two
    characters count as one word.
    """
    plain = _ESCAPED.sub("&", _NOT_WORDS.sub(" ", text))
    if plain.isascii():
        return _spaced_words(plain)
    unspaced = sum((len(run) + 1) // 2 for run in _UNSPACED.findall(plain))
    return unspaced + _spaced_words(_UNSPACED.sub(" ", plain))


def _spaced_words(text: str) -> int:
    # Every reply comes through here, and nearly every word shows at once that it is one.
    return len([w for w in text.split() if w[0].isalnum() or any(map(str.isalnum, w))])


def counts(reply: Reply, minimum_words: int) -> bool:
    """Tell whether a reply is an answer: it still stands, and has enough words or a file."""
    return not reply.deleted and (reply.has_file or reply.words >= minimum_words)


def newest(known: Reply | None, news: Reply) -> Reply:
    """Join what is known of a message with news of it.

    A deletion is final; otherwise the version written last stands. The result does not depend on
    the order or the repetition of the news.
    """
    if known is None:
        return news
    return max(known, news, key=_version)


def _version(reply: Reply) -> tuple[bool, str, int, bool]:
    # Two versions with one time of writing differ only in theory; the longer stands, so that the
    # order of arrival still does not matter.
    return (reply.deleted, reply.edited_ts or "", reply.words, reply.has_file)


@dataclass(frozen=True, slots=True)
class DueMark:
    """A message whose mark is to be put right: it `stands` if the reply counts, in time."""

    installation_id: InstallationId
    channel_id: ChannelId
    ts: MessageTs
    stands: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a reply stands: whether it is an answer, was one before, and came before the closing.

    `is_first`: the member had no other answer to the round when it was stored.
    """

    counted: bool
    counted_before: bool
    in_time: bool
    is_first: bool


def consequences(judged: Judgement) -> tuple[Tick | None, Told | None]:
    """Decide what people see of a reply: the mark on it, and the private line to its author.

    The line comes once: for the answer that was the member's first in the round.
    """
    if judged.counted == judged.counted_before:
        return None, None
    if not judged.counted:
        return (Tick.REMOVE if judged.in_time else None), None
    if not judged.in_time:
        return None, Told.LATE if judged.is_first else None
    return Tick.ADD, Told.COUNTED if judged.is_first else None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known where a reply arrives: its round, which is open and stays so meanwhile.

    `known` is what was heard of the same message before; `has_other` says that its author has
    another counted answer in the round. `standing` is None while somebody else is at it.
    """

    installation_id: InstallationId
    schedule_id: ScheduleId
    round: PostedRound
    previous_ts: MessageTs | None
    known: Reply | None
    has_other: bool
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A new reply to an open round, and its author's streak with it; None if it does not count."""

    reply: Reply
    arrival: Arrival
    streak: Streak | None


class Verdict(StrEnum):
    """What a reply comes to that is not taken at once."""

    NOTHING_NEW = "nothing new"
    NEEDS_A_CLOSER_LOOK = "needs a closer look"


def take(
    arrived: Iterable[tuple[Reply, Arrival | None]], minimum_words: int
) -> list[Taken | Verdict]:
    """Judge replies that arrive together, in their order; most need no more than an `Arrival`."""
    verdicts: list[Taken | Verdict] = []
    heard: dict[tuple[ChannelId, MessageTs], Taken] = {}
    streaks: dict[tuple[RoundId, MemberId], Streak] = {}
    left: set[tuple[ChannelId, MessageTs]] = set()
    for reply, arrival in arrived:
        message = reply.channel_id, reply.ts
        if arrival is None or message in left:
            # What else came of a message that is left stays behind it, in the order of arrival.
            left.add(message)
            verdicts.append(Verdict.NEEDS_A_CLOSER_LOOK)
            continue
        author = arrival.round.id, reply.member_id
        before = heard.get(message)
        verdict = _take(reply, _after(arrival, before, streaks.get(author)), minimum_words)
        verdicts.append(verdict)
        if verdict is Verdict.NEEDS_A_CLOSER_LOOK:
            left.add(message)
        if isinstance(verdict, Taken):
            heard[message] = verdict
            if verdict.streak is not None:
                streaks[author] = verdict.streak
    return verdicts


def _after(arrival: Arrival, before: Taken | None, streak: Streak | None) -> Arrival:
    """Add to what is known what the replies before this one made of it."""
    if before is not None:
        arrival = replace(arrival, known=before.reply)
    if streak is not None and arrival.standing is not None:
        standing = replace(arrival.standing, shown=streak)
        arrival = replace(arrival, has_other=True, standing=standing)
    return arrival


def _take(reply: Reply, arrival: Arrival, minimum_words: int) -> Taken | Verdict:
    if arrival.known is not None:
        is_old = newest(arrival.known, reply) == arrival.known
        return Verdict.NOTHING_NEW if is_old else Verdict.NEEDS_A_CLOSER_LOOK
    if not counts(reply, minimum_words):
        return Taken(reply, arrival, None)
    if arrival.standing is None:
        return Verdict.NEEDS_A_CLOSER_LOOK
    streak = arrival.standing.with_answer(
        arrival.round, arrival.previous_ts, answered_already=arrival.has_other
    )
    return Verdict.NEEDS_A_CLOSER_LOOK if streak is None else Taken(reply, arrival, streak)
