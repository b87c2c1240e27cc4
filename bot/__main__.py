"""The command line: `prep run`, `web`, `worker`, `migrate`, `doctor`."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence

from bot.clock import SystemClock
from bot.settings import Process, Settings, SettingsError, database_url
from bot.wiring import Prep, StartupError, migrate

NOT_STARTED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit status."""
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.do(parsed))
    except SettingsError as error:
        _say("Prep cannot start: some settings are missing or contradict each other.", str(error))
    except StartupError as error:
        _say("Prep cannot start.", str(error))
    return NOT_STARTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="prep", description="Daily interview questions in Slack.")
    commands = parser.add_subparsers(metavar="COMMAND")
    parser.set_defaults(do=_run, process=Process.RUN)
    for process, purpose in (
        (Process.RUN, "the whole app in one process (the default)"),
        (Process.WEB, "only what listens to Slack; needs PostgreSQL"),
        (Process.WORKER, "only what happens by the clock; needs PostgreSQL"),
    ):
        command = commands.add_parser(process.value, help=purpose)
        command.set_defaults(do=_run, process=process)
    schema = commands.add_parser("migrate", help="bring the database to this version's schema")
    schema.set_defaults(do=_migrate)
    return parser


def _run(parsed: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ, parsed.process)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(message)s")
    asyncio.run(_until_told(Prep(settings, SystemClock(), process=parsed.process)))
    return 0


async def _until_told(prep: Prep) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await prep.start()
    if prep.process is not Process.WEB:
        prep.clockwork.start()
    try:
        await stop.wait()
    finally:
        await prep.stop()


def _migrate(_parsed: argparse.Namespace) -> int:
    migrate(database_url(os.environ))
    print("The database has the schema of this version.")
    return 0


def _say(*texts: str) -> None:
    print("\n".join(texts), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
