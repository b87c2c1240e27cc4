"""The small Slack lent to other apps, and the command line that starts everything."""

import argparse
import asyncio
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from sandbox import stand_in
from sandbox.clock import MovableClock
from sandbox.feed import Change
from sandbox.slack import Sandbox
from sandbox.workspace import Channel

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "slack-stand-in.md"
PATIENCE_S = 60


@asynccontextmanager
async def process(*arguments: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process whose output can be read; killed at the end if it has not ended."""
    started = await asyncio.create_subprocess_exec(
        *arguments,
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


async def said_until(started: asyncio.subprocess.Process, words: str) -> str:
    """What a process prints until some words appear."""
    said = ""
    assert started.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        while words not in said:
            line = await started.stdout.readline()
            assert line, f"it ended after saying {said!r}"
            said += line.decode()
    return said


async def posted(sandbox: Sandbox, channel: Channel, text: str) -> None:
    """Wait until somebody has posted a text."""
    there = asyncio.Event()

    def look(_change: Change) -> None:
        if any(message.text == text for message in channel.messages):
            there.set()

    stop = sandbox.subscribe(look)
    async with asyncio.timeout(PATIENCE_S):
        await there.wait()
    stop()


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_the_documented_bot_of_another_language_echoes(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node.js on this machine")
    [code] = re.findall(r"```js\n(// echo\.mjs\n.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    bot = tmp_path / "echo.mjs"
    bot.write_text(code, "utf-8")
    port = free_port()
    options = argparse.Namespace(
        manifest=None, command="/echo", request_url=f"http://127.0.0.1:{port}/"
    )
    async with Sandbox(MovableClock(datetime(2026, 3, 2, 8, tzinfo=UTC))) as sandbox:
        stage = stand_in.stage(sandbox, options)
        told = stand_in.instructions(sandbox, stage.app, "")
        settings = dict(re.findall(r"^  (\w+)=(\S+)$", told, re.MULTILINE))
        async with process(node, str(bot), PORT=str(port), **settings) as started:
            await said_until(started, "listening")
            await stage.people[0].says(stage.channel, "hello there")
            await posted(sandbox, stage.channel, "You said: hello there")
            await sandbox.settled()
    assert [message.text for message in stage.channel.messages] == [
        "hello there",
        "You said: hello there",
    ]
    assert all(delivery.acknowledged for delivery in sandbox.ledger.deliveries())


async def test_the_bot_of_the_document_refuses_a_forged_event(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node.js on this machine")
    [code] = re.findall(r"```js\n(// echo\.mjs\n.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    bot = tmp_path / "echo.mjs"
    bot.write_text(code, "utf-8")
    port = free_port()
    settings = {"SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": "http://127.0.0.1:1/"}
    async with (
        process(node, str(bot), PORT=str(port), **settings) as started,
        aiohttp.ClientSession() as session,
    ):
        await said_until(started, "listening")
        async with session.post(f"http://127.0.0.1:{port}/", json={"event": {}}) as answer:
            assert answer.status == 401


async def test_serve_prints_what_an_app_needs_and_stops_cleanly() -> None:
    async with process(sys.executable, "-m", "sandbox", "--serve") as started:
        said = await said_until(started, "Press Ctrl-C")
        settings = dict(re.findall(r"^  (\w+)=(\S+)$", said, re.MULTILINE))
        assert set(settings) == {
            "SLACK_API_URL",
            "SLACK_BOT_TOKEN",
            "SLACK_APP_TOKEN",
            "SLACK_SIGNING_SECRET",
        }
        token = {"Authorization": f"Bearer {settings['SLACK_BOT_TOKEN']}"}
        page = settings["SLACK_API_URL"].replace("/api/", "/playground/")
        async with aiohttp.ClientSession() as session:
            async with session.post(
                f"{settings['SLACK_API_URL']}auth.test", headers=token
            ) as answer:
                assert (await answer.json())["ok"] is True
            async with session.get(page) as shown:
                assert "#bot-testing" in await shown.text()
        started.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S):
            assert await started.wait() == 0


async def test_the_demo_opens_with_a_fortnight_of_history_and_stops_cleanly() -> None:
    arguments = (sys.executable, "-m", "sandbox", "--no-browser")
    async with process(*arguments) as started:
        said = await said_until(started, "Press Ctrl-C")
        [address] = re.findall(r"http://127\.0\.0\.1:\d+/playground/", said)
        async with aiohttp.ClientSession() as session, session.get(address) as shown:
            html = await shown.text()
        assert html.count("Reveal Sample Answer") >= 10
        assert "Next question Mon 09:00" in html
        started.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE_S):
            assert await started.wait() == 0


def test_a_manifest_decides_what_an_app_may_do(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(
        '{"features": {"bot_user": {"display_name": "helper"}, "slash_commands": '
        '[{"command": "/help-me", "description": "Helps", "usage_hint": "now, later"}]},'
        '"oauth_config": {"scopes": {"bot": ["chat:write"]}},'
        '"settings": {"event_subscriptions": {"bot_events": ["app_mention"]}}}',
        "utf-8",
    )
    sandbox = Sandbox(MovableClock(datetime(2026, 3, 2, 8, tzinfo=UTC)))
    options = argparse.Namespace(manifest=manifest, command="/echo", request_url=None)
    stage = stand_in.stage(sandbox, options)
    assert stage.app.spec.scopes == ("chat:write",)
    assert stage.app.uses_sockets
    assert [hint.line for hint in stage.hints] == ["/help-me now", "/help-me later"]


@pytest.mark.parametrize("text", ["", "just words", "features: [", "oauth_config: {scopes: 1}"])
def test_a_manifest_that_is_none_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    manifest = tmp_path / "manifest.yml"
    manifest.write_text(text, "utf-8")
    sandbox = Sandbox(MovableClock(datetime(2026, 3, 2, 8, tzinfo=UTC)))
    options = argparse.Namespace(manifest=manifest, command="/echo", request_url=None)
    with pytest.raises(SystemExit, match=r"manifest\.yml (lacks|is neither)"):
        stand_in.stage(sandbox, options)


async def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        async with process(sys.executable, "-m", "sandbox", "--serve", "--port", port) as started:
            async with asyncio.timeout(PATIENCE_S):
                _, complaint = await started.communicate()
            assert started.returncode == 1
            assert complaint.decode() == f"Port {port} is taken. Choose another with --port.\n"
