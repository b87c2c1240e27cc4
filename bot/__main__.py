"""The command line: `prep run`, `web`, `worker`, `migrate`, `doctor`, `repost` and the rest."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from bot import collector, logs, manifest
from bot.clock import SystemClock
from bot.domain.ids import RoundId
from bot.settings import Process, Settings, SettingsError, database_url, lateness, question_paths
from bot.wiring import Prep, StartupError, doctor, improvements, migrate, repost
from content import improved, writing
from content.improved import Improved, NotExported

UNWELL = 1
NOT_STARTED = 2
DISTRIBUTION = "prep-bot"
MANIFEST = Path("manifest.yml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit status.

    0: done, or well; 1: the doctor found something that needs a person, or a wish could not be
    met; 2: not started.
    """
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.do(parsed))
    except SettingsError as error:
        _say("Some settings are missing or contradict each other, so nothing was done.", str(error))
    except StartupError as error:
        _say("Nothing was done.", str(error))
    return NOT_STARTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="prep", description="Daily interview questions in Slack.")
    parser.add_argument("--version", action="version", version=f"prep {_version()}")
    commands = parser.add_subparsers(metavar="COMMAND")
    parser.set_defaults(do=_run, process=Process.RUN)
    for process, purpose in (
        (Process.RUN, "the whole app in one process (the default)"),
        (Process.WEB, "only what listens to Slack; needs PostgreSQL"),
        (Process.WORKER, "only what happens by the clock; needs PostgreSQL"),
    ):
        command = commands.add_parser(process.value, help=purpose, description=purpose)
        command.set_defaults(do=_run, process=process)
    for name, do, purpose in (
        ("migrate", _migrate, "bring the database to this version's schema"),
        ("doctor", _doctor, "recompute every standing from its answers, and say what is unwell"),
        ("manifest", _manifest, "print the Socket Mode manifest, made from manifest.yml here"),
    ):
        command = commands.add_parser(name, help=purpose, description=purpose)
        command.set_defaults(do=do)
    _add_repost(commands)
    _add_export(commands)
    return parser


def _add_repost(commands: Any) -> None:
    purpose = "post today's question after all where it was given up; the doctor names the round"
    command = commands.add_parser("repost", help=purpose, description=purpose)
    command.add_argument("round", type=_round, metavar="ROUND", help="the number of the round")
    command.set_defaults(do=_repost)


def _round(given: str) -> RoundId:
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 2**63):
        raise argparse.ArgumentTypeError("a round has a number; `prep doctor` shows it")
    return RoundId(int(given))


def _add_export(commands: Any) -> None:
    purpose = "write accepted answers and added questions as question files, or as a patch"
    export = commands.add_parser("export-improvements", help=purpose, description=purpose)
    where = export.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", type=Path, metavar="FOLDER", help="write <topic>/<slug>.md there")
    where.add_argument("--patch", type=Path, metavar="FILE", help="write a patch for `git apply`")
    export.add_argument("--team", metavar="TEAM_ID", help="of this workspace, if several have any")
    export.add_argument("--force", action="store_true", help="overwrite files that differ")
    export.set_defaults(do=_export)


def _version() -> str:
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _run(parsed: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ, parsed.process)
    logs.set_up(settings.log_level)
    asyncio.run(_until_told(Prep(settings, SystemClock(), process=parsed.process)))
    return 0


async def _until_told(prep: Prep) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await prep.start()
    collector.spare_what_stays()
    prep.clockwork.start()
    try:
        await stop.wait()
    finally:
        await prep.stop()


def _migrate(_parsed: argparse.Namespace) -> int:
    migrate(database_url(os.environ))
    print("The database has the schema of this version.")
    return 0


def _doctor(_parsed: argparse.Namespace) -> int:
    url, paths = database_url(os.environ), question_paths(os.environ)
    report, text = asyncio.run(doctor(url, SystemClock(), paths))
    print(text)
    return 0 if report.is_well else UNWELL


def _repost(parsed: argparse.Namespace) -> int:
    """Put a round back that was given up; 1 if that cannot be."""
    url, late = database_url(os.environ), lateness(os.environ)
    is_done, text = asyncio.run(repost(url, SystemClock(), parsed.round, late))
    print(text)
    return 0 if is_done else UNWELL


def _export(parsed: argparse.Namespace) -> int:
    """Write what a workspace made better; 1 if something could not be written."""
    url, paths = database_url(os.environ), question_paths(os.environ)
    found = asyncio.run(improvements(url, paths, parsed.team))
    changes = [one for one in found if isinstance(one, Improved)]
    failed = [f"{one.slug}: {one.why}" for one in found if isinstance(one, NotExported)]
    try:
        if parsed.patch:
            writing.write(parsed.patch, improved.patch(changes))
        else:
            for file, is_there in improved.write(changes, parsed.to, force=parsed.force):
                failed += [] if is_there else [f"{file}: differs; --force overwrites it"]
    except OSError as error:
        raise StartupError(f"{error.filename or parsed.patch}: {error.strerror}.") from error
    print(f"Improved questions: {len(changes)}.")
    if failed:
        _say("Not written:", *failed)
    return UNWELL if failed else 0


def _manifest(_parsed: argparse.Namespace) -> int:
    try:
        http = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StartupError(f"There is no {MANIFEST} here; run this where it is.") from error
    print(manifest.as_yaml(manifest.socket_mode(http)), end="")
    return 0


def _say(*texts: str) -> None:
    print("\n".join(texts), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
