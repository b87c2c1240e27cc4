"""`python -m content`: check the bank, look at a question, count what there is."""

import argparse
import dataclasses
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from content import bank, files, lint, reading_copy, spread


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand: its name, its line in the help, its arguments, and what it does."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 for success, 1 for faults, 2 for a wrong call."""
    options = _parser().parse_args(argv)
    command: Command = options.command
    return command.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m content", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        subparser = subparsers.add_parser(command.name, help=command.help, description=command.help)
        command.arguments(subparser)
        subparser.set_defaults(command=command)
    return parser


def _lint_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files or folders")
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        default=None,
        metavar="YYYY-MM-DD",
        help="judge review dates as of this day",
    )


def _lint(options: argparse.Namespace) -> int:
    report = lint.lint(options.paths or [files.SHIPPED], options.today or _calendar_today())
    for fault in report.faults:
        print(dataclasses.replace(fault, path=_from_here(fault.path)))
    print(report.summary())
    return 1 if report.faults else 0


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", metavar="SLUG", help="such as rate-limiter")


def _show(options: argparse.Namespace) -> int:
    loaded = bank.load()
    question = loaded.bank.get(options.slug)
    if question is None:
        print(_no_such_question(options.slug, loaded), file=sys.stderr)
        return 1
    print(reading_copy.of(question), end="")
    return 0


def _no_such_question(slug: str, loaded: bank.Loaded) -> str:
    for fault in loaded.faults:
        if fault.path.stem == slug:
            return f"The file of `{slug}` is broken. {fault}"
    known = [question.slug for question in loaded.bank.questions]
    close = get_close_matches(slug, known, n=3)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    return f"The bank has no question `{slug}`.{hint}"


def _no_arguments(_parser: argparse.ArgumentParser) -> None:
    """For a command that needs none."""


def _stats(_options: argparse.Namespace) -> int:
    loaded = bank.load()
    print(spread.table(loaded.bank), end="")
    if loaded.faults:
        print(f"Not counted: {len(loaded.faults)} faults; see `python -m content lint`.")
    return 0


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _calendar_today() -> date:
    return date.today()  # noqa: DTZ011, TID251 - a command line reads its user's calendar, once


COMMANDS: tuple[Command, ...] = (
    Command("lint", "name every fault as file:line, and how to mend it", _lint_arguments, _lint),
    Command("show", "print a question as a person reads it", _show_arguments, _show),
    Command("stats", "count the questions by topic and level", _no_arguments, _stats),
)

if __name__ == "__main__":
    sys.exit(main())
