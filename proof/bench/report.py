"""What was found, written down: for programs in `build/bench.json`, for people in the docs."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from proof.bench.figures import short
from proof.bench.findings import Finding

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
COMMAND = "make bench"
WHY = "**no** ([why](#what-is-not-reached-and-why))"


def as_json(
    found: Sequence[Finding], where: Mapping[str, str], size: str = "default"
) -> dict[str, Any]:
    """One figure for each row by its name, and everything else under `rows` and `machine`.

    `size` says how much was measured, for each row of its own.
    """
    return {
        **{finding.name: finding.figure for finding in found},
        "machine": dict(where),
        "rows": {finding.name: finding.as_json() | {"size": size} for finding in found},
    }


def merge(file: Path, fresh: Mapping[str, Any]) -> dict[str, Any]:
    """Lay fresh rows over those of an earlier run, so that single rows can be measured again."""
    try:
        before = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    rows = {**before.get("rows", {}), **fresh["rows"]}
    return {**before, **fresh, "rows": rows}


def write_json(file: Path, facts: Mapping[str, Any]) -> None:
    """Write them, making the folder first."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_page(file: Path, facts: Mapping[str, Any]) -> None:
    """Put the tables between the markers of a page. Raises ValueError if it has none."""
    before, begin, rest = file.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{file} has no place for the tables: {BEGIN} … {END}")
    file.write_text(f"{before}{BEGIN}\n\n{page(facts)}\n{END}{after}", encoding="utf-8")


def page(facts: Mapping[str, Any]) -> str:
    """Tell it all: the machine, the table, and each row's two sides."""
    rows: Mapping[str, Mapping[str, Any]] = facts["rows"]
    machine = "\n".join(f"- {name}: {fact}" for name, fact in facts["machine"].items())
    lines = [_line(name, row) for name, row in rows.items()]
    return "\n".join(
        [
            f"Measured by `{COMMAND}` on:\n",
            machine,
            "\n| row | ours | beside it | figure | goal | reached |",
            "| --- | --- | --- | --- | --- | --- |",
            *lines,
            "\n## What each row is\n",
            *(_told(name, row) for name, row in rows.items()),
        ]
    )


def _line(name: str, row: Mapping[str, Any]) -> str:
    reached = {True: "yes", False: WHY, None: "–"}[row["reached"]]
    figure, goal = short(row["figure"]), row["goal"] or "–"
    return (
        f"| `{name}` | {_did(row['ours'])} | {_did(row['theirs'])} | {figure} | {goal} "
        f"| {reached} |"
    )


def _did(side: Mapping[str, Any]) -> str:
    """The median of the runs, with the smallest and the largest."""
    low, high = short(min(side["runs"])), short(max(side["runs"]))
    return f"{short(side['median'])} {side['unit']} ({low}–{high}, n={len(side['runs'])})"


def _told(name: str, row: Mapping[str, Any]) -> str:
    facts = [
        f"**`{name}`**: {row['what']}.",
        f"- ours: {row['ours']['was']}",
        f"- beside it: {row['theirs']['was']}",
        f"- the figure is {row['figure_is']}" if row["figure_is"] else "",
        "" if row["size"] == "default" else f"- measured at the size `{row['size']}`",
        *(f"- checked: {check}" for check in row["checks"]),
        *(f"- {what}: {_fact(fact)}" for what, fact in row["more"].items()),
    ]
    return "\n".join(fact for fact in facts if fact) + "\n"


def _fact(fact: object) -> str:
    return short(fact) if isinstance(fact, float) else str(fact)
