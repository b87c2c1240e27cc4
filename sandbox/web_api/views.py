"""``views.*``, ``blocks.validate`` and ``apps.connections.open``."""

from __future__ import annotations

from typing import Any

from sandbox.block_rules import faults_in_view
from sandbox.limits import Tier
from sandbox.modals import View, ViewRefusedError
from sandbox.triggers import KeyRefusedError, Trigger
from sandbox.web_api.arguments import ApiError
from sandbox.web_api.calls import Call, Method
from sandbox.web_api.chat import checked_blocks
from sandbox.workspace import JSON


def open_view(call: Call) -> JSON:
    """``views.open``: a modal, for one fresh gesture of a person."""
    view = _view_argument(call)
    trigger = _trigger(call)
    modals = call.platform.modals
    return _done(modals.open, call.app, trigger.user_id, view, trigger.channel_id)


def push_view(call: Call) -> JSON:
    """``views.push``: a modal on top of the one the gesture came from."""
    view = _view_argument(call)
    trigger = _trigger(call)
    return _done(call.platform.modals.push, call.app, trigger.user_id, view)


def update_view(call: Call) -> JSON:
    """``views.update`` by ``view_id`` or ``external_id``, guarded by ``hash`` if given."""
    view = _view_argument(call)
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    if not view_id and not external_id:
        raise ApiError.with_messages("invalid_arguments", ["missing required field: view_id"])
    known = call.platform.modals.find(call.app, view_id or None, external_id or None)
    if known is None:
        raise ApiError("not_found")
    return _done(call.platform.modals.update, known, view, call.args.text("hash") or None)


def publish_view(call: Call) -> JSON:
    """``views.publish``: a person's Home."""
    view = _view_argument(call)
    user = call.user(call.args.required("user_id"))
    given_hash = call.args.text("hash") or None
    return _done(call.platform.modals.publish, call.app, user.id, view, given_hash)


def validate_blocks(call: Call) -> JSON:
    """``blocks.validate``: of a message's ``blocks`` or a ``view``, with no token."""
    if "view" in call.args:
        faults = faults_in_view(_view_argument(call))
        if faults:
            raise ApiError.with_messages("invalid_arguments", faults)
        return {"ok": True}
    checked_blocks(call.args)
    return {"ok": True}


def open_connection(call: Call) -> JSON:
    """``apps.connections.open``: a websocket URL that works once."""
    if not call.app.socket_mode_on:
        raise ApiError("socket_mode_disabled")
    ticket = call.platform.sockets.new_ticket(call.app)
    host = call.platform.root_url.replace("http://", "ws://", 1)
    return {"ok": True, "url": f"{host}/link/?ticket={ticket}&app_id={call.app.app_id}"}


def _view_argument(call: Call) -> JSON:
    view = call.args.values.get("view")
    if not isinstance(view, dict):
        raise ApiError.with_messages("invalid_arguments", ["missing required field: view"])
    return view


def _trigger(call: Call) -> Trigger:
    trigger_id = call.args.required("trigger_id")
    try:
        return call.platform.keys.use_trigger(trigger_id, call.app)
    except KeyRefusedError as refused:
        raise ApiError(str(refused)) from None


def _done(step: Any, *given: Any) -> JSON:
    try:
        view: View = step(*given)
    except ViewRefusedError as refused:
        if refused.faults:
            raise ApiError.with_messages(refused.error, refused.faults) from None
        raise ApiError(refused.error) from None
    return {"ok": True, "view": view.as_json()}


METHODS = {
    "views.open": Method(open_view, Tier.FOUR),
    "views.push": Method(push_view, Tier.FOUR),
    "views.update": Method(update_view, Tier.FOUR),
    "views.publish": Method(publish_view, Tier.FOUR),
    "blocks.validate": Method(validate_blocks, Tier.SPECIAL, token="none"),  # noqa: S106
    "apps.connections.open": Method(open_connection, Tier.ONE, token="app"),  # noqa: S106
}
