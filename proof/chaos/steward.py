"""Lets mishaps happen: scripts Slack's, kills processes, and lays hands on the database."""

import asyncio
import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from proof.chaos.history import BEATS, Beat, Kind, Mishap
from proof.chaos.replicas import Replica
from proof.chaos.stage import Stage
from sandbox.faults import MethodFaults
from sandbox.ledger import ApiCall

POST = "chat.postMessage"
LOCKED_FOR_S = 0.4
HISTORY_DELAY = timedelta(hours=2)
RETRY_AFTER_S = 30
SLOW_BY = timedelta(seconds=30)
STILL_FOR_BEATS = 3

_CALLS: dict[Kind, Callable[[MethodFaults, int], None]] = {
    Kind.RATE_LIMITED: lambda on, n: on.rate_limited(RETRY_AFTER_S, times=n),
    Kind.RATE_LIMITED_BARE: lambda on, n: on.rate_limited(None, times=n),
    Kind.ERROR_BEFORE: lambda on, n: on.server_error(503, times=n),
    Kind.ERROR_AFTER: lambda on, n: on.server_error(500, after_effect=True, times=n),
    Kind.TIMEOUT_BEFORE: lambda on, n: on.times_out(times=n),
    Kind.TIMEOUT_AFTER: lambda on, n: on.times_out(after_effect=True, times=n),
    Kind.RESET_BEFORE: lambda on, n: on.resets(times=n),
    Kind.RESET_AFTER: lambda on, n: on.resets(after_effect=True, times=n),
    Kind.LATE_EFFECT: lambda on, n: on.late_effect(timedelta(seconds=15 * n), times=n),
}


@dataclass
class Steward:
    """Does what a mishap says, on one stage; counts what was done."""

    stage: Stage
    done: Counter[Kind] = field(default_factory=Counter)
    wrong: dict[int, int] = field(default_factory=dict)
    """Replicas whose clocks are wrong now, and the beat at which they are put right."""
    absent_until: int = 0
    """The beat up to which nobody runs."""
    starts_without_names: set[int] = field(default_factory=set)
    """Replicas that shall not find Slack's address as they start next."""
    disk_is_full: bool = False
    stalled: dict[int, int] = field(default_factory=dict)
    """Replicas that stand still, and the beat at whose end they go on."""
    first: int | None = None
    """The replica that looks at the clock a moment before the others in this beat."""
    due: int = 0
    """How many questions fall due in this beat."""
    alone: int | None = None
    """The only worker that looks at the clock in this beat."""
    _one_crash: asyncio.Lock = field(default_factory=asyncio.Lock)
    _watches: list[Callable[[], None]] = field(default_factory=list)
    _works: list[asyncio.Task[None]] = field(default_factory=list)

    def strike(self, beat: Beat, mishaps: Sequence[Mishap]) -> None:
        """Script, before the beat begins, what is to strike in it."""
        self.due = len(beat.due)
        if beat.number in self.stalled.values():
            self.stage.sandbox.faults.clear()
            self.stage.sandbox.faults.on(POST).late_effect(SLOW_BY, times=100)
        self.first = self.alone = None
        for mishap in mishaps:
            self.done[mishap.kind] += 1
            self._strike(mishap)

    def _strike(self, mishap: Mishap) -> None:
        kind, number = mishap.kind, mishap.number
        if kind in _CALLS:
            _CALLS[kind](self.stage.sandbox.faults.on(POST), number)
        else:
            _OTHERS[kind](self, mishap)

    def _looking_fails(self, mishap: Mishap) -> None:
        self._fails("conversations.history", mishap.number)

    def _marking_fails(self, mishap: Mishap) -> None:
        self._fails("reactions.add", mishap.number)

    def _fails(self, method: str, times: int) -> None:
        on = self.stage.sandbox.faults.on(method)
        kind = (Kind.ERROR_BEFORE, Kind.RATE_LIMITED, Kind.RESET_BEFORE)[times % 3]
        _CALLS[kind](on, times)

    def _doubled(self, mishap: Mishap) -> None:
        self.stage.sandbox.faults.duplicate_events(
            events=3 * mishap.number, new_event_ids=bool(mishap.number % 2), event_type="message"
        )

    def _reordered(self, mishap: Mishap) -> None:
        self.stage.sandbox.faults.reorder_events(1 + mishap.number, event_type="message")

    def _late(self, mishap: Mishap) -> None:
        self.stage.sandbox.faults.delay_events(
            HISTORY_DELAY, 2 * mishap.number, event_type="message"
        )

    def _sockets_dropped(self, _: Mishap) -> None:
        self.stage.sandbox.sockets.drop(self.stage.app)

    def _upgrades_refused(self, mishap: Mishap) -> None:
        self.stage.sandbox.faults.refuse_upgrades(min(2, mishap.number))
        self.stage.sandbox.sockets.drop(self.stage.app)

    def _kill(self, mishap: Mishap) -> None:
        """Kill a replica as Slack takes the so-manieth call of this beat, before it answers."""
        self.first = self._replica(mishap).number
        self._at_call(mishap.number, lambda: self._replica(mishap).is_killed())

    def _stall(self, mishap: Mishap) -> None:
        """Let a worker stand still with posts under way, and others take its rounds up.

        Slack does nothing with what it had sent, and is slow with what the others post instead; in
        the midst of that the first one wakes up. It stands still once all it had to send is sent:
        nothing can keep a process from sending late that stands still just before that.
        """
        workers = self._workers()
        if len(workers) > 1 and self.due:
            replica = workers[mishap.who % len(workers)]
            self.alone = replica.number
            self.stage.sandbox.faults.on(POST).times_out(times=100)
            self._at_call(self.due, replica.stalls, POST)
            self.stalled[replica.number] = mishap.beat + STILL_FOR_BEATS

    def _workers(self) -> list[Replica]:
        return [replica for replica in self.stage.replicas if replica.works]

    def _at_call(self, number: int, do: Callable[[], object], method: str | None = None) -> None:
        left = [number]

        def count() -> None:
            last = self.stage.sandbox.ledger.entries[-1]
            if method is None or (isinstance(last, ApiCall) and last.method == method):
                left[0] -= 1
                if left[0] == 0:
                    do()

        self._watches.append(self.stage.sandbox.ledger.subscribe(count))

    def _replica(self, mishap: Mishap) -> Replica:
        return self.stage.replicas[mishap.who % len(self.stage.replicas)]

    def _kill_soon(self, mishap: Mishap) -> None:
        replica = self._replica(mishap)

        async def kill() -> None:
            await asyncio.sleep(mishap.number / 1000)
            replica.is_killed()

        self._works.append(asyncio.create_task(kill()))

    def _nobody_runs(self, mishap: Mishap) -> None:
        self._everybody_dies(mishap.beat + 1)

    def _outage(self, mishap: Mishap) -> None:
        """Nobody runs for some groups: hours, up to more than a day."""
        self._everybody_dies(mishap.beat + 5 * mishap.number)

    def _everybody_dies(self, until: int) -> None:
        self.absent_until = max(self.absent_until, until)
        for replica in self.stage.replicas:
            replica.is_killed()

    def _auth_fails(self, mishap: Mishap) -> None:
        self._fails("auth.test", 1)
        self._replica(mishap).is_killed()

    def _no_names(self, mishap: Mishap) -> None:
        self.starts_without_names.add(mishap.who)
        self._replica(mishap).is_killed()

    def _disk_full(self, _: Mishap) -> None:
        self.disk_is_full = True

    def _locked(self, _: Mishap) -> None:
        """Let another hold SQLite's lock, longer than anybody is ready to wait for it."""
        other = sqlite3.connect(self.stage.database_file, timeout=0, isolation_level=None)
        with contextlib.suppress(sqlite3.OperationalError):  # two may be scripted for one beat
            other.execute("BEGIN IMMEDIATE")
        self._works.append(asyncio.create_task(self._unlocked(other)))

    async def _unlocked(self, other: sqlite3.Connection) -> None:
        await asyncio.sleep(LOCKED_FOR_S)
        other.close()

    def _restarted(self, mishap: Mishap) -> None:
        self._works.append(asyncio.create_task(self._crash(mishap.number / 500)))

    async def _crash(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        assert self.stage.server is not None
        async with self._one_crash:
            await asyncio.to_thread(self.stage.server.crashes)
            await asyncio.to_thread(self.stage.server.comes_back)

    def _clock_wrong(self, mishap: Mishap) -> None:
        workers = self._workers()
        replica = workers[mishap.who % len(workers)].number
        self.wrong[replica] = mishap.beat + 3 * len(BEATS)
        self.stage.clock.put_wrong(replica, timedelta(minutes=mishap.number))

    async def beat_ends(self, beat: int) -> None:
        """Wait for what takes time, and let nothing strike that was meant for this beat."""
        for replica, until in [*self.stalled.items()]:
            if until <= beat:
                await self.stage.replicas[replica].goes_on()
                self.stage.sandbox.faults.clear()
                del self.stalled[replica]
        await asyncio.gather(*self._works)
        self._works.clear()
        for end in self._watches:
            end()
        self._watches.clear()
        if self.alone is not None:
            self.stage.sandbox.faults.clear()

    def calm(self, beat: int) -> None:
        """End every trouble, but for a clock that is to be wrong for longer."""
        self.stage.sandbox.faults.clear()
        self.stage.sandbox.releases_events()
        for replica, until in [*self.wrong.items()]:
            if until <= beat:
                self.stage.clock.put_wrong(replica, timedelta(0))
                del self.wrong[replica]
        self.disk_is_full = False


_OTHERS: dict[Kind, Callable[[Steward, Mishap], None]] = {
    Kind.LOOKING_FAILS: Steward._looking_fails,
    Kind.MARKING_FAILS: Steward._marking_fails,
    Kind.EVENTS_DOUBLED: Steward._doubled,
    Kind.EVENTS_REORDERED: Steward._reordered,
    Kind.EVENTS_LATE: Steward._late,
    Kind.SOCKETS_DROPPED: Steward._sockets_dropped,
    Kind.UPGRADES_REFUSED: Steward._upgrades_refused,
    Kind.KILL: Steward._kill,
    Kind.KILL_SOON: Steward._kill_soon,
    Kind.STALL: Steward._stall,
    Kind.NOBODY_RUNS: Steward._nobody_runs,
    Kind.OUTAGE: Steward._outage,
    Kind.AUTH_FAILS: Steward._auth_fails,
    Kind.NO_NAMES: Steward._no_names,
    Kind.DISK_FULL: Steward._disk_full,
    Kind.DATABASE_LOCKED: Steward._locked,
    Kind.DATABASE_RESTARTED: Steward._restarted,
    Kind.CLOCK_WRONG: Steward._clock_wrong,
}
