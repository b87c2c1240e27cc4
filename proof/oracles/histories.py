"""Histories of a member in a schedule: written by hand as letters, or drawn by hypothesis."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from bot.domain.ids import MessageTs, RoundId
from bot.domain.streaks import AwayRange, PostedRound, Streak

FIRST_DAY = date(2026, 3, 2)  # a Monday
SECONDS_OPEN = 100
AT_FIRST = Streak()
"""Where everyone begins."""


def ts(seconds: int) -> MessageTs:
    """Return the name of a message posted `seconds` after the history begins."""
    return MessageTs(f"{1_772_400_000 + seconds}.000000")


@dataclass(frozen=True)
class History:
    """What happened: rounds in posting order, every counted answer as (round, ts), days away."""

    rounds: tuple[PostedRound, ...]
    answers: tuple[tuple[RoundId, MessageTs], ...]
    away: tuple[AwayRange, ...] = ()

    @property
    def earliest(self) -> Mapping[RoundId, MessageTs]:
        """Each answered round's earliest answer."""
        return earliest(self.answers)


def earliest(answers: Iterable[tuple[RoundId, MessageTs]]) -> Mapping[RoundId, MessageTs]:
    """Reduce answers to each round's earliest."""
    first: dict[RoundId, MessageTs] = {}
    for round_id, written in answers:
        first[round_id] = min(written, first.get(round_id, written))
    return first


@dataclass(frozen=True)
class Fate:
    """What happened to one round, in seconds after it opened; it closes after `SECONDS_OPEN`."""

    answers: tuple[int, ...] = ()
    voided: int | None = None
    closes: bool = True
    away: bool = False
    days_later: int = 1


LETTERS: Mapping[str, Fate] = {
    "a": Fate(answers=(5,)),
    "l": Fate(answers=(SECONDS_OPEN + 5,)),  # late
    "b": Fate(answers=(SECONDS_OPEN,)),  # at the very moment of closing
    "-": Fate(),
    "v": Fate(voided=50),
    "V": Fate(voided=SECONDS_OPEN + 50),  # its message deleted after it had closed
    "B": Fate(voided=SECONDS_OPEN),  # ... at the very moment of closing
    "A": Fate(answers=(5,), voided=50),  # answered, then deleted
    "w": Fate(away=True),
    "W": Fate(answers=(5,), away=True),  # away, and answered all the same
    "o": Fate(closes=False),
    "O": Fate(answers=(5,), closes=False),  # open, and answered already
}


def written(letters: str) -> History:
    """Return the history that `letters` spell, one daily round each."""
    return lived([LETTERS[letter] for letter in letters])


def lived(fates: Sequence[Fate], more_away: Iterable[AwayRange] = ()) -> History:
    """Return the history in which rounds met these fates, one after the other."""
    rounds, answers, away = [], [], list(more_away)
    day = FIRST_DAY
    for place, fate in enumerate(fates):
        opened = place * SECONDS_OPEN
        day += timedelta(days=fate.days_later)
        posted = PostedRound(
            id=RoundId(place + 1),
            local_date=day,
            opened_ts=ts(opened),
            closed_ts=ts(opened + SECONDS_OPEN) if fate.closes else None,
            voided_ts=None if fate.voided is None else ts(opened + fate.voided),
        )
        rounds.append(posted)
        answers += [(posted.id, ts(opened + seconds)) for seconds in fate.answers]
        away += [AwayRange(day, day)] if fate.away else []
    return History(tuple(rounds), tuple(answers), tuple(away))


# Around the closing on purpose: before it, at it and after it.
_SECONDS = st.sampled_from([1, 5, 99, 100, 101, 250])
_ON_TIME = st.just(LETTERS["a"])
_ANY_FATE = st.builds(
    Fate,
    answers=st.lists(_SECONDS, max_size=3).map(tuple),
    voided=st.none() | _SECONDS,
    closes=st.sampled_from([True, True, True, False]),
    days_later=st.integers(1, 4),
)
_UNANSWERED = st.sampled_from([LETTERS[letter] for letter in "-l-v-wo"])
# In runs, so that freezes are earned and spent and not only the empty streak is tried.
_RUNS = st.tuples(st.one_of(_ON_TIME, _UNANSWERED, _ANY_FATE), st.integers(1, 6))
_AWAY = st.builds(
    # A length below nought is a range that covers nothing.
    lambda first, length: AwayRange(
        FIRST_DAY + timedelta(days=first), FIRST_DAY + timedelta(days=first + length)
    ),
    first=st.integers(-2, 40),
    length=st.integers(-2, 8),
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw any history: rounds, closings, voids, answers (several a round), days away."""
    runs = draw(st.lists(_RUNS, max_size=10))
    fates = [fate for fate, length in runs for _ in range(length)]
    return lived(fates, draw(st.lists(_AWAY, max_size=2)))


def starts() -> st.SearchStrategy[Streak]:
    """Draw any streak that some earlier rounds may have left behind."""
    small = st.integers(0, 12)
    return st.builds(
        lambda current, higher, freezes, more: Streak(
            current, current + higher, freezes, current + higher + more
        ),
        small,
        small,
        st.integers(0, 2),
        small,
    ).filter(lambda streak: streak.freezes == 0 or streak.answered >= 5)
