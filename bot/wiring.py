"""The only place where objects are made and handed to each other."""

import asyncio
import contextlib
import logging
import random
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.clock import AgreedClock, Clock, SystemClock
from bot.domain.answering import AnswerOutcome
from bot.domain.health import Report
from bot.domain.ids import InstallationId, RoundId
from bot.domain.installations import Installation
from bot.domain.reposting import Reposting
from bot.domain.rounds import SLACK_TIMEOUT
from bot.features.answers.listener import AnswersListener
from bot.features.answers.service import Answers
from bot.features.daily_question.listener import DailyQuestionListener
from bot.features.daily_question.service import TICK, DailyQuestion
from bot.features.doctor import view
from bot.features.doctor.service import examine_database
from bot.features.home.listener import HomeListener
from bot.features.home.service import HomeService
from bot.features.improve.listener import ImproveListener
from bot.features.improve.service import Improve
from bot.features.installation.listener import InstallationListener
from bot.features.installation.service import Installations
from bot.features.leaderboard.listener import LeaderboardListener
from bot.features.leaderboard.service import Leaderboard
from bot.features.random_question.listener import RandomQuestionListener
from bot.features.random_question.service import RandomQuestion
from bot.features.repost import service as repost_service
from bot.features.repost import view as repost_view
from bot.features.reveal.listener import RevealListener
from bot.features.reveal.service import Reveal
from bot.features.reviewers.listener import ReviewersListener
from bot.features.reviewers.service import Reviewers
from bot.features.setup.listener import SetupListener
from bot.features.setup.service import Setup
from bot.features.streak.listener import StreakListener
from bot.features.streak.service import StreakService
from bot.features.suggestions.listener import SuggestionsListener
from bot.features.suggestions.service import Suggestions
from bot.features.versions.listener import VersionsListener
from bot.features.versions.service import Versions
from bot.routes import Rooms, routes
from bot.settings import Process, Settings
from bot.slack.dispatch import Dispatcher
from bot.slack.failures import SlackBusyError, SlackRefusedError, SlackUnreachableError
from bot.slack.guard import Guard
from bot.slack.outbound import Slack
from bot.slack.pace import Pace
from bot.slack.server import EventsDoor, runner
from bot.slack.sockets import SocketDoor
from bot.store import heartbeats, library, schedules, schema, shared_time
from bot.store.database import Database, DatabaseUnusableError, must_exist, only_process
from content import files
from content.bank import Bank, load
from content.improved import Improved, NotExported, improved
from content.shelf import Shelf
from jobs.close_rounds import CloseRounds
from jobs.mark_answers import MarkAnswers
from jobs.post_rounds import Losses, PostRounds
from jobs.refresh_questions import RefreshQuestions
from jobs.resolve_rounds import ResolveRounds
from jobs.schedule import Clockwork, Jobs
from jobs.update_cards import UpdateCards

log = logging.getLogger(__name__)

HEALTHY_TICK_AGE_S = 60.0
PATIENCE_S = 15.0
"""How long a stopping process waits for what is in flight: longer than one call to Slack."""
FIRST_CALL_ATTEMPTS = 5
FIRST_READING_S = 10.0
"""How long a start waits for the question files: thousands of a team's own join it later."""


class StartupError(Exception):
    """The app cannot start; `str()` of it says why and what to do."""


@dataclass(slots=True)
class Directory:
    """Which installation a workspace has. The one this process speaks for is known from the start.

    A lookup of another workspace asks the database each time; nothing is remembered for ever.
    """

    installations: Installations
    tokens: dict[InstallationId, str] = field(default_factory=dict)
    known: dict[str, Installation] = field(default_factory=dict)
    bot_users: set[str] = field(default_factory=set)

    def learn(self, installation: Installation, token: str) -> None:
        """Remember an installation and the token to act for it."""
        self.tokens[installation.id] = token
        self.known[installation.team_id] = installation
        self.bot_users.add(installation.bot_user_id)

    async def find(self, team_id: str) -> Installation | None:
        """Find a workspace's installation; None if the app is not installed there."""
        return self.known.get(team_id)

    def token_of(self, installation: InstallationId) -> str:
        """Return the token to act with. Raises KeyError for an installation not learnt."""
        return self.tokens[installation]


class Prep:
    """The whole app. `start()` it, and `stop()` it at the end."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        process: Process = Process.RUN,
        rng: random.Random | None = None,
        bank: Bank | None = None,
    ) -> None:
        self.settings = settings
        self.clock = AgreedClock(clock, self._shared_moment)
        # Those of machines may be minutes apart; one that is moved by hand is one for all.
        self.shares_time = isinstance(clock, SystemClock)
        self.process = process
        self.rng = rng or random.Random(secrets.randbits(64))  # noqa: S311 - it shuffles questions
        folders = (files.SHIPPED, *settings.question_paths)
        self.shelf = Shelf(folders) if bank is None else Shelf.holding(bank)
        self.guard = Guard()
        self.database = Database(settings.database_url)
        self.port = settings.port
        self.slack_timeout = SLACK_TIMEOUT
        self._exits = contextlib.AsyncExitStack()

    @property
    def bank(self) -> Bank:
        """The questions as they are now."""
        return self.shelf.bank

    async def start(self) -> None:
        """Start what this process is for. Raises StartupError, and leaves nothing running then."""
        async with contextlib.AsyncExitStack() as exits:
            exits.callback(self.database.close)
            with _in_words():
                exits.enter_context(only_process(self.database.url))
                await self._prepare_database()
            await self._read_questions(exits)
            # Whoever calls Slack limits how often; a full house of posts must not keep a modal out.
            connector = aiohttp.TCPConnector(limit=0)
            session = await exits.enter_async_context(aiohttp.ClientSession(connector=connector))
            directory = Directory(Installations(self.database, self.clock))
            slack = Slack(
                session,
                directory.token_of,
                Pace(self.clock),
                self.settings.api_url,
                self.slack_timeout,
            )
            await self._introduce(slack, directory)
            rooms = self._rooms(slack, directory)
            exits.push_async_callback(self.guard.close, PATIENCE_S)
            if self.process is not Process.WORKER:
                await self._open_doors(exits, slack, directory, rooms)
            jobs = self._jobs(slack, rooms)
            listens_only = self.process is Process.WEB
            self.clockwork = Clockwork(jobs.of_every_process() if listens_only else jobs.table())
            exits.push_async_callback(self.clockwork.stop, PATIENCE_S)
            self._exits = exits.pop_all()
        log.info("started", extra={"part": self.process.value, "port": self.port})

    async def stop(self) -> None:
        """Stop listening, let what is in flight finish, and let go of everything."""
        await self._exits.aclose()

    async def next_due(self) -> datetime | None:
        """Tell when the next question of any running schedule is due, in UTC; None if none is."""
        return await self.database.read(schedules.next_due)

    async def health(self) -> tuple[bool, Mapping[str, Any]]:
        """Tell whether the app is well, and the facts behind that."""
        answers = await self.database.is_answering()
        last = await self.database.read(lambda tx: heartbeats.last(tx, TICK)) if answers else None
        age = None if last is None else (self.clock.now() - last).total_seconds()
        healthy = answers and age is not None and age <= HEALTHY_TICK_AGE_S
        return healthy, {
            "status": "ok" if healthy else "unwell",
            "database": "ok" if answers else "not answering",
            "last_tick_age_seconds": None if age is None else round(age, 1),
        }

    async def _shared_moment(self) -> datetime | None:
        if not self.shares_time or self.database.url.get_backend_name() == "sqlite":
            return None
        return await self.database.read(shared_time.of_server)

    async def _prepare_database(self) -> None:
        if self.database.url.get_backend_name() == "sqlite":
            await asyncio.to_thread(schema.upgrade, self.database.url)
        else:
            await _need_current(self.database)

    async def _read_questions(self, exits: contextlib.AsyncExitStack) -> None:
        """Read the question files, those that come with the app first; late ones join later."""
        reading = asyncio.create_task(RefreshQuestions(self.shelf).run())
        exits.push_async_callback(asyncio.wait, {reading})
        exits.callback(self.shelf.stop)
        await asyncio.wait({reading}, timeout=FIRST_READING_S)
        if not reading.done():
            log.warning("questions_still_being_read", extra={"so_far": len(self.bank)})

    async def _introduce(self, slack: Slack, directory: Directory) -> None:
        """Ask Slack who we are, patiently: a network may come up after us."""
        for attempt in range(FIRST_CALL_ATTEMPTS):
            try:
                identity = await slack.identify(self.settings.bot_token)
            except (SlackBusyError, SlackUnreachableError) as passing:
                log.warning("slack_unreachable", extra={"reason": str(passing)})
                await asyncio.sleep(_pause_after(passing, attempt))
            except SlackRefusedError as refused:
                raise StartupError(
                    f"Slack does not accept SLACK_BOT_TOKEN ({refused.error}). Copy it again from "
                    "api.slack.com/apps → your app → OAuth & Permissions."
                ) from refused
            else:
                installation = await directory.installations.ensure(identity)
                directory.learn(installation, self.settings.bot_token)
                return
        raise StartupError(
            f"Slack cannot be reached at {self.settings.api_url}. Check the network and try again."
        )

    def _rooms(self, slack: Slack, directory: Directory) -> Rooms:
        def bank() -> Bank:
            return self.bank

        daily_question = DailyQuestion(self.database, self.clock, bank, self.settings.lateness)
        answers = AnswersListener(
            Answers(self.database, self.clock, self.settings.minimum_words), slack, self.guard
        )
        return Rooms(
            answers=answers,
            daily_question=DailyQuestionListener(
                daily_question, slack, self.guard, directory.find, answers.follow_up
            ),
            home=HomeListener(HomeService(self.database, self.clock), slack, self.guard),
            improve=ImproveListener(Improve(self.database, self.clock, bank), slack, self.guard),
            installation=InstallationListener(directory.installations, slack, self.guard),
            leaderboard=LeaderboardListener(
                Leaderboard(self.database, self.clock), slack, self.guard
            ),
            random_question=RandomQuestionListener(
                RandomQuestion(self.database, self.clock, bank, self.rng), slack, self.guard
            ),
            reveal=RevealListener(Reveal(self.database, self.clock, bank), slack, self.guard),
            setup=SetupListener(
                Setup(self.database, self.clock, lambda: self.rng.getrandbits(63)),
                slack,
                self.guard,
            ),
            streak=StreakListener(StreakService(self.database, self.clock), slack),
            reviewers=ReviewersListener(Reviewers(self.database, self.clock), slack),
            suggestions=SuggestionsListener(
                Suggestions(self.database, self.clock, bank), slack, self.guard
            ),
            versions=VersionsListener(Versions(self.database, self.clock, bank), slack),
        )

    async def _open_doors(
        self, exits: contextlib.AsyncExitStack, slack: Slack, directory: Directory, rooms: Rooms
    ) -> None:
        dispatcher = Dispatcher(
            routes(rooms, slack), self.guard, slack, directory.find, directory.bot_users
        )
        bolt = self._bolt(slack, directory)
        dispatcher.register(bolt)
        door = None
        if self.settings.signing_secret:
            door = EventsDoor(self.settings.signing_secret, dispatcher, bolt)
        await self._serve(exits, runner(self.health, door, PATIENCE_S))
        if self.settings.app_token:
            socket = SocketDoor(bolt, self.settings.app_token, dispatcher)
            exits.push_async_callback(socket.shut)
            await _connect(socket)

    async def _serve(self, exits: contextlib.AsyncExitStack, serving: web.BaseRunner) -> None:
        await serving.setup()
        exits.push_async_callback(serving.cleanup)
        site = web.TCPSite(serving, self.settings.host, self.settings.port)
        try:
            await site.start()
        except OSError as error:
            raise StartupError(
                f"Port {self.settings.port} cannot be opened ({error.strerror}). "
                "Set PORT to a free one."
            ) from error
        self.port = int(serving.addresses[0][1])

    def _bolt(self, slack: Slack, directory: Directory) -> AsyncApp:
        async def authorize(team_id: str | None) -> AuthorizeResult:
            installation = await directory.find(team_id or "")
            if installation is None:
                # The dispatcher decides what becomes of it: a guest of a shared channel comes under
                # their own workspace, and Bolt would call a stranger's address to complain.
                return AuthorizeResult(enterprise_id=None, team_id=team_id)
            return AuthorizeResult(
                enterprise_id=installation.enterprise_id,
                team_id=installation.team_id,
                bot_token=directory.token_of(installation.id),
                bot_user_id=installation.bot_user_id,
            )

        return AsyncApp(
            name="prep",
            # Socket Mode needs no secret, as the app opens the connection itself.
            signing_secret=self.settings.signing_secret or "",
            client=slack.client,
            authorize=authorize,
            # What an event means is stored before it is acknowledged, so that a crash loses none.
            process_before_response=True,
            # Or else it answers 404, which Slack counts as a failure, and logs the whole payload.
            raise_error_for_unhandled_request=True,
        )

    def _jobs(self, slack: Slack, rooms: Rooms) -> Jobs:
        daily_question = rooms.daily_question.service
        losses = Losses(rooms.installation.stop, rooms.installation.service.lose)

        async def follow_up(outcome: AnswerOutcome) -> None:
            # Under the guard, so that one that fails keeps nobody else from hearing.
            self.guard.follow_up("answer", lambda: rooms.answers.follow_up(outcome))

        return Jobs(
            post_rounds=PostRounds(daily_question, slack, self.clock, follow_up, losses).run,
            close_rounds=CloseRounds(daily_question).run,
            resolve_rounds=ResolveRounds(daily_question, slack, follow_up).run,
            update_cards=UpdateCards(daily_question, slack).run,
            refresh_questions=RefreshQuestions(self.shelf).run,
            mark_answers=MarkAnswers(rooms.answers.service, rooms.answers.mark).run,
        )


def _pause_after(passing: SlackBusyError | SlackUnreachableError, attempt: int) -> float:
    """Return for how many seconds not to call Slack: at least as long as it said itself."""
    said = passing.retry_after.total_seconds() if isinstance(passing, SlackBusyError) else 0.0
    return max(float(2**attempt), said)


async def _connect(socket: SocketDoor) -> None:
    try:
        await socket.open()
    except SlackRefusedError as refused:
        raise StartupError(
            f"Slack does not open a Socket Mode connection for SLACK_APP_TOKEN ({refused.error}). "
            "At api.slack.com/apps → your app, switch Socket Mode on, and copy the token again "
            "from Basic Information → App-Level Tokens; it needs the scope connections:write."
        ) from refused


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except DatabaseUnusableError as error:
        raise StartupError(str(error)) from error


async def _need_current(database: Database) -> None:
    if not await asyncio.to_thread(schema.is_current, database.engine):
        raise StartupError(
            "The database does not have the schema this version needs. Run `prep migrate` first."
        )


@contextlib.asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    """Open a database that may be in use. Raises StartupError if there is none of this version."""
    with _in_words():
        must_exist(url)
    database = Database(url)
    try:
        with _in_words():
            await _need_current(database)
        yield database
    finally:
        database.close()


def migrate(url: str) -> None:
    """Bring a database to this version's schema. Raises StartupError if it cannot be used."""
    with _in_words():
        schema.upgrade(url)


async def improvements(
    url: str, question_paths: Sequence[Path], team: str | None
) -> list[Improved | NotExported]:
    """List the question files that a workspace's changes make; the database may be in use.

    Raises StartupError if there is no database, or if it is not clear whose changes are meant.
    """
    async with _opened(url) as database:
        teams = await database.read(library.improved)
        whose = [number for number, name in teams.items() if team in (None, name)]
        if len(whose) > 1:
            names = ", ".join(teams.values())
            raise StartupError(f"Several workspaces have improvements: name one of {names}.")
        if team is not None and not whose:
            raise StartupError(f"The workspace {team} has no improvements here.")
        laid_over = [await database.read(partial(library.overlay, whose=one)) for one in whose]
    folders = (files.SHIPPED, *question_paths)
    return [found for one in laid_over for found in improved(folders, one)]


async def doctor(url: str, clock: Clock, question_paths: Sequence[Path] = ()) -> tuple[Report, str]:
    """Examine a database and the question files; return what was found, and that in words.

    The database may be in use. Raises StartupError if there is none, or not of this version.
    """
    async with _opened(url) as database:
        broken = [str(fault) for fault in load((files.SHIPPED, *question_paths)).faults]
        found = await examine_database(database, broken, clock.now())
    return found, view.report(found)


async def repost(
    url: str, clock: Clock, round_id: RoundId, lateness: timedelta
) -> tuple[bool, str]:
    """Let a round that was given up be posted after all; tell whether it will be, and in words.

    The database may be in use. Raises StartupError if there is none, or not of this version.
    """
    async with _opened(url) as database:
        answer = await repost_service.repost(database, round_id, clock.now(), lateness)
    return answer.outcome is Reposting.PUT_BACK, repost_view.told(answer)
