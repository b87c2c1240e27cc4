"""A moment of the workspace as HTML. Autoescape is on: what a person typed is never markup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from sandbox.playground import markup
from sandbox.playground.fields import Held, Offer, held_by, offers
from sandbox.playground.markup import Eyes
from sandbox.playground.rich_text import rich_text
from sandbox.workspace import JSON, User, Workspace

_TEMPLATES = Path(__file__).parent / "templates"


class Painter:
    """Draws blocks and pages from the templates."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "text": _text,
            "rich": _rich,
            "markdown": _markdown,
            "mrkdwn": _mrkdwn,
            "held": _held,
            "offers": _offers,
            "weblink": _weblink,
            "as_json": _as_json,
        }

    def page(self, name: str, **facts: Any) -> str:
        """A whole template."""
        return self._environment.get_template(name).render(facts)

    def blocks(
        self,
        blocks: Sequence[JSON],
        eyes: Eyes,
        held: Held,
        errors: dict[str, str] | None = None,
    ) -> Markup:
        """Blocks of a message or view, their inputs holding what this viewer has put in."""
        viewer = self._workspace.users.get(eyes.viewer_id)
        known = {"eyes": eyes, "state": held, "workspace": self._workspace, "viewer": viewer}
        kit: Any = self._environment.get_template("blocks.html").make_module(known)
        drawn: Markup = kit.blocks(blocks, errors or {})
        return drawn


@pass_context
def _text(context: Context, text: JSON) -> Markup:
    eyes: Eyes = context["eyes"]
    if text["type"] == "mrkdwn":
        return markup.mrkdwn(text["text"], eyes)
    return markup.plain(text["text"], eyes)


@pass_context
def _rich(context: Context, block: JSON) -> Markup:
    return rich_text(block, context["eyes"])


@pass_context
def _markdown(context: Context, text: str) -> Markup:
    return markup.markdown(text, context["eyes"])


@pass_context
def _mrkdwn(context: Context, text: str) -> Markup:
    return markup.mrkdwn(text, context["eyes"])


@pass_context
def _held(context: Context, block: JSON, element: JSON) -> Any:
    eyes: Eyes = context["eyes"]
    return held_by(context["state"], block, element, eyes.zone)


@pass_context
def _offers(context: Context, element: JSON) -> list[Offer]:
    workspace: Workspace = context["workspace"]
    viewer: User = context["viewer"]
    return offers(element, workspace, viewer)


def _weblink(url: str) -> str:
    """An address fit for a link; nothing where it is no web address."""
    return url if url.startswith(("http://", "https://", "mailto:")) else "#"


def _as_json(value: Any) -> Markup:
    """A value as JSON in an attribute or as text."""
    return escape(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False))
