"""The locked packages are those that pyproject.toml asks for, and what is tested is what runs."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.sbom import Package, locked

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ASKED = {
    "app.txt": PROJECT["dependencies"],
    "dev.txt": [*PROJECT["dependencies"], *EXTRAS["sandbox"], *EXTRAS["dev"]],
}


def lock(name: str) -> dict[str, Package]:
    """A lock file's packages by their names."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return {package.name: package for package in locked(text)}


@pytest.mark.parametrize("name", ASKED)
def test_whatever_is_asked_for_is_locked_to_a_version_that_will_do(name: str) -> None:
    packages = lock(name)
    for asked in map(Requirement, ASKED[name]):
        if asked.name != PROJECT["name"]:
            package = packages[canonicalize_name(asked.name)]
            assert asked.specifier.contains(package.version), f"{asked} with {package.version}"


@pytest.mark.parametrize("name", ASKED)
def test_every_locked_package_has_its_hashes_and_nothing_says_where_from(name: str) -> None:
    assert [package.name for package in lock(name).values() if not package.hashes] == []
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in text


def test_what_is_tested_is_what_runs() -> None:
    tested = lock("dev.txt")
    for package in lock("app.txt").values():
        same = tested[package.name]
        assert (same.version, same.hashes) == (package.version, package.hashes)
