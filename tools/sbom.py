"""Write the app's bill of materials: every locked package, with hashes, licence and who needs it.

CycloneDX JSON. The same lock gives the same file to the byte, so it holds no moment and no number
of its own. A licence is known where the package is installed in the version that is locked.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from cyclonedx.spdx import fixup_id, is_expression

PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
NEEDED_BY = re.compile(r"\s+#(?: via)?\s+(?P<name>[a-z0-9-]+)")
LICENCE_CLASSIFIER = "License :: OSI Approved :: "


@dataclass(frozen=True, slots=True)
class Package:
    """A locked package: the hashes of all its files, and the names of those that need it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    needed_by: tuple[str, ...]

    @property
    def purl(self) -> str:
        """What CycloneDX calls it by."""
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(text: str) -> list[Package]:
    """Read a requirements file as uv writes it."""
    return [_package(block) for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]]


def _package(block: str) -> Package:
    pin = PIN.match(block)
    if pin is None:
        raise ValueError(f"not locked to one version: {block.splitlines()[0]}")
    needed_by = (NEEDED_BY.match(line) for line in block.splitlines())
    return Package(
        name=pin["name"],
        version=pin["version"],
        hashes=tuple(HASH.findall(block)),
        needed_by=tuple(found["name"] for found in needed_by if found),
    )


def bill(project: dict[str, Any], packages: list[Package]) -> dict[str, Any]:
    """The bill of materials of a project (the table of pyproject.toml) with these packages."""
    name, version = str(project["name"]), str(project["version"])
    app = {"type": "application", "bom-ref": name, "name": name, "version": version}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": app | {"licenses": [{"expression": project["license"]}]}},
        "components": [_component(one) for one in packages],
        "dependencies": [
            {"ref": ref, "dependsOn": [one.purl for one in packages if needer in one.needed_by]}
            for needer, ref in [(name, name), *((one.name, one.purl) for one in packages)]
        ],
    }


def _component(package: Package) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "hashes": [{"alg": "SHA-256", "content": one} for one in package.hashes],
        "licenses": list(_licences(package)),
    }


def _licences(package: Package) -> Iterator[dict[str, Any]]:
    try:
        installed = distribution(package.name)
    except PackageNotFoundError:
        return
    if installed.version == package.version:
        yield from _stated(installed.metadata)


def _stated(metadata: PackageMetadata) -> Iterator[dict[str, Any]]:
    expression, *_ = metadata.get_all("License-Expression") or [""]
    if is_expression(expression):
        yield {"expression": expression}
        return
    classified = [
        one.removeprefix(LICENCE_CLASSIFIER)
        for one in metadata.get_all("Classifier") or []
        if one.startswith(LICENCE_CLASSIFIER)
    ]
    for words in [*(metadata.get_all("License") or []), *classified]:
        if words:
            known = fixup_id(words)
            yield {"license": {"id": known} if known else {"name": words}}
            return


def main(lock: str, target: str) -> None:
    """Write the bill of materials of a requirements file."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    made = bill(project, locked(Path(lock).read_text(encoding="utf-8")))
    file = Path(target)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    print(f"{file}: {len(made['components'])} packages")


if __name__ == "__main__":
    main(*sys.argv[1:])
