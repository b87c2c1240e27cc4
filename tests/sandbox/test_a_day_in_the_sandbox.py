"""The sandbox as a whole: its clock, its feed, its transcript, and what it must not know."""

from __future__ import annotations

import ast
import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from inline_snapshot import snapshot

import sandbox.slack
from sandbox.clock import MovableClock
from sandbox.feed import Change
from sandbox.slack import Sandbox
from tests.sandbox.peer import NOON, Room


def test_a_clock_stands_until_it_is_moved() -> None:
    clock = MovableClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.move_on(timedelta(hours=2))
    assert clock.now() == NOON + timedelta(hours=2)
    clock.move_on(timedelta(days=-1))
    assert clock.now() < NOON
    clock.move_to(datetime(2027, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == datetime(2027, 1, 1, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_a_flowing_clock_runs_on_from_where_it_was_set() -> None:
    clock = MovableClock(NOON, flowing=True)
    clock.move_on(timedelta(hours=1))
    first = clock.now()
    assert first >= NOON + timedelta(hours=1)
    assert clock.now() >= first


def test_a_clock_refuses_naive_times() -> None:
    with pytest.raises(ValueError, match="aware"):
        MovableClock(datetime(2026, 3, 2, 12))  # noqa: DTZ001 - that is what is refused
    with pytest.raises(ValueError, match="aware"):
        MovableClock(NOON).move_to(datetime(2026, 3, 2))  # noqa: DTZ001 - as above


async def test_a_flowing_sandbox_delivers_late_things_by_itself() -> None:
    clock = MovableClock(NOON, flowing=True)
    async with Sandbox(clock) as slack:
        done = asyncio.Event()
        slack.platform.agenda.at(clock.now(), done.set)
        async with asyncio.timeout(5):
            await done.wait()
        assert slack.platform.agenda.next_due is None


async def test_every_visible_change_is_fed_to_subscribers(room: Room) -> None:
    changes: list[Change] = []
    stop = room.sandbox.subscribe(changes.append)
    said = await room.alice.says(room.channel, "hi")
    await room.alice.edits(said, "hello")
    await room.bob.reacts(said, "tada")
    await room.client.chat_postEphemeral(channel=room.channel.id, user=room.bob.id, text="psst")
    await room.alice.deletes(said)
    stop()
    await room.alice.says(room.channel, "unheard")
    kinds = [(change.kind, change.user_id) for change in changes]
    assert kinds == [
        ("message", None),
        ("changed", None),
        ("reaction", None),
        ("ephemeral", room.bob.id),
        ("deleted", None),
    ]


async def test_a_transcript_reads_like_the_channel(room: Room) -> None:
    posted = await room.client.chat_postMessage(channel=room.channel.id, text="*Why* is TCP slow?")
    question = room.channel.by_ts[str(posted["ts"])]
    answer = await room.alice.replies(question, "Because of the handshake, mostly.")
    await room.client.reactions_add(
        channel=room.channel.id, timestamp=answer.ts, name="white_check_mark"
    )
    await room.client.chat_postEphemeral(
        channel=room.channel.id,
        user=room.alice.id,
        text=f"Well done, <@{room.alice.id}>!",
        thread_ts=question.ts,
    )
    await room.bob.replies(question, "Loss!", broadcast=True)
    assert room.sandbox.transcript(room.channel) == snapshot("""\
#quiz-room

quiz
  *Why* is TCP slow?

    alice
      Because of the handshake, mostly.
      :white_check_mark: 1

    bob
      Loss!
""")
    assert "Well done" not in room.sandbox.transcript(room.channel, room.bob)
    assert "Well done, @alice!" in room.sandbox.transcript(room.channel, room.alice)


def test_the_sandbox_knows_nothing_of_the_app() -> None:
    folder = Path(sandbox.slack.__file__).parent
    files = [path for path in folder.rglob("*.py") if path.name != "__main__.py"]
    assert len(files) > 20
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            roots = {name.partition(".")[0] for name in names}
            assert not roots & {"bot", "content", "jobs"}, path.name
