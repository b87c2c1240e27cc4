"""Look for known vulnerabilities in locked dependencies; say so loudly where that is not possible.

Without the network there is nothing to compare with. That must not fail a build, and must not pass
for a clean result either. Anything else that keeps pip-audit from its work is a fault of ours.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

NOT_AUDITED = "NOT AUDITED: {}. Run `make check` again where the package index can be reached."
NO_REPLY = re.compile(r"requests\.exceptions|ServiceError|vulnerability feed")
"""What pip-audit says when its source of advisories did not answer, or answered oddly."""
MOST_NAMED = 5


def main(files: Sequence[str]) -> int:
    """Audit requirements files; 1 if a vulnerability is known or a file cannot be read, else 0."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip"]
    command += ["--progress-spinner", "off", "--format", "json"]
    command += [word for file in files for word in ("-r", file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    try:
        dependencies: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return _without_result(done.stderr.strip())
    return report(dependencies)


def _without_result(said: str) -> int:
    last = (said.splitlines() or ["no reply"])[-1][:200]
    if NO_REPLY.search(said):
        print(NOT_AUDITED.format(f"the vulnerability database did not answer ({last})"))
        return 0
    print(f"pip-audit failed: {last}")
    return 1


def report(dependencies: Sequence[dict[str, Any]]) -> int:
    """Print what pip-audit found; 1 if a vulnerability is known, 0 otherwise."""
    skipped = [str(one["name"]) for one in dependencies if "skip_reason" in one]
    vulnerable = [one for one in dependencies if one.get("vulns")]
    for one in vulnerable:
        for fault in one["vulns"]:
            mended = ", ".join(fault["fix_versions"]) or "no version yet"
            print(f"{one['name']} {one['version']}: {fault['id']}, mended in {mended}")
    if skipped:
        named = ", ".join(skipped[:MOST_NAMED]) + (", …" if len(skipped) > MOST_NAMED else "")
        print(
            NOT_AUDITED.format(
                f"{len(skipped)} of {len(dependencies)} packages are not known there ({named})"
            )
        )
    if not skipped and not vulnerable:
        print(f"{len(dependencies)} packages, no known vulnerability.")
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
