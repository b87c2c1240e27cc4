"""The search for known vulnerabilities: pip-audit itself, asking a small OSV of our own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tools.audit import main, report

ROOT = Path(__file__).parents[2]
CLEAN = "no known vulnerability"
LOUD = "NOT AUDITED"
KNOWN = {"name": "tzdata", "version": "2026.6", "vulns": []}
UNKNOWN = {"name": "mako", "skip_reason": "Dependency not found on PyPI and could not be audited"}
VULNERABLE = KNOWN | {"vulns": [{"id": "PYSEC-1", "fix_versions": ["9"], "aliases": []}]}


def advisory(package: str, mended_in: str) -> dict[str, Any]:
    """An advisory in the form of the OSV schema."""
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": mended_in}]}]
    affected = [{"package": {"name": package, "ecosystem": "PyPI"}, "ranges": ranges}]
    return {"id": "PYSEC-2026-1", "summary": "A made-up fault", "affected": affected}


@contextmanager
def osv(known: dict[str, dict[str, Any]], status: int = 200) -> Iterator[str]:
    """A source of advisories on loopback; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = known.get(asked["package"]["name"])
            body = json.dumps({"vulns": [found]} if found else {}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()
        thread.join()


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Have pip-audit ask an OSV, the one named by PIP_AUDIT_OSV_URL."""
    monkeypatch.setenv("PIP_AUDIT_VULNERABILITY_SERVICE", "osv")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return monkeypatch


@pytest.fixture
def locked(tmp_path: Path) -> str:
    """A requirements file with two locked packages."""
    file = tmp_path / "locked.txt"
    pins = (
        f"{name} \\\n    --hash=sha256:{'0' * 64}\n" for name in ("mako==1.3", "tzdata==2026.6")
    )
    file.write_text("".join(pins), encoding="utf-8")
    return str(file)


def test_a_known_vulnerability_fails_the_check(
    asking: pytest.MonkeyPatch, locked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with osv({"mako": advisory("mako", "1.4")}) as address:
        asking.setenv("PIP_AUDIT_OSV_URL", address)
        assert main([locked]) == 1
    assert capsys.readouterr().out == "mako 1.3: PYSEC-2026-1, mended in 1.4\n"


def test_every_package_of_the_app_and_of_its_tools_is_looked_up(
    asking: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [recipe] = [line for line in (ROOT / "Makefile").read_text().splitlines() if "audit.py" in line]
    files = [word for word in recipe.split() if word.startswith("requirements/")]
    for name in ("slack-bolt", "pytest"):  # one of the app's, and one of its tools
        with osv({name: advisory(name, "99")}) as address:
            asking.setenv("PIP_AUDIT_OSV_URL", address)
            assert main([str(ROOT / file) for file in files]) == 1
        assert capsys.readouterr().out.startswith(f"{name} ")


def test_nothing_known_is_a_clean_result(
    asking: pytest.MonkeyPatch, locked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with osv({}) as address:
        asking.setenv("PIP_AUDIT_OSV_URL", address)
        assert main([locked]) == 0
    assert capsys.readouterr().out == f"2 packages, {CLEAN}.\n"


def test_no_network_is_told_loudly_and_is_not_taken_for_clean(
    asking: pytest.MonkeyPatch, locked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with osv({}) as address:
        pass
    asking.setenv("PIP_AUDIT_OSV_URL", address)
    assert main([locked]) == 0
    told = capsys.readouterr().out
    assert told.startswith(LOUD)
    assert CLEAN not in told


def test_a_source_in_trouble_is_told_as_loudly(
    asking: pytest.MonkeyPatch, locked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with osv({}, status=503) as address:
        asking.setenv("PIP_AUDIT_OSV_URL", address)
        assert main([locked]) == 0
    told = capsys.readouterr().out
    assert told.startswith(LOUD)
    assert CLEAN not in told


@pytest.mark.parametrize("text", ["mako==1.3\n", "mako at any version\n", None])
def test_a_file_that_cannot_be_audited_fails_the_check(
    text: str | None, asking: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "locked.txt"
    if text:
        file.write_text(text, encoding="utf-8")
    with osv({}) as address:
        asking.setenv("PIP_AUDIT_OSV_URL", address)
        assert main([str(file)]) == 1
    assert capsys.readouterr().out.startswith("pip-audit failed: ")


@pytest.mark.parametrize(
    ("found", "code", "loud"),
    [
        ([KNOWN], 0, False),
        ([UNKNOWN], 0, True),
        ([KNOWN, UNKNOWN], 0, True),
        ([VULNERABLE, UNKNOWN], 1, True),
        ([VULNERABLE, KNOWN], 1, False),
    ],
)
def test_a_package_that_was_passed_over_keeps_the_rest_from_being_called_clean(
    found: list[dict[str, Any]], code: int, loud: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(found) == code
    told = capsys.readouterr().out
    assert (LOUD in told) == loud
    assert (CLEAN in told) == (found == [KNOWN])
