"""From a verified payload to the room that answers it, by one table for each kind.

Bolt runs only the first listener that matches, and each that does not match costs time; so every
kind has one matcher there and its own table here. What nobody listens to is acknowledged and
dropped: Slack counts anything else as a failure of ours.

Messages do not pass through Bolt at all. Every message of every channel the app is in arrives here,
most concern nobody, and those that do are stored before they are acknowledged.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.error import BoltUnhandledRequestError

from bot.domain.installations import Installation
from bot.domain.refusals import Refusal
from bot.slack import inbound
from bot.slack.blocks import Message, Modal, as_markup, section
from bot.slack.failures import SlackRefusedError
from bot.slack.guard import SPARED, Guard, broken, kindly, log_bug, log_undigested
from bot.slack.inbound import (
    Click,
    CommandCall,
    Event,
    MalformedPayloadError,
    MessageNews,
    NotForUs,
    Payload,
    Submission,
)
from bot.slack.names import Callback
from bot.slack.outbound import Slack

log = logging.getLogger(__name__)

FormErrors = Mapping[str, str]
"""Block → what is wrong there and how to mend it (plain text)."""


class NotStoredError(Exception):
    """What an event means could not be stored, so Slack must send it again."""


Find = Callable[[str], Awaitable[Installation | None]]


@dataclass(frozen=True, slots=True)
class Command:
    """One word after `/prep`. `usage` shows what may follow it; `purpose` completes the help line.

    `run` gets what followed the word; it may raise Refusal.
    """

    word: str
    usage: str
    purpose: str
    run: Callable[[CommandCall, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Routes:
    """Who answers what. `otherwise` answers a command word that nobody knows."""

    commands: Mapping[str, Command]
    otherwise: Callable[[CommandCall, str], Awaitable[None]]
    actions: Mapping[str, Callable[[Click], Awaitable[None]]]
    submissions: Mapping[str, Callable[[Submission], Awaitable[FormErrors]]]
    events: Mapping[str, Callable[[Event], Awaitable[None]]]
    message: Callable[[MessageNews], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Hands each payload to its room, under the guard."""

    routes: Routes
    guard: Guard
    slack: Slack
    find_installation: Find
    our_bots: Container[str]

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand us everything but messages."""
        anything = re.compile(r".*", re.DOTALL)
        app.command(anything)(self.on_command)
        app.action(anything)(self.on_action)
        app.view(anything)(self.on_submission)
        app.event(re.compile(r".+"))(self.on_event)
        app.error(self.on_error)

    async def on_error(self, error: Exception) -> BoltResponse:
        """Answer for what nobody listens to, and for what went wrong inside Bolt or behind it.

        Only what was not stored is worth sending again. A payload that Bolt itself cannot digest
        would fail again: it is acknowledged, and a line of the log says so.
        """
        if isinstance(error, BoltUnhandledRequestError):
            log.info("nobody_listens", extra={"type": error.request.body.get("type")})
            return BoltResponse(status=200, body="")
        if isinstance(error, NotStoredError):
            log_bug("event")
            return BoltResponse(status=500, body="")
        log_undigested("payload", error)
        return BoltResponse(status=200, body="")

    async def on_message(self, body: Payload) -> None:
        """Take a message event; returns when what it means is stored.

        Raises whatever storing raises: the event must then not be acknowledged.
        """
        news = inbound.message_news(body, self.our_bots)
        if not isinstance(news, NotForUs):
            await self.routes.message(news)

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge a slash command, then let its room answer."""
        await ack()
        with _answering_for("command"):
            await self._command(body)

    async def _command(self, body: Payload) -> None:
        installation = await self._installation(body.get("team_id"))
        if installation is None:
            return
        call = inbound.command_call(body, installation)
        word, _, rest = call.text.strip().partition(" ")
        command = self.routes.commands.get(word.lower())
        run = command.run if command else self.routes.otherwise
        given = rest.strip() if command else call.text.strip()
        name = f"command {command.word if command else 'unknown'}"

        async def tell(message: Message) -> None:
            await self.slack.respond(call.response_url, message)

        self.guard.answer(name, lambda: run(call, given), tell)

    async def on_action(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge the pressing of a button, then let its room answer."""
        await ack()
        with _answering_for("button"):
            await self._action(body)

    async def _action(self, body: Payload) -> None:
        installation = await self._installation(*_teams(body))
        if installation is None:
            return
        click = inbound.click(body, installation)
        run = self.routes.actions.get(click.action_id)
        if run is None:
            return

        async def tell(message: Message) -> None:
            await self._tell_clicker(click, message)

        self.guard.answer(f"button {click.action_id}", lambda: run(click), tell)

    async def _tell_clicker(self, click: Click, message: Message) -> None:
        # A modal is the dependable private surface; its trigger may be used up or too old.
        notice = Modal(Callback.NOTICE, "Prep", (section(as_markup(message.text)),))
        try:
            await self.slack.open_modal(click.installation.id, click.trigger_id, notice)
        except SlackRefusedError:
            if click.response_url is None:
                raise
            await self.slack.respond(click.response_url, message)

    async def on_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Let a room take a submitted modal; keep it open with the errors where it is refused."""
        try:
            errors = await self._submitted(body)
        except Refusal as refusal:
            await ack(response_action="update", view=_notice(str(refusal)).payload())
            return
        except SPARED as no:
            words = str(kindly("submission", no))
            await ack(response_action="update", view=_notice(words).payload())
            return
        except MalformedPayloadError as odd:
            _drop(odd)
            errors = {}
        except Exception:
            reference = log_bug("submission")
            notice = _notice(broken(reference).text)
            await ack(response_action="update", view=notice.payload())
            return
        if errors:
            await ack(response_action="errors", errors=dict(errors))
        else:
            await ack()

    async def _submitted(self, body: dict[str, Any]) -> FormErrors:
        installation = await self._installation(*_teams(body))
        if installation is None:
            return {}
        submission = inbound.submission(body, installation)
        run = self.routes.submissions.get(submission.callback_id)
        return await run(submission) if run else {}

    async def on_event(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Let a room take an event, and acknowledge it when that is stored.

        Raises NotStoredError.
        """
        try:
            await self._event(body)
        except MalformedPayloadError as odd:
            _drop(odd)
        except Exception as error:
            raise NotStoredError from error
        await ack()

    async def _event(self, body: Payload) -> None:
        installation = await self._installation(body.get("team_id"))
        if installation is None:
            return
        event = inbound.event(body, installation)
        run = self.routes.events.get(event.type)
        if run is not None:
            await run(event)

    async def _installation(self, *teams: object) -> Installation | None:
        for team in teams:
            if isinstance(team, str) and (found := await self.find_installation(team)):
                return found
        log.warning("unknown_workspace")
        return None


@contextmanager
def _answering_for(what: str) -> Iterator[None]:
    """Let nothing fail back into Bolt once a gesture is acknowledged."""
    try:
        yield
    except MalformedPayloadError as odd:
        _drop(odd)
    except Exception:
        log_bug(what)


def _drop(odd: MalformedPayloadError) -> None:
    """Drop a payload that lacks what its kind always has: it would lack it again."""
    log.warning("malformed_payload", extra={"field": str(odd)})


def _teams(body: Payload) -> list[object]:
    """Name the workspaces an interaction may belong to: where it happened, or whose message it was.

    In a channel shared by two workspaces the person may be of the one without the app.
    """
    team, message = body.get("team"), body.get("message")
    return [
        team.get("id") if isinstance(team, Mapping) else None,
        message.get("team") if isinstance(message, Mapping) else None,
    ]


def _notice(text: Any) -> Modal:
    return Modal(Callback.NOTICE, "Prep", (section(text),))
