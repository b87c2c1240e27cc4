"""Plays a history on a stage: beat by beat, the clock moves, processes look at it, people speak."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from proof.chaos.history import BEATS, CALM, Beat, History, Mishap, Utterance
from proof.chaos.replicas import Replica, StuckError
from proof.chaos.stage import Stage
from proof.chaos.steward import Steward
from sandbox.people import Person
from sandbox.workspace import Message

HEALING = (60, 61, 120, 301, 600, 7200, 61, 61)
"""Seconds of calm, one after the other, at the end: longer than any lease, retry or delay."""
ATTEMPTS_TO_START = 5
STALLS_MAY_BLOCK_S = 8.0
A_MOMENT_S = 0.03


@dataclass
class Course:
    """How a play went: when the processes looked at the clock undisturbed, and what was done."""

    calm: list[datetime] = field(default_factory=list)
    """Moments at which every process ran, and nothing struck."""
    answers: int = 0
    kills: int = 0
    starts: int = 0


@dataclass
class Play:
    """One history on one stage."""

    stage: Stage
    history: History
    steward: Steward
    course: Course = field(default_factory=Course)
    _later: dict[int, list[tuple[Person, Message, str]]] = field(default_factory=dict)

    async def played(self) -> Course:
        """Play it to its end, and let everything heal.

        Raises StuckError if a process neither answers nor dies, or cannot be started.
        """
        mishaps: dict[int, list[Mishap]] = {}
        for mishap in self.history.mishaps:
            mishaps.setdefault(mishap.beat, []).append(mishap)
        for beat in self.history.beats:
            await self._beat(beat, mishaps.get(beat.number, []))
        await self._heal()
        return self.course

    async def _beat(self, beat: Beat, mishaps: list[Mishap]) -> None:
        stage = self.stage
        if beat.number == self.history.by_socket_from:
            await self._switch_to_sockets()
        self._moves_to(beat.moment)
        if beat.stage == CALM:
            self.steward.calm(beat.number)
        self.steward.strike(beat, mishaps)
        if beat.number >= self.steward.absent_until:
            await self._everybody_runs()
        stage.faces(beat.number)
        if self.steward.disk_is_full:
            await stage.replicas[0].is_told("disk", True)
        await asyncio.gather(self._turns(), self._speaks(beat))
        await self.steward.beat_ends(beat.number)
        if beat.stage >= CALM and stage.on_sqlite:
            await stage.replicas[0].is_told("disk", False)
        await self._settles()
        if beat.stage >= CALM and beat.number >= self.steward.absent_until:
            self.course.calm.append(beat.moment)
        stage.witness.digest()

    def _moves_to(self, moment: datetime) -> None:
        """Move the clock; what Slack was to do on the way happens at its own moment."""
        agenda, clock = self.stage.sandbox.platform.agenda, self.stage.clock
        while agenda.next_due is not None and agenda.next_due <= moment:
            clock.move_to(max(clock.now(), agenda.next_due))
            agenda.run_due(clock.now())
        clock.move_to(moment)

    async def _turns(self) -> None:
        """Let everybody look at the clock. One who stands still may hold what others need."""
        alone, first = self.steward.alone, self.steward.first
        looking = [r for r in self.stage.replicas if r.listens or alone in (None, r.number)]
        turns = []
        for replica in sorted(looking, key=lambda replica: replica.number != first):
            turns.append(asyncio.create_task(replica.turns()))
            if replica.number == first:
                await asyncio.sleep(A_MOMENT_S)
        _, late = await asyncio.wait(turns, timeout=STALLS_MAY_BLOCK_S)
        if late:
            for replica in self.stage.replicas:
                await replica.goes_on()
        await asyncio.gather(*turns)

    async def _settles(self) -> None:
        """Let deliveries end; those killed meanwhile are seen to be gone."""
        for replica in self.stage.replicas:
            if replica.process is not None and not replica.process.is_alive():
                await replica.is_gone()
                self.course.kills += 1
        await self.stage.sandbox.settled()

    async def _everybody_runs(self) -> None:
        await asyncio.gather(*map(self._runs, self.stage.replicas))

    async def _runs(self, replica: Replica) -> None:
        for _ in range(ATTEMPTS_TO_START):
            if replica.process is not None and not replica.process.is_alive():
                await replica.is_gone()
                self.course.kills += 1
            if replica.is_up:
                return
            self.course.starts += 1
            failing = 1 if replica.number in self.steward.starts_without_names else 0
            self.steward.starts_without_names.discard(replica.number)
            if await self.stage.starts(replica, failing):
                return
        raise StuckError(f"replica {replica.number} does not start: {replica.why_not}")

    async def _switch_to_sockets(self) -> None:
        self.stage.by_socket = True
        self.stage.app.request_url = None
        for replica in self.stage.replicas:
            replica.is_killed()
            await replica.is_gone()

    # --- people ---------------------------------------------------------------------------------

    async def _speaks(self, beat: Beat) -> None:
        for person, message, text in self._later.pop(beat.number, []):
            await self._changes_mind(person, message, text)
        for utterance in beat.utterances:
            await self._says(beat, utterance)

    async def _says(self, beat: Beat, said: Utterance) -> None:
        channel = self.stage.channels[said.appointment]
        questions = sorted(self.stage.witness.questions.get(channel.id, {}))
        back = 2 if said.to_previous else 1
        if len(questions) < back:
            return
        question = questions[-back]
        person = self.stage.people[said.member]
        files = ["notes.txt"] if said.with_file else []
        reply = await person.replies(channel.by_ts[question], said.text, files=files)
        self.course.answers += 1
        if said.then is not None:
            self._later.setdefault(beat.number + 1, []).append((person, reply, said.then))
        await asyncio.sleep(0)

    async def _changes_mind(self, person: Person, message: Message, text: str) -> None:
        if text:
            await person.edits(message, text)
        else:
            await person.deletes(message)

    # --- the end --------------------------------------------------------------------------------

    async def _heal(self) -> None:
        """Let nothing strike any more, and enough time pass for whatever is under way."""
        self.steward.calm(len(self.history.beats) * 2)
        self.steward.absent_until = 0
        last = len(self.history.beats)
        for seconds in HEALING:
            self._moves_to(self.stage.clock.now() + timedelta(seconds=seconds))
            await self._everybody_runs()
            if self.stage.on_sqlite:
                await self.stage.replicas[0].is_told("disk", False)
            self.stage.faces(last)
            await self._speaks(Beat(last, self.stage.clock.now(), len(BEATS)))
            await self._turns()
            await self._settles()
            self.stage.witness.digest()
            self.course.calm.append(self.stage.clock.now())
            last += 1
