"""`python -m proof.bars`: run the bars, and write what came of them."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from proof.bars import report
from proof.bars.every import FULL, SHORT, findings

KINDS = ("sqlite", "postgresql")


def main() -> int:
    """Return 0 if every bar holds and every mutant is noticed, else 1."""
    parser = argparse.ArgumentParser(prog="python -m proof.bars", description=__doc__)
    parser.add_argument("--short", action="store_true", help="some minutes of it; writes nothing")
    parser.add_argument("--on", choices=KINDS, action="append", help="only on this database")
    parsed = parser.parse_args()
    found = []
    with TemporaryDirectory(prefix="prep-bars-", ignore_cleanup_errors=True) as folder:
        for one in findings(Path(folder), parsed.on or KINDS, SHORT if parsed.short else FULL):
            print(report.line(one), flush=True)
            found.append(one)
            found.sort(key=lambda one: (int(one.bar[1:].split(",")[0].split()[0]), one.bar))
            if not parsed.short:
                report.save(found)
                report.put_in_page(found)
    return 0 if all(one.holds for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
