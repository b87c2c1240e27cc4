"""The app with one part taken out, from outside: each must be caught by its target."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from jinja2 import Environment
from slack_sdk.models.blocks import MarkdownTextObject

from bot.slack import blocks, inbound, server
from content.importing import decoding
from proof.fuzz import knocks
from sandbox.playground import door, markup, rendering

IMPATIENT_S = 1.5


@dataclass(frozen=True)
class Mutant:
    """What was taken out, and the target that must notice. `parts`: (owner, name, instead)."""

    what: str
    target: str
    parts: tuple[tuple[Any, str, Any], ...]

    @contextmanager
    def at_large(self) -> Iterator[None]:
        """Have the part out for a while."""
        whole = [(owner, name, getattr(owner, name)) for owner, name, _ in self.parts]
        for owner, name, instead in self.parts:
            setattr(owner, name, instead)
        try:
            yield
        finally:
            for owner, name, part in whole:
                setattr(owner, name, part)


async def _patient_body(request: web.BaseRequest) -> bytes | web.Response:
    if (request.content_length or 0) > server.LARGEST_BODY:
        return web.Response(status=413)
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return web.Response(status=413)
    except (web.RequestPayloadError, ConnectionError):
        return web.Response(status=400)


async def _bold_body(request: web.BaseRequest) -> bytes | web.Response:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return web.Response(status=413)


def _trusting_json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _unescaped(text: blocks.Text) -> blocks.Markup:
    return text if isinstance(text, blocks.Markup) else blocks.Markup(blocks.plain(text))


def _half_escaped(text: blocks.Text) -> blocks.Markup:
    return text if isinstance(text, blocks.Markup) else blocks.Markup(text.replace("&", "&amp;"))


def _eager(text: blocks.Text) -> MarkdownTextObject:
    shown = blocks.clip_markup(blocks.as_markup(text), blocks.SECTION_LIMIT).source
    return MarkdownTextObject(text=shown)


def _hopeful(data: bytes) -> decoding.Decoded:
    return decoding.Decoded(data.decode())


def _as_it_came(payload: Any, name: str) -> Any:
    return payload.get(name) or ""


def _bare(**wishes: Any) -> Environment:
    return Environment(**(wishes | {"autoescape": False}))  # noqa: S701 - the very fault


@web.middleware
async def _open_gate(request: web.Request, handler: Callable[[Any], Any]) -> Any:
    return await handler(request)


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "the signature is not checked",
        "knocks",
        ((server.EventsDoor, "_is_signed", lambda *_: True),),
    ),
    Mutant("no cap on bodies", "knocks", ((server, "LARGEST_BODY", 2**50),)),
    Mutant(
        "a body that says it is too large is read all the same",
        "knocks",
        ((server, "_body", _bold_body), (knocks, "LONGEST_S", IMPATIENT_S)),
    ),
    Mutant(
        "a dribbling body is waited for",
        "knocks",
        ((server, "_body", _patient_body), (knocks, "LONGEST_S", IMPATIENT_S)),
    ),
    Mutant("JSON too deep is not expected", "knocks", ((server, "_json", _trusting_json),)),
    Mutant("optional texts may be anything", "payloads", ((inbound, "_optional", _as_it_came),)),
    Mutant("objects may be anything", "envelopes", ((inbound, "_mapping", _as_it_came),)),
    Mutant("words are not escaped", "commands", ((blocks, "as_markup", _unescaped),)),
    Mutant("only & is escaped", "forms", ((blocks, "as_markup", _half_escaped),)),
    Mutant("Slack may link plain words", "names", ((blocks, "_markup_object", _eager),)),
    Mutant("a question's words are not escaped", "questions", ((blocks, "as_markup", _unescaped),)),
    Mutant("every file is UTF-8", "imports", ((decoding, "decode", _hopeful),)),
    Mutant("the page does not escape", "pages", ((rendering, "Environment", _bare),)),
    Mutant("the page's buttons lead anywhere", "pages", ((rendering, "_weblink", str),)),
    Mutant("the page's links lead anywhere", "pages", ((markup, "_SAFE_LINK", re.compile("")),)),
    Mutant("the page takes forms of other sites", "pages", ((door, "gate", _open_gate),)),
)
