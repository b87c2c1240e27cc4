"""People's words are escaped by type: only `bot/slack/blocks.py` makes markup of our source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKS = ROOT / "bot" / "slack" / "blocks.py"
SOURCES = sorted(path for path in (ROOT / "bot").rglob("*.py") if path != BLOCKS)
MAKERS = {"Markup", "MarkdownTextObject", "PlainTextObject"}


def faults_in(source: str) -> Iterator[str]:
    """Say where a module could let somebody's words pass for markup."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value == "mrkdwn":
            yield f"line {node.lineno}: a text object by hand"
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        if called in MAKERS:
            yield f"line {node.lineno}: {called} outside of blocks.py"
        if called == "mrkdwn" and not _is_written_out(node.args):
            yield f"line {node.lineno}: a template that is not written out where it is filled"


def _is_written_out(args: list[ast.expr]) -> bool:
    return len(args) == 1 and isinstance(args[0], ast.Constant) and isinstance(args[0].value, str)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_makes_markup_by_itself(path: Path) -> None:
    assert list(faults_in(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        'Markup("<!here>")',
        "blocks.Markup(words)",
        'mrkdwn(f"*{title}*")',
        'mrkdwn("*" + title)',
        "mrkdwn(title)",
        'mrkdwn("{}".format(title))',
        '{"type": "mrkdwn", "text": words}',
        "MarkdownTextObject(text=words)",
    ],
)
def test_the_reading_of_modules_finds_what_it_looks_for(source: str) -> None:
    assert list(faults_in(source))


def test_a_template_that_is_written_out_is_fine() -> None:
    assert list(faults_in('mrkdwn("*{title}*" "and more", title=title)')) == []
