"""Markdown as Slack's rich text: whole, legible, and nothing in it alive."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.blocks import plain
from bot.slack.rich_text import (
    BLOCK_LIMIT,
    bullet_list,
    numbered_list,
    plain_text_of,
    rich_text,
)
from sandbox.block_rules import faults_in_message

WORDS = st.text(st.sampled_from("abc de_*`#>-+1.)[](){}<&!@|~=\\\"' \t\u00e9\u65e5"), max_size=60)
LINES = st.sampled_from(
    [
        "# Heading",
        "## `code` in a heading",
        "- one",
        "  - two",
        "    - three",
        "      - four",
        "1. first",
        "   1. nested",
        "10) tenth",
        "> quoted",
        "> - a list in a quotation",
        "> > deeper",
        "```python",
        "```",
        "    indented code",
        "---",
        "| a | b |",
        "| - | - |",
        "<b>html</b>",
        "<!channel> <@U1> <#C1>",
        "[link](https://example.com/a?b=c&d)",
        "[bad](javascript:alert(1))",
        "![picture](https://example.com/x.png)",
        "<https://example.com>",
        "**bold _both_**",
        "a hard  ",
        "break",
        "",
        "",
    ]
)
MARKDOWN = st.one_of(
    st.lists(st.one_of(LINES, WORDS), max_size=25).map("\n".join), st.text(max_size=300)
)


def inside(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every element of some blocks, at any depth."""
    for block in blocks:
        for element in block.get("elements", []):
            yield element
            yield from inside([element])


def faults(blocks: list[dict[str, Any]]) -> list[str]:
    """What Slack would refuse of a message of these blocks."""
    return [
        fault
        for start in range(0, len(blocks), 50)
        for fault in faults_in_message({"text": "x", "blocks": blocks[start : start + 50]})
    ]


@given(MARKDOWN)
def test_slack_takes_whatever_markdown_becomes(markdown: str) -> None:
    assert faults(rich_text(markdown)) == []


@given(MARKDOWN)
def test_nothing_in_it_mentions_anybody_or_links_outside_the_web(markdown: str) -> None:
    for element in inside(rich_text(markdown)):
        assert element["type"] in {
            "rich_text_section",
            "rich_text_list",
            "rich_text_quote",
            "rich_text_preformatted",
            "text",
            "link",
        }
        if element["type"] == "link":
            assert re.match("https?://", element["url"])


@given(st.lists(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=30)))
def test_code_keeps_its_lines(code: list[str]) -> None:
    source = "\n".join(line for line in code if "`" not in line)
    blocks = rich_text(f"````\n{source}\n````")
    shown = "".join(element["text"] for element in inside(blocks) if element["type"] == "text")
    assert shown == (source.rstrip("\n") or " ")


@given(st.lists(st.sampled_from(["word", "longer", "code", "7"]), min_size=1, max_size=2_000))
def test_a_long_text_is_split_and_loses_no_word(words: list[str]) -> None:
    blocks = rich_text(" ".join(words))
    shown = "".join(e["text"] for e in inside(blocks) if e["type"] == "text")
    assert shown.split() == words
    for block in blocks:
        length = sum(len(e["text"]) for e in inside([block]) if e["type"] == "text")
        assert length <= BLOCK_LIMIT


@pytest.mark.parametrize(
    "markdown",
    ["x" * 9_000, "```\n" + "y = 1\n" * 2_000 + "```", "- item\n" * 800, "> " + "z " * 4_000],
)
def test_whatever_is_long_is_shown_whole_in_several_blocks(markdown: str) -> None:
    blocks = rich_text(markdown)
    assert len(blocks) > 1
    assert faults(blocks) == []
    shown = "".join(e["text"] for e in inside(blocks) if e["type"] == "text")
    kept = re.sub(r"[\s>`-]", "", markdown)
    assert re.sub(r"[\s>`-]", "", shown) == kept


def test_headings_become_bold_lines() -> None:
    [block] = rich_text("# Why `x`?")
    assert block["elements"] == [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Why ", "style": {"bold": True}},
                {"type": "text", "text": "x", "style": {"bold": True, "code": True}},
                {"type": "text", "text": "?", "style": {"bold": True}},
            ],
        }
    ]


def test_nested_lists_keep_their_levels_and_order() -> None:
    [block] = rich_text("1. one\n   - inner\n     - innermost\n2. two\n")
    shape = [
        (e["style"], e["indent"], [item["elements"][0]["text"] for item in e["elements"]])
        for e in block["elements"]
    ]
    assert shape == [
        ("ordered", 0, ["one"]),
        ("bullet", 1, ["inner"]),
        ("bullet", 2, ["innermost"]),
        ("ordered", 0, ["two"]),
    ]


def test_numbers_go_on_after_what_interrupts_them() -> None:
    [block] = rich_text("1. one\n   - inner\n2. two\n3. three\n")
    numbered = [e for e in block["elements"] if e["style"] == "ordered"]
    assert [e.get("offset", 0) for e in numbered] == [0, 1]


def test_a_list_may_begin_at_any_number() -> None:
    [block] = rich_text("7. seven\n8. eight\n")
    assert block["elements"][0]["offset"] == 6


def test_the_numbers_of_a_long_list_go_on_in_the_next_block() -> None:
    items = [f"{number}. " + "word " * 100 for number in range(5, 25)]
    lists = [block["elements"][0] for block in rich_text("\n".join(items))]
    assert len(lists) > 2
    begun = 4
    for part in lists:
        assert part["offset"] == begun
        begun += len(part["elements"])
    assert begun == 24


@pytest.mark.parametrize(
    "markdown", ["[a](javascript:alert(1))", "[a](file:///etc/passwd)", "[a](mailto:x@example.com)"]
)
def test_only_addresses_of_the_web_are_links(markdown: str) -> None:
    assert not [e for e in inside(rich_text(markdown)) if e["type"] == "link"]


def test_a_link_keeps_its_words_and_address() -> None:
    [link] = [
        e
        for e in inside(rich_text("see [**the** docs](https://e.org/?a=1&b=2)"))
        if e["type"] == "link" and "docs" in e["text"]
    ]
    assert (link["url"], link["text"].strip()) == ("https://e.org/?a=1&b=2", "docs")


@given(MARKDOWN)
def test_what_is_read_aloud_holds_every_word_that_is_shown(markdown: str) -> None:
    shown = [e["text"] for e in inside(rich_text(markdown)) if e["type"] in ("text", "link")]
    aloud = plain_text_of(markdown)
    for word in "".join(shown).split() if len(shown) == 1 else []:
        assert word in aloud


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_lists_of_plain_lines_show_them_as_they_stand(items: list[str]) -> None:
    assert faults([bullet_list(items), numbered_list([(i, i) for i in items])]) == []
    shown = [item["elements"][0]["text"] for item in bullet_list(items)["elements"][0]["elements"]]
    assert shown == [plain(item) or " " for item in items]


@pytest.mark.parametrize("levels", [9, 10, 40])
def test_slack_takes_lists_however_deep_they_are_nested(levels: int) -> None:
    assert faults(rich_text("- " * levels + "deep")) == []


def test_no_markdown_is_no_block() -> None:
    assert rich_text("") == []
    assert rich_text("\n\n  \n") == []
