"""A person's own words, said back to them inside a sentence of ours."""

import re

from bot.slack.blocks import clip, plain

ECHO_LIMIT = 40
"""Enough to recognise a word by; a whole pasted page would bury the sentence around it."""

# How Slack writes a person, a channel or an address that somebody typed: with the words they read.
_MENTION = re.compile(r"<([@#!])?[^<>|\s]*\|([^<>|]*)>")

# They would turn the direction of what follows, or hide among the letters.
_INVISIBLE = re.compile(r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def as_read(words: str) -> str:
    """Write the people, channels and addresses in a command's words as their author read them."""
    return _MENTION.sub(lambda found: f"{found[1] or ''}{found[2]}", words)


def echo(words: str, limit: int = ECHO_LIMIT) -> str:
    """Return what a person typed as one short plain line, fit to stand between backticks.

    `words` is as a slash command delivers it, with `&`, `<` and `>` escaped. The result is plain
    text: whoever shows it escapes it again. Empty if there was nothing to read.
    """
    typed = words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    one_line = " ".join(_INVISIBLE.sub("", plain(typed)).replace("`", "'").split())
    return clip(one_line, limit)
