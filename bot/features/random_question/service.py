"""Give a member a question to practise, now."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from types import MappingProxyType

from bot.clock import Clock
from bot.domain.choosing import IN_A_HAND, TRIED, Hand, practisable
from bot.domain.gestures import Gesture, Press
from bot.domain.ids import InstallationId, MemberId, QuestionSlug
from bot.domain.practice import (
    NoneOfThatKind,
    NotUnderstood,
    PracticeOutcome,
    Practiser,
    Shown,
    Wanted,
)
from bot.domain.questions import Level, Question
from bot.domain.refusals import EmptyBank, OutdatedButton, QuestionGone, SeveralLevels
from bot.store import gestures, library, practice
from bot.store.database import Connection, Database
from content import topics
from content.bank import Bank

MOST_WORDS = 12
"""Words that are looked at; no topic and level take more."""
MOST_LETTERS = 40
"""Letters that are compared with the names of levels."""
LEVELS: Mapping[str, Level] = MappingProxyType({level.value: level for level in Level})


@dataclass(frozen=True, slots=True)
class RandomQuestion:
    """Chooses questions to practise, and notes who was shown what."""

    database: Database
    clock: Clock
    bank: Callable[[], Bank]
    rng: random.Random

    async def asked(
        self, installation_id: InstallationId, member_id: MemberId, words: str
    ) -> PracticeOutcome:
        """Give a question for what a member typed. Raises SeveralLevels, EmptyBank."""
        wanted = await self.database.read(
            lambda tx: understood(words, library.seen_by(tx, self.bank(), installation_id))
        )
        if isinstance(wanted, NotUnderstood):
            return wanted
        return await self._pick(Practiser(installation_id, member_id, wanted))

    async def another(
        self, installation_id: InstallationId, member_id: MemberId, code: str
    ) -> PracticeOutcome:
        """Give another question of the kind in a button. Raises OutdatedButton, EmptyBank."""
        return await self._pick(Practiser(installation_id, member_id, decoded(code)))

    async def _pick(self, practiser: Practiser) -> Shown | NoneOfThatKind:
        now = self.clock.now()
        return await self.database.write(lambda tx: pick(tx, self.bank(), practiser, self.rng, now))

    async def to_share(self, installation_id: InstallationId, slug: str) -> Question:
        """Return the question that a member wants to post. Raises QuestionGone."""
        question = await self.database.read(
            lambda tx: library.seen_by(tx, self.bank(), installation_id).get(slug)
        )
        if question is None:
            raise QuestionGone
        return question

    async def take(self, gesture: Gesture) -> Press:
        """Tell what a press of Post Here is; a new one is posted by whoever asked."""
        now = self.clock.now()
        return await self.database.write(lambda tx: gestures.take(tx, gesture, now))

    async def allow_again(self, gesture: Gesture) -> None:
        """Let another press post at once: this one may have posted nothing."""
        await self.database.write(lambda tx: gestures.allow_again(tx, gesture))


def pick(
    tx: Connection, bank: Bank, practiser: Practiser, rng: random.Random, at: datetime
) -> Shown | NoneOfThatKind:
    """Choose a question a member has not seen lately, and note that they see it at `at`.

    Raises EmptyBank if there is no question of any kind.
    """
    wanted = practiser.wanted
    bank = library.seen_by(tx, bank, practiser.installation_id)
    shelf = bank.matching(wanted.topic, wanted.level)
    if not shelf:
        return _none_of_that_kind(bank, wanted)
    slug = (
        _tried(tx, shelf, practiser, rng)
        or _from_hand(tx, bank, practiser, rng)
        or _dealt(tx, bank, practiser, rng, at)
    )
    chosen = bank.get(slug)
    assert chosen is not None  # noqa: S101 - it is from the shelf
    practice.show(tx, practiser.installation_id, practiser.member_id, chosen.slug, at)
    return Shown(chosen, wanted, is_only_one=len(shelf) == 1)


def _tried(
    tx: Connection, shelf: Sequence[Question], practiser: Practiser, rng: random.Random
) -> QuestionSlug | None:
    """Try some questions at random; None if the member has seen all of these.

    From a shelf that holds no more than these, it is the rule itself, and never None.
    """
    tried = [shelf[at].slug for at in rng.sample(range(len(shelf)), min(len(shelf), TRIED))]
    seen = practice.seen(tx, practiser.installation_id, practiser.member_id, tried)
    if len(tried) == len(shelf):
        return rng.choice(practisable(tried, seen))
    return next((slug for slug in tried if slug not in seen), None)


def _from_hand(
    tx: Connection, bank: Bank, practiser: Practiser, rng: random.Random
) -> QuestionSlug | None:
    """Choose from what was dealt last; None if nothing is left of that."""
    who = practiser.installation_id, practiser.member_id
    hand = practice.hand(tx, *who, practiser.wanted.code)
    if hand is None or hand.contents != bank.deck.contents:
        return None
    playable = hand.playable(practice.seen(tx, *who, hand.questions))
    return rng.choice(playable) if playable else None


def _dealt(
    tx: Connection, bank: Bank, practiser: Practiser, rng: random.Random, at: datetime
) -> QuestionSlug:
    """Choose by the rule itself, from everything the member saw; and deal a hand."""
    who, wanted = (practiser.installation_id, practiser.member_id), practiser.wanted
    candidates = [question.slug for question in bank.matching(wanted.topic, wanted.level)]
    next_ones = practisable(candidates, practice.seen(tx, *who, candidates))
    dealt = rng.sample(next_ones, min(len(next_ones), IN_A_HAND))
    practice.deal(tx, *who, wanted.code, Hand(bank.deck.contents, tuple(dealt), at))
    return dealt[0]


def _none_of_that_kind(bank: Bank, wanted: Wanted) -> NoneOfThatKind:
    if not len(bank):
        raise EmptyBank
    levels = tuple(level for level in Level if bank.matching(wanted.topic, level))
    return NoneOfThatKind(wanted, levels, bank.topics())


def understood(words: str, bank: Bank) -> Wanted | NotUnderstood:
    """Read a topic and a level out of what a member typed, in any order and either left out.

    Raises SeveralLevels.
    """
    typed = words.split()[:MOST_WORDS]
    levels = {LEVELS[word.casefold()] for word in typed if word.casefold() in LEVELS}
    if len(levels) > 1:
        raise SeveralLevels
    level = next(iter(levels), None)
    rest = [word for word in typed if word.casefold() not in LEVELS]
    topic = topics.named(" ".join(rest)) if rest else None
    if topic is not None or not rest:
        return Wanted(topic, level)
    return _not_understood(rest, level, bank)


def _not_understood(rest: list[str], level: Level | None, bank: Bank) -> NotUnderstood:
    strange = [word for word in rest if topics.named(word) is None] or rest
    meant = _probably_meant(rest, strange, level)
    # The nearest that can be shown: first with its level, then without.
    nearest = [meant, Wanted(meant.topic)] if meant.topic else [meant]
    shown = (one for one in nearest if one != Wanted() and bank.matching(one.topic, one.level))
    return NotUnderstood(" ".join(strange), next(shown, None), bank.topics())


def _probably_meant(rest: list[str], strange: list[str], level: Level | None) -> Wanted:
    """Guess at a misspelt level beside a topic, or at a misspelt topic; `Wanted()` is no guess."""
    known = topics.named(" ".join(word for word in rest if word not in strange))
    unread = " ".join(strange)
    near_level = get_close_matches(unread.casefold()[:MOST_LETTERS], list(LEVELS), n=1, cutoff=0.7)
    if level is None and near_level:
        return Wanted(known, LEVELS[near_level[0]])
    near_topic = topics.nearest(" ".join(rest)) or topics.nearest(unread) or known
    return Wanted(near_topic, level) if near_topic else Wanted()


def decoded(code: str) -> Wanted:
    """Read what `Wanted.code` wrote. Raises OutdatedButton for anything else."""
    topic_slug, bar, level_name = code.partition("|")
    topic, level = topics.with_slug(topic_slug), LEVELS.get(level_name)
    if not bar or (topic_slug and topic is None) or (level_name and level is None):
        raise OutdatedButton
    return Wanted(topic, level)
