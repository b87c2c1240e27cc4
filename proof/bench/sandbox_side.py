"""`python -m proof.bench.sandbox_side CHANNELS`: a sandbox in a process of its own.

It prints where it is and the names of its channels as one line of JSON, and serves until it is
told to end. It limits no rates: at Slack's pace a thousand posts take minutes, whoever makes them.
"""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

from bot.clock import SystemClock
from proof.bench.events import SECRET
from sandbox.clock import MovableClock
from sandbox.manifest import app_spec
from sandbox.slack import Sandbox

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
TOKEN = "xoxb-bench"


async def serve(channels: int) -> None:
    """Serve a workspace with an app in so many channels. Nobody listens to its events."""
    clock = MovableClock(SystemClock().now(), flowing=True)
    async with Sandbox(clock) as slack:
        slack.limits.enabled = False
        spec = app_spec(MANIFEST, signing_secret=SECRET, bot_token=TOKEN, app_token="")
        app = slack.install_app(replace(spec, events=()))
        ids = [slack.channel(f"prep-{number}", members=[app]).id for number in range(channels)]
        told = {"api_url": slack.api_url, "channels": ids, "team": slack.team_id}
        sys.stdout.write(json.dumps(told | {"bot": app.bot_user_id}) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
