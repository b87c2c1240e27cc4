"""R11: standings in the database, and the rule itself, are what the oracle says, step after step.

A life is a schedule to which anything happens in any order: questions found to be posted, replies
in all their versions, late, twice and taken back, cards deleted, people away, rounds settled.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import Connection, create_engine, make_url

from bot.domain import streaks
from bot.domain.ids import ChannelId, MessageTs
from bot.domain.streaks import AwayRange, PostedRound, Streak
from bot.store.database import _sqlite_engine
from proof.bars.bar import Mutant, replaced
from proof.bars.crash_mutants import BELIEVES_THE_LAST, NEVER_GOES_BACK
from proof.oracles.histories import LETTERS, SECONDS_OPEN, Fate, lived
from proof.oracles.lives import MEMBERS, Ask, Away, Happening, Life, News, Settle, Void
from proof.oracles.streaks import Oracle

PLACES = 16
STEPS_OF_A_LIFE = 60
LONGEST_HISTORY = 9
SECONDS_IN_TIME = (1, 50, 99)
SECONDS = (*SECONDS_IN_TIME, 100, 101, 250)
DEVOTED = 0.3
"""The share of lives with streaks as long as can be."""


@dataclass
class Machine:
    """How many steps were taken, how many of them were wrong, and after which life's first was."""

    steps: int = 0
    wrong: int = 0
    first: str = ""


def in_the_store(url: str, seed: int, steps: int, *, until_wrong: bool = False) -> Machine:
    """Let lives happen in transactions that never stay, comparing after every step."""
    made = make_url(url)
    sqlite = made.get_backend_name() == "sqlite"
    engine = _sqlite_engine(made, "BEGIN IMMEDIATE") if sqlite else create_engine(made)
    found = Machine()
    try:
        while found.steps < steps and not (until_wrong and found.wrong):
            name = f"seed {seed}, after {found.steps} steps"
            with engine.connect() as tx:
                _live(tx, Random(name), found, name)
                tx.rollback()
    finally:
        engine.dispose()
    return found


def _live(tx: Connection, rng: Random, found: Machine, name: str) -> None:
    life = Life(ChannelId("C1"), places=PLACES)
    life.begin(tx)
    for what in _happenings(rng):
        outcomes = life.happens(tx, what)
        savepoint = tx.begin_nested()
        kept, true = life.kept(tx), life.true()
        savepoint.rollback()
        heard = all(o.streak == true[MEMBERS.index(o.reply.member_id)] for o in outcomes)
        found.steps += 1
        found.wrong += kept != true or not heard
        if found.wrong and not found.first:
            found.first = f"{name}: {what}"


def _happenings(rng: Random) -> Iterator[Happening]:
    """Whatever may happen; now and then after a time in which everybody answers."""
    known: list[News] = []
    if rng.random() < DEVOTED:
        yield from _devotion(rng, known)
    first = len(known)
    for step in range(STEPS_OF_A_LIFE):
        place = rng.randrange(PLACES) if rng.random() < 0.4 else step * PLACES // STEPS_OF_A_LIFE
        member = rng.randrange(len(MEMBERS))
        match rng.choices(("news", "again", "ask", "void", "away", "settle"), (9, 5, 6, 1, 1, 2))[
            0
        ]:
            case "ask":
                yield Ask(place)
            case "void":
                yield Void(place, rng.choice(SECONDS))
            case "away":
                yield Away(member, place, rng.randint(-1, 3))
            case "settle":
                yield Settle()
            case "again" if known:
                yield _again(rng, known)
            case _:
                seconds = rng.choice(SECONDS)
                known.append(News(first + step, place, member, seconds, rng.random() < 0.9))
                yield known[-1]


def _devotion(rng: Random, known: list[News]) -> Iterator[Happening]:
    for place in range(PLACES):
        yield Ask(place)
        for member in range(len(MEMBERS)):
            known.append(News(len(known), place, member, rng.choice(SECONDS_IN_TIME)))
            yield known[-1]


def _again(rng: Random, known: list[News]) -> News:
    """An earlier message once more: as it was, edited, or taken back."""
    news = rng.choice(known)
    change = rng.choice(("same", "edit", "edit", "delete"))
    if change == "edit":
        edited = rng.randint(1, 3)
        # Of one version of a message there is one text, however often it comes.
        news = replace(news, edited=edited, enough=bool((news.number + edited) % 3))
        known.append(news)
    return replace(news, deleted=True) if change == "delete" else news


def in_the_rule(seed: int, steps: int, *, until_wrong: bool = False) -> Machine:
    """Let rounds meet their fates one after the other, comparing the fold after every round."""
    rng, found = Random(seed), Machine()
    while found.steps < steps and not (until_wrong and found.wrong):
        letters = rng.choices(list(LETTERS), k=LONGEST_HISTORY)
        fates: list[Fate] = [LETTERS[letter] for letter in letters]
        running = rng.randrange(12)
        start = Streak(running, running + rng.randrange(3), rng.randrange(3), running + 5)
        for length in range(1, len(fates) + 1):
            history = lived(fates[:length], _away(rng))
            told = streaks.fold(history.rounds, history.earliest, history.away, start)
            found.steps += 1
            found.wrong += told != Oracle(history, start).streak()
            if found.wrong and not found.first:
                found.first = f"seed {seed}: {''.join(letters[:length])} after {start}"
    return found


def _away(rng: Random) -> list[AwayRange]:
    if rng.random() < 0.8:
        return []
    first = lived([Fate(days_later=rng.randint(1, SECONDS_OPEN // 10))]).rounds[0].local_date
    return [AwayRange(first, first)]


def _counts_at_closing(posted: PostedRound, answer_ts: MessageTs | None) -> bool:
    closed = posted.closed_ts
    return answer_ts is not None and (closed is None or answer_ts <= closed)


def _never(*_: Any) -> bool:
    return False


OF_THE_FREEZES_AND_EXCUSES = (
    Mutant(
        "every fourth answer earns a freeze", partial(replaced, streaks, "ANSWERS_PER_FREEZE", 4)
    ),
    Mutant("a third freeze is held", partial(replaced, streaks, "MOST_FREEZES", 3)),
    Mutant("a deleted card excuses nobody", partial(replaced, streaks, "_is_void", _never)),
    Mutant("being away excuses nobody", partial(replaced, AwayRange, "covers", _never)),
)
RULE_MUTANTS = (
    *OF_THE_FREEZES_AND_EXCUSES,
    # In a channel no reply has the `ts` of a question, so in the store it changes nothing.
    Mutant(
        "an answer at the very moment of closing counts",
        partial(replaced, streaks, "is_answered", _counts_at_closing),
    ),
)
STORE_MUTANTS = (*OF_THE_FREEZES_AND_EXCUSES, BELIEVES_THE_LAST, NEVER_GOES_BACK)
