"""Rules about lengths, counts and dates: is every part of a size that can be shown?

What a draft lacks is no fault of these: parsing tells it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from bot.domain.questions import NEVER_REVIEWED
from content import parsing
from content.faults import Fault
from content.parsing import Entry
from content.rules.words import count_spoken

LINE = 75
"""Characters that fit a check-list line on a phone; titles, key points and details keep to it."""

SPOKEN = range(130, 351)
KEY_POINTS = range(4, 8)
MISTAKES = range(2, 5)
FEWEST_FOLLOW_UPS = 3
MOST_REFERENCES = 3
MINUTES = range(1, 61)
REVIEW_EVERY = timedelta(days=365)


def title_is_short(entry: Entry, _today: date) -> Iterator[Fault]:
    """A title has at most 75 characters."""
    yield from _too_long("the title", entry.question.title, entry.line("title"))


def key_points_are_few(entry: Entry, _today: date) -> Iterator[Fault]:
    """There are 4 to 7 key points."""
    yield from _count("key points", KEY_POINTS, entry, "key_points")


def key_points_are_short(entry: Entry, _today: date) -> Iterator[Fault]:
    """A key point has at most 75 characters, and its detail too."""
    for index, point in enumerate(entry.question.key_points):
        line = entry.line("key_points", index)
        yield from _too_long("the key point", point.text, line)
        yield from _too_long("the detail of the key point", point.detail, line)


def sample_answer_can_be_spoken(entry: Entry, _today: date) -> Iterator[Fault]:
    """A sample answer has 130 to 350 words, code not counted: one to two minutes aloud."""
    words = count_spoken(entry.question.sample_answer)
    if "sample_answer" in entry.lines and words not in SPOKEN:
        mend = f"aim at {SPOKEN.start} to {SPOKEN.stop - 1}, code not counted"
        line = entry.line("sample_answer")
        yield Fault(line, f"the sample answer has {words} spoken words", mend)


def mistakes_are_few(entry: Entry, _today: date) -> Iterator[Fault]:
    """There are 2 to 4 common mistakes."""
    yield from _count("common mistakes", MISTAKES, entry, "mistakes")


def follow_ups_make_a_ladder(entry: Entry, _today: date) -> Iterator[Fault]:
    """There are at least 3 follow-ups. (That each has a pointer is part of the form.)"""
    count = len(entry.question.follow_ups)
    if "follow_ups" in entry.lines and count < FEWEST_FOLLOW_UPS:
        mend = f"climb in at least {FEWEST_FOLLOW_UPS} steps, each harder than the one before"
        yield Fault(entry.line("follow_ups"), f"there are only {count} follow-ups", mend)


def references_are_few_and_secure(entry: Entry, _today: date) -> Iterator[Fault]:
    """There are at most 3 references, each by https."""
    references = entry.question.references
    if len(references) > MOST_REFERENCES:
        mend = f"keep the best {MOST_REFERENCES}"
        yield Fault(entry.line("references"), f"there are {len(references)} references", mend)
    for index, reference in enumerate(references):
        if not reference.url.startswith("https://"):
            what = f"the reference {reference.url[:80]!r} is not an https address"
            yield Fault(entry.line("references", index), what, "link to the page with https")


def minutes_are_plausible(entry: Entry, _today: date) -> Iterator[Fault]:
    """Thinking and answering take 1 to 60 minutes."""
    if entry.question.minutes not in MINUTES:
        mend = f"give a whole number from {MINUTES.start} to {MINUTES.stop - 1}"
        yield Fault(entry.line("minutes"), f"`minutes` is {entry.question.minutes}", mend)


def review_is_recent(entry: Entry, today: date) -> Iterator[Fault]:
    """A person checked the question within the last year, and not in the future."""
    reviewed, line = entry.question.reviewed, entry.line("reviewed")
    if reviewed == NEVER_REVIEWED:
        return
    if reviewed > today:
        yield Fault(line, f"`reviewed` is {reviewed}, which is yet to come", "give a past date")
    elif today - reviewed > REVIEW_EVERY:
        mend = "read it again, mend what has aged, and give today's date"
        yield Fault(line, f"the last review, {reviewed}, is over a year ago", mend)


def parts_stand_in_order(entry: Entry, _today: date) -> Iterator[Fault]:
    """The parts follow each other as in the template, so that readers find their way."""
    given = [part for part in parsing.PARTS if part.field in entry.lines]
    for before, after in pairwise(given):
        if entry.line(after.field) < entry.line(before.field):
            what = f"`{after.heading}` stands above `{before.heading}`"
            yield Fault(entry.line(after.field), what, f"move it below `{before.heading}`")


def _too_long(what: str, text: str, line: int) -> Iterator[Fault]:
    if len(text) > LINE:
        yield Fault(line, f"{what} has {len(text)} characters", f"say it in {LINE}")


def _count(what: str, allowed: range, entry: Entry, field: str) -> Iterator[Fault]:
    count = len(entry.item_lines[field])
    if field in entry.lines and count not in allowed:
        mend = f"give {allowed.start} to {allowed.stop - 1}"
        yield Fault(entry.line(field), f"there are {count} {what}", mend)
