"""One target in a process of its own: `python -m proof.fuzz.one TARGET CASES SEED FOLDER [HOW]`.

HOW is `guided` for the coverage-guided fuzzer, or nothing for hypothesis alone. The last line
written is the outcome, as JSON. What does harm is kept in FOLDER, and the next run tries it first.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from hypothesis.database import DirectoryBasedExampleDatabase

LONGEST_CASE = 8_192
"""Bytes from which the guided fuzzer makes a case."""


@dataclass(frozen=True)
class Order:
    """What to do, as the command line says it."""

    target: str
    cases: int
    seed: int
    folder: Path
    guided: bool

    @classmethod
    def read(cls, arguments: list[str]) -> "Order":
        """Read it. Raises ValueError."""
        name, cases, seed, folder, *how = arguments
        return cls(name, int(cases), int(seed), Path(folder), guided=how == ["guided"])


def main(order: Order) -> None:
    """Carry an order out."""
    if order.guided:
        _guided(order)
    else:
        # Not imported at the top: the guided way must import the app under its own eyes.
        engine, targets = import_module("proof.fuzz.engine"), import_module("proof.fuzz.targets")
        search = engine.Search(order.cases, order.seed, _kept(order))
        began = time.perf_counter()
        with engine.Run(targets.BY_NAME[order.target]) as run:
            found = engine.explore(run, search)
        _say(run.count, time.perf_counter() - began, asdict(found) if found else None)


def _guided(order: Order) -> None:
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["bot", "content", "jobs", "sandbox"]):
        engine, targets = import_module("proof.fuzz.engine"), import_module("proof.fuzz.targets")
    corpus = order.folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    found: list[Any] = []
    began = time.perf_counter()
    # Watching branches slows our code down several times, so here only a hang is one.
    run = engine.Run(targets.BY_NAME[order.target], slow_s=None).__enter__()
    search = engine.Search(order.cases, order.seed, _kept(order))
    bring: Callable[[bytes], object] = engine.statement(
        run, search, found
    ).hypothesis.fuzz_one_input

    def counted(data: bytes) -> None:
        try:
            bring(data)
        except Exception:  # noqa: BLE001 - whatever a case brings about is its harm
            _say(run.count, time.perf_counter() - began, asdict(found[-1]) if found else None)
            os._exit(0)
        if run.count >= order.cases:
            _say(run.count, time.perf_counter() - began, None)
            os._exit(0)

    options = [f"-seed={order.seed}", f"-max_len={LONGEST_CASE}", "-rss_limit_mb=0"]
    atheris.Setup([sys.argv[0], *options, "-timeout=300", "-len_control=0", str(corpus)], counted)
    atheris.Fuzz()


def _kept(order: Order) -> DirectoryBasedExampleDatabase:
    return DirectoryBasedExampleDatabase(order.folder / "harm")


def _say(cases: int, seconds: float, found: Any) -> None:
    outcome = {"cases": cases, "seconds": round(seconds, 1), "found": found}
    sys.stdout.write(f"\n{json.dumps(outcome)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Order.read(sys.argv[1:]))
