"""Parts taken out of the running app, from outside: each must make the harness see harm.

A mutant works in the process, before the app starts, and the app does not know. What it changes it
finds by name in the modules that are loaded, so that it follows code that moves; one that finds
nothing to change says so instead of proving nothing.
"""

import asyncio
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import aiohttp
from sqlalchemy import Engine, Select, event
from sqlalchemy.dialects import postgresql

from bot.domain import rounds
from bot.domain.rounds import RoundState
from bot.features.daily_question.service import DailyQuestion
from bot.slack import outbound, sending
from bot.slack.dispatch import Dispatcher
from bot.store import tables
from proof.chaos.history import BEATS, DUE, History, Kind, Mishap

OWN_CLOCKS = "own-clocks"
A_MOMENT_S = 0.05
SHORT_LEASE = rounds.SLACK_TIMEOUT + timedelta(seconds=1)


class NothingTakenOutError(Exception):
    """The app has changed so that a mutant would leave it whole; the mutant must follow it."""


@dataclass(frozen=True)
class Mutant:
    """The app without one of its parts. `harms` are what the harness may see of that."""

    name: str
    taken: str
    harms: tuple[str, ...]
    take_out: Callable[[], None]
    databases: tuple[str, ...] = ("sqlite", "postgresql")
    spoil: str | None = None
    """A statement that spoils the database beforehand."""
    against: Kind | None = None
    """The mishap that the part is there for, if one kind stands out."""

    def provoked(self, history: History) -> History:
        """Return the history with that mishap in every other group, so that the harm is sure."""
        kind = self.against
        if kind is None or (kind is Kind.DATABASE_LOCKED and history.replicas > 1):
            return history
        stage = 0 if kind is Kind.CLOCK_WRONG else DUE + 2 if kind is Kind.DATABASE_LOCKED else DUE
        more = (
            Mishap(beat.number, kind, 2, beat.number % history.replicas)
            for beat in history.beats
            if beat.stage == stage and beat.number // len(BEATS) % 2
        )
        return replace(history, mishaps=(*more, *history.mishaps))


def everywhere(name: str, real: object, instead: object) -> None:
    """Put something else in the place of `real`, wherever a module of the app calls it `name`."""
    places = [
        module
        for key, module in [*sys.modules.items()]
        if key.partition(".")[0] in ("bot", "jobs") and vars(module).get(name) is real
    ]
    if not places:
        raise NothingTakenOutError(name)
    for module in places:
        setattr(module, name, instead)


def _no_reconcile() -> None:
    async def absent(*_: object, **__: object) -> outbound.Absent:
        return outbound.Absent()

    async def forget(self: DailyQuestion, leased: Any) -> None:
        now = self.clock.now()
        put_back = sys.modules["bot.store.posting"].put_back
        await self.database.write(lambda tx: put_back(tx, leased, RoundState.RESERVED, now))

    _replaced(outbound.Slack, "find_round", absent)
    _replaced(DailyQuestion, "doubt", forget)


def _replaced(owner: type, name: str, instead: object) -> None:
    if name not in vars(owner):
        raise NothingTakenOutError(f"{owner.__name__}.{name}")
    setattr(owner, name, instead)


def _blind_retry() -> None:
    """Send again after a broken connection, as the SDK does of its own accord."""

    send = sending.send

    async def again(*given: Any) -> Any:
        try:
            return await send(*given)
        except aiohttp.ClientConnectionError:
            return await send(*given)

    everywhere("send", send, again)


def _short_lease() -> None:
    everywhere("LEASE", rounds.LEASE, SHORT_LEASE)


_FENCED = re.compile(r"(rounds\.)?fence = (%\(\w+\)s(::\w+)?|\?)")


def _no_fence() -> None:
    """Let every comparison with a fence be true."""

    def rewritten(*given: Any) -> tuple[str, Any]:
        statement, parameters = given[2], given[3]
        if "WHERE" in statement:
            head, where, tail = statement.partition("WHERE")
            statement = head + where + _FENCED.sub(lambda found: f"({found[0]} OR 1 = 1)", tail)
        return statement, parameters

    event.listen(Engine, "before_cursor_execute", rewritten, retval=True)


def _no_unique_key() -> None:
    """Reserve a date however often; and, as the lock alone would hide that, without the lock."""
    lock, conflict = Select.with_for_update, postgresql.Insert.on_conflict_do_nothing

    def unlocked(self: Any, *given: Any, of: Any = None, **named: Any) -> Any:
        return self if of is tables.schedules else lock(self, *given, of=of, **named)

    def unheeded(self: Any, *given: Any, **named: Any) -> Any:
        is_of_rounds = named.get("index_elements") == ["schedule_id", "local_date"]
        return self if is_of_rounds else conflict(self, *given, **named)

    _replaced(postgresql.Insert, "on_conflict_do_nothing", unheeded)
    Select.with_for_update = unlocked  # type: ignore[method-assign]


def _acknowledged_first() -> None:
    on_message, tasks = Dispatcher.on_message, set()

    async def store(self: Dispatcher, body: Any) -> None:
        await asyncio.sleep(A_MOMENT_S)  # as long as what waits in a queue may take
        await on_message(self, body)

    async def later(self: Dispatcher, body: Any) -> None:
        task = asyncio.get_running_loop().create_task(store(self, body))
        tasks.add(task)

    _replaced(Dispatcher, "on_message", later)


def _no_late_judgement() -> None:
    streaks = sys.modules["bot.domain.streaks"]

    def always(_posted: object, answer_ts: object) -> bool:
        return answer_ts is not None

    everywhere("is_answered", streaks.is_answered, always)


MUTANTS = {
    mutant.name: mutant
    for mutant in (
        Mutant(
            "no-reconcile",
            "a post of unknown outcome is made again at once",
            ("duplicates",),
            _no_reconcile,
            against=Kind.LATE_EFFECT,
        ),
        Mutant(
            "blind-retry",
            "the SDK repeats a post after a broken connection, as it does by default",
            ("duplicates",),
            _blind_retry,
            against=Kind.RESET_AFTER,
        ),
        Mutant(
            "short-lease",
            "a round is leased for hardly longer than the client's time-out",
            ("duplicates",),
            _short_lease,
            against=Kind.LATE_EFFECT,
        ),
        Mutant(
            "no-fence",
            "one who lost a lease may still write",
            ("duplicates",),
            _no_fence,
            databases=("postgresql",),
            against=Kind.STALL,
        ),
        Mutant(
            "no-unique-key",
            "nothing but luck keeps two processes from reserving one date",
            ("duplicates",),
            _no_unique_key,
            databases=("postgresql",),
            spoil="ALTER TABLE rounds DROP CONSTRAINT uq_rounds_schedule_id_local_date",
        ),
        Mutant(
            OWN_CLOCKS,
            "each process goes by the clock of its own machine",
            ("duplicates", "early"),
            lambda: None,  # a process that has these orders does not share the database's time
            databases=("postgresql",),
            against=Kind.CLOCK_WRONG,
        ),
        Mutant(
            "acknowledged-first",
            "an event is acknowledged before what it means is stored",
            ("answers_lost",),
            _acknowledged_first,
            against=Kind.DATABASE_LOCKED,
        ),
        Mutant(
            "no-late-judgement",
            "an answer counts however late it comes",
            ("standings_wrong", "double_counted"),
            _no_late_judgement,
        ),
    )
}


def take_out(name: str) -> None:
    """Take a part out of the app in this process.

    Raises KeyError for a name not known, NothingTakenOutError if the part is no longer found.
    """
    MUTANTS[name].take_out()
