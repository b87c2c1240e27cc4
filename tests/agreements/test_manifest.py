"""What the app tells Slack of itself is what its code does."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.manifest import as_yaml, socket_mode
from bot.slack.names import COMMAND, Event
from bot.slack.names import SCOPES as NAMED_SCOPES
from bot.slack.server import EVENTS_PATH
from sandbox.events import SCOPES as SCOPES_OF_EVENTS
from tests.agreements.table import COMMANDS, MESSAGE_EVENTS, ROUTES, names_in

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads(
    (Path(__file__).parent / "slack-manifest-schema.json").read_text(encoding="utf-8")
)
SCOPES_PAGE = (ROOT / "docs" / "scopes.md").read_text(encoding="utf-8")


def manifest(name: str = "manifest.yml") -> dict[str, Any]:
    """A manifest as Slack would read it."""
    told: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return told


HTTP = manifest()
SCOPES = HTTP["oauth_config"]["scopes"]["bot"]
EVENTS = HTTP["settings"]["event_subscriptions"]["bot_events"]


@pytest.mark.parametrize("name", ["manifest.yml", "manifest.socket-mode.yml"])
def test_slack_takes_the_manifest(name: str) -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    faults = jsonschema.Draft7Validator(SCHEMA).iter_errors(manifest(name))
    assert [fault.message for fault in faults] == []


def test_the_schema_would_notice_a_mistake() -> None:
    wrong = manifest() | {"feature": {}}
    assert list(jsonschema.Draft7Validator(SCHEMA).iter_errors(wrong))


def test_the_socket_mode_manifest_is_made_from_the_other() -> None:
    made = as_yaml(socket_mode(HTTP))
    assert (ROOT / "manifest.socket-mode.yml").read_text(encoding="utf-8") == made


def test_the_socket_mode_manifest_differs_only_in_how_slack_reaches_the_app() -> None:
    other = socket_mode(HTTP)
    assert "https://" not in json.dumps(other)
    assert other["settings"].pop("socket_mode_enabled") is True
    assert other["oauth_config"] == HTTP["oauth_config"]
    assert other["settings"]["event_subscriptions"]["bot_events"] == EVENTS


def test_every_address_is_the_apps_one_door() -> None:
    addresses = re.findall(r"https://[^\s\"']+", (ROOT / "manifest.yml").read_text("utf-8"))
    assert {address for address in addresses if "api.slack.com" not in address} == {
        f"https://prep.example.com{EVENTS_PATH}"
    }


def test_the_events_are_those_that_the_code_knows_in_order() -> None:
    assert sorted(names_in(Event)) == sorted(EVENTS) == EVENTS


def test_the_scopes_are_those_that_the_code_knows_in_order() -> None:
    assert sorted(NAMED_SCOPES) == SCOPES


def test_every_event_but_messages_has_its_room() -> None:
    assert set(ROUTES.events) == set(EVENTS) - MESSAGE_EVENTS


def test_every_event_has_the_scope_that_brings_it() -> None:
    needed = {SCOPES_OF_EVENTS[event] for event in EVENTS if event in SCOPES_OF_EVENTS}
    assert "channels:history" in needed
    assert needed <= set(SCOPES)


def test_the_one_command_names_what_can_follow_it() -> None:
    [command] = HTTP["features"]["slash_commands"]
    assert command["command"] == COMMAND
    hinted = [part.split()[0] for part in command["usage_hint"].split(", ")]
    assert sorted(hinted) == sorted(COMMANDS)
    assert command["should_escape"], "people are named by their identifiers, not by their names"


def test_the_app_takes_clicks_and_forms() -> None:
    assert HTTP["settings"]["interactivity"]["is_enabled"]


@pytest.mark.parametrize(("heading", "told"), [("Scopes", SCOPES), ("Events", EVENTS)])
def test_each_scope_and_event_has_its_reason_in_the_docs(heading: str, told: list[str]) -> None:
    section = SCOPES_PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \| (.+) \|$", section, flags=re.MULTILINE)
    assert [name for name, _, _ in rows] == told
    rooms = {folder.name for folder in (ROOT / "bot" / "features").iterdir() if folder.is_dir()}
    for name, _why, features in rows:
        assert set(features.split(", ")) <= rooms, name
