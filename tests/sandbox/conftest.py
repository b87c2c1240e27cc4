"""Rooms and peers for the conversations in these tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.peer import Peer, Room, bolt_peer, hear_everything, open_room, over_http


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    """A sandbox at noon with an app, alice, bob and a channel."""
    async with open_room() as opened:
        yield opened


@pytest.fixture
async def listening(room: Room) -> AsyncIterator[Peer]:
    """A Bolt app over HTTP that hears every event of the room."""
    peer = bolt_peer(room)
    hear_everything(peer)
    async with over_http(room, peer):
        yield peer
