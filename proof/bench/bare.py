"""What the app is measured against: `python -m proof.bench.bare bolt PORT`, or `http PORT`.

`bolt` is Bolt's own server with one listener that does nothing; `http` is aiohttp alone, which
tells how much the load could ask for at most.
"""

import sys

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.slack.server import EVENTS_PATH
from proof.bench.events import BOT, SECRET, TEAM
from proof.bench.places import HOST


async def well(_request: web.Request) -> web.Response:
    """Answer that we are up."""
    return web.Response()


async def http(request: web.Request) -> web.Response:
    """Read the body and answer 200."""
    await request.read()
    return web.Response()


async def authorize() -> AuthorizeResult:
    """Know the workspace without asking anyone, which is Bolt at its fastest."""
    return AuthorizeResult(
        enterprise_id=None, team_id=TEAM, bot_token="xoxb-bench", bot_user_id=BOT
    )


async def empty() -> None:
    """Do nothing: Bolt acknowledges an event before its listener runs."""


def serve_http(port: int) -> None:
    """Serve aiohttp alone."""
    app = web.Application()
    app.router.add_get("/health", well)
    app.router.add_post(EVENTS_PATH, http)
    web.run_app(app, host=HOST, port=port, access_log=None, print=None)


def serve_bolt(port: int) -> None:
    """Serve a bare Bolt app by its own server."""
    app = AsyncApp(signing_secret=SECRET, authorize=authorize)
    app.event("message")(empty)
    server = app.server(port=port, path=EVENTS_PATH, host=HOST)
    server.web_app.router.add_get("/health", well)
    server.start()


if __name__ == "__main__":
    {"bolt": serve_bolt, "http": serve_http}[sys.argv[1]](int(sys.argv[2]))
