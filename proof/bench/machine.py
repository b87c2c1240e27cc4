"""What the measuring was done on and with, so that somebody else can judge the figures."""

import os
import platform
import sqlite3
from importlib import metadata
from pathlib import Path

PACKAGES = (
    "aiohttp", "apscheduler", "psycopg", "slack-bolt", "slack-sdk", "sqlalchemy",
)  # fmt: skip


def described() -> dict[str, str]:
    """Name the class of the machine and the versions of what runs on it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "processor": f"{_processor()}, {cores} cores free to use",
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: metadata.version(name) for name in PACKAGES},
    }


def _processor() -> str:
    return _line("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()


def _memory() -> str:
    kilobytes = _line("/proc/meminfo", "MemTotal").split()
    return f"{int(kilobytes[0]) // 2**20} GB" if kilobytes else "unknown"


def _line(file: str, name: str) -> str:
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(name))
    return next(found, "")
