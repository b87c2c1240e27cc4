"""`python -m content`: check, format, show, count, begin and import questions."""

import argparse
import dataclasses
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from content import authoring, bank, files, formatting, lint, reading_copy, spread, topics, writing
from content.authoring import Place, RefusedError
from content.faults import FileFault
from content.importing import intake
from content.importing.intake import Verdict, Wishes


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
    parser.add_argument(
        "--strict", action="store_true", help="a team's drafts must be complete, too"
    )


def _lint(options: argparse.Namespace) -> int:
    today = options.today or _calendar_today()
    report = lint.lint(options.paths or [files.SHIPPED], today, strict=options.strict)
    for fault in report.faults:
        print(dataclasses.replace(fault, path=_from_here(fault.path)))
    for gap in report.drafts:
        where = f"{_from_here(gap.path)}:{gap.fault.line}"
        print(f"{where}: draft: {gap.fault.what}; {gap.fault.mend}")
    print(report.summary())
    return 1 if report.faults else 0


def _fmt_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files or folders")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if it would")


def _fmt(options: argparse.Namespace) -> int:
    paths = options.paths or [files.SHIPPED]
    done = [_fmt_file(file, options) for path in paths for file in files.found_in(path)]
    changed, faulty = done.count(CHANGED), done.count(FAULTY)
    verb = "would change" if options.check else "changed"
    print(f"{len(done):,} files: {changed:,} {verb}, {faulty:,} cannot be formatted.")
    return 1 if faulty or (options.check and changed) else 0


def _fmt_file(file: Path, options: argparse.Namespace) -> str:
    text = files.text_of(file)
    made = formatting.formatted(text) if isinstance(text, str) else (text,)
    if not isinstance(made, str):
        for fault in made:
            print(FileFault(_from_here(file), fault))
        return FAULTY
    if made == text:
        return SAME
    try:
        if not options.check:
            writing.write(file, made)
    except OSError as error:
        print(f"{_from_here(file)}:1: it cannot be written ({error.strerror})")
        return FAULTY
    print(f"{_from_here(file)}: {'would change' if options.check else 'formatted'}")
    return CHANGED


CHANGED, SAME, FAULTY = "changed", "same", "faulty"


def _new_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("topic", metavar="TOPIC", help="such as databases")
    parser.add_argument("slug", metavar="SLUG", help="its name, such as slow-query")
    parser.add_argument(
        "--to", type=Path, default=files.SHIPPED, metavar="FOLDER", help="a team's own folder"
    )


def _new(options: argparse.Namespace) -> int:
    try:
        made = authoring.begin(Place(options.to, options.topic, options.slug), _calendar_today())
    except RefusedError as refused:
        print(refused, file=sys.stderr)
        return 1
    print(f"{_from_here(made)} is yours to fill.")
    return 0


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sources", nargs="+", type=Path, metavar="FILE", help="files or folders")
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where to")
    parser.add_argument("--topic", help="the topic of entries that do not name one of ours")
    parser.add_argument("--dry-run", action="store_true", help="report only; write nothing")
    parser.add_argument("--force", action="store_true", help="overwrite files that differ")


def _import(options: argparse.Namespace) -> int:
    topic = topics.named(options.topic) if options.topic else None
    if options.topic and topic is None:
        print(f"There is no topic `{options.topic[:60]}`.", file=sys.stderr)
        return 2
    wishes = Wishes(options.to, topic, force=options.force, dry_run=options.dry_run)
    lines = []
    for line in intake.take_in(options.sources, wishes):
        print(line)
        lines.append(line)
    print(intake.summary(lines), *["Nothing was written."] * options.dry_run)
    return 1 if any(line.verdict is Verdict.REFUSED for line in lines) else 0


def _also_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--also",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="a team's own questions, laid over those that come with the app",
    )


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", metavar="SLUG", help="such as rate-limiter")
    _also_argument(parser)


def _show(options: argparse.Namespace) -> int:
    loaded = bank.load([files.SHIPPED, *options.also])
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


def _stats(options: argparse.Namespace) -> int:
    loaded = bank.load([files.SHIPPED, *options.also])
    print(spread.table(loaded.bank), end="")
    if loaded.faults:
        print(f"Not counted: {len(loaded.faults)} faults; see `python -m content lint`.")
    return 0


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _calendar_today() -> date:
    return date.today()  # noqa: DTZ011, TID251 - a command line reads its user's calendar, once


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", metavar="FOLDER", help="write <topic>/<slug>.md there")
    where.add_argument("--patch", metavar="FILE", help="write a patch for `git apply`")
    parser.add_argument("--team", metavar="TEAM_ID", help="of this workspace, if several have any")
    parser.add_argument("--force", action="store_true", help="overwrite files that differ")


def _export(options: argparse.Namespace) -> int:
    """Let the app do it: what a workspace improved is in its database, which is not for us."""
    given = {"--to": options.to, "--patch": options.patch, "--team": options.team}
    named = [part for name, value in given.items() if value for part in (name, value)]
    force = ["--force"] if options.force else []
    command = [sys.executable, "-m", "bot", "export-improvements", *named, *force]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own program


COMMANDS: tuple[Command, ...] = (
    Command("lint", "name every fault as file:line, and how to mend it", _lint_arguments, _lint),
    Command("fmt", "bring question files into their canonical form", _fmt_arguments, _fmt),
    Command("stats", "count questions by topic and level, and the weeks", _also_argument, _stats),
    Command("show", "print a question as it will look in Slack", _show_arguments, _show),
    Command("new", "begin a question from the template", _new_arguments, _new),
    Command("import", "make question files of other forms", _import_arguments, _import),
    Command(
        "export-improvements",
        "write what workspaces improved as question files (--to) or as a patch (--patch)",
        _export_arguments,
        _export,
    ),
)

if __name__ == "__main__":
    sys.exit(main())
