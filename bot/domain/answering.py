"""Which replies are answers; and what a reply is when news of it comes late, twice or reversed.

The text of a reply is looked at once, to count its words, and then let go: nothing here keeps it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import ChannelId, InstallationId, MemberId, MessageTs, RoundId
from bot.domain.streaks import Streak

DEFAULT_MINIMUM_WORDS = 5

# Slack's own wrapping of mentions, links and dates; and emoji names, one after the other, but not
# what only looks like them: 10:30:45, std::vector::size. None of these are words.
_NOT_WORDS = re.compile(
    r"<[^<>\s][^<>]*>|(?<![a-z0-9_:])(?::[a-z0-9_+'-]+:)+(?![a-z0-9_:])", re.IGNORECASE
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
    unspaced = sum((len(run) + 1) // 2 for run in _UNSPACED.findall(plain))
    spaced = _UNSPACED.sub(" ", plain).split()
    return unspaced + sum(1 for word in spaced if any(c.isalnum() for c in word))


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
