"""Two weeks of a team's life with Prep, played by the real app in a small Slack.

It knows the app only as a person does: by typing, clicking and replying. Whoever plays it lends it
the few switches that the owner of the machine has (`House`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sandbox.narrator import Narrator
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, InstalledApp, Message

BERLIN = ZoneInfo("Europe/Berlin")
FIRST_DAY = date(2026, 10, 19)
START = datetime(2026, 10, 19, 8, 30, tzinfo=BERLIN)
"""A Monday; the clocks go back in the night to Sunday, 25 October."""


class House(Protocol):
    """What the owner of the machine can do."""

    async def turn(self) -> None:
        """Let the app's clockwork run once, and everything that follows from it."""

    async def settled(self) -> None:
        """Wait until nobody has anything left to do."""

    async def stop(self) -> None:
        """Stop the app."""

    async def start(self) -> None:
        """Start the app."""

    async def doctor(self) -> str:
        """Recompute every standing from the answers, and say what came of it."""


REPLIES = {
    "maya": (
        "I'd say out loud what I'm optimising for before I pick anything, then measure.",
        "Smallest thing that works first, with one number on it, so that we can tell if it helped.",
        "Two options, one trade-off each, and the condition under which I'd change my mind.",
        "I'd write the failure down first: what breaks, who notices, how we get back.",
        "Start from what the caller sees, keep the interface boring, and hide the clever part.",
    ),
    "jonas": (
        "Depends on where the time goes, so I'd profile before I touch a line.",
        "I'd make it safe to run twice; after that most of the hard questions answer themselves.",
        "Keep it on one machine until a number says otherwise, and know that number.",
        "A queue with a limit, retries with backoff, and somewhere for the hopeless cases to go.",
        "Add the new thing beside the old one, move over in steps, delete the old one last.",
    ),
    "priya": (
        "My answer has three parts: the simple version, where it hurts, and what I'd do then.",
        "I once got this wrong by guessing. Now I log the slow path and look for a week first.",
        "Readable beats clever here; the next person debugging it at night may well be me.",
        "I'd ask how much being wrong costs, because an approximate answer is often enough.",
        "Test the contract between the two sides, then let each side change as it likes.",
    ),
    "tom": (
        "Honest first try: I'd reach for the standard library and see how far that goes.",
        "I'd draw it first: who calls whom, what is stored, and what happens when one is down.",
        "Types on the edges, small functions inside, and a test for each thing that ever broke.",
        "Let me try: idempotent jobs, a key per request, and a dashboard someone looks at.",
        "I would cache it, and then spend most of my time on when to forget.",
    ),
}


class Tour:
    """The story, beat by beat."""

    def __init__(
        self, sandbox: Sandbox, app: InstalledApp, house: House, say: Callable[[str], None]
    ) -> None:
        self.sandbox = sandbox
        self.app = app
        self.house = house
        self.say = say
        self.maya = sandbox.person("maya", tz="Europe/Berlin")
        self.jonas = sandbox.person("jonas", tz="Europe/Berlin")
        self.priya = sandbox.person("priya", tz="Asia/Kolkata")
        self.tom = sandbox.person("tom", tz="Europe/London")
        people = [self.maya, self.jonas, self.priya, self.tom]
        self.channel: Channel = sandbox.channel("interview-prep", members=people)
        self.narrator = Narrator(sandbox, self.channel, BERLIN, say)
        self._next_reply = dict.fromkeys(REPLIES, 0)

    async def play(self) -> None:
        """Play the two weeks, and show the board at the end."""
        days = (
            self._monday_sets_up,
            self._tuesday_after_midnight,
            self._wednesday_eleven_times,
            self._thursday_asleep,
            self._friday_broken_line,
            self._weekend,
            self._second_monday,
            self._second_tuesday,
            self._second_wednesday,
            self._second_thursday,
            self._second_friday,
        )
        for day in days:
            await day()
        self.narrator.close()

    # --- first week -----------------------------------------------------------------------------

    async def _monday_sets_up(self) -> None:
        self._day(0)
        await self._types(self.maya, "/prep setup")
        if self.maya.view:
            self.narrator.show(self.maya.view, self.maya)
        await self.maya.submits()
        await self.house.settled()
        question = await self._nine_o_clock(0)
        await self._everyone(question, self.maya, self.jonas)
        await self._says(self.tom, question, "nice one!")
        self.narrator.aside("Two words are conversation. Five or more are an answer.")
        await self._reply(self.priya, question)
        await self._minutes(1)
        await self.maya.clicks("Reveal Sample Answer", on=question)
        await self.house.settled()
        if self.maya.view:
            self.narrator.show(self.maya.view, self.maya)
            await self.maya.closes()

    async def _tuesday_after_midnight(self) -> None:
        question = await self._asked(1, self.maya, self.jonas, self.tom)
        await self._at(2, 0, 20)
        self.narrator.aside(
            "It is twenty past midnight. The question is still open, so the streak still grows."
        )
        await self._reply(self.priya, question)

    async def _wednesday_eleven_times(self) -> None:
        question = await self._asked(2, self.maya, self.priya)
        self.narrator.aside("Slack delivers the next reply eleven times, each under a new name.")
        self.sandbox.faults.duplicate_events(11, event_type="message")
        await self._reply(self.jonas, question)

    async def _thursday_asleep(self) -> None:
        self._day(3)
        self.narrator.aside("The machine that runs Prep restarts at 8:55 and is back at 9:10.")
        await self._at(3, 8, 55)
        await self.house.stop()
        await self._at(3, 9, 10, turn=False)
        await self.house.start()
        await self.house.turn()
        question = self._newest()
        await self._everyone(question, self.maya, self.jonas, self.priya)

    async def _friday_broken_line(self) -> None:
        self._day(4)
        self.narrator.aside(
            "The connection breaks just after Slack took today's post. Nobody knows whether it "
            "arrived, so it is looked for and not sent again."
        )
        self.sandbox.faults.on("chat.postMessage").resets(after_effect=True)
        question = await self._nine_o_clock(4)
        await self._everyone(question, self.jonas, self.maya, self.priya)
        await self._reply(self.tom, question)

    async def _weekend(self) -> None:
        self.narrator.heading("Saturday and Sunday")
        await self._at(5, 12, 0)
        await self._at(6, 12, 0)
        self.narrator.aside(
            "No question, so no streak can break. In the night to Sunday the clocks go back."
        )

    # --- second week ----------------------------------------------------------------------------

    async def _second_monday(self) -> None:
        self._day(7)
        utc = datetime(2026, 10, 26, 9, tzinfo=BERLIN).astimezone(ZoneInfo("UTC"))
        self.narrator.aside(f"Nine in Berlin is {utc:%H:%M} in UTC now; on Friday it was 07:00.")
        question = await self._nine_o_clock(7)
        await self._everyone(question, self.maya, self.jonas, self.priya, self.tom)

    async def _second_tuesday(self) -> None:
        await self._asked(8, self.maya, self.priya)
        self.narrator.aside("Jonas is on a train all day. He holds a freeze from his fifth answer.")

    async def _second_wednesday(self) -> None:
        question = await self._asked(9, self.maya, self.jonas, self.priya)
        reply = await self._reply(self.tom, question)
        await self.tom.edits(reply, "never mind")
        await self.house.settled()
        await self.tom.edits(reply, "Second try: measure, change one thing, then measure again.")
        await self.house.settled()

    async def _second_thursday(self) -> None:
        await self._asked(10, self.maya, self.jonas, self.priya)
        await self._types(self.tom, "/prep random python")

    async def _second_friday(self) -> None:
        await self._asked(11, self.maya, self.jonas, self.priya, self.tom)
        await self._minutes(1)
        await self._types(self.jonas, "/prep streak why")
        await self._types(self.maya, "/prep leaderboard")
        board = self.maya.ephemerals(self.channel)[-1]
        await self.maya.clicks("Show In Channel", on=board)
        await self.house.settled()
        self.narrator.heading("The doctor")
        self.say("\n" + await self.house.doctor())

    # --- beats ----------------------------------------------------------------------------------

    def _day(self, number: int) -> None:
        day = FIRST_DAY + timedelta(days=number)
        self.narrator.heading(f"{day:%A}, {day.day} {day:%B}")

    async def _asked(self, number: int, *who: Person) -> Message:
        self._day(number)
        question = await self._nine_o_clock(number)
        await self._everyone(question, *who)
        return question

    async def _nine_o_clock(self, number: int) -> Message:
        await self._at(number, 9, 0)
        return self._newest()

    def _newest(self) -> Message:
        mine = [m for m in self.channel.messages if (m.metadata or {}).get("event_type")]
        return mine[-1]

    async def _everyone(self, question: Message, *who: Person) -> None:
        for person in who:
            await self._minutes(14)
            await self._reply(person, question)
        await self._minutes(1)

    async def _reply(self, who: Person, question: Message) -> Message:
        lines = REPLIES[who.name]
        turn = self._next_reply[who.name]
        self._next_reply[who.name] = turn + 1
        return await self._says(who, question, lines[turn % len(lines)])

    async def _says(self, who: Person, question: Message, text: str) -> Message:
        reply = await who.replies(question, text)
        await self.house.settled()
        return reply

    async def _types(self, who: Person, line: str) -> None:
        self.narrator.types(who, line)
        await who.runs(line, self.channel)
        await self.house.settled()

    async def _minutes(self, minutes: int) -> None:
        self.sandbox.clock.move_on(timedelta(minutes=minutes))
        await self.house.turn()

    async def _at(self, number: int, hour: int, minute: int, *, turn: bool = True) -> None:
        day = FIRST_DAY + timedelta(days=number)
        self.sandbox.clock.move_to(
            datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)
        )
        if turn:
            await self.house.turn()
