"""Gestures of people as the app receives them: commands, clicks, submissions, shortcuts, Home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.conversations import Draft
from sandbox.delivery import Acknowledgement
from sandbox.inputs import first_state, inputs_in, is_empty, value_of
from sandbox.modals import TROUBLE, View, ViewRefusedError
from sandbox.payloads import message_json
from sandbox.platform import Platform
from sandbox.responses import Responses
from sandbox.triggers import ResponseUrl, Trigger
from sandbox.workspace import JSON, Channel, InstalledApp, Message, User

_MISSING = "Please complete this required field."
_SLACKBOT = "USLACKBOT"
_COMMAND_ERRORS = {
    "http_timeout": "operation_timeout",
    "timeout": "operation_timeout",
    "http_error": "http_service_error",
}


@dataclass(frozen=True)
class CommandResult:
    """What came of a slash command: the HTTP status (None without an answer), the body of the
    ack, why it failed, and what was wrong with the blocks of the ack."""

    status: int | None
    ack_body: JSON | str | None
    reason: str | None = None
    faults: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True if the app acknowledged in time."""
        return self.reason is None


class Interactions:
    """Builds the payloads, delivers them and acts on the answers."""

    def __init__(self, platform: Platform, responses: Responses) -> None:
        self._platform = platform
        self._responses = responses
        self._chosen: dict[tuple[str, str], dict[tuple[str, str], JSON]] = {}

    # --- slash commands -------------------------------------------------------------------------

    async def command(
        self, user: User, app: InstalledApp, line: tuple[str, str], channel: Channel
    ) -> CommandResult:
        """Deliver a slash command; what the ack says is shown as Slack would."""
        response = ResponseUrl(app, user.id, channel, self._platform.workspace.now())
        payload = {
            "token": "sandbox-verification",
            "team_id": app.team_id,
            "team_domain": self._platform.workspace.teams[app.team_id].domain,
            "channel_id": channel.id,
            "channel_name": _name_in_command(channel),
            "user_id": user.id,
            "user_name": user.name,
            "command": line[0],
            "text": line[1],
            "api_app_id": app.app_id,
            "is_enterprise_install": "false",
            "response_url": self._responses.url(response),
            "trigger_id": self._trigger(app, user, channel_id=channel.id),
        }
        answer = await self._platform.courier.ask(app, "slash_commands", payload)
        if not answer.ok:
            error = _COMMAND_ERRORS.get(answer.reason or "", "dispatch_failed")
            said = f'{line[0]} failed with the error "{error}"'
            self._platform.conversations.post(channel, Draft(_SLACKBOT, said, only_for=user.id))
            return CommandResult(answer.status, answer.body, answer.reason)
        faults = self._show_ack(response, answer.body)
        return CommandResult(answer.status, answer.body, faults=tuple(faults))

    def _show_ack(self, response: ResponseUrl, body: JSON | str | None) -> list[str]:
        said = {"text": body} if isinstance(body, str) else body or {}
        if not said.get("text") and not said.get("blocks"):
            return []
        return self._responses.show(response, said)

    # --- clicks and choices ---------------------------------------------------------------------

    def held(self, user: User, surface: Message | View) -> dict[tuple[str, str], JSON]:
        """What the inputs of a message or view hold for a person, keyed by (block, action)."""
        if isinstance(surface, View):
            return surface.state
        held = self._chosen.setdefault((user.id, surface.ts), {})
        for block, element in inputs_in(surface.blocks):
            held.setdefault((block["block_id"], element["action_id"]), first_state(element))
        return held

    async def act(
        self, user: User, app: InstalledApp, surface: Message | View, action: JSON
    ) -> Acknowledgement:
        """Deliver ``block_actions`` for something a person did on a message or view."""
        workspace = self._platform.workspace
        payload = self._base("block_actions", user, app)
        payload["actions"] = [action | {"action_ts": workspace.new_ts()}]
        if isinstance(surface, View):
            payload["container"] = {"type": "view", "view_id": surface.id}
            payload["view"] = surface.as_json()
            payload["trigger_id"] = self._trigger(
                app, user, channel_id=surface.here, view_id=surface.id
            )
        else:
            payload |= self._place(user, app, surface)
            payload["trigger_id"] = self._trigger(app, user, channel_id=surface.channel.id)
        return await self._platform.courier.ask(app, "interactive", payload)

    def _place(self, user: User, app: InstalledApp, message: Message) -> JSON:
        channel = message.channel
        container: JSON = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.only_for is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        now = self._platform.workspace.now()
        response = ResponseUrl(app, user.id, channel, now, message, message.thread_ts)
        values: JSON = {}
        for (block_id, action_id), state in self.held(user, message).items():
            values.setdefault(block_id, {})[action_id] = state
        told: JSON = {
            "container": container,
            "channel": {"id": channel.id, "name": _name_in_command(channel)},
            "state": {"values": values},
            "response_url": self._responses.url(response),
        }
        if message.only_for is None:
            told["message"] = message_json(message, with_metadata=True)
        return told

    # --- modals ---------------------------------------------------------------------------------

    async def submit(self, user: User, view: View) -> Acknowledgement:
        """Submit a modal and do what the answer says.

        If a required input is empty nothing is sent, as in Slack's client; ``view.errors`` says so.
        """
        view.errors = _missing(view)
        if view.errors:
            return Acknowledgement(None, reason="not_sent")
        payload = self._base("view_submission", user, view.app)
        payload |= {
            "trigger_id": self._trigger(view.app, user, channel_id=view.here, view_id=view.id),
            "view": view.as_json(),
            "response_urls": self._response_urls(user, view),
        }
        answer = await self._platform.courier.ask(view.app, "interactive", payload)
        if not answer.ok:
            view.errors = {"": TROUBLE}
            return answer
        self._follow(view, answer.body if isinstance(answer.body, dict) else {})
        return answer

    def _follow(self, view: View, answer: JSON) -> None:
        modals = self._platform.modals
        try:
            match answer.get("response_action"):
                case None:
                    modals.pop(view)
                case "clear":
                    modals.clear(view.user_id)
                case "update":
                    modals.update(view, answer.get("view"))
                case "push":
                    modals.push(view.app, view.user_id, answer.get("view"))
                case "errors":
                    view.errors = _errors_for(view, answer.get("errors"))
                case unknown:
                    view.errors = {"": f"{TROUBLE} (unknown response_action {unknown!r})"}
        except ViewRefusedError as refused:
            view.errors = {"": f"{TROUBLE} ({refused.error}: {'; '.join(refused.faults)})"}

    def _response_urls(self, user: User, view: View) -> list[JSON]:
        told = []
        for block, element in inputs_in(view.blocks):
            state = view.state[(block["block_id"], element["action_id"])]
            channel_id = value_of(state)
            if not element.get("response_url_enabled") or not channel_id:
                continue
            channel = self._platform.workspace.channels[channel_id]
            response = ResponseUrl(view.app, user.id, channel, self._platform.workspace.now())
            told.append(
                {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": channel_id,
                    "response_url": self._responses.url(response),
                }
            )
        return told

    async def close(self, user: User, view: View, *, everything: bool) -> None:
        """Close a modal (or the whole stack); the app hears of it if ``notify_on_close``."""
        modals = self._platform.modals
        everything = everything or bool(view.payload.get("clear_on_close"))
        closed = modals.stack(user.id)[::-1] if everything else [view]
        if everything:
            modals.clear(user.id)
        else:
            modals.pop(view)
        for gone in closed:
            if gone.payload.get("notify_on_close"):
                payload = self._base("view_closed", user, gone.app)
                payload |= {"view": gone.as_json(), "is_cleared": everything}
                await self._platform.courier.ask(gone.app, "interactive", payload)

    # --- shortcuts and Home ---------------------------------------------------------------------

    async def shortcut(
        self, user: User, app: InstalledApp, callback_id: str, message: Message | None
    ) -> Acknowledgement:
        """Use a global shortcut, or a message shortcut if a message is given."""
        payload = self._base("message_action" if message else "shortcut", user, app)
        payload |= {"callback_id": callback_id, "action_ts": self._platform.workspace.new_ts()}
        if message is None:
            payload["trigger_id"] = self._trigger(app, user)
        else:
            channel, now = message.channel, self._platform.workspace.now()
            payload |= {
                "trigger_id": self._trigger(app, user, channel_id=channel.id),
                "channel": {"id": channel.id, "name": _name_in_command(channel)},
                "message_ts": message.ts,
                "message": message_json(message),
                "response_url": self._responses.url(
                    ResponseUrl(app, user.id, channel, now, message, message.thread_ts)
                ),
            }
        return await self._platform.courier.ask(app, "interactive", payload)

    def open_home(self, user: User, app: InstalledApp, tab: str) -> None:
        """Send ``app_home_opened`` with what is published already."""
        workspace = self._platform.workspace
        event: JSON = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": workspace.im_between(user.id, app).id,
            "tab": tab,
            "event_ts": workspace.new_ts(),
        }
        home = self._platform.modals.home(user.id, app)
        if home is not None and tab == "home":
            event["view"] = home.as_json()
        self._platform.events.to_app(app, event)

    # --- common parts ---------------------------------------------------------------------------

    def _base(self, kind: str, user: User, app: InstalledApp) -> JSON:
        team = self._platform.workspace.teams[app.team_id]
        return {
            "type": kind,
            "user": {
                "id": user.id,
                "username": user.name,
                "name": user.name,
                "team_id": user.team_id,
            },
            "api_app_id": app.app_id,
            "token": "sandbox-verification",
            "team": {"id": team.id, "domain": team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _trigger(self, app: InstalledApp, user: User, **where: Any) -> str:
        trigger = Trigger(app, user.id, self._platform.workspace.now(), **where)
        return self._platform.keys.new_trigger(trigger)


def _name_in_command(channel: Channel) -> str:
    return {"im": "directmessage", "group": "privategroup"}.get(channel.kind, channel.name)


def _missing(view: View) -> dict[str, str]:
    errors = {}
    for block, element in inputs_in(view.blocks):
        if block["type"] != "input":
            continue
        state = view.state[(block["block_id"], element["action_id"])]
        shortest = element.get("min_length", 0)
        if is_empty(state):
            if not block.get("optional"):
                errors[block["block_id"]] = _MISSING
        elif shortest and len(str(value_of(state))) < shortest:
            errors[block["block_id"]] = f"Please use at least {shortest} characters."
    return errors


def _errors_for(view: View, errors: Any) -> dict[str, str]:
    """Errors must name input blocks of the view; otherwise Slack shows none of them."""
    known = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or set(errors) - known:
        return {"": f"{TROUBLE} (errors name no input block: {errors!r})"}
    return {block_id: str(text) for block_id, text in errors.items()}
