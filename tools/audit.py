"""Look for known vulnerabilities in locked dependencies; say so loudly where that is not possible.

Without the network there is nothing to compare with. That must not fail a build, and must not pass
for a clean result either.
"""

import json
import subprocess
import sys
from typing import Any

NOT_AUDITED = "NOT AUDITED: {}. Run `make check` again where the package index can be reached."


def main(file: str) -> int:
    """Audit one requirements file; 1 if a vulnerability is known, 0 otherwise."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip"]
    command += ["--progress-spinner", "off", "--format", "json", "-r", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    try:
        dependencies: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (done.stderr.strip().splitlines() or ["no reply"])[-1]
        print(NOT_AUDITED.format(f"the vulnerability database did not answer ({reason[:200]})"))
        return 0
    return _report(dependencies)


def _report(dependencies: list[dict[str, Any]]) -> int:
    skipped = [one["name"] for one in dependencies if "skip_reason" in one]
    vulnerable = [one for one in dependencies if one.get("vulns")]
    for one in vulnerable:
        for fault in one["vulns"]:
            mended = ", ".join(fault["fix_versions"]) or "no version yet"
            print(f"{one['name']} {one['version']}: {fault['id']}, mended in {mended}")
    if skipped:
        print(NOT_AUDITED.format(f"{len(skipped)} of {len(dependencies)} packages are not known"))
    if not skipped and not vulnerable:
        print(f"{len(dependencies)} packages, no known vulnerability.")
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
