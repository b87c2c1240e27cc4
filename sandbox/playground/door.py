"""The way in: the page, its files, its news, and what people do there."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from random import Random

from aiohttp import web

from sandbox.playground.deeds import Deeds
from sandbox.playground.facts import Describer
from sandbox.playground.gate import gate
from sandbox.playground.mischief import Mischief
from sandbox.playground.page import PageMaker
from sandbox.playground.place import place_of
from sandbox.playground.reading_marks import ReadingMarks
from sandbox.playground.rendering import Painter
from sandbox.playground.requests import MalformedError, sent
from sandbox.playground.stage import Stage
from sandbox.playground.teammates import Teammates
from sandbox.workspace import RefusedError

log = logging.getLogger(__name__)

PATH = "/playground/"
HEARTBEAT_S = 15.0
"""How often a silent stream says that it is alive, in real seconds."""
_STATIC = Path(__file__).parent / "static"
_BEING_PREPARED = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta http-equiv=refresh content=1>"
    "<title>One moment</title><p>A fortnight is being played. One moment, please.</p>"
)


class Playground:
    """Pages for a sandbox: ``sandbox.shows(playground)`` before it starts, ``opens`` after."""

    def __init__(self) -> None:
        self._watchers: set[asyncio.Event] = set()
        self._closing = False
        self._pages: PageMaker | None = None
        self._exits = contextlib.AsyncExitStack()

    def opens(self, stage: Stage, teammates: Teammates | None = None) -> None:
        """Show a stage from now on."""
        workspace, marks = stage.sandbox.workspace, ReadingMarks()
        for person in stage.everyone:
            workspace.im_between(person.id, stage.app)
            for channel in workspace.channels.values():
                marks.read(person, channel, arriving=False)
        painter, mischief = Painter(workspace), Mischief(stage)
        # The order in which teammates keep quiet is no secret.
        mates = teammates or Teammates(stage, Random(1))  # noqa: S311
        describer = Describer(workspace, stage.sandbox.interactions, painter, marks)
        self._stage = stage
        self._deeds = Deeds(stage, marks, mates, mischief)
        self._pages = PageMaker(stage, describer, painter, (mates, mischief))
        self._exits.push_async_callback(mates.close)
        self._exits.callback(stage.sandbox.subscribe(lambda _change: self._tell()))
        self._exits.callback(stage.sandbox.ledger.subscribe(self._tell))

    def add_to(self, app: web.Application) -> None:
        """Add the routes of the page."""
        page = web.Application(middlewares=[gate])
        page.router.add_get("/", self._page)
        page.router.add_get("/news", self._news)
        page.router.add_post("/do/{deed}", self._do)
        page.router.add_static("/static", _STATIC)
        app.router.add_get("/", _to_the_page)
        app.add_subapp(PATH, page)

    async def close(self) -> None:
        """End every stream."""
        self._closing = True
        self._tell()
        await self._exits.aclose()

    def _tell(self) -> None:
        for watcher in self._watchers:
            watcher.set()

    # --- requests -------------------------------------------------------------------------------

    async def _page(self, request: web.Request) -> web.Response:
        if self._pages is None:
            return web.Response(text=_BEING_PREPARED, content_type="text/html", status=503)
        html = await self._pages.html(place_of(self._stage, request.query))
        # JSON can carry half a character, which no page can: it shows as a question mark.
        body = html.encode("utf-8", "replace")
        return web.Response(body=body, content_type="text/html", charset="utf-8")

    async def _news(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: one line whenever the page should look again."""
        stream = web.StreamResponse()
        stream.content_type = "text/event-stream"
        stream.headers["Cache-Control"] = "no-store"
        await stream.prepare(request)
        watcher = asyncio.Event()
        self._watchers.add(watcher)
        try:
            await stream.write(b"retry: 1000\n\ndata: hello\n\n")
            while not self._closing:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(watcher.wait(), HEARTBEAT_S)
                news = b"data: changed\n\n" if watcher.is_set() else b": still here\n\n"
                watcher.clear()
                await stream.write(news)
        except ConnectionResetError:
            pass
        finally:
            self._watchers.discard(watcher)
        return stream

    async def _do(self, request: web.Request) -> web.Response:
        if self._pages is None:
            return _answer("One moment, please.", 503)
        try:
            form = await sent(self._stage, request)
            said = await self._deeds.do(request.match_info["deed"], form)
        except RefusedError as refused:
            return _answer(_sentence(str(refused)), 409)
        except MalformedError as malformed:
            return _answer(str(malformed), 400)
        if request.match_info["deed"] != "read" or said:
            self._tell()
        return _answer(said, 200)


def _answer(say: str, status: int) -> web.Response:
    return web.json_response({"ok": status == 200, "say": say}, status=status)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


async def _to_the_page(_request: web.Request) -> web.Response:
    raise web.HTTPFound(PATH)
