"""The other door: Socket Mode, where Slack's envelopes come over a websocket the app opens."""

import asyncio
import logging
from dataclasses import dataclass

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.dispatch import Dispatcher
from bot.slack.failures import SlackRefusedError
from bot.slack.guard import log_bug, log_undigested
from bot.slack.inbound import is_message_event

log = logging.getLogger(__name__)

PASSING = frozenset(
    {
        "fatal_error",
        "internal_error",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
"""Slack's words for trouble that passes. Any other no to an app token stays a no."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection is left alone, in seconds of real time."""

    ping_every_s: float = 10.0
    watch_every_s: float = 5.0
    stuck_after_s: float = 30.0


PATIENCE = Patience()


class SocketDoor(AsyncSocketModeHandler):
    """Takes envelopes, messages first. One that could not be stored stays unacknowledged, so that
    Slack delivers it again.
    """

    def __init__(
        self,
        bolt: AsyncApp,
        app_token: str,
        dispatcher: Dispatcher,
        patience: Patience = PATIENCE,
    ) -> None:
        super().__init__(
            bolt, app_token, web_client=bolt.client, ping_interval=patience.ping_every_s
        )
        self._patience = patience
        self._dispatcher = dispatcher
        self._watch: asyncio.Task[None] | None = None

    async def handle(  # type: ignore[override]  # Bolt narrows the client as well
        self, client: SocketModeClient, req: SocketModeRequest
    ) -> None:
        """Take one envelope."""
        if req.type != "events_api" or not is_message_event(req.payload):
            await self._through_bolt(client, req)
            return
        try:
            await self._dispatcher.on_message(req.payload)
        except Exception:
            log_bug("message event")
            return
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))

    async def _through_bolt(self, client: SocketModeClient, req: SocketModeRequest) -> None:
        try:
            await super().handle(client, req)
        except Exception as error:
            log_undigested("envelope", error)
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))

    async def open(self) -> None:
        """Connect, and keep watch over the connection.

        Raises SlackRefusedError for an app token that Slack does not accept: the SDK's client would
        try it for ever. Anything else that goes wrong is tried again until it succeeds.
        """
        try:
            self.client.wss_uri = await self.client.issue_new_wss_url()
        except SlackApiError as error:
            word = str(error.response.get("error"))
            if error.response.status_code == 200 and word not in PASSING:
                raise SlackRefusedError(word) from error
            log.warning("socket_not_yet", extra={"error": word})
        except Exception as error:
            log.warning("socket_not_yet", extra={"error": type(error).__name__})
        self._watch = asyncio.create_task(keep_connected(self.client, self._patience))
        await self.connect_async()  # type: ignore[no-untyped-call]  # Bolt left it untyped

    async def shut(self) -> None:
        """Stop taking envelopes."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self.close_async()  # type: ignore[no-untyped-call]  # Bolt left it untyped
        client = self.client
        ended = (client.message_processor, client.current_session_monitor, client.message_receiver)
        await asyncio.gather(*filter(None, ended), return_exceptions=True)


async def keep_connected(client: SocketModeClient, patience: Patience = PATIENCE) -> None:
    """Cure a client that keeps trying a dead address: in the end it must ask for a new one.

    The SDK's client retries a failed upgrade with the same single-use address for ever; without an
    address it asks Slack for another.
    """
    silent_s = 0.0
    while True:
        await asyncio.sleep(patience.watch_every_s)
        silent_s = 0.0 if await client.is_connected() else silent_s + patience.watch_every_s
        if silent_s >= patience.stuck_after_s:
            log.warning("socket_stuck")
            client.wss_uri = None
            silent_s = 0.0
