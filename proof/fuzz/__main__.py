"""`python -m proof.fuzz`: every target, hypothesis and a coverage-guided fuzzer, and a table.

Each target runs in a process of its own. Exit status 1 if any case did harm.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from proof.fuzz.engine import Run, Search, explore
from proof.fuzz.mutants import MUTANTS, Mutant
from proof.fuzz.targets import BY_NAME, TARGETS

BUILD, OUTCOME = Path("build/fuzz"), Path("build/fuzz.json")
PAGE = Path("docs/hostile-input.md")
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
LONGEST_RUN_S = 4 * 3600
FOR_A_MUTANT = 1_000


@dataclass(frozen=True)
class Part:
    """What one process brought to one target, and what it found."""

    target: str
    how: str
    cases: int
    seconds: float
    found: dict[str, str] | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    wishes = _parser().parse_args(arguments)
    names = [wishes.target] if wishes.target else list(BY_NAME)
    guided = find_spec("atheris") is not None
    if not guided:
        print(
            "!! atheris, the coverage-guided fuzzer, is not installed (it has no build for every "
            "machine): hypothesis alone."
        )
    with ThreadPoolExecutor(wishes.jobs) as pool:
        orders = list(_orders(names, wishes.cases, wishes.seed, guided=guided))
        parts = list(pool.map(_carried_out, orders))
    for part in parts:
        _tell(part, wishes.seed)
    others, missed = _others(wishes) if wishes.target else ([], _missed_mutants(wishes.seed))
    parts += others
    BUILD.mkdir(parents=True, exist_ok=True)
    outcome = {"seed": wishes.seed, "parts": [asdict(part) for part in parts], "missed": missed}
    OUTCOME.write_text(json.dumps(outcome, indent=2), encoding="utf-8")
    if others or not wishes.target:
        _publish(parts, missed, wishes.seed)
    return 1 if missed or any(part.found for part in parts) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proof.fuzz", description="Hostile input.")
    parser.add_argument("--cases", type=int, default=100_000, help="cases in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", choices=sorted(BY_NAME), help="only this one")
    parser.add_argument("--jobs", type=int, default=2, help="targets at once")
    return parser


def _others(wishes: argparse.Namespace) -> tuple[list[Part], list[str]]:
    """Return what a whole run from the same seed brought to the other targets, if there was one."""
    try:
        before = json.loads(OUTCOME.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return [], []
    others = [Part(**part) for part in before["parts"] if part["target"] != wishes.target]
    is_whole = {part.target for part in others} == {*BY_NAME} - {wishes.target}
    return (others, before["missed"]) if is_whole and before["seed"] == wishes.seed else ([], [])


Order = tuple[str, int, int, bool]


def _orders(names: Sequence[str], cases: int, seed: int, *, guided: bool) -> Iterator[Order]:
    whole = sum(BY_NAME[name].share for name in names)
    for name in names:
        share = round(cases * BY_NAME[name].share / whole)
        if guided:
            yield name, share // 2, seed, False
            yield name, share - share // 2, seed, True
        else:
            yield name, share, seed, False


def _carried_out(order: Order) -> Part:
    name, cases, seed, guided = order
    how = "guided" if guided else "hypothesis"
    words = [name, str(cases), str(seed), str(BUILD / name), *(["guided"] if guided else [])]
    done = subprocess.run(  # noqa: S603 - our own module, on our own words
        [sys.executable, "-m", "proof.fuzz.one", *words],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=LONGEST_RUN_S,
        check=False,
    )
    for line in reversed(done.stdout.splitlines()):
        if line.startswith('{"cases"'):
            told: dict[str, Any] = json.loads(line)
            return Part(name, how, told["cases"], told["seconds"], told["found"])
    harm = {"case": "none by itself", "harm": f"the process ended: {done.stderr[-1000:]}"}
    return Part(name, how, 0, 0.0, harm)


def _tell(part: Part, seed: int) -> None:
    speed = f"{part.cases:,} cases in {part.seconds:,.0f} s"
    if part.found is None:
        print(f"{part.target} ({part.how}): {speed}, no harm")
        return
    print(f"{part.target} ({part.how}): {speed}, HARM: {part.found['harm']}")
    print(f"  the smallest case found: {part.found['case']}")
    print(f"  again: python -m proof.fuzz --target {part.target} --seed {seed} (it is tried first)")


def _missed_mutants(seed: int) -> list[str]:
    return [mutant.what for mutant in MUTANTS if not _is_caught(mutant, seed)]


def _is_caught(mutant: Mutant, seed: int) -> bool:
    with mutant.at_large(), Run(BY_NAME[mutant.target], slow_s=None) as run:
        found = explore(run, Search(FOR_A_MUTANT, seed, smallest=False))
    print(f"mutant, {mutant.what}: {'caught' if found else 'MISSED'} after {run.count} cases")
    return found is not None


def _publish(parts: Sequence[Part], missed: Sequence[str], seed: int) -> None:
    """Write the figures into the page, between its marks."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    figures = "\n".join(_figures(parts, missed, seed))
    PAGE.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}", encoding="utf-8")


def _figures(parts: Sequence[Part], missed: Sequence[str], seed: int) -> Iterator[str]:
    total = sum(part.cases for part in parts)
    harm = sum(part.found is not None for part in parts)
    version = ".".join(map(str, sys.version_info[:3]))
    yield f"{total:,} cases, seed {seed}, Python {version}: {harm} targets harmed."
    yield ""
    yield "| target | what | hypothesis | guided by coverage | harm |"
    yield "| --- | --- | ---: | ---: | --- |"
    for target in TARGETS:
        own = [part for part in parts if part.target == target.name]
        told = {part.how: f"{part.cases:,} in {part.seconds:,.0f} s" for part in own}
        found = "; ".join(part.found["harm"][:80] for part in own if part.found) or "none"
        yield (
            f"| `{target.name}` | {target.what} | {told.get('hypothesis', '-')} "
            f"| {told.get('guided', '-')} | {found} |"
        )
    yield ""
    yield "| part taken out | target | |"
    yield "| --- | --- | --- |"
    for mutant in MUTANTS:
        fate = "missed" if mutant.what in missed else "caught"
        yield f"| {mutant.what} | `{mutant.target}` | {fate} |"


if __name__ == "__main__":
    sys.exit(main())
