"""Views: a person's stack of modals and her Home, with the state of their inputs."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import Any

from sandbox.block_rules import faults_in_view
from sandbox.conversations import with_ids
from sandbox.feed import Change, Feed
from sandbox.inputs import first_state, inputs_in
from sandbox.reading import view_as_text
from sandbox.workspace import JSON, InstalledApp, RefusedError, Workspace

MOST_STACKED = 3
MOST_BYTES = 250_000
_OPTIONAL = ("title", "submit", "close", "private_metadata", "callback_id", "external_id")
TROUBLE = "We had some trouble connecting. Try again?"


class ViewRefusedError(Exception):
    """A view that Slack does not take: its error code and the faults found."""

    def __init__(self, error: str, faults: list[str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.faults = faults or []


@dataclass(eq=False)
class View:
    """An open modal, or a published Home."""

    id: str
    app: InstalledApp
    user_id: str
    payload: JSON
    hash: str
    root_id: str
    previous_id: str | None = None
    here: str | None = None
    """The conversation in which it was opened."""
    state: dict[tuple[str, str], JSON] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    """What the person is told: by block_id from the app, or under ``""`` from Slack itself."""
    names: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def title(self) -> str:
        """The text of its title bar ("" for a Home)."""
        return str(self.payload.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> list[JSON]:
        """Its blocks, every one with a ``block_id``."""
        blocks: list[JSON] = self.payload["blocks"]
        return blocks

    @property
    def text(self) -> str:
        """The view as a person reads it."""
        return view_as_text(self.payload, self.names)

    def values(self) -> JSON:
        """The ``state.values`` of its payloads."""
        told: JSON = {}
        for (block_id, action_id), state in self.state.items():
            told.setdefault(block_id, {})[action_id] = state
        return told

    def as_json(self) -> JSON:
        """The view as in payloads and in the answers of ``views.*``."""
        told = {
            "id": self.id,
            "team_id": self.app.team_id,
            "type": self.payload["type"],
            "blocks": self.blocks,
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "title": None,
            "submit": None,
            "close": None,
            "state": {"values": self.values()},
            "hash": self.hash,
            "clear_on_close": bool(self.payload.get("clear_on_close")),
            "notify_on_close": bool(self.payload.get("notify_on_close")),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": self.app.app_id,
            "app_installed_team_id": self.app.team_id,
            "bot_id": self.app.bot_id,
        }
        return told | {key: self.payload[key] for key in _OPTIONAL if key in self.payload}


class Modals:
    """Every open view of every person."""

    def __init__(self, workspace: Workspace, feed: Feed) -> None:
        self._workspace = workspace
        self._feed = feed
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[tuple[str, str], View] = {}

    def stack(self, user_id: str) -> list[View]:
        """A person's open modals, the topmost last."""
        return self._stacks.setdefault(user_id, [])

    def home(self, user_id: str, app: InstalledApp) -> View | None:
        """What an app has published on a person's Home."""
        return self._homes.get((user_id, app.app_id))

    def open(self, app: InstalledApp, user_id: str, payload: Any, here: str | None) -> View:
        """Open a modal as the root of a new stack. Raises ViewRefusedError."""
        view = self._new(app, user_id, self._checked(payload, "modal", None))
        view.here = here
        self._stacks[user_id] = [view]
        return self._show(view)

    def push(self, app: InstalledApp, user_id: str, payload: Any) -> View:
        """Put a modal on the stack. Raises ViewRefusedError, ``push_limit_reached`` for a 4th."""
        stack = self.stack(user_id)
        if not stack:
            raise ViewRefusedError("not_found")
        if len(stack) >= MOST_STACKED:
            raise ViewRefusedError("push_limit_reached")
        view = self._new(app, user_id, self._checked(payload, "modal", None))
        view.root_id, view.previous_id, view.here = stack[0].id, stack[-1].id, stack[0].here
        stack.append(view)
        return self._show(view)

    def update(self, view: View, payload: Any, given_hash: str | None = None) -> View:
        """Replace a view's content. Inputs keep their values where block_id, action_id and type
        are unchanged. Raises ViewRefusedError, ``hash_conflict`` for an outdated hash."""
        if given_hash and given_hash != view.hash:
            raise ViewRefusedError("hash_conflict")
        view.payload = self._checked(payload, view.payload["type"], view)
        view.hash = self._new_hash()
        view.errors = {}
        return self._show(view)

    def publish(
        self, app: InstalledApp, user_id: str, payload: Any, given_hash: str | None
    ) -> View:
        """Set a person's Home. Raises ViewRefusedError."""
        known = self.home(user_id, app)
        if known is not None:
            return self.update(known, payload, given_hash)
        view = self._new(app, user_id, self._checked(payload, "home", None))
        self._homes[(user_id, app.app_id)] = view
        return self._show(view)

    def pop(self, view: View) -> None:
        """Close one modal; the one below shows again."""
        stack = self.stack(view.user_id)
        if view in stack:
            stack.remove(view)
        self._feed.tell(Change("view", user_id=view.user_id))

    def clear(self, user_id: str) -> None:
        """Close all of a person's modals."""
        self._stacks[user_id] = []
        self._feed.tell(Change("view", user_id=user_id))

    def find(self, app: InstalledApp, view_id: str | None, external_id: str | None) -> View | None:
        """An open view of an app, by id or external id."""
        for view in self._all():
            if view.app is app and (
                view.id == view_id or _external(view) == external_id is not None
            ):
                return view
        return None

    def _all(self) -> list[View]:
        return [*(v for stack in self._stacks.values() for v in stack), *self._homes.values()]

    def _checked(self, payload: Any, kind: str, replaced: View | None) -> JSON:
        if not isinstance(payload, dict):
            raise ViewRefusedError("invalid_arguments", ["view must be an object"])
        if len(json.dumps(payload).encode()) > MOST_BYTES:
            raise ViewRefusedError("view_too_large")
        if payload.get("type") != kind:
            raise ViewRefusedError(
                "invalid_arguments", [f"must be a {kind} view [json-pointer:/view/type]"]
            )
        faults = faults_in_view(payload)
        if faults:
            raise ViewRefusedError("invalid_arguments", faults)
        external_id = payload.get("external_id")
        twins = [v for v in self._all() if external_id and _external(v) == external_id]
        if any(twin is not replaced for twin in twins):
            raise ViewRefusedError("duplicate_external_id")
        checked = copy.deepcopy(payload)
        checked["blocks"] = with_ids(payload["blocks"], self._workspace)
        return checked

    def _new(self, app: InstalledApp, user_id: str, payload: JSON) -> View:
        view_id = self._workspace.new_id("V")
        return View(view_id, app, user_id, payload, self._new_hash(), root_id=view_id)

    def _new_hash(self) -> str:
        return self._workspace.new_id("h")

    def _show(self, view: View) -> View:
        held, view.state = view.state, {}
        for block, element in inputs_in(view.blocks):
            key = (block["block_id"], element["action_id"])
            kept = held.get(key)
            same = kept is not None and kept["type"] == element["type"]
            view.state[key] = kept if kept and same else first_state(element, view.here)
        view.names = dict(self._workspace.names())
        kind = "home" if view.payload["type"] == "home" else "view"
        self._feed.tell(Change(kind, user_id=view.user_id))
        return view

    def top(self, user_id: str) -> View:
        """A person's topmost modal. Raises RefusedError if none is open."""
        stack = self.stack(user_id)
        if not stack:
            raise RefusedError("no modal is open")
        return stack[-1]


def _external(view: View) -> str | None:
    return view.payload.get("external_id") or None
