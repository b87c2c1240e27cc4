"""The house under attack: the running app before the sandbox, with a history."""

import shutil
from collections.abc import Awaitable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Self

import aiohttp

from bot.settings import Settings
from bot.store import schema
from bot.wiring import Prep
from content.bank import Bank, load
from proof.fuzz.judge import Judge, links_of
from proof.fuzz.letters import SECRET, Letter
from sandbox.clock import MovableClock
from sandbox.controls import clickables
from sandbox.manifest import app_spec
from sandbox.modals import View
from sandbox.people import Person
from sandbox.playground.door import PATH, Playground
from sandbox.playground.stage import Stage
from sandbox.slack import Sandbox
from sandbox.triggers import ResponseUrl, Trigger
from sandbox.workspace import JSON, Channel, InstalledApp, Message, RefusedError

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
BOT_TOKEN = "xoxb-fuzz"
APP_TOKEN = "xapp-fuzz"
BEGIN = datetime(2026, 3, 2, 7, tzinfo=UTC)
BREATH = timedelta(seconds=2)
"""So that the app may post again in a channel."""
LONGEST_S = 30.0
"""No reply within these seconds is a hang, on however busy a machine."""


@cache
def shipped_bank() -> Bank:
    """The shipped questions, read once."""
    return load().bank


@cache
def _empty_database(folder: TemporaryDirectory[str]) -> Path:
    file = Path(folder.name) / "empty.db"
    schema.upgrade(f"sqlite:///{file}")
    return file


_FOLDER = TemporaryDirectory(prefix="prep-fuzz-")


@dataclass(frozen=True)
class Delivered:
    """A payload that the sandbox really sent: its kind (`events_api`, `interactive`,
    `slash_commands`) and what it held.
    """

    kind: str
    payload: JSON


@dataclass
class House:
    """`async with House(judge) as house`. Time moves a breath on with each deed."""

    judge: Judge
    by_socket: bool = False
    seeds: list[Delivered] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._exits = AsyncExitStack()
        clock = MovableClock(BEGIN)
        self.slack = Sandbox(clock)
        self.playground = Playground()
        self.slack.shows(self.playground)
        await self._exits.enter_async_context(self.slack)
        self.slack.limits.enabled = False
        self.installed = self._install()
        await self._start(clock)
        self._people()
        self._session = await self._exits.enter_async_context(
            aiohttp.ClientSession(auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())
        )
        self.judge.harm.clear()
        await self._live()
        self.judge.verdict()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self._exits.aclose()

    def _install(self) -> InstalledApp:
        spec = app_spec(
            MANIFEST,
            signing_secret=SECRET,
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN if self.by_socket else "",
        )
        return self.slack.install_app(spec)

    async def _start(self, clock: MovableClock) -> None:
        folder = Path(self._exits.enter_context(TemporaryDirectory(dir=_FOLDER.name)))
        shutil.copyfile(_empty_database(_FOLDER), folder / "prep.db")
        settings = Settings(
            bot_token=BOT_TOKEN,
            signing_secret=None if self.by_socket else SECRET,
            app_token=APP_TOKEN if self.by_socket else None,
            database_url=f"sqlite:///{folder / 'prep.db'}",
            port=0,
            host="127.0.0.1",
            minimum_words=5,
            lateness=timedelta(hours=6),
            log_level="INFO",
            api_url=self.slack.api_url,
        )
        self.app = Prep(settings, clock, rng=Random(7), bank=shipped_bank())
        await self.app.start()
        self._exits.push_async_callback(self.app.stop)
        if not self.by_socket:
            self.installed.request_url = f"http://127.0.0.1:{self.app.port}/slack/events"

    def _people(self) -> None:
        self.alice = self.slack.person("alice", tz="Europe/Berlin")
        self.bob = self.slack.person("bob", tz="America/New_York")
        self.olga = self.slack.person("olga", team="T0ELSEWHERE")
        self.channel = self.slack.channel("prep", members=[self.alice, self.bob])
        self.slack.invites(self.channel, self.olga)
        people = (self.alice, self.bob)
        self.stage = Stage(
            self.slack, self.installed, people, self.channel, outsider=self.olga, owner=self
        )
        self.playground.opens(self.stage)
        known = self.judge.known
        known.members = set(self.slack.workspace.users)
        known.channels = set(self.slack.workspace.channels)
        references = [r.url for q in shipped_bank().questions for r in q.references]
        known.addresses = {"https://acme.slack.com/archives/", *links_of(references)}

    # --- what a stage's owner can do ------------------------------------------------------------

    async def turn(self) -> None:
        """Let every job run once."""
        await self.slack.deliver_due()
        await self.app.clockwork.turn()
        await self.settled()

    async def settled(self) -> None:
        """Wait until nobody has anything left to do."""
        for _ in range(2):
            await self.slack.settled()
            await self.app.guard.idle()

    async def next_due(self) -> datetime | None:
        """When the next question is due."""
        return await self.app.next_due()

    async def restart(self) -> None:
        """Refuse to: a case must not take the house from those that come after it."""
        raise RefusedError("Prep stays up here.")

    # --- a life to take seeds from --------------------------------------------------------------

    async def _live(self) -> None:
        """Do what people do, once each, so that every kind of payload has passed."""
        await self._set_up()
        question = await self._ask()
        await self._answer(question)
        await self._practise()
        await self._improve()
        await self._look_around()
        for delivery in self.slack.ledger.deliveries():
            self.seeds.append(Delivered(delivery.kind, delivery.payload))
        self.seeds += self._others()
        self.slack.ledger.clear()

    async def _set_up(self) -> None:
        await self.does(self.alice.runs("/prep setup", self.channel))
        for name, value in (
            ("channel", self.channel),
            ("time", "09:00"),
            ("zone", "Europe/Berlin"),
            ("weekdays", ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]),
        ):
            await self.alice.chooses(name, value)
        await self.does(self.alice.submits())

    async def _ask(self) -> Message:
        self.slack.clock.move_to(datetime(2026, 3, 2, 8, tzinfo=UTC))
        await self.turn()
        self.question = next(m for m in self.channel.messages if m.metadata)
        return self.question

    async def _answer(self, question: Message) -> None:
        said = await self.bob.replies(question, "A lock guards one resource at a time.")
        await self.settled()
        await self.does(self.bob.edits(said, "A mutex guards one resource at a time."))
        other = await self.alice.replies(question, "I would measure it first, then decide.")
        await self.does(self.alice.deletes(other))
        shown = await self.alice.replies(question, "See the file", files=["plan.txt"])
        await self.does(self.alice.reacts(shown, "eyes"))
        broadcast = "Five words and some more of them."
        await self.does(self.alice.replies(question, broadcast, broadcast=True))
        await self.does(self.alice.says(self.channel, "Good morning everybody"))

    async def _practise(self) -> None:
        for label in ("Reveal Sample Answer", "Why It Is Asked"):
            await self.does(self.bob.clicks(label, on=self.question))
            await self.close(self.bob)
        await self.does(self.bob.runs("/prep random", self.channel))
        shown = self.bob.ephemerals(self.channel)[-1]
        for label in ("Another", "Reveal Sample Answer", "Post Here"):
            await self.does(self.bob.clicks(label, on=shown))
            await self.close(self.bob)

    async def _improve(self) -> None:
        await self.does(self.bob.clicks("Reveal Sample Answer", on=self.question))
        for label, values in (
            ("Report A Problem", {"problem": "outdated", "line": "It was true once."}),
            ("Suggest An Improvement", {"answer_0": "A better answer.", "note": "Shorter."}),
            ("Suggest An Improvement", {"answer_0": "Another answer.", "note": "Longer."}),
        ):
            await self.does(self.bob.clicks(label))
            await self.does(self.bob.fills(**values))
            await self.does(self.bob.submits())
        await self.close(self.bob)
        await self._decide()
        await self.sends_again()
        await self.does(self.alice.clicks("Reveal Sample Answer", on=self.question))
        await self.does(self.alice.clicks("Earlier Versions"))
        await self.presses(self.alice, "Roll Back To This")
        await self.close(self.alice)

    async def _decide(self) -> None:
        await self.does(self.alice.runs("/prep suggestions", self.channel))
        for label, values in (
            ("Edit", {"answer_0": "A better answer still."}),
            ("Mark As Solved", None),
            ("Decline", {"reason": "Not yet."}),
        ):
            await self.presses(self.alice, label)
            if values is not None:
                await self.does(self.alice.fills(**values))
                await self.does(self.alice.submits())
        await self.close(self.alice)

    async def _look_around(self) -> None:
        for line in ("/prep leaderboard", "/prep streak why", "/prep today", "/prep nonsense"):
            await self.does(self.bob.runs(line, self.channel))
        for line in ("/prep reviewers @bob", "/prep help", "/prep suggestions"):
            await self.does(self.alice.runs(line, self.channel))
        await self.close(self.alice)
        await self.does(self.bob.runs("/prep add", self.channel))
        values = {"title": "Two locks", "topic": "python", "text": "Which first?"}
        await self.does(self.bob.fills(**values, answer_0="In a fixed order."))
        await self.does(self.bob.submits())
        await self.does(self.alice.runs("/prep suggestions", self.channel))
        await self.presses(self.alice, "Accept")
        await self.close(self.alice)
        await self.does(self.bob.opens_home())
        await self.does(self.bob.runs("/prep leaderboard", self.channel))
        await self.does(
            self.bob.clicks("Show In Channel", on=self.bob.ephemerals(self.channel)[-1])
        )

    def _others(self) -> list[Delivered]:
        """Payloads of kinds that this life did not bring about."""
        shown = next(d.payload for d in self.seeds if d.payload.get("type") == "block_actions")
        event = next(d.payload for d in self.seeds if d.kind == "events_api")
        base = {name: shown[name] for name in ("user", "team", "trigger_id", "api_app_id")}
        kinds = ("view_closed", "shortcut", "message_action", "block_suggestion")
        view = {"type": "modal", "callback_id": "setup", "state": {"values": {}}}
        named = {"callback_id": "setup", "action_id": "a", "block_id": "b", "value": "c"}
        return [
            *(Delivered("interactive", base | named | {"type": k, "view": view}) for k in kinds),
            *(
                Delivered("events_api", event | {"event": {"type": kind} | _FIELDS})
                for kind in _EVENTS
            ),
            Delivered("events_api", {"type": "url_verification", "challenge": "x", "token": "t"}),
            Delivered("events_api", {"type": "app_rate_limited", "team_id": self.slack.team_id}),
            Delivered("slash_commands", {"ssl_check": "1", "token": "t"}),
        ]

    # --- doing things ---------------------------------------------------------------------------

    async def does(self, deed: Awaitable[object]) -> None:
        """Do something, and wait for all that follows from it; what Slack refuses is no harm."""
        with suppress(RefusedError, LookupError):
            await deed
        await self.settled()
        self.slack.clock.move_on(BREATH)

    async def presses(self, who: Person, label: str) -> None:
        """Press the last button of that name in somebody's window, if there is one."""
        blocks = who.view.blocks if who.view else []
        values = [one.value for one in clickables(blocks) if one.label == label]
        if values:
            await self.does(who.clicks(label, value=values[-1]))

    async def sends_again(self) -> None:
        """Have Bob open what was declined last, and leave it at that."""
        told = self.slack.workspace.im_between(self.bob.id, self.installed).messages
        declined = [m for m in told if any("Send Again" in str(block) for block in m.blocks)]
        if declined:
            await self.does(self.bob.clicks("Send Again", on=declined[-1]))
            await self.close(self.bob)

    async def close(self, who: Person) -> None:
        """Close whatever windows somebody has open."""
        if who.view is not None:
            await self.does(who.closes(everything=True))

    async def fills_freely(self, who: Person, view: View, values: dict[str, Any]) -> None:
        """Put values into a modal that Slack's client would not let anybody enter, and submit."""
        for key, state in view.state.items():
            if key[0] in values:
                name = next(name for name in state if name != "type")
                state[name] = values[key[0]]
        await self.does(self.slack.interactions.submit(who.user, view))

    def refreshed(self, delivered: Delivered) -> JSON:
        """A seed as if it came now: with a trigger and an address that still work."""
        self.slack.clock.move_on(BREATH)
        payload = dict(delivered.payload)
        if "trigger_id" in payload:
            now = self.slack.clock.now()
            trigger = Trigger(self.installed, self.bob.id, now, channel_id=self.channel.id)
            payload["trigger_id"] = self.slack.platform.keys.new_trigger(trigger)
        if "response_url" in payload:
            payload["response_url"] = self.response_url()
        return payload

    def response_url(self) -> str:
        """An address at which the sandbox takes a private reply."""
        response = ResponseUrl(self.installed, self.bob.id, self.channel, self.slack.clock.now())
        key = self.slack.platform.keys.new_response(response)
        return f"{self.slack.platform.root_url}/respond/{key}"

    async def posts(self, letter: Letter) -> tuple[int, str]:
        """Bring a letter to the door; returns the reply once all that follows is done."""
        assert self.installed.request_url
        async with self._session.post(
            self.installed.request_url, data=letter.body, headers=letter.headers()
        ) as reply:
            said = (reply.status, (await reply.read()).decode("utf-8", "replace"))
        self.judge.reply(*said)
        await self.app.guard.idle()
        return said

    async def sends_envelope(self, kind: str, payload: Any) -> None:
        """Bring a payload over the socket; returns once it is acknowledged."""
        envelope = {"type": kind, "payload": payload, "accepts_response_payload": True}
        await self.slack.sockets.ask(self.installed, envelope)
        await self.app.guard.idle()

    async def visits(
        self, path: str, form: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """Use the playground as a browser would, or with other headers."""
        root = self.slack.platform.root_url
        headers = {"Origin": root} if headers is None else headers
        verb = self._session.get if form is None else self._session.post
        more: dict[str, Any] = {} if form is None else {"data": form}
        async with verb(f"{root}{PATH}{path}", headers=headers, **more) as reply:
            return reply.status, (await reply.read()).decode("utf-8", "replace")

    def tidies(self) -> None:
        """Forget what would only pile up."""
        self.slack.ledger.clear()
        for who in (self.alice, self.bob, self.olga):
            self.slack.platform.modals.clear(who.id)
        for channel in self.slack.workspace.channels.values():
            del channel.ephemerals[:-5]
            self._thin(channel)

    def _thin(self, channel: Channel) -> None:
        spare = [m for m in channel.messages if m is not self.question and not m.thread][:-20]
        for message in spare:
            channel.drop(message)


_EVENTS = (
    "channel_archive",
    "channel_deleted",
    "channel_left",
    "group_left",
    "channel_id_changed",
    "tokens_revoked",
    "no_event_of_ours",
)
_FIELDS: JSON = {
    "channel": "C0GONE",
    "old_channel_id": "C0GONE",
    "new_channel_id": "C0NEW",
    "tokens": {"oauth": ["U1"]},
    "user": "U1",
    "actor_id": "U1",
}
