"""An app's manifest file, read as the settings page of this small Slack would."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from sandbox.workspace import AppSpec


def command_hints(manifest: Path) -> tuple[tuple[str, str], ...]:
    """What people may type, with what it is for: each usage of each command of a manifest."""
    return tuple(
        (f"{command['command']} {usage}".strip(), str(command.get("description", "")))
        for command in _commands(_told(manifest))
        for usage in str(command.get("usage_hint", "")).split(", ")
    )


def app_spec(manifest: Path, *, signing_secret: str, bot_token: str, app_token: str) -> AppSpec:
    """Describe an app by its manifest: its name, commands, scopes and events.

    The tokens and the secret are what a person would copy from the app's settings. Whether it hears
    by HTTP or by Socket Mode is decided by the request URL it is given after it is installed.
    Raises KeyError for a manifest without a name or without scopes of a bot.
    """
    told = _told(manifest)
    commands = _commands(told)
    events = told.get("settings", {}).get("event_subscriptions", {}).get("bot_events", ())
    return AppSpec(
        name=_name(told),
        scopes=tuple(told["oauth_config"]["scopes"]["bot"]),
        events=tuple(events),
        signing_secret=signing_secret,
        bot_token=bot_token,
        app_token=app_token,
        command=commands[0]["command"] if commands else None,
        other_commands=tuple(command["command"] for command in commands[1:]),
        should_escape=bool(commands and commands[0].get("should_escape")),
    )


def _told(manifest: Path) -> Mapping[str, Any]:
    told = yaml.safe_load(manifest.read_text(encoding="utf-8"))
    return told if isinstance(told, Mapping) else {}


def _name(told: Mapping[str, Any]) -> str:
    bot = told.get("features", {}).get("bot_user")
    return str(bot["display_name"] if bot else told["display_information"]["name"])


def _commands(told: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return told.get("features", {}).get("slash_commands") or ()
