"""Messages and blocks as a person reads them."""

from typing import Any

import pytest

from sandbox.block_rules.blocks import BLOCKS as BLOCK_RULES
from sandbox.block_rules.elements import ELEMENTS as ELEMENT_RULES
from sandbox.block_rules.rich_text import PARTS as PART_RULES
from sandbox.block_rules.rich_text import PIECES as PIECE_RULES
from sandbox.reading import blocks_as_text, message_as_text
from sandbox.reading.blocks import BLOCKS
from sandbox.reading.elements import ELEMENTS
from sandbox.reading.layout import WIDTH
from sandbox.reading.rich_text import PARTS, PIECES
from tests.sandbox.block_kit import (
    Json,
    actions,
    bullets,
    button,
    cell,
    header,
    image,
    mrkdwn,
    option,
    paragraph,
    piece,
    plain,
    rich_text,
    section,
    table,
)

NAMES = {"U1": "alice", "C1": "interview-prep", "S1": "seniors"}


def read(*blocks: Json) -> str:
    return blocks_as_text(blocks, NAMES)


def lines(*expected: str) -> str:
    return "\n".join(expected)


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("Tom &amp; Jerry &lt;3 &gt; 2", "Tom & Jerry <3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("Ask <@U1>", "Ask @alice"),
        ("Ask <@U2|bob>", "Ask @bob"),
        ("Ask <@U2>", "Ask @U2"),
        ("In <#C1>", "In #interview-prep"),
        ("In <#C2|general>", "In #general"),
        ("<!here> and <!channel>", "@here and @channel"),
        ("<!subteam^S1>", "@seniors"),
        ("<!subteam^S2|@juniors>", "@juniors"),
        ("<https://example.org|the guide>", "the guide (https://example.org)"),
        ("<https://example.org>", "https://example.org"),
        ("<https://example.org|https://example.org>", "https://example.org"),
        ("<mailto:a@example.org|a@example.org>", "a@example.org"),
        ("<!date^1700000000^{date_short_pretty} at {time}|Tuesday at 10>", "Tuesday at 10"),
        ("<!date^1700000000^{date}^https://example.org|Tuesday>", "Tuesday"),
        ("*bold*, _italic_, `code`", "*bold*, _italic_, `code`"),
        ("&lt;@U1&gt;", "<@U1>"),
    ],
)
def test_markup_reads_as_it_is_shown(sent: str, seen: str) -> None:
    assert read(section(sent)) == seen


def test_a_plain_text_holds_no_mentions() -> None:
    assert read({"type": "section", "text": plain("<@U1> &amp; I")}) == "<@U1> & I"


def test_raw_reading_shows_the_escapes() -> None:
    blocks = [section("Tom &amp; <@U1>"), header("A &lt; B")]
    assert blocks_as_text(blocks, NAMES, raw=True) == lines(
        "Tom &amp; <@U1>", "", "A &lt; B", "========"
    )


def test_a_header_is_underlined() -> None:
    assert read(header("Today's question")) == lines("Today's question", "================")


def test_blocks_stand_apart() -> None:
    assert read(section("One"), {"type": "divider"}, section("Two")) == lines(
        "One", "", "────────────────────────────────────────", "", "Two"
    )


def test_fields_stand_in_two_columns() -> None:
    fields = [mrkdwn("*Level*\nMedium"), mrkdwn("*Topic*\nDatabases"), mrkdwn("*Streak*\n4")]
    assert read({"type": "section", "fields": fields}) == lines(
        "*Level*   *Topic*", "Medium    Databases", "", "*Streak*", "4"
    )


def test_fields_too_wide_for_two_columns_stand_under_each_other() -> None:
    fields = [mrkdwn("x" * 60), mrkdwn("y" * 60)]
    assert read({"type": "section", "fields": fields}) == lines("x" * 60, "y" * 60)


def test_a_context_is_one_line() -> None:
    elements = [mrkdwn("Round 12"), plain("Databases"), image(alt_text="A flame")]
    assert read({"type": "context", "elements": elements}) == (
        "Round 12 · Databases · (image: A flame)"
    )


def test_buttons_stand_side_by_side_and_show_what_they_are() -> None:
    assert read(
        actions(
            button("Reveal Sample Answer", style="primary"),
            button("Why It Is Asked"),
            button("Delete", style="danger", confirm={"title": plain(), "text": plain()}),
        )
    ) == ("[* Reveal Sample Answer *]  [ Why It Is Asked ]  [! Delete !] (asks first)")


def test_a_button_shows_its_address_and_what_a_screen_reader_says() -> None:
    one = button("Guide", url="https://example.org", accessibility_label="Open the guide")
    assert read(actions(one)) == '[ Guide ] (read as "Open the guide") (https://example.org)'


def test_buttons_go_on_on_the_next_line() -> None:
    text = read(actions(*[button("A rather long button")] * 5))
    assert text.split("\n") == [
        "[ A rather long button ]  [ A rather long button ]  [ A rather long button ]",
        "[ A rather long button ]  [ A rather long button ]",
    ]


def test_an_accessory_stands_under_its_section() -> None:
    menu = {"type": "overflow", "options": [option("a"), option("b")]}
    assert read(section("Round 12", accessory=menu)) == lines(
        "Round 12", "[ ⋯ Option a | Option b ]"
    )


def test_a_long_paragraph_is_wrapped() -> None:
    text = read(section("Because a disk reads a page at a time. " * 5))
    assert text == lines(
        "Because a disk reads a page at a time. Because a disk reads a page at a time. Because a",
        "disk reads a page at a time. Because a disk reads a page at a time. Because a disk reads",
        "a page at a time.",
    )


def test_a_wrapped_bullet_hangs_under_its_text() -> None:
    assert read(section("• " + "word " * 20)) == lines(
        "• " + "word " * 16 + "word", "  " + "word " * 2 + "word"
    )


def test_a_wrapped_quote_keeps_its_mark() -> None:
    assert read(section("&gt; " + "word " * 20)) == lines(
        "> " + "word " * 16 + "word", "> " + "word " * 2 + "word"
    )


def test_inline_code_is_not_broken() -> None:
    text = read(section("word " * 16 + "`SELECT count(*) FROM answers` and more"))
    assert text == lines("word " * 15 + "word", "`SELECT count(*) FROM answers` and more")


def test_a_code_block_is_indented_and_never_wrapped() -> None:
    long = "x = " + "1 + " * 30 + "1"
    assert read(section(f"Look:\n```\ndef f():\n    {long}\n```\nWhy?")) == lines(
        "Look:", "", "    def f():", f"        {long}", "", "Why?"
    )


def test_a_markdown_block_keeps_its_markdown_and_indents_its_code() -> None:
    block = {"type": "markdown", "text": "## B-trees\n\n```python\nx = 1\n```\n\nDone **now**."}
    assert read(block) == lines("## B-trees", "", "    x = 1", "", "Done **now**.")


def test_rich_text_reads_like_a_page() -> None:
    block = rich_text(
        paragraph(piece("Say "), piece("why ", bold=True), piece("it", italic=True, code=True)),
        bullets(paragraph(piece("Disks")), paragraph(piece("Pages"))),
        bullets(paragraph(piece("4 KB")), indent=1),
        bullets(paragraph(piece("Third")), style="ordered", offset=2),
        {"type": "rich_text_quote", "elements": [piece("Wide\nand shallow")]},
        {"type": "rich_text_preformatted", "elements": [piece("def f():\n    pass", bold=True)]},
    )
    assert read(block) == lines(
        "Say *why* _`it`_",
        "",
        "• Disks",
        "• Pages",
        "   ◦ 4 KB",
        "3. Third",
        "",
        "| Wide",
        "| and shallow",
        "",
        "    def f():",
        "        pass",
    )


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ({"type": "text", "text": "a &amp; b"}, "a &amp; b"),
        ({"type": "text", "text": "gone", "style": {"strike": True}}, "~gone~"),
        ({"type": "text", "text": "  ", "style": {"bold": True}}, ""),
        ({"type": "link", "url": "https://example.org"}, "https://example.org"),
        ({"type": "link", "url": "https://x.org", "text": "Guide"}, "Guide (https://x.org)"),
        ({"type": "user", "user_id": "U1"}, "@alice"),
        ({"type": "usergroup", "usergroup_id": "S1"}, "@seniors"),
        ({"type": "team", "team_id": "T1"}, "@T1"),
        ({"type": "channel", "channel_id": "C1"}, "#interview-prep"),
        ({"type": "broadcast", "range": "here"}, "@here"),
        ({"type": "emoji", "name": "wave"}, ":wave:"),
        ({"type": "date", "timestamp": 1, "format": "{date}", "fallback": "Today"}, "Today"),
        ({"type": "date", "timestamp": 1, "format": "{date}"}, "{date}"),
        ({"type": "color", "value": "#1D9BD1"}, "#1D9BD1"),
    ],
)
def test_a_piece_of_rich_text_reads_as_it_is_shown(sent: Json, seen: str) -> None:
    assert read(rich_text(paragraph(sent))) == seen


def test_a_table_has_aligned_columns() -> None:
    number = {"type": "raw_number", "value": 12, "text": "12"}
    rows = [
        [cell("Member"), cell("Streak"), cell("Best")],
        [rich_text(paragraph({"type": "user", "user_id": "U1"})), number, cell("30")],
        [cell("bob"), cell("7")],
    ]
    assert read(table(*rows, column_settings=[None, {"align": "right"}])) == lines(
        "Member  Streak  Best",
        "──────  ──────  ────",
        "@alice      12  30",
        "bob          7",
    )


def test_a_message_is_read_by_its_blocks() -> None:
    assert message_as_text({"text": "Fallback", "blocks": [section("Hello <@U1>")]}, NAMES) == (
        "Hello @alice"
    )


def test_a_message_without_blocks_is_read_by_its_text() -> None:
    assert message_as_text({"text": "Hello <@U1> &amp; all"}, NAMES) == "Hello @alice & all"


def test_attachments_and_files_follow_the_message() -> None:
    sent = {
        "text": "See",
        "attachments": [{"text": "More"}, {"fallback": "x", "blocks": [section("Most")]}],
        "files": [{"id": "F1", "name": "photo.png"}],
    }
    assert message_as_text(sent) == lines(
        "See", "", "| More", "", "| Most", "", "(file: photo.png)"
    )


def test_a_message_with_nothing_in_it_reads_as_nothing() -> None:
    assert message_as_text({"text": "", "blocks": []}) == ""


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ({"type": "hologram"}, "unknown block type: 'hologram'"),
        (actions({"type": "lever"}), "unknown element type: 'lever'"),
        (rich_text({"type": "rich_text_song"}), "unknown rich text element: 'rich_text_song'"),
        (rich_text(paragraph({"type": "smell"})), "unknown rich text element: 'smell'"),
        (table([{"type": "raw_smell"}]), "unknown cell type: 'raw_smell'"),
        ({"type": "header", "text": {"type": "html"}}, "unknown text type: 'html'"),
    ],
)
def test_what_is_not_known_is_never_left_out_in_silence(block: Json, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        blocks_as_text([block])


def test_all_that_slack_takes_can_be_read() -> None:
    assert BLOCKS.keys() == BLOCK_RULES.keys()
    assert ELEMENTS.keys() == ELEMENT_RULES.keys()
    assert PARTS.keys() == PART_RULES.keys()
    assert PIECES.keys() == PIECE_RULES.keys()


LONG = "Because a disk reads a page at a time, a wide node saves a trip. " * 4


@pytest.mark.parametrize(
    "block",
    [
        section(LONG),
        header(LONG[:150]),
        {"type": "context", "elements": [mrkdwn(LONG), mrkdwn(LONG)]},
        {"type": "section", "fields": [mrkdwn(LONG), mrkdwn(LONG)]},
        {"type": "markdown", "text": LONG},
        rich_text(paragraph(piece(LONG)), bullets(paragraph(piece(LONG)), indent=3)),
        rich_text({"type": "rich_text_quote", "elements": [piece(LONG)]}),
        {"type": "alert", "text": plain(LONG)},
    ],
    ids=lambda block: str(block["type"]),
)
def test_no_paragraph_is_wider_than_the_page(block: dict[str, Any]) -> None:
    text = read(block)
    assert max(map(len, text.split("\n"))) <= WIDTH
    assert text.split().count("Because") == str(block).count("Because")
