"""The front door of the Web API: token, scope, rate limit, scripted trouble, then the method."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from aiohttp import web

from sandbox.faults import CallFault, Trouble
from sandbox.ledger import ApiCall
from sandbox.limits import Tier
from sandbox.platform import Platform
from sandbox.web_api import chat, conversations, people, views
from sandbox.web_api.arguments import ApiError, Arguments, read_arguments
from sandbox.web_api.calls import Call, Method, missing_scope
from sandbox.workspace import JSON, AppSpec, InstalledApp

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **people.METHODS,
    **views.METHODS,
}
# The caller of methods that take no token.
_NOBODY = InstalledApp(AppSpec("nobody", (), (), "", ""), "", "", "", "")
_TOO_LARGE = "request_too_large"


@dataclass(frozen=True)
class _Answer:
    body: JSON
    status: int = 200
    retry_after: int | None = None
    scopes: tuple[str, ...] | None = None
    """What the caller's token may do."""


class WebApi:
    """Answers ``/api/<method>``."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.closing = asyncio.Event()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One call, by GET or POST."""
        name = request.match_info["method"]
        try:
            args = await read_arguments(request)
        except ApiError as refused:
            status = 413 if refused.error == _TOO_LARGE else 200
            return web.json_response(refused.as_json(), status=status)
        fault = self._platform.faults.take_for_call(name, args.text("channel"))
        if fault is not None:
            return await self._serve_with_fault(request, (name, args), fault)
        answer = self._answer(name, args)
        self._record(name, args, answer)
        return _response(answer)

    async def _serve_with_fault(
        self, request: web.Request, called: tuple[str, Arguments], fault: CallFault
    ) -> web.StreamResponse:
        name, args = called
        answer = self._outcome(name, args, fault)
        self._record(name, args, answer, fault)
        match fault.trouble:
            case Trouble.RATE_LIMITED | Trouble.API_ERROR:
                return _response(answer)
            case Trouble.SERVER_ERROR:
                return web.Response(status=fault.status, text="upstream error")
            case Trouble.TIMES_OUT:
                await self.closing.wait()
            case Trouble.LATE_EFFECT:
                due = self._platform.workspace.now() + fault.delay
                self._platform.agenda.at(due, lambda: self._have_effect(name, args))
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    def _outcome(self, name: str, args: Arguments, fault: CallFault) -> _Answer:
        if fault.trouble is Trouble.RATE_LIMITED:
            return _Answer({"ok": False, "error": "ratelimited"}, 429, fault.retry_after)
        if fault.trouble is Trouble.API_ERROR:
            return _Answer({"ok": False, "error": fault.error})
        if fault.after_effect:
            return self._answer(name, args)
        return _Answer({"ok": False, "error": "not_executed"})

    def _have_effect(self, name: str, args: Arguments) -> None:
        self._record(name, args, self._answer(name, args))

    def _answer(self, name: str, args: Arguments) -> _Answer:
        method = METHODS.get(name)
        if method is None:
            return _Answer({"ok": False, "error": "unknown_method", "req_method": name})
        try:
            app = self._caller(method, args)
            wait = self._wait(name, method.tier, app, args)
        except ApiError as refused:
            return _Answer(refused.as_json())
        if wait is not None:
            return _Answer({"ok": False, "error": "ratelimited"}, 429, wait)
        try:
            if method.scopes and not set(method.scopes) & set(app.spec.scopes):
                raise missing_scope(app, method.scopes)
            return _Answer(method.run(Call(self._platform, app, args)), scopes=app.spec.scopes)
        except ApiError as refused:
            return _Answer(refused.as_json(), scopes=app.spec.scopes)

    def _wait(self, name: str, tier: Tier, app: InstalledApp, args: Arguments) -> int | None:
        workspace = self._platform.workspace
        key = (f"{app.app_id}/{app.team_id}", name)
        channel = args.text("channel")
        return self._platform.limits.wait_for(key, tier, channel, workspace.seconds())

    def _caller(self, method: Method, args: Arguments) -> InstalledApp:
        if method.token == "none":  # noqa: S105 - a kind, not a secret
            return _NOBODY
        if not args.token:
            raise ApiError("not_authed")
        owner = self._owner(args.token, method.token)
        if owner is None:
            other = self._owner(args.token, "app" if method.token == "bot" else "bot")  # noqa: S105
            raise ApiError("invalid_auth" if other is None else "not_allowed_token_type")
        if owner.refusal is not None:
            raise ApiError(owner.refusal)
        return owner

    def _owner(self, token: str, kind: str) -> InstalledApp | None:
        if kind == "bot":
            return self._platform.workspace.app_of_token(token)
        return next((a for a in self._platform.workspace.apps if a.spec.app_token == token), None)

    def _record(
        self, name: str, args: Arguments, answer: _Answer, fault: CallFault | None = None
    ) -> None:
        owner = self._owner(args.token, "bot") or self._owner(args.token, "app")
        entry = ApiCall(
            method=name,
            args=args.values,
            owner=owner.app_id if owner and args.token else None,
            result=answer.body,
            status=answer.status,
            at=self._platform.workspace.now(),
            fault=fault.trouble.value if fault else None,
        )
        self._platform.ledger.record(entry)


def _response(answer: _Answer) -> web.Response:
    headers = {"Retry-After": str(answer.retry_after)} if answer.retry_after is not None else {}
    if answer.scopes is not None:
        headers["X-OAuth-Scopes"] = ",".join(answer.scopes)
    return web.json_response(answer.body, status=answer.status, headers=headers, dumps=json.dumps)
