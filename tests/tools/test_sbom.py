"""The bill of materials: what CycloneDX allows, what is locked, nothing that changes by itself."""

import json
import re
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools.sbom import bill, locked, main

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements" / "app.txt"
PROJECT = {"name": "prep-bot", "version": "1", "license": "MIT"}
TWO = f"""\
aiohttp==3.1 ; implementation_name != 'pypy' \\
    --hash=sha256:{"a" * 64} \\
    --hash=sha256:{"b" * 64}
    # via prep-bot (pyproject.toml)
idna==3.20 \\
    --hash=sha256:{"c" * 64}
    # via
    #   aiohttp
    #   yarl
"""


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that `make sbom` makes."""
    monkeypatch.chdir(ROOT)
    target = tmp_path / "build" / "sbom.json"
    main(str(LOCK), str(target))
    return target


def test_it_is_what_cyclonedx_allows(written: Path) -> None:
    text = written.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_every_locked_package_stands_in_it_with_every_hash(written: Path) -> None:
    lock = LOCK.read_text(encoding="utf-8")
    made = json.loads(written.read_text(encoding="utf-8"))
    pins = re.findall(r"^(\S+==[^\s;]+)", lock, re.MULTILINE)
    assert [f"{one['name']}=={one['version']}" for one in made["components"]] == pins
    hashes = [each["content"] for one in made["components"] for each in one["hashes"]]
    assert hashes == re.findall(r"sha256:(\w+)", lock)


def test_the_licence_of_every_installed_package_is_told(written: Path) -> None:
    made = json.loads(written.read_text(encoding="utf-8"))
    assert [one["name"] for one in made["components"] if not one["licenses"]] == []


def test_the_same_lock_gives_the_same_file(written: Path) -> None:
    before = written.read_bytes()
    main(str(LOCK), str(written))
    assert written.read_bytes() == before


def test_it_tells_who_needs_what() -> None:
    made = bill(PROJECT, locked(TWO))
    assert made["dependencies"] == [
        {"ref": "prep-bot", "dependsOn": ["pkg:pypi/aiohttp@3.1"]},
        {"ref": "pkg:pypi/aiohttp@3.1", "dependsOn": ["pkg:pypi/idna@3.20"]},
        {"ref": "pkg:pypi/idna@3.20", "dependsOn": []},
    ]


def test_a_licence_of_another_version_is_not_told() -> None:
    [aiohttp, _] = bill(PROJECT, locked(TWO))["components"]
    assert aiohttp["licenses"] == []


def test_a_package_without_one_version_is_refused() -> None:
    with pytest.raises(ValueError, match="not locked to one version: idna>=3"):
        locked("idna>=3\n")
