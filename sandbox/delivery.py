"""Getting things to the app: signed HTTP or a socket, three seconds, and Slack's retries."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from sandbox.agenda import Agenda
from sandbox.clock import signing_time
from sandbox.faults import EventFault, EventTrouble, Faults
from sandbox.ledger import Delivery, Ledger
from sandbox.sockets import NoSocketError, Sockets
from sandbox.workspace import JSON, InstalledApp, Workspace

ACK_SECONDS = 3.0
RETRY_AFTER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
_REDIRECTS = 2


@dataclass(frozen=True)
class Acknowledgement:
    """What the app answered. ``status`` is None if nothing came back in time, and then ``reason``
    says why in Slack's words. ``body`` is a JSON object, a text, or None if empty."""

    status: int | None
    body: JSON | str | None = None
    reason: str | None = None
    retry_wanted: bool = field(default=True, repr=False)

    @property
    def ok(self) -> bool:
        """True for a 2xx answer or a socket's ack in time."""
        return self.reason is None


class Courier:
    """Carries events and interactions to the apps."""

    def __init__(
        self, workspace: Workspace, agenda: Agenda, faults: Faults, ledger: Ledger, sockets: Sockets
    ) -> None:
        self._workspace = workspace
        self._agenda = agenda
        self._faults = faults
        self._ledger = ledger
        self._sockets = sockets
        self._session: aiohttp.ClientSession | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._held: list[tuple[InstalledApp, JSON]] = []
        self.ack_seconds = ACK_SECONDS

    # --- events ---------------------------------------------------------------------------------

    def send_event(self, app: InstalledApp, envelope: JSON) -> None:
        """Start to deliver an event; failures are retried at once, after 1 and after 5 minutes."""
        fault = self._faults.take_for_event(str(envelope["event"]["type"]))
        if fault is None:
            self._start(self._deliver(app, envelope, 0, None))
        else:
            self._send_with_fault(app, envelope, fault)

    def _send_with_fault(self, app: InstalledApp, envelope: JSON, fault: EventFault) -> None:
        match fault.trouble:
            case EventTrouble.DUPLICATED:
                for copy in range(fault.copies):
                    renamed = {"event_id": self._workspace.new_id("Ev")}
                    again = envelope | (renamed if copy and fault.new_event_ids else {})
                    self._start(self._deliver(app, again, 0, None))
            case EventTrouble.REORDERED:
                self._held.append((app, envelope))
                if fault.times == 0:
                    self.release_held()
            case EventTrouble.LATE:
                due = self._workspace.now() + fault.delay
                self._agenda.at(due, lambda: self._start(self._deliver(app, envelope, 0, None)))
            case EventTrouble.DROPPED:
                pass

    def release_held(self) -> None:
        """Deliver, last first, what is held for a change of order that never filled up."""
        held, self._held = self._held[::-1], []
        self._start(self._deliver_in_turn(held))

    async def _deliver_in_turn(self, held: list[tuple[InstalledApp, JSON]]) -> None:
        for app, envelope in held:
            await self._deliver(app, envelope, 0, None)

    async def _deliver(
        self, app: InstalledApp, envelope: JSON, attempt: int, reason: str | None
    ) -> None:
        answer = await self._attempt(app, "events_api", envelope, (attempt, reason))
        if answer.ok or attempt >= len(RETRY_AFTER) or not answer.retry_wanted:
            return
        pause = RETRY_AFTER[attempt]
        if not pause:
            await self._deliver(app, envelope, attempt + 1, answer.reason)
            return
        again = self._workspace.now() + pause
        self._agenda.at(
            again,
            lambda: self._start(self._deliver(app, envelope, attempt + 1, answer.reason)),
        )

    # --- interactions ---------------------------------------------------------------------------

    async def ask(self, app: InstalledApp, kind: str, payload: JSON) -> Acknowledgement:
        """Deliver a command (``slash_commands``) or an interaction (``interactive``) once, and
        wait for the answer."""
        return await self._attempt(app, kind, payload, (0, None))

    # --- both -----------------------------------------------------------------------------------

    async def _attempt(
        self, app: InstalledApp, kind: str, payload: JSON, retry: tuple[int, str | None]
    ) -> Acknowledgement:
        at = self._workspace.now()
        if app.uses_sockets:
            answer = await self._over_socket(app, kind, payload, retry)
        else:
            answer = await self._over_http(app, kind, payload, retry)
        self._ledger.record(
            Delivery(kind, app.app_id, payload, retry[0], answer.status, answer.reason, at)
        )
        return answer

    async def _over_socket(
        self, app: InstalledApp, kind: str, payload: JSON, retry: tuple[int, str | None]
    ) -> Acknowledgement:
        envelope = {
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry[0], "retry_reason": retry[1] or ""}
        try:
            async with asyncio.timeout(self.ack_seconds):
                return Acknowledgement(200, await self._sockets.ask(app, envelope))
        except TimeoutError:
            return Acknowledgement(None, reason="timeout")
        except NoSocketError:
            return Acknowledgement(None, reason="connection_failed")

    async def _over_http(
        self, app: InstalledApp, kind: str, payload: JSON, retry: tuple[int, str | None]
    ) -> Acknowledgement:
        if app.request_url is None:
            return Acknowledgement(None, reason="connection_failed")
        body, headers = _encoded(app, kind, payload)
        if retry[0]:
            headers |= {"x-slack-retry-num": str(retry[0]), "x-slack-retry-reason": str(retry[1])}
        try:
            async with (
                asyncio.timeout(self.ack_seconds),
                self._http().post(
                    app.request_url, data=body, headers=headers, max_redirects=_REDIRECTS
                ) as response,
            ):
                return _read(response, await response.text())
        except TimeoutError:
            return Acknowledgement(None, reason="http_timeout")
        except aiohttp.TooManyRedirects:
            return Acknowledgement(None, reason="too_many_redirects")
        except (aiohttp.ClientSSLError, ssl.SSLError):
            return Acknowledgement(None, reason="ssl_error")
        except (aiohttp.ClientError, OSError):
            return Acknowledgement(None, reason="connection_failed")

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settled(self) -> None:
        """Wait until nothing is under way and nothing is due now. Raises what a delivery raised:
        that would be a bug of the sandbox."""
        while True:
            self._agenda.run_due(self._workspace.now())
            if not self._under_way:
                return
            await asyncio.gather(*self._under_way)

    async def close(self) -> None:
        """Give up what is under way and close the connections."""
        for task in tuple(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def _encoded(app: InstalledApp, kind: str, payload: JSON) -> tuple[str, dict[str, str]]:
    if kind == "events_api":
        body, content_type = json.dumps(payload), "application/json"
    elif kind == "slash_commands":
        body, content_type = urlencode(payload), "application/x-www-form-urlencoded"
    else:
        form = {"payload": json.dumps(payload)}
        body, content_type = urlencode(form), "application/x-www-form-urlencoded"
    timestamp = str(signing_time())
    signer = SignatureVerifier(app.spec.signing_secret)
    signature = signer.generate_signature(timestamp=timestamp, body=body) or ""
    return body, {
        "content-type": content_type,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signature,
        "user-agent": "Slackbot 1.0 (sandbox)",
    }


def _read(response: aiohttp.ClientResponse, text: str) -> Acknowledgement:
    if not 200 <= response.status < 300:
        stop = response.headers.get("x-slack-no-retry") == "1"
        return Acknowledgement(response.status, text, "http_error", retry_wanted=not stop)
    if not text:
        return Acknowledgement(response.status)
    if "json" in response.headers.get("content-type", ""):
        try:
            parsed = json.loads(text)
        except ValueError:
            return Acknowledgement(response.status, text)
        return Acknowledgement(response.status, parsed if isinstance(parsed, dict) else text)
    return Acknowledgement(response.status, text)
