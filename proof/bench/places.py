"""Processes on cores of their own, and what they use of the machine."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PATIENCE_S = 240.0
"""How long a process may take to be ready: a scheduler with 100,000 jobs takes minutes."""
LOOK_EVERY_S = 0.002


class NotReadyError(Exception):
    """A process did not come up; `str()` of it ends with what it wrote last."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Which cores the two sides have to themselves; None where the machine cannot be told."""

    measured: int | None
    load: int | None

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """Take the first core for what is measured, the last for the load."""
        if not hasattr(os, "sched_getaffinity"):
            return cls(None, None)
        free = sorted(os.sched_getaffinity(0))
        return cls(free[0], free[-1]) if len(free) > 1 else cls(None, None)


@contextlib.contextmanager
def on_core(core: int | None) -> Iterator[None]:
    """Run this thread, and what it starts meanwhile, on one core; anywhere for None."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True, slots=True)
class Running:
    """A process under way. `log` holds what it writes; `ready_s` is how long it took to come up."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int
    ready_s: float

    def cpu_s(self) -> float:
        """Seconds of a core it has used until now, all threads; 0.0 where the OS does not say."""
        try:
            line = Path(f"/proc/{self.process.pid}/stat").read_text()
        except OSError:
            return 0.0
        fields = line.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        """Megabytes of memory it holds now; 0.0 where the OS does not say."""
        return _memory_mb(str(self.process.pid), "VmRSS")


def most_resident_mb() -> float:
    """Megabytes of memory this process held at most; 0.0 where the OS does not say."""
    # Not by `resource`: its figure goes on from that of the process that began this one.
    return _memory_mb("self", "VmHWM")


def _memory_mb(process: str, name: str) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)


def free_port() -> int:
    """Name a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def running(
    arguments: Sequence[str], log: Path, core: int | None, env: Mapping[str, str] | None = None
) -> AsyncIterator[Running]:
    """Run `python -m …` on a core, from when it is ready until the end of the block.

    `{port}` in the arguments and in `env` stands for the port it gets; it is ready once
    `GET /health` there answers 200. Raises NotReadyError.
    """
    port = free_port()
    command = [sys.executable, "-m", *(one.format(port=port) for one in arguments)]
    wishes = {name: value.format(port=port) for name, value in (env or {}).items()}
    with on_core(core), log.open("wb") as output:
        begin = time.perf_counter()
        process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own modules, and it must inherit
            command, env={**os.environ, **wishes}, stdout=output, stderr=output
        )
    try:
        await _until_ready(process, port, log)
        yield Running(process, log, port, time.perf_counter() - begin)
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(_end, process)


@contextlib.asynccontextmanager
async def telling(
    arguments: Sequence[str], log: Path, core: int | None, env: Mapping[str, str] | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Run `python -m …` on a core until the end of the block; gives what it tells first.

    It tells one line of JSON on its standard output. Raises NotReadyError if it does not.
    """
    with on_core(core), log.open("wb") as output:
        process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own modules, and it must inherit
            [sys.executable, "-m", *arguments],
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=output,
        )
    assert process.stdout is not None
    try:
        line = await asyncio.to_thread(process.stdout.readline)
        if not line:
            raise NotReadyError(_end_of(log))
        yield json.loads(line)
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(_end, process)
        process.stdout.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def _until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.perf_counter() + PATIENCE_S
    while not await _is_ready(port):
        if process.poll() is not None or time.perf_counter() > deadline:
            raise NotReadyError(_end_of(log))
        await asyncio.sleep(LOOK_EVERY_S)


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


async def _is_ready(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    try:
        writer.write(b"GET /health HTTP/1.1\r\nHost: prep\r\nConnection: close\r\n\r\n")
        return (await reader.readline()).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
    finally:
        writer.close()
