"""The whole page for one place, from the stage as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup

from sandbox.playground import ledger_entries
from sandbox.playground.facts import Describer
from sandbox.playground.fields import conversation_name
from sandbox.playground.markup import emoji_span
from sandbox.playground.mischief import Mischief
from sandbox.playground.moments import clock_time, day_name
from sandbox.playground.place import Place
from sandbox.playground.rendering import Painter
from sandbox.playground.stage import Stage
from sandbox.playground.teammates import Teammates

QUICK_REACTIONS = ("+1", "tada", "eyes")
DRAWERS = (("clock", "Clock"), ("faults", "Faults"), ("ledger", "Ledger"))


@dataclass(frozen=True, slots=True)
class ModalFacts:
    """An open modal. ``key`` changes whenever it must be drawn anew."""

    id: str
    key: str
    title: str
    body: Markup
    close: str
    submit: str
    error: str
    below: bool


class PageMaker:
    """Makes pages."""

    def __init__(
        self,
        stage: Stage,
        describer: Describer,
        painter: Painter,
        rest: tuple[Teammates, Mischief],
    ) -> None:
        self._stage = stage
        self._describer = describer
        self._painter = painter
        self._teammates, self._mischief = rest

    async def html(self, place: Place) -> str:
        """The page of a place."""
        owner = self._stage.owner
        due = await owner.next_due() if owner else None
        facts = (
            self._frame(place)
            | self._time(place, due)
            | self._sides(place)
            | self._middle(place)
            | self._drawer(place)
        )
        return self._painter.page("page.html", **facts)

    def _frame(self, place: Place) -> dict[str, Any]:
        workspace = self._stage.sandbox.workspace
        return {
            "place": place,
            "title": conversation_name(place.channel, workspace),
            "workspace_name": workspace.teams[self._stage.sandbox.team_id].name,
            "app_name": self._stage.app.spec.name.title(),
            "has_owner": self._stage.owner is not None,
            "quick": [(name, emoji_span(name)) for name in QUICK_REACTIONS],
            "thread_url": lambda ts: place.url(thread=place.channel.by_ts[ts]),
            "modal": self._modal(place),
        }

    def _time(self, place: Place, due: datetime | None) -> dict[str, Any]:
        now = self._stage.sandbox.clock.now()
        local = now.astimezone(place.zone)
        offset = local.utcoffset() or timedelta()
        soon = due is not None and day_name(due, place.zone) == day_name(now, place.zone)
        when = due and (
            f"at {clock_time(due, place.zone)}"
            if soon
            else f"{due.astimezone(place.zone):%a} {clock_time(due, place.zone)}"
        )
        return {
            "now": f"{local:%a} {local.day} {local:%b}, {local:%H:%M}",
            "now_iso": now.isoformat(),
            "offset_minutes": int(offset.total_seconds() // 60),
            "now_long": f"{day_name(now, place.zone)} {local.year}, {local:%H:%M}",
            "next_due": when,
            "next_due_long": due
            and f"{day_name(due, place.zone)} at {clock_time(due, place.zone)}",
            "zone_name": place.zone.key.replace("_", " "),
            "tomorrow_value": f"{local + timedelta(days=1):%Y-%m-%dT%H:%M}",
        }

    def _sides(self, place: Place) -> dict[str, Any]:
        stage = self._stage
        everyone = [
            {
                "name": one.user.real_name + (" (outsider)" if one is stage.outsider else ""),
                "url": self._as(place, one),
                "here": one is place.viewer,
            }
            for one in stage.everyone
        ]
        direct = stage.sandbox.workspace.im_between(place.viewer.id, stage.app)
        return {
            "everyone": everyone,
            "has_lines": bool(stage.lines),
            "tips": stage.tips,
            "eyes": self._describer.eyes(place),
            "teammates_on": self._teammates.on,
            "rooms": self._describer.rooms(place),
            "app_url": place.url(channel=direct, thread=None, home=True),
            "drawers": DRAWERS if stage.owner else DRAWERS[1:],
        }

    def _as(self, place: Place, other: Any) -> str:
        """The same place through other eyes; a direct message becomes theirs."""
        if place.channel.kind == "im":
            theirs = self._stage.sandbox.workspace.im_between(other.id, self._stage.app)
            return place.url(viewer=other, channel=theirs, thread=None)
        return place.url(viewer=other)

    def _middle(self, place: Place) -> dict[str, Any]:
        stage, channel = self._stage, place.channel
        home = stage.sandbox.platform.modals.home(place.viewer.id, stage.app)
        names = [
            u.real_name
            for u in stage.sandbox.workspace.users.values()
            if u.id in channel.member_ids
        ]
        return {
            "messages": [] if place.home else self._describer.conversation(place),
            "thread": self._describer.thread(place),
            "home": self._describer.view(home, place) if place.home and home else None,
            "member": place.viewer.id in channel.member_ids,
            "members": f"{len(names)} members: {', '.join(names)}",
            "is_dm": channel.kind == "im",
            "tabs": [
                ("Home", place.url(home=True, thread=None), place.home),
                ("Messages", place.url(home=False), not place.home),
            ],
            "hints": stage.hints,
            "first_command": stage.hints[0].line if stage.hints else "a command",
        }

    def _modal(self, place: Place) -> ModalFacts | None:
        stack = self._stage.sandbox.platform.modals.stack(place.viewer.id)
        if not stack:
            return None
        view = stack[-1]
        errors = "-".join(sorted(view.errors))
        shown = view.payload
        return ModalFacts(
            id=view.id,
            key=f"{view.id}-{view.hash}-{errors}",
            title=view.title,
            body=self._describer.view(view, place),
            close=(shown.get("close") or {}).get("text", "Close"),
            submit=(shown.get("submit") or {}).get("text", ""),
            error=view.errors.get("", ""),
            below=len(stack) > 1,
        )

    def _drawer(self, place: Place) -> dict[str, Any]:
        ledger = self._stage.sandbox.ledger
        listed = place.drawer == "ledger"
        return {
            "drawer_title": dict(DRAWERS).get(place.drawer, ""),
            "faults": self._mischief.offered,
            "happened": self._mischief.told,
            "ledger": ledger_entries.newest(ledger, place.zone) if listed else [],
            "ledger_count": len(ledger.entries),
        }
