"""Which replies are answers; and what a reply is when news of it comes late, twice or reversed.

The text of a reply is looked at once, to count its words, and then let go: nothing here keeps it.
"""

import re
from dataclasses import dataclass

from bot.domain.ids import ChannelId, InstallationId, MemberId, MessageTs

DEFAULT_MINIMUM_WORDS = 5

# Slack's own wrapping of mentions, links and dates; and emoji names. None of these are words.
_NOT_WORDS = re.compile(r"<[^<>\s][^<>]*>|:[a-z0-9_+'-]+:", re.IGNORECASE)
# Scripts written without spaces: two characters are counted as one word.
_UNSPACED = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿฀-๿]+")


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


@dataclass(frozen=True, slots=True)
class KnownReply:
    """What is stored of a reply: a reference and a judgement, never the words."""

    installation_id: InstallationId
    reply: Reply


def count_words(text: str) -> int:
    """Count the words a person wrote: mentions, links, emoji and lone punctuation are none.

    In scripts without spaces two characters count as one word.
    """
    plain = _NOT_WORDS.sub(" ", text)
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
