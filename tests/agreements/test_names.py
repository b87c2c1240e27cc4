"""Buttons and forms: what is shown is listened to, under names that never change."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack.names import Action, Callback
from tests.agreements.table import ROUTES, names_in

ROOT = Path(__file__).parents[2]
VIEWS = sorted((ROOT / "bot" / "features").glob("*/view.py"))
EDGE = sorted((ROOT / "bot" / "slack").glob("*.py"))
NOTICES_ONLY = {"REVEAL", "WHY", "NOTICE", "QUEUE", "VERSIONS"}
"""Modals without a submit button: nothing comes back from them."""


def used(kind: str, files: list[Path]) -> set[str]:
    """The names of `Action` or `Callback` that these files mention."""
    return {
        node.attr
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == kind
    }


def calls(name: str, files: list[Path]) -> Iterator[tuple[Path, ast.Call]]:
    """The calls of a function in these files."""
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Call) and isinstance(called, ast.Name) and called.id == name:
                yield file, node


def keys(kind: type) -> set[str]:
    """The constants of a class of names."""
    return {name for name in vars(kind) if name.isupper()}


def test_every_button_that_is_shown_is_listened_to() -> None:
    assert used("Action", VIEWS) == keys(Action)
    assert set(ROUTES.actions) == set(names_in(Action))


def test_every_modal_that_can_be_submitted_is_listened_to() -> None:
    assert used("Callback", VIEWS + EDGE) == keys(Callback)
    assert set(ROUTES.submissions) == {
        value
        for name, value in vars(Callback).items()
        if name.isupper() and name not in NOTICES_ONLY
    }


@pytest.mark.parametrize(("function", "position"), [("button", 1), ("Modal", 0)])
def test_no_view_makes_a_name_up(function: str, position: int) -> None:
    made_up = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file, call in calls(function, VIEWS + EDGE)
        if len(call.args) > position and isinstance(call.args[position], ast.Constant)
    ]
    assert made_up == []
    assert list(calls(function, VIEWS)), "the search would find them"


@pytest.mark.parametrize("kind", [Action, Callback])
def test_no_two_things_have_one_name(kind: type) -> None:
    assert len(set(names_in(kind))) == len(names_in(kind))


def test_names_that_old_messages_carry_have_not_changed() -> None:
    # A button stays in a channel for years; renaming its action breaks it.
    assert {
        "reveal_round",
        "reveal_question",
        "why_round",
        "another_question",
        "post_question_here",
        "show_board",
        "suggest_improvement",
        "report_problem",
        "send_again",
    } <= set(names_in(Action))
