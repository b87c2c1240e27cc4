"""What a process needs to know before it starts."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.settings import Process

BOT_TOKEN = "xoxb-chaos"
APP_TOKEN = "xapp-chaos"
SECRET = "a secret that only Slack and we know"
SLACK_TIMEOUT = timedelta(seconds=0.8)
"""In real seconds: what never answers costs so long."""
PREP = "prep"


@dataclass(frozen=True)
class Orders:
    """What a process needs to know. `design` is Prep, or one of the usual designs."""

    database_url: str
    api_url: str
    clock_file: Path
    replica: int
    process: Process = Process.RUN
    by_socket: bool = False
    lookups_that_fail: int = 0
    design: str = PREP
    mutant: str | None = None
    log_file: Path | None = None
