"""What was found, written down for programs: `build/bench.json`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from proof.bench.findings import Finding


def as_json(found: Sequence[Finding], where: Mapping[str, str]) -> dict[str, Any]:
    """One figure for each row by its name, and everything else under `rows` and `machine`."""
    return {
        **{finding.name: finding.figure for finding in found},
        "machine": dict(where),
        "rows": {finding.name: finding.as_json() for finding in found},
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
