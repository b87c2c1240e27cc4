"""Look for secrets in every file that is, or is about to be, committed.

detect-secrets knows the shapes of many; those of Slack's newer tokens and of database addresses are
added here. What looks like a secret and is none stands in `made_up_secrets.toml`, with a reason.
Nothing leaves the machine, and no secret is printed.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detect_secrets.core.plugins.initialize import from_plugin_classname
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import BasePlugin, RegexBasedDetector
from detect_secrets.plugins.keyword import KeywordDetector
from detect_secrets.settings import transient_settings

MADE_UP = Path("tools/made_up_secrets.toml")
LOCKED = re.compile(r"\s+--hash=sha256:[0-9a-f]{64}(?: \\)?")
"""The hash of a dependency: thousands of lines that need no second look."""
PLACE = re.compile(r"\{.*\}|<.*>|\$\{?\w+\}?")
"""Where a secret is put in later."""
LEFT_OUT = {"IPPublicDetector"}
"""An address is no secret."""
OFFLINE: dict[str, list[dict[str, Any]]] = {"plugins_used": [], "filters_used": []}
"""detect-secrets would otherwise be free to ask Slack whether a token works."""


class SlackShapes(RegexBasedDetector):
    """Slack's tokens of every kind, its webhooks, and what looks like a signing secret."""

    secret_type = "Slack secret"  # noqa: S105
    denylist = (
        re.compile(r"\b(?:xox[a-z]|xapp|xwfp)(?:\.xox[a-z])?-(?=[A-Za-z-]*\d)[0-9A-Za-z-]{9,}"),
        re.compile(
            r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[0-9A-Za-z_/]{12,}"
        ),
        re.compile(r"(?<![0-9A-Za-z-])[0-9a-f]{32}(?![0-9A-Za-z-])"),
    )


class DatabasePasswords(RegexBasedDetector):
    """Passwords in the addresses of databases."""

    secret_type = "Database password"  # noqa: S105
    denylist = (
        re.compile(r"\b(?:postgres(?:ql)?|mysql)(?:\+\w+)?://[^\s:@/{}]*:([^\s@{}]+)@"),
        re.compile(
            r"\b(?:postgres(?:ql)?|mysql)(?:\+\w+)?://[^\s\"'`]*[?&]password=([^\s&\"'`{}]+)"
        ),
        re.compile(r"\bPGPASSWORD\s*[=:]\s*[\"']?([^\s\"'$]+)"),
    )


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """What looks like a secret: where, the thing itself, and of which kind."""

    file: str
    line: int
    secret: str
    kind: str


def findings(folder: Path) -> list[Finding]:
    """Everything in a git work tree that looks like a secret, ignored files apart.

    Each secret stands once for each line it is on. Raises CalledProcessError if the folder is no
    work tree.
    """
    with transient_settings(OFFLINE):
        detectors = _detectors()
        found = [one for name in _files(folder) for one in _in(folder, name, detectors)]
    return sorted({(one.file, one.line, one.secret): one for one in found}.values())


def main(folder: str) -> int:
    """Scan a work tree; 1 if something looks like a secret, or is vouched for without need."""
    root = Path(folder)
    vouched_for = _made_up(root / MADE_UP)
    found = [one for one in findings(root) if one.file != str(MADE_UP)]
    secrets = [one for one in found if one.secret not in vouched_for]
    for one in secrets:
        print(f"{one.file}:{one.line}: {one.kind}")
    if secrets:
        print(f"Take it out; have it replaced if it is real, or vouch for it in {MADE_UP}.")
    idle = vouched_for - {one.secret for one in found}
    for secret in sorted(idle):
        print(f"{MADE_UP}: nothing needs {secret!r} any more.")
    return 1 if secrets or idle else 0


def _made_up(file: Path) -> set[str]:
    return set(tomllib.loads(file.read_text(encoding="utf-8"))) if file.exists() else set()


def _detectors() -> list[BasePlugin]:
    detectors: Iterable[type[BasePlugin]] = get_mapping_from_secret_type_to_class().values()
    known = {one.__name__ for one in detectors}
    return [
        *map(from_plugin_classname, sorted(known - LEFT_OUT)),
        SlackShapes(),
        DatabasePasswords(),
    ]


def _files(folder: Path) -> list[str]:
    command = ["git", "-C", str(folder), "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.run(  # noqa: S603 - our own words
        [*command, "--exclude-standard"], capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if (folder / name).is_file()]


def _in(folder: Path, name: str, detectors: list[BasePlugin]) -> Iterator[Finding]:
    try:
        text = (folder / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return  # a picture
    for number, line in enumerate(text.splitlines(), start=1):
        if LOCKED.fullmatch(line):
            continue
        for detector in detectors:
            for found in detector.analyze_line(filename=name, line=line, line_number=number):
                secret = found.secret_value or ""
                if not _is_harmless(found.type, secret):
                    yield Finding(name, number, secret, found.type)


def _is_harmless(kind: str, secret: str) -> bool:
    in_words = kind == KeywordDetector.secret_type and " " in secret  # as nobody gives one out
    return in_words or PLACE.fullmatch(secret) is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
