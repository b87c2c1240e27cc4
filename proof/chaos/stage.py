"""Where a history is played: a sandbox, a database, people in channels, and room for processes."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine

from bot.domain.ids import ChannelId, InstallationId, MemberId
from bot.domain.installations import Identity
from bot.domain.schedules import ScheduleDraft, Timing
from bot.settings import Process
from bot.store import installations, schedules, schema
from bot.store.database import Connection, Database
from proof.chaos import process, usual_designs
from proof.chaos.clock import SharedClock
from proof.chaos.history import MEMBERS, Appointment, History, begin
from proof.chaos.mutants import MUTANTS
from proof.chaos.orders import APP_TOKEN, BOT_TOKEN, PREP, SECRET, Orders
from proof.chaos.replicas import Replica
from proof.chaos.witness import Witness
from proof.postgresql import PostgreSQL
from sandbox.manifest import app_spec
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, InstalledApp

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True)
class Cast:
    """Who plays: Prep, whole or without a part, or one of the usual designs."""

    design: str = PREP
    mutant: str | None = None
    log_file: Path | None = None

    @property
    def is_prep(self) -> bool:
        """Whether it is Prep."""
        return self.design == PREP


@dataclass
class Stage:
    """Everything a play needs."""

    sandbox: Sandbox
    clock: SharedClock
    witness: Witness
    app: InstalledApp
    database_url: str
    channels: dict[int, Channel]
    """By the number of the schedule that asks there."""
    people: list[Person]
    replicas: list[Replica]
    folder: Path
    server: PostgreSQL | None = None
    cast: Cast = Cast()
    by_socket: bool = field(default=False)

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.server is None

    @property
    def database_file(self) -> Path:
        """The SQLite file."""
        return Path(self.database_url.removeprefix("sqlite:///"))

    def orders(self, replica: Replica, lookups_that_fail: int = 0) -> Orders:
        """What a process is told that starts now."""
        part = Process.RUN
        if not (replica.listens and replica.works):
            part = Process.WEB if replica.listens else Process.WORKER
        api = self.sandbox.api_url
        return Orders(
            database_url=self.database_url,
            api_url=api.replace("127.0.0.1", "localhost") if lookups_that_fail else api,
            clock_file=self.clock.file,
            replica=replica.number,
            process=part,
            by_socket=self.by_socket,
            lookups_that_fail=lookups_that_fail,
            design=self.cast.design,
            mutant=self.cast.mutant,
            log_file=self.cast.log_file,
        )

    async def starts(self, replica: Replica, lookups_that_fail: int = 0) -> bool:
        """Start a process in its place; False if it was killed, or could not start."""
        living = process.live if self.cast.is_prep else usual_designs.live
        return await replica.starts(self.orders(replica, lookups_that_fail), living)

    def faces(self, turn: int) -> None:
        """Let Slack's next events go to one of the processes that listen, each in its turn."""
        listening = [r for r in self.replicas if r.listens and r.is_up]
        if self.by_socket:
            self.app.request_url = None
        elif listening:
            port = listening[turn % len(listening)].port
            self.app.request_url = f"http://127.0.0.1:{port}/slack/events"


@asynccontextmanager
async def stage(history: History, server: PostgreSQL | None, cast: Cast) -> AsyncIterator[Stage]:
    """Build a stage for a history, on PostgreSQL if a server is given; gone at the end."""
    async with AsyncExitStack() as exits:
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="prep-chaos-")))
        clock = SharedClock(begin(), folder / "clock")
        exits.callback(clock.close)
        sandbox = await exits.enter_async_context(Sandbox(clock))
        sandbox.limits.enabled = False  # rate limits are scripted here
        app = sandbox.install_app(
            app_spec(MANIFEST, signing_secret=SECRET, bot_token=BOT_TOKEN, app_token=APP_TOKEN)
        )
        people = [sandbox.person(f"member-{n}") for n in range(MEMBERS)]
        channels = {
            one.number: sandbox.channel(one.name, members=[*people, app])
            for one in history.appointments
        }
        if server is None:
            url = f"sqlite:///{folder / 'prep.db'}"
            if cast.is_prep:
                schema.upgrade(url)
        else:
            url = exits.enter_context(server.database())
        made = Stage(
            sandbox=sandbox,
            clock=clock,
            witness=Witness(sandbox),
            app=app,
            database_url=url,
            channels=channels,
            people=people,
            replicas=_replicas(history.replicas),
            folder=folder,
            server=server,
            cast=cast,
        )
        if cast.is_prep:
            await _set_up(made, history.appointments)
        else:
            named = {channels[one.number].id: one for one in history.appointments}
            usual_designs.set_up(made.database_file, named)
        if cast.mutant is not None and (spoil := MUTANTS[cast.mutant].spoil):
            _run(url, spoil)
        exits.push_async_callback(_empty, made)
        yield made


def _replicas(number: int) -> list[Replica]:
    """One that does everything; of several, some listen and the others work."""
    if number == 1:
        return [Replica(0)]
    listening = number // 2
    return [Replica(n, listens=n < listening, works=n >= listening) for n in range(number)]


def _run(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as tx:
        tx.exec_driver_sql(statement)
    engine.dispose()


async def _set_up(made: Stage, appointments: tuple[Appointment, ...]) -> None:
    database = Database(made.database_url)

    def write(tx: Connection) -> None:
        identity = Identity(made.app.team_id, None, MemberId(made.app.bot_user_id))
        number = installations.ensure(tx, identity, begin()).id
        for one in appointments:
            draft = _draft(number, one, made.channels[one.number], made.people[0])
            due = draft.timing.next_due(begin())
            assert schedules.create(tx, draft, due, one.number, begin())

    try:
        await database.write(write)
    finally:
        database.close()


def _draft(
    installation: InstallationId, one: Appointment, channel: Channel, owner: Person
) -> ScheduleDraft:
    timing = Timing(time(one.at.hour, one.at.minute), ZoneInfo(one.zone), EVERY_DAY)
    return ScheduleDraft(installation, ChannelId(channel.id), MemberId(owner.id), timing)


async def _empty(made: Stage) -> None:
    for replica in made.replicas:
        replica.is_killed()
    for replica in made.replicas:
        await replica.is_gone()
