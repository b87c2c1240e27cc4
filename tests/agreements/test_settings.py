"""The settings that the code reads are those that are documented, and no others."""

from pathlib import Path

import pytest

from bot.settings import SETTINGS, Setting

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()


def test_the_page_lists_every_setting_in_order_with_its_default() -> None:
    rows = [line for line in PAGE if line.startswith("| `")]
    assert rows == [_row(setting) for setting in SETTINGS]


def _row(setting: Setting) -> str:
    default = f"`{setting.default}`" if setting.default else "–"
    return f"| `{setting.name}` | {setting.purpose} | {setting.where} | {default} |"


def test_the_example_has_every_setting_in_order_and_no_secret() -> None:
    given = [line.removeprefix("# ") for line in EXAMPLE if "=" in line]
    assert given == [f"{setting.name}={setting.default}" for setting in SETTINGS]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_the_example_says_what_each_setting_is_and_where_to_find_it(setting: Setting) -> None:
    [at] = [n for n, line in enumerate(EXAMPLE) if line.removeprefix("# ").startswith(setting.name)]
    assert EXAMPLE[at - 2 : at] == [f"# {setting.purpose}", f"# Find it: {setting.where}."]


def test_only_the_settings_module_and_the_command_line_look_at_the_environment() -> None:
    looking = {
        str(file.relative_to(ROOT))
        for folder in ("bot", "content", "jobs")
        for file in (ROOT / folder).rglob("*.py")
        if "environ" in file.read_text(encoding="utf-8")
        and "os.environ" in file.read_text(encoding="utf-8")
    }
    assert looking <= {"bot/__main__.py"}
