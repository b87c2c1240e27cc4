"""`python -m proof.bench [ROW …] [--quick]`: measure, print the table, write it down."""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bot.clock import SystemClock
from proof.bench import machine, report
from proof.bench.bench import Bench
from proof.bench.findings import Finding
from proof.bench.places import Cores, on_core
from proof.bench.rows import ROWS
from proof.bench.sizes import DEFAULT, QUICK, Sizes

JSON, PAGE = Path("build/bench.json"), Path("docs/benchmarks.md")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0 once everything was measured."""
    parser = argparse.ArgumentParser(prog="python -m proof.bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--quick", action="store_true", help="smaller and fewer runs")
    parsed = parser.parse_args(arguments)
    if unknown := [row for row in parsed.rows if row not in ROWS]:
        parser.error(f"there is no row {unknown[0]}; there are {', '.join(ROWS)}")
    sizes = QUICK if parsed.quick else DEFAULT
    found = measure(parsed.rows or list(ROWS), sizes)
    facts = report.merge(JSON, report.as_json(found, machine.described(), sizes.name))
    report.write_json(JSON, facts)
    if not parsed.quick:
        report.write_page(PAGE, facts)
    return 0


def measure(names: Sequence[str], sizes: Sizes) -> list[Finding]:
    """Measure rows one after the other, telling each as it is found."""
    found: list[Finding] = []
    with (
        tempfile.TemporaryDirectory(prefix="prep-bench-", ignore_cleanup_errors=True) as folder,
        contextlib.ExitStack() as exits,
    ):
        cores = Cores.of_this_machine()
        bench = Bench(Path(folder), cores, sizes, SystemClock(), exits)
        for name in names:
            if name in {finding.name for finding in found}:
                continue  # found on the way to another one
            begin = time.perf_counter()
            for finding in asyncio.run(_row(bench, name)):
                found.append(finding)
                _tell(finding)
            print(f"  ({name} took {time.perf_counter() - begin:.0f} s)")
    return found


async def _row(bench: Bench, name: str) -> list[Finding]:
    with on_core(bench.cores.load):
        found = await ROWS[name](bench)
    return found if isinstance(found, list) else [found]


def _tell(finding: Finding) -> None:
    verdict = {True: "reached", False: "NOT REACHED", None: "no goal"}[finding.is_reached]
    print(f"{finding.name}: {finding.figure:.3g} (goal {finding.goal}; {verdict})")
    print(f"  ours:   {finding.ours.did}")
    print(f"  theirs: {finding.theirs.did}")
    for name, fact in finding.more.items():
        print(f"  {name}: {fact}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
