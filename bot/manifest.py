"""The app's manifest for Socket Mode, made from the one for HTTP so that the two cannot differ."""

from collections.abc import Mapping
from typing import Any

import yaml

HEADER = """\
# Made from manifest.yml by `make manifest`; change that one. For an app without a public address:
# paste this at api.slack.com/apps → Create New App → From a manifest.
"""


def socket_mode(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest that asks for Socket Mode: the same but for the addresses Slack calls."""
    changed: dict[str, Any] = _without_addresses(manifest)
    changed["settings"]["socket_mode_enabled"] = True
    return changed


def as_yaml(manifest: Mapping[str, Any]) -> str:
    """Write a manifest as a file for people to paste."""
    return HEADER + yaml.safe_dump(dict(manifest), sort_keys=False, width=100)


def _without_addresses(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: _without_addresses(inner)
            for name, inner in value.items()
            if name not in ("url", "request_url")
        }
    return [_without_addresses(inner) for inner in value] if isinstance(value, list) else value
