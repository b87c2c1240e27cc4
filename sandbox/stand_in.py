"""The small Slack for any other app: a workspace with people, one app, and how to reach them."""

from __future__ import annotations

import argparse
from pathlib import Path

import yaml

from sandbox.events import SCOPES
from sandbox.manifest import app_spec, command_hints
from sandbox.people import COMMANDS
from sandbox.playground.stage import Hint, Stage
from sandbox.slack import Sandbox
from sandbox.web_api.dispatch import METHODS
from sandbox.workspace import AppSpec, InstalledApp

BOT_TOKEN = "xoxb-stand-in"  # noqa: S105 - a made-up workspace
APP_TOKEN = "xapp-stand-in"  # noqa: S105 - as above
SIGNING_SECRET = "stand-in-signing-secret"  # noqa: S105 - as above
EVENTS = (
    "app_home_opened",
    "app_mention",
    "channel_archive",
    "channel_deleted",
    "channel_rename",
    "channel_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
)
"""What an app without a manifest is subscribed to."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``--serve``."""
    group = parser.add_argument_group("with --serve")
    group.add_argument("--request-url", help="where your app listens; left out: Socket Mode")
    group.add_argument("--manifest", type=Path, help="your app's manifest, as YAML or JSON")
    group.add_argument("--command", default="/echo", help="its slash command, without a manifest")


def stage(sandbox: Sandbox, options: argparse.Namespace) -> Stage:
    """A workspace of four with two channels, the app in one of them.

    Raises SystemExit with a sentence for a manifest that cannot be read.
    """
    spec, hints = _described(options)
    app = sandbox.install_app(spec)
    app.request_url = options.request_url
    names = ("maya", "jonas", "priya", "tom")
    people = tuple(sandbox.person(name) for name in names)
    channel = sandbox.channel("bot-testing", members=[*people, app])
    sandbox.channel("general", members=people)
    proposed = tuple(Hint(line, purpose) for line, purpose in hints)
    return Stage(sandbox, app, people, channel, hints=proposed)


def _described(options: argparse.Namespace) -> tuple[AppSpec, tuple[tuple[str, str], ...]]:
    manifest: Path | None = options.manifest
    if manifest is None:
        return _anything(options.command), ((options.command, "Your app's command"),)
    try:
        spec = app_spec(
            manifest, signing_secret=SIGNING_SECRET, bot_token=BOT_TOKEN, app_token=APP_TOKEN
        )
        return spec, command_hints(manifest)
    except OSError as error:
        raise SystemExit(f"{manifest} cannot be read: {error.strerror}.") from None
    except yaml.YAMLError as error:
        raise SystemExit(f"{manifest} is neither YAML nor JSON: {error}") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise SystemExit(f"{manifest} lacks what a manifest has: {error}.") from None


def instructions(sandbox: Sandbox, app: InstalledApp, page: str) -> str:
    """What a person needs to know to point an app here."""
    mode = (
        f"Events are posted to {app.request_url}"
        if app.request_url
        else "Events go through Socket Mode (give --request-url for HTTP)"
    )
    return "\n".join(
        (
            f"A small Slack is listening. Watch it at {page}",
            "",
            f"  SLACK_API_URL={sandbox.api_url}",
            f"  SLACK_BOT_TOKEN={app.spec.bot_token}",
            f"  SLACK_APP_TOKEN={app.spec.app_token}",
            f"  SLACK_SIGNING_SECRET={app.spec.signing_secret}",
            "",
            f"{mode}.",
            "Press Ctrl-C to stop.",
        )
    )


def _anything(command: str) -> AppSpec:
    """An app that may do whatever the sandbox knows."""
    callable_with = {scope for method in METHODS.values() for scope in method.scopes}
    scopes = sorted({COMMANDS, *SCOPES.values(), *callable_with})
    return AppSpec(
        name="echo",
        scopes=tuple(scopes),
        events=EVENTS,
        signing_secret=SIGNING_SECRET,
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        command=command,
    )
