"""Teammates who answer by themselves, so that a lone visitor sees a living channel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

from sandbox.feed import Change
from sandbox.people import Person
from sandbox.playground.stage import Stage
from sandbox.workspace import Message, RefusedError

DILIGENCE = 0.85
"""How often a teammate answers a question while the clock leaps."""


class Teammates:
    """The people of the stage, but the visitor, answering what the app asks.

    ``pause`` gives the real seconds that somebody thinks before answering; tests pass zero.
    """

    def __init__(
        self, stage: Stage, rng: Random, pause: Callable[[Random], float] | None = None
    ) -> None:
        self.on = False
        self.visitor_id = stage.people[0].id
        self.leaping = False
        self._stage = stage
        self._rng = rng
        self._pause = pause or (lambda rng: rng.uniform(2.0, 5.0))
        self._spoken: dict[str, int] = {}
        self._thinking: set[asyncio.Task[None]] = set()
        self._stop = stage.sandbox.subscribe(self._on_change)

    async def close(self) -> None:
        """Let nobody speak any more."""
        self._stop()
        for task in self._thinking:
            task.cancel()
        await asyncio.gather(*self._thinking, return_exceptions=True)

    async def answer_now(self) -> int:
        """Everybody who has not answered the newest question does; how many did."""
        questions = self._stage.questions()
        if not questions:
            return 0
        waiting = self._waiting_for(questions[-1])
        for person in waiting:
            await self._answer(person, questions[-1])
        return len(waiting)

    def diligent(self, question: Message) -> list[Person]:
        """Who answers a question while the clock leaps: most of them, most of the time."""
        if not self.on:
            return []
        return [p for p in self._waiting_for(question) if self._rng.random() < DILIGENCE]

    async def speak(self, person: Person, question: Message) -> None:
        """One of them answers, if the question still stands."""
        await self._answer(person, question)

    def _waiting_for(self, question: Message) -> list[Person]:
        answered = {reply.user_id for reply in question.thread}
        return [
            person
            for person in self._stage.people
            if person.id != self.visitor_id
            and person.id not in answered
            and person.id in question.channel.member_ids
            and self._stage.lines.get(person.name)
        ]

    async def _answer(self, person: Person, question: Message) -> None:
        if question.deleted:
            return
        lines = self._stage.lines[person.name]
        turn = self._spoken.get(person.name, 0)
        self._spoken[person.name] = turn + 1
        await person.replies(question, lines[turn % len(lines)])

    def think_about(self, question: Message) -> None:
        """Let each of them answer after a while, if they are to answer by themselves."""
        if not self.on:
            return
        task = asyncio.get_running_loop().create_task(self._all_think(question))
        self._thinking.add(task)
        task.add_done_callback(self._thinking.discard)

    def _on_change(self, change: Change) -> None:
        if not self.on or self.leaping or change.kind != "message" or change.ts is None:
            return
        question = next((q for q in self._stage.questions() if q.ts == change.ts), None)
        if question is not None:
            self.think_about(question)

    async def _all_think(self, question: Message) -> None:
        for person in self._waiting_for(question):
            await asyncio.sleep(self._pause(self._rng))
            try:
                await self._answer(person, question)
            except RefusedError:
                return
