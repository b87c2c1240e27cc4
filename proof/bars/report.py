"""What the bars came to: as JSON, and as a section of docs/reliability.md."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from proof.bars.bar import Finding

JSON = Path("build/bars.json")
PAGE = Path("docs/reliability.md")
BEGIN, END = "<!-- bars -->", "<!-- /bars -->"


def line(found: Finding) -> str:
    """Say in a line what came of a bar."""
    verdict = "holds" if found.holds else "DOES NOT HOLD"
    missed = [name for name, harm in found.mutants.items() if not harm]
    unnoticed = f"; not noticed: {', '.join(missed)}" if missed else ""
    told = f"{_figures(found)}, {found.seconds:.0f} s{unnoticed}"
    return f"{found.bar} {verdict} (harm {found.harm}): {told}"


def save(findings: Sequence[Finding]) -> None:
    """Write the figures of every bar."""
    JSON.parent.mkdir(exist_ok=True)
    told = {found.bar: {**asdict(found), "holds": found.holds} for found in findings}
    JSON.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def section(findings: Sequence[Finding]) -> str:
    """Write the bars and their mutants as two tables."""
    on = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    lines = [
        BEGIN,
        "## Bars that need more than random kills",
        "",
        "`make bars` runs them, and writes this section and `build/bars.json`; with `--short`,",
        f"`python -m proof.bars` takes some minutes and writes nothing. Harm must be 0. {on}.",
        "",
        "| bar | what happens | harm | figures | seconds |",
        "| --- | --- | --- | --- | --- |",
        *map(_row, findings),
        "",
        "A bar that no mutant trips proves nothing. Each of these is the app with one safeguard",
        "taken out, run in the same way:",
        "",
        "| bar | mutant | harm it did |",
        "| --- | --- | --- |",
        *(
            f"| {found.bar} | {name} | {harm} |"
            for found in findings
            for name, harm in found.mutants.items()
        ),
        END,
    ]
    return "\n".join(lines)


def _row(found: Finding) -> str:
    shown = _figures(found)
    return f"| {found.bar} | {found.question} | {found.harm} | {shown} | {found.seconds:.0f} |"


def _figures(found: Finding) -> str:
    parts = (f"{name.replace('_', ' ')} {value}" for name, value in found.figures.items())
    return ", ".join(parts)


def put_in_page(findings: Sequence[Finding]) -> None:
    """Put the section in its place in the page, or at its end."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Reliability\n"
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2] if rest else ""
    PAGE.write_text(f"{before.rstrip()}\n\n{section(findings)}\n{after.lstrip()}", encoding="utf-8")
