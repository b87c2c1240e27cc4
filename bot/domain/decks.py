"""The deck: which question of a bank a schedule asks next.

Unasked questions come first, in an order that the schedule's seed fixes: it survives restarts, and
a question added to the bank takes its place in it without moving the others. When all have been
asked, the one asked longest ago comes again.

The order is a walk around a ring. On each of `RINGS` rings every question has its place, by a hash
of its slug; a seed chooses the ring, and the point on it where the walk begins. So schedules share
a few rings, each sorted once, and the place where one stands is found without reading what it
asked: a `Bookmark` says how far the walk has come, and holds as long as the deck's `contents` do.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import blake2b

from bot.domain.ids import QuestionSlug

RINGS = 64
AROUND = 2**64
NOBODY_YET = date.min
"""Before any question was asked."""
ONE_DAY = timedelta(days=1)


def place(slug: QuestionSlug, seed: int) -> int:
    """Return a question's place in the order of `seed`, below 2**64: the same on every machine.

    `seed` is at least 0 and below 2**64; any other raises OverflowError.
    """
    ring, start = _beginning(seed)
    return (_point(slug, ring) - start) % AROUND


def _beginning(seed: int) -> tuple[int, int]:
    digest = blake2b(seed.to_bytes(8, "big"), digest_size=9).digest()
    return digest[0] % RINGS, int.from_bytes(digest[1:], "big")


def _point(slug: QuestionSlug, ring: int) -> int:
    return int.from_bytes(
        blake2b(slug.encode(), digest_size=8, salt=ring.to_bytes(1, "big")).digest(), "big"
    )


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a schedule has come in the deck with these `contents`.

    `unasked` questions of the deck were never asked. While there are any, those that come up to the
    place of `passed` (which may have left the deck) are not among them. When there are none, each
    was last asked on `since` or later.
    """

    contents: str
    unasked: int
    passed: QuestionSlug
    since: date = NOBODY_YET


@dataclass(frozen=True, slots=True)
class Draw:
    """The question to ask next, and the bookmark that holds once it is asked."""

    question: QuestionSlug
    bookmark: Bookmark


@dataclass(frozen=True, slots=True)
class _Ring:
    points: "array[int]"
    slugs: tuple[QuestionSlug, ...]

    @classmethod
    def of(cls, slugs: Iterable[QuestionSlug], ring: int) -> "_Ring":
        placed = sorted((_point(slug, ring), slug) for slug in slugs)
        return cls(array("Q", [point for point, _ in placed]), tuple(slug for _, slug in placed))


@dataclass(frozen=True, slots=True, eq=False)
class Deck:
    """The questions of a bank, in no order yet. `contents` tells one set of them from another.

    Make one with `Deck.of`.
    """

    slugs: frozenset[QuestionSlug]
    contents: str
    _rings: dict[int, _Ring] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, slugs: Iterable[QuestionSlug]) -> "Deck":
        """A deck of these questions."""
        kept = frozenset(slugs)
        contents = blake2b("\n".join(sorted(kept)).encode(), digest_size=16).hexdigest()
        return cls(kept, contents)

    def shuffled(self, seed: int) -> "Shuffled":
        """The deck in the order of a seed. Each ring is sorted when it is first asked for."""
        number, start = _beginning(seed)
        ring = self._rings.get(number)
        if ring is None:
            ring = self._rings[number] = _Ring.of(self.slugs, number)
        return Shuffled(self, number, ring, start)


@dataclass(frozen=True, slots=True)
class Shuffled:
    """A deck in the order of one seed; places in it are counted from 0."""

    deck: Deck
    _number: int
    _ring: _Ring
    _start: int

    def __len__(self) -> int:
        return len(self._ring.slugs)

    def at(self, number: int) -> QuestionSlug:
        """The question at a place."""
        return self._ring.slugs[(self._first() + number) % len(self)]

    def _first(self) -> int:
        return bisect_left(self._ring.points, self._start)

    def up_to(self, slug: QuestionSlug) -> int:
        """Count the questions that come up to the place of `slug`, with itself if it is here."""
        point = _point(slug, self._number)
        around = 0 if point >= self._start else len(self)
        return bisect_right(self._ring.points, point) - self._first() + around

    def straight_on(self, mark: Bookmark) -> Draw | None:
        """Draw by the bookmark alone; None if more than that must be known.

        It is enough where as many questions are unasked as are left on the way.
        """
        done = self.up_to(mark.passed)
        if not mark.unasked or mark.unasked != len(self) - done:
            return None
        return self.fresh(self.at(done), mark)

    def ahead(self, mark: Bookmark, most: int) -> list[QuestionSlug]:
        """List the next questions on the way: the first that is unasked is to be drawn."""
        done = self.up_to(mark.passed)
        return [self.at(number) for number in range(done, min(done + most, len(self)))]

    def fresh(self, question: QuestionSlug, mark: Bookmark) -> Draw:
        """Draw a question known to be the first unasked one."""
        return Draw(question, Bookmark(self.deck.contents, mark.unasked - 1, question))

    def again(self, question: QuestionSlug, last: date) -> Draw:
        """Draw a question known to be the one asked longest ago, which was on `last`.

        A schedule asks one question a day at most, so every other was asked later.
        """
        return Draw(question, Bookmark(self.deck.contents, 0, question, last + ONE_DAY))

    def exactly(self, asked: Mapping[QuestionSlug, date]) -> Draw | None:
        """Draw by the rule itself; None from an empty deck. It reads everything that was asked.

        `asked` tells when each question was last asked, of the deck or not.
        """
        if not len(self):
            return None
        unasked = [number for number in range(len(self)) if self.at(number) not in asked]
        if not unasked:
            oldest = min(range(len(self)), key=lambda number: (asked[self.at(number)], number))
            return self.again(self.at(oldest), asked[self.at(oldest)])
        question = self.at(unasked[0])
        # Past all that were asked already, so that the next draw need not look at them.
        passed = self.at(unasked[1] - 1) if len(unasked) > 1 else question
        return Draw(question, Bookmark(self.deck.contents, len(unasked) - 1, passed))
