"""Everything a visitor can do, by the name the page calls it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from sandbox.playground.gestures import Gestures
from sandbox.playground.markup import emoji_named
from sandbox.playground.mischief import Mischief
from sandbox.playground.place import Place
from sandbox.playground.reading_marks import ReadingMarks
from sandbox.playground.requests import MalformedError, Sent
from sandbox.playground.stage import Stage
from sandbox.playground.teammates import Teammates
from sandbox.playground.travel import Traveller
from sandbox.workspace import RefusedError

_MENTION = re.compile(r"(?<!\S)@([\w.-]+)")


class Deeds:
    """The deeds of one stage. Each returns a sentence for the visitor, or nothing.

    Raises RefusedError, with a sentence, for what cannot be done now, and MalformedError for a
    request that the page would not send.
    """

    def __init__(
        self, stage: Stage, marks: ReadingMarks, teammates: Teammates, mischief: Mischief
    ) -> None:
        self._stage = stage
        self._marks = marks
        self._teammates = teammates
        self._mischief = mischief
        self._traveller = Traveller(stage, teammates)
        gestures = Gestures(stage)
        self.by_name: Mapping[str, Callable[[Sent], Awaitable[str]]] = {
            "say": self._say,
            "edit": self._edit,
            "delete": self._delete,
            "dismiss": self._dismiss,
            "react": self._react,
            "join": self._join,
            "read": self._read,
            "clock": self._clock,
            "fault": self._fault,
            "teammates": self._let_answer,
            "answer_now": self._answer_now,
            "act": gestures.press,
            "choose": gestures.choose,
            "submit": gestures.submit,
            "close": gestures.close,
            "home": gestures.open_home,
        }

    async def do(self, name: str, sent: Sent) -> str:
        """Do one."""
        if name not in self.by_name:
            raise MalformedError("There is no such thing to do here.")
        viewer = sent.viewer
        if viewer in self._stage.people:
            self._teammates.visitor_id = viewer.id
        return await self.by_name[name](sent)

    # --- talking --------------------------------------------------------------------------------

    async def _say(self, sent: Sent) -> str:
        text, viewer, channel = sent.text("text").strip(), sent.viewer, sent.channel
        if not text:
            raise RefusedError("Write something first.")
        thread = sent.text("thread", "")
        if text.startswith("/"):
            parent = channel.by_ts.get(thread)
            result = await viewer.runs(text, channel, in_thread=parent)
            return "" if result.ok else f"{text.split()[0]} failed ({result.reason})."
        text = self._with_mentions(text)
        if thread:
            broadcast = sent.text("broadcast", "") == "yes"
            await viewer.replies(sent.message("thread"), text, broadcast=broadcast)
        else:
            await viewer.says(channel, text)
        return ""

    def _with_mentions(self, text: str) -> str:
        ids = {user.name: user.id for user in self._stage.sandbox.workspace.users.values()}
        return _MENTION.sub(lambda m: f"<@{ids[m[1]]}>" if m[1] in ids else m[0], text)

    async def _edit(self, sent: Sent) -> str:
        text = sent.text("text").strip()
        if not text:
            raise RefusedError("Write something, or delete the message.")
        await sent.viewer.edits(sent.message(), self._with_mentions(text))
        return ""

    async def _delete(self, sent: Sent) -> str:
        await sent.viewer.deletes(sent.message())
        return "The message is deleted."

    async def _dismiss(self, sent: Sent) -> str:
        message = sent.message()
        if message.only_for != sent.viewer.id:
            raise RefusedError("Only what is visible to you alone can be dismissed.")
        self._stage.sandbox.platform.conversations.delete(message)
        return ""

    async def _react(self, sent: Sent) -> str:
        message, name = sent.message(), sent.text("name")
        if message.only_for is not None or emoji_named(name) is None:
            raise RefusedError("That reaction cannot be given.")
        if sent.viewer.id in message.reactions.get(name, []):
            await sent.viewer.unreacts(message, name)
        else:
            await sent.viewer.reacts(message, name)
        return ""

    async def _join(self, sent: Sent) -> str:
        await sent.viewer.joins(sent.channel)
        return f"Welcome to #{sent.channel.name}."

    async def _read(self, sent: Sent) -> str:
        arriving = sent.text("arriving", "") == "yes"
        changed = self._marks.read(sent.viewer, sent.channel, arriving=arriving)
        return "changed" if changed else ""

    # --- the machine ----------------------------------------------------------------------------

    async def _clock(self, sent: Sent) -> str:
        to, now = sent.text("to"), self._stage.sandbox.clock.now()
        zone = Place(sent.viewer, self._stage.channel).zone
        local = now.astimezone(zone)
        if to == "next":
            await self._traveller.to_next_question()
        elif to == "date":
            await self._traveller.to(_moment(sent.text("date")).replace(tzinfo=zone))
        elif to in ("hour", "tomorrow", "week"):
            # An hour is an hour; a day is the same time on the next date, whatever the clocks do.
            days = {"tomorrow": 1, "week": 7}.get(to)
            moment = local + timedelta(days=days) if days else now + timedelta(hours=1)
            await self._traveller.to(moment)
        else:
            raise MalformedError("The clock knows no such step.")
        there = self._stage.sandbox.clock.now().astimezone(zone)
        return f"It is {there:%A}, {there.day} {there:%B}, {there:%H:%M}."

    async def _fault(self, sent: Sent) -> str:
        async with self._traveller.lock:
            return await self._mischief.do(sent.text("which"))

    async def _let_answer(self, sent: Sent) -> str:
        self._teammates.on = sent.text("on", "") == "yes"
        if self._teammates.on:
            return "Teammates answer by themselves from the next question on."
        return "Teammates wait for you to speak for them."

    async def _answer_now(self, _sent: Sent) -> str:
        count = await self._teammates.answer_now()
        if not count:
            raise RefusedError("Everybody has answered, or nothing has been asked yet.")
        return f"{count} {'teammate' if count == 1 else 'teammates'} answered."


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise RefusedError("Choose a date and a time.") from None
