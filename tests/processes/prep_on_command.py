"""The app as a process of its own, for tests that kill it.

    python -m tests.processes.prep_on_command DATABASE_URL API_URL CLOCK_FILE

Its clock stands at whatever moment the file says. It prints its port once it has started; for each
line that it reads it lets the clockwork run every job once, and prints `turned`.
"""

import asyncio
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bot.settings import Settings
from bot.wiring import Prep
from tests.prep_team import SECRET


@dataclass(frozen=True)
class FileClock:
    """A clock that others move, by writing into a file."""

    file: Path

    def now(self) -> datetime:
        """The moment the file says."""
        return datetime.fromisoformat(self.file.read_text())


async def main(database_url: str, api_url: str, clock_file: str) -> None:
    """Start, and turn whenever told to."""
    settings = Settings(
        bot_token="xoxb-test",
        signing_secret=SECRET,
        app_token=None,
        database_url=database_url,
        port=0,
        host="127.0.0.1",
        minimum_words=5,
        lateness=timedelta(hours=6),
        log_level="INFO",
        api_url=api_url,
    )
    prep = Prep(settings, FileClock(Path(clock_file)), rng=Random(7))
    await prep.start()
    _say(str(prep.port))
    while await asyncio.to_thread(sys.stdin.readline):
        await prep.clockwork.turn()
        _say("turned")
    await prep.stop()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
