"""An app's manifest file, read as the settings page of this small Slack would."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sandbox.workspace import AppSpec


def command_hints(manifest: Path) -> tuple[tuple[str, str], ...]:
    """What people may type, with what it is for: each usage of each command of a manifest."""
    told: Mapping[str, Any] = yaml.safe_load(manifest.read_text(encoding="utf-8"))
    return tuple(
        (f"{command['command']} {usage}".strip(), command["description"])
        for command in told["features"]["slash_commands"]
        for usage in str(command.get("usage_hint", "")).split(", ")
    )


def app_spec(manifest: Path, *, signing_secret: str, bot_token: str, app_token: str) -> AppSpec:
    """Describe an app by its manifest: its name, commands, scopes and events.

    The tokens and the secret are what a person would copy from the app's settings. Whether it hears
    by HTTP or by Socket Mode is decided by the request URL it is given after it is installed.
    """
    told: Mapping[str, Any] = yaml.safe_load(manifest.read_text(encoding="utf-8"))
    commands = told["features"]["slash_commands"]
    return AppSpec(
        name=told["features"]["bot_user"]["display_name"],
        scopes=tuple(told["oauth_config"]["scopes"]["bot"]),
        events=tuple(told["settings"]["event_subscriptions"]["bot_events"]),
        signing_secret=signing_secret,
        bot_token=bot_token,
        app_token=app_token,
        command=commands[0]["command"],
        other_commands=tuple(command["command"] for command in commands[1:]),
        should_escape=bool(commands[0].get("should_escape")),
    )
