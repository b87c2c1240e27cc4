"""Where an imported question goes: its topic, and a slug that the same input always gets."""

import re
import unicodedata
from collections import Counter
from collections.abc import Container
from hashlib import blake2b

from bot.domain.proposals import TEAM_PREFIX
from bot.domain.questions import Topic
from content import topics
from content.rules.words import stems

_LONGEST_WORDS = 50
"""Characters of a slug made of words: of the 60 that are allowed, the rest is for a number."""


def topic_of(question: str, guide: str = "") -> Topic:
    """The topic whose words the question uses most, or else the name of its guide; or people.

    Of topics with as many words the one that lists show first wins: the choice never changes.
    """
    for text in (question, guide):
        said = stems(text)
        score = Counter({topic.slug: len(said & _words(topic)) for topic in topics.TOPICS})
        best, hits = score.most_common(1)[0]
        if hits:
            return next(topic for topic in topics.TOPICS if topic.slug == best)
    return topics.TOPICS[-1]


def _words(topic: Topic) -> frozenset[str]:
    names = (topic.slug, *topics.ALIASES[topic.slug])
    return stems(" ".join(name.replace("-", " ") for name in names)) - _AMBIGUOUS


_AMBIGUOUS = frozenset(stems("design data system systems code language quality test"))
"""Words that questions on every topic use."""


def slug_of(title: str) -> str:
    """A slug of the first words of a title; of a title without Latin letters, of its digest.

    None begins like those of questions that are added from inside Slack.
    """
    latin = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = re.sub(r"['’]", "", latin.casefold())
    slug = re.sub(r"[^a-z0-9]+", "-", words).strip("-")
    if len(slug) > _LONGEST_WORDS:
        cut = slug[: _LONGEST_WORDS + 1]
        slug = (cut.rpartition("-")[0] or cut[:_LONGEST_WORDS]).strip("-")
    digest = blake2b(title.encode("utf-8", "replace"), digest_size=4).hexdigest()
    if slug.startswith(TEAM_PREFIX):
        return f"on-{slug}"
    return slug or f"question-{digest}"


def free(slug: str, taken: Container[str]) -> str:
    """The slug, or the first of `slug-2`, `slug-3` … that is not taken."""
    if slug not in taken:
        return slug
    number = 2
    while f"{slug}-{number}" in taken:
        number += 1
    return f"{slug}-{number}"
