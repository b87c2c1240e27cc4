"""The load: raw HTTP over kept connections, so that it costs far less than what it measures."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from proof.bench.figures import percentile
from proof.bench.places import HOST

CONNECTIONS = 32
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)


class RefusedError(Exception):
    """Something measured answered with another status than 200, so its time means nothing."""


@dataclass(slots=True)
class Load:
    """What came of sending requests. Latencies are in seconds, one for each request."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)

    @property
    def per_s(self) -> float:
        """Requests answered in a second."""
        return len(self.latencies) / self.seconds

    def latency_ms(self, part: float) -> float:
        """The latency that `part` (0 to 1) of the requests did not exceed, in milliseconds."""
        return percentile(self.latencies, part) * 1000

    def note(self, status: int, latency: float) -> None:
        """Note one reply."""
        self.latencies.append(latency)
        if status != 200:
            self.refused[status] = self.refused.get(status, 0) + 1


class _Lane(asyncio.Protocol):
    """One kept connection with one request under way at a time."""

    def __init__(self) -> None:
        self._waiting = b""
        self._replied: Callable[[int], None] = lambda _status: None
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_exception(exc or ConnectionResetError("the server hung up"))

    def send(self, request: bytes, replied: Callable[[int], None]) -> None:
        """Send a request; `replied` gets the status once the whole reply is here."""
        self._replied = replied
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        data = self._waiting + data
        end = data.find(b"\r\n\r\n")
        length = _LENGTH.search(data, 0, end + 1) if end >= 0 else None
        if end < 0 or len(data) < end + 4 + (int(length[1]) if length else 0):
            self._waiting = data
            return
        self._waiting = b""
        self._replied(int(data[9:12]))


async def _lanes(port: int, count: int) -> list[_Lane]:
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(_Lane, HOST, port) for _ in range(count)]
    return [lane for _, lane in made]


async def closed_loop(
    port: int, requests: Sequence[bytes], connections: int = CONNECTIONS, most_s: float = 60.0
) -> Load:
    """Send requests over `connections`, each the next as soon as it has its reply.

    Ends with the last reply, or `most_s` seconds after the first request.
    """
    load = Load()
    waiting = iter(requests)
    lanes = await _lanes(port, connections)
    begin = time.perf_counter()
    done = [asyncio.get_running_loop().create_future() for _ in lanes]
    for lane, finished in zip(lanes, done, strict=True):
        _next(lane, waiting, load, finished, begin + most_s)
    await _all(done, lanes)
    load.seconds = time.perf_counter() - begin
    return load


def _next(
    lane: _Lane,
    waiting: Iterator[bytes],
    load: Load,
    finished: asyncio.Future[None],
    until: float,
) -> None:
    sent = time.perf_counter()
    request = next(waiting, None) if sent < until else None
    if request is None:
        finished.set_result(None)
        return

    def replied(status: int) -> None:
        load.note(status, time.perf_counter() - sent)
        _next(lane, waiting, load, finished, until)

    lane.send(request, replied)


async def open_loop(port: int, requests: Sequence[bytes], per_s: float) -> Load:
    """Send `per_s` requests a second, whatever comes back.

    A latency counts from when its request should have been sent, not from when it was.
    """
    load = Load()
    idle = await _lanes(port, CONNECTIONS)
    everyone = list(idle)
    loop = asyncio.get_running_loop()
    done: list[asyncio.Future[None]] = []
    begin = time.perf_counter()
    for number, request in enumerate(requests):
        intended = begin + number / per_s
        await asyncio.sleep(max(0.0, intended - time.perf_counter()))
        if not idle:
            idle += (more := await _lanes(port, 1))
            everyone += more
        done.append(loop.create_future())
        _send_one(idle, request, (load, intended), done[-1])
    await _all(done, everyone)
    load.seconds = time.perf_counter() - begin
    return load


def _send_one(
    idle: list[_Lane], request: bytes, note: tuple[Load, float], finished: asyncio.Future[None]
) -> None:
    lane = idle.pop()
    load, intended = note

    def replied(status: int) -> None:
        load.note(status, time.perf_counter() - intended)
        idle.append(lane)
        finished.set_result(None)

    lane.send(request, replied)


async def _all(done: Sequence[asyncio.Future[None]], lanes: Sequence[_Lane]) -> None:
    lost = [lane.lost for lane in lanes]
    everything = asyncio.gather(*done)
    try:
        first: set[asyncio.Future[Any]] = {everything, *lost}
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        for one in lost:
            if one.done():
                one.result()
        await everything
    finally:
        everything.cancel()
        for lane in lanes:
            lane.lost.cancel()
            lane.transport.close()
