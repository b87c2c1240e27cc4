"""The shelves of the bank, and the words people use for them."""

import pytest

from content import topics


def test_there_are_thirteen_topics_each_with_a_slug_one_can_type() -> None:
    slugs = [topic.slug for topic in topics.TOPICS]
    assert len(slugs) == len(set(slugs)) == 13
    assert all(slug == slug.casefold() and " " not in slug for slug in slugs)


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("sql", "databases"),
        ("SQL", "databases"),
        (" Databases ", "databases"),
        ("system design", "system-design"),
        ("system_design", "system-design"),
        ("Databases and SQL", "databases"),
        ("behavioral", "people"),
        ("ci/cd", "delivery"),
        ("on-call", "reliability"),
    ],
)
def test_a_topic_is_known_by_slug_title_and_alias(typed: str, slug: str) -> None:
    topic = topics.named(typed)
    assert topic is not None
    assert topic.slug == slug


@pytest.mark.parametrize("typed", ["", "   ", "gardening", "😀", "-" * 3_000, "x" * 3_000])
def test_a_word_that_names_no_topic_is_not_guessed_at(typed: str) -> None:
    assert topics.named(typed) is None
    assert topics.nearest(typed) is None


@pytest.mark.parametrize(
    ("typed", "slug"), [("pyton", "python"), ("databses", "databases"), ("securty", "security")]
)
def test_a_misspelt_topic_is_near_the_right_one(typed: str, slug: str) -> None:
    assert topics.named(typed) is None
    topic = topics.nearest(typed)
    assert topic is not None
    assert topic.slug == slug


def test_no_word_means_two_topics() -> None:
    words = [word for aliases in topics.ALIASES.values() for word in aliases]
    words += [topic.slug for topic in topics.TOPICS]
    assert len(words) == len(set(words))


def test_every_alias_is_found_as_a_person_would_type_it() -> None:
    for slug, aliases in topics.ALIASES.items():
        assert {topics.named(alias) for alias in aliases} == {topics.with_slug(slug)}
