"""The bank: every question the app knows, indexed for the ways it is asked for."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from bot.domain.decks import Deck
from bot.domain.ids import InstallationId, QuestionSlug
from bot.domain.library import Overlay
from bot.domain.questions import Level, Question, Topic
from content import files, overlay
from content.faults import Fault, FileFault
from content.parsing import Entry
from content.topics import TOPICS

_Shelf = tuple[str | None, Level | None]


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Questions by slug, topic and level. Every lookup takes the same time in a bank of any size.

    Make one with `Bank.of`. Questions stand in the order of their slugs, so that two banks made of
    the same questions answer alike, whatever order the files were found in.
    """

    questions: tuple[Question, ...]
    deck: Deck
    _by_slug: Mapping[QuestionSlug, Question]
    _shelves: Mapping[_Shelf, tuple[Question, ...]]
    _editions: dict[InstallationId, tuple[str, "Bank"]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, questions: Iterable[Question]) -> "Bank":
        """A bank of these questions; of two with the same slug the later one stays."""
        by_slug = {question.slug: question for question in questions}
        ordered = tuple(by_slug[slug] for slug in sorted(by_slug))
        shelves: defaultdict[_Shelf, list[Question]] = defaultdict(list)
        for question in ordered:
            topic, level = question.topic.slug, question.level
            for shelf in ((None, None), (topic, None), (None, level), (topic, level)):
                shelves[shelf].append(question)
        frozen = {shelf: tuple(kept) for shelf, kept in shelves.items()}
        return cls(ordered, Deck.of(by_slug), MappingProxyType(by_slug), MappingProxyType(frozen))

    def edition(
        self, whose: InstallationId, stamp: str, laid_over: Callable[[], Overlay]
    ) -> "Bank":
        """This bank under what a workspace laid over it, made once for each `stamp`.

        `laid_over` is called only if the stamp is not that of the edition made last.
        """
        known = self._editions.get(whose)
        if known is not None and known[0] == stamp:
            return known[1]
        made = Bank.of(overlay.applied(self.questions, laid_over()))
        self._editions[whose] = (stamp, made)
        return made

    def __len__(self) -> int:
        return len(self.questions)

    def get(self, slug: str) -> Question | None:
        """The question with this slug, or None."""
        return self._by_slug.get(QuestionSlug(slug))

    def matching(
        self, topic: Topic | None = None, level: Level | None = None
    ) -> tuple[Question, ...]:
        """The questions of a topic and a level, in the order of their slugs; None means any."""
        return self._shelves.get((topic.slug if topic else None, level), ())

    def topics(self) -> tuple[Topic, ...]:
        """The topics that have a question, in the order in which lists show them."""
        return tuple(topic for topic in TOPICS if (topic.slug, None) in self._shelves)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A bank, and what could not be loaded into it."""

    bank: Bank
    faults: tuple[FileFault, ...]


@dataclass(frozen=True, slots=True)
class OnFile:
    """What one file gave: a question, faults, or the last good question and newer faults."""

    path: Path
    question: Question | None
    faults: tuple[FileFault, ...] = ()


def load(folders: Sequence[Path] = (files.SHIPPED,)) -> Loaded:
    """Load every question in these folders. Blocking: it reads each file once. Never raises.

    A broken file is left out and named in `faults`; the rest loads. A question in a later folder
    takes the place of one with the same slug in an earlier folder; within one folder the file that
    comes first by path stays and the other is a fault.
    """
    return gathered([[on_file(*read) for read in files.read_all([folder])] for folder in folders])


def on_file(path: Path, read: Entry | tuple[FileFault, ...]) -> OnFile:
    """What reading a file gave, for gathering."""
    if isinstance(read, Entry):
        return OnFile(path, read.question)
    return OnFile(path, None, read)


def gathered(folders: Iterable[Iterable[OnFile]]) -> Loaded:
    """A bank of what the files of each folder gave; later folders over earlier ones."""
    questions: dict[str, Question] = {}
    faults: list[FileFault] = []
    for folder in folders:
        kept: dict[str, Path] = {}
        for file in folder:
            faults.extend(file.faults)
            if file.question is None:
                continue
            slug = file.question.slug
            if slug in kept:
                faults.append(FileFault(file.path, twice(slug, kept[slug])))
            else:
                kept[slug] = file.path
                questions[slug] = file.question
    return Loaded(Bank.of(questions.values()), tuple(faults))


def twice(slug: str, first: Path) -> Fault:
    """The fault of a second file with a slug that another file already has."""
    what = f"the slug `{slug}` is already taken by {first.parent.name}/{first.name}"
    return Fault(1, what, "rename one of the two files")
