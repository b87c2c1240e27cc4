"""The other door: Socket Mode, where Slack's envelopes come over a websocket the app opens."""

import asyncio
import logging

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.dispatch import Dispatcher
from bot.slack.guard import log_bug
from bot.slack.inbound import is_message_event

log = logging.getLogger(__name__)

WATCH_EVERY_S = 5.0
STUCK_AFTER_S = 30.0


class SocketDoor(AsyncSocketModeHandler):
    """Takes envelopes, messages first. One that could not be stored stays unacknowledged, so that
    Slack delivers it again.
    """

    def __init__(self, bolt: AsyncApp, app_token: str, dispatcher: Dispatcher) -> None:
        super().__init__(bolt, app_token, web_client=bolt.client)
        self._dispatcher = dispatcher
        self._watch: asyncio.Task[None] | None = None

    async def handle(  # type: ignore[override]  # Bolt narrows the client as well
        self, client: SocketModeClient, req: SocketModeRequest
    ) -> None:
        """Take one envelope."""
        if req.type != "events_api" or not is_message_event(req.payload):
            try:
                await super().handle(client, req)
            except Exception:
                log_bug("envelope")
            return
        try:
            await self._dispatcher.on_message(req.payload)
        except Exception:
            log_bug("message event")
            return
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))

    async def open(self) -> None:
        """Connect, and keep watch over the connection."""
        await self.connect_async()  # type: ignore[no-untyped-call]  # Bolt left it untyped
        self._watch = asyncio.create_task(keep_connected(self.client))

    async def shut(self) -> None:
        """Stop taking envelopes."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self.close_async()  # type: ignore[no-untyped-call]  # Bolt left it untyped


async def keep_connected(
    client: SocketModeClient, every_s: float = WATCH_EVERY_S, patience_s: float = STUCK_AFTER_S
) -> None:
    """Cure a client that keeps trying a dead address: after `patience_s` it must ask for a new one.

    The SDK's client retries a failed upgrade with the same single-use address for ever; without an
    address it asks Slack for another.
    """
    silent_s = 0.0
    while True:
        await asyncio.sleep(every_s)
        silent_s = 0.0 if await client.is_connected() else silent_s + every_s
        if silent_s >= patience_s:
            log.warning("socket_stuck")
            client.wss_uri = None
            silent_s = 0.0
