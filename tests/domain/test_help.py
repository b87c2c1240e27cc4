"""Which command a person meant."""

import pytest

from bot.domain.help import HelpLine, nearest

COMMANDS = [
    HelpLine(usage, "does something")
    for usage in ("today", "random [topic] [level]", "streak [why]", "setup", "help")
]
COMMANDS.append(HelpLine("leaderboard", "does something", also=("board",)))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("leaderbord", "leaderboard"),
        ("LEADERBOARD", "leaderboard"),
        ("steak", "streak"),
        ("radnom", "random"),
        ("set-up", "setup"),
        ("tody", "today"),
        ("hlep", "help"),
        ("bord", "leaderboard"),
        ("BOARDS", "leaderboard"),
    ],
)
def test_a_slip_of_the_finger_names_the_command(typed: str, meant: str) -> None:
    found = nearest(typed, COMMANDS)
    assert found is not None
    assert found.word == meant


@pytest.mark.parametrize("typed", ["weather", "", "7", "日本", "x" * 3_000, "random" * 500])
def test_what_is_far_from_every_command_names_none(typed: str) -> None:
    assert nearest(typed, COMMANDS) is None


def test_without_commands_nothing_is_near() -> None:
    assert nearest("streak", []) is None
