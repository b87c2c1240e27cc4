"""The topics of the bank: thirteen shelves, and the words people use for them."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from bot.domain.questions import Topic

TOPICS: tuple[Topic, ...] = (
    Topic("python", "Python language"),
    Topic("concurrency", "Concurrency"),
    Topic("coding", "Data structures and coding judgement"),
    Topic("databases", "Databases and SQL"),
    Topic("apis", "API design"),
    Topic("system-design", "System design"),
    Topic("testing", "Testing"),
    Topic("delivery", "Delivery and environments"),
    Topic("security", "Security"),
    Topic("performance", "Performance"),
    Topic("reliability", "Reliability and operations"),
    Topic("pipelines", "Data pipelines"),
    Topic("people", "People"),
)
"""In the order in which lists show them: from the language outwards to the team."""

ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "python": ("py", "language", "python-language"),
        "concurrency": (
            "async",
            "asyncio",
            "threads",
            "threading",
            "multiprocessing",
            "parallelism",
        ),
        "coding": ("algorithms", "algorithm", "data-structures", "structures", "code", "dsa"),
        "databases": ("database", "sql", "db", "postgres", "postgresql", "schema"),
        "apis": ("api", "rest", "http", "graphql", "api-design"),
        "system-design": ("system", "systems", "design", "architecture"),
        "testing": ("tests", "test", "pytest", "quality"),
        "delivery": ("ci", "cd", "ci-cd", "deployment", "deploy", "docker", "environments"),
        "security": ("secure", "auth", "secrets", "appsec"),
        "performance": ("perf", "speed", "profiling", "optimisation", "optimization"),
        "reliability": ("operations", "ops", "sre", "incidents", "on-call", "observability"),
        "pipelines": ("pipeline", "data", "data-pipelines", "etl", "pandas"),
        "people": ("behavioural", "behavioral", "culture", "teamwork", "soft-skills", "motivation"),
    }
)

_BY_SLUG: Mapping[str, Topic] = MappingProxyType({topic.slug: topic for topic in TOPICS})
_BY_WORD: Mapping[str, Topic] = MappingProxyType(
    {
        **_BY_SLUG,
        **{alias: _BY_SLUG[slug] for slug, aliases in ALIASES.items() for alias in aliases},
    }
)


def with_slug(slug: str) -> Topic | None:
    """The topic with exactly this slug, or None."""
    return _BY_SLUG.get(slug)


def named(words: str) -> Topic | None:
    """The topic a person means by a slug, title or alias, in any case; None if we cannot tell."""
    word = _as_typed_slug(words)
    return _BY_WORD.get(word) or _BY_TITLE.get(word)


def nearest(words: str) -> Topic | None:
    """The topic whose name is most like a misspelt one, or None if nothing comes close."""
    close = get_close_matches(_as_typed_slug(words)[:40], list(_BY_WORD), n=1, cutoff=0.7)
    return _BY_WORD[close[0]] if close else None


def _as_typed_slug(words: str) -> str:
    return re.sub(r"[\W_]+", "-", words.casefold()).strip("-")


_BY_TITLE: Mapping[str, Topic] = MappingProxyType(
    {_as_typed_slug(topic.title): topic for topic in TOPICS}
)
