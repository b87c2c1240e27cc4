"""Moving the clock the way time really passes: stopping wherever something falls due."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from sandbox.playground.stage import Owner, Stage
from sandbox.playground.teammates import Teammates
from sandbox.workspace import RefusedError

FARTHEST = timedelta(days=62)
_AFTERMATH = (timedelta(minutes=1), timedelta(minutes=1), timedelta(minutes=4))
"""Stops after each question, in which Slack's retries and the app's second tries come due."""
_THINKING = timedelta(minutes=7)
_ROOM = timedelta(minutes=40)
"""What a question needs before the leap goes on: answers of everybody, and the aftermath."""


class Traveller:
    """Leaps, one at a time."""

    def __init__(self, stage: Stage, teammates: Teammates) -> None:
        self._stage = stage
        self._clock = stage.sandbox.clock
        self._teammates = teammates
        self.lock = asyncio.Lock()
        """Held while the clock leaps, and by whatever must not happen on the way."""

    async def to_next_question(self) -> None:
        """Leap to when the app posts next. Raises RefusedError if it will not."""
        owner = self._stage.owner
        due = await owner.next_due() if owner else None
        if due is None:
            command = self._stage.app.spec.command or "a command"
            raise RefusedError(f"No question is due. Type {command} setup in a channel first.")
        await self.to(max(due, self._clock.now()))

    async def to(self, moment: datetime) -> int:
        """Leap to an aware moment; every question due on the way is asked at its time.

        Returns how many stops that took. Raises RefusedError for the past and for more than
        `FARTHEST` ahead.
        """
        if moment < self._clock.now() - timedelta(seconds=1):
            raise RefusedError("The clock only goes forward. Choose a later moment.")
        if moment - self._clock.now() > FARTHEST:
            raise RefusedError("That is too far. Choose a moment within the next two months.")
        async with self.lock:
            self._teammates.leaping = True
            try:
                return await self._leap(moment)
            finally:
                self._teammates.leaping = False

    async def _leap(self, moment: datetime) -> int:
        owner, stops = self._stage.owner, 0
        if owner is not None:
            while (due := await owner.next_due()) is not None and due <= moment:
                await self._stop_at(due, moment, owner)
                stops += 1
                if await owner.next_due() == due:
                    # The app did not take it up, as when it is down; it will when it can.
                    break
        if moment > self._clock.now():
            self._clock.move_to(moment)
        await self._turn(owner)
        return stops

    async def _stop_at(self, due: datetime, moment: datetime, owner: Owner) -> None:
        before = {question.ts for question in self._stage.questions()}
        if due > self._clock.now():
            self._clock.move_to(due)
        await self._turn(owner)
        if moment - self._clock.now() < _ROOM:
            # Here the leap ends; what follows is seen as it happens.
            for question in self._stage.questions():
                if question.ts not in before:
                    self._teammates.think_about(question)
            return
        await self._answers(before, owner)
        for pause in _AFTERMATH:
            self._clock.move_on(pause)
            await self._turn(owner)

    async def _answers(self, before: set[str], owner: Owner) -> None:
        for question in self._stage.questions():
            if question.ts in before:
                continue
            for person in self._teammates.diligent(question):
                self._clock.move_on(_THINKING)
                await self._turn(owner)
                await self._teammates.speak(person, question)
                await owner.settled()

    async def _turn(self, owner: Owner | None) -> None:
        await self._stage.sandbox.deliver_due()
        if owner is not None:
            await owner.turn()
