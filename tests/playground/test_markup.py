"""Slack's texts as HTML: emphasis where Slack shows it, and never a tag that somebody typed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.playground.markup import Eyes, emoji_named, markdown, mrkdwn, plain

EYES = Eyes(
    viewer_id="U1",
    zone=ZoneInfo("Europe/Berlin"),
    now=datetime(2026, 3, 2, 12, tzinfo=UTC),
    names={"U1": "maya", "U2": "jonas", "C1": "general"},
)
TAGS = (
    "a", "blockquote", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "time", "tr", "ul",
    "br",
)  # fmt: skip


def shown(text: str) -> str:
    """The inside of a mrkdwn text that is one paragraph."""
    return str(mrkdwn(text, EYES)).removeprefix('<div class="text">').removesuffix("</div>")


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("*bold* _italic_ ~gone~", "<strong>bold</strong> <em>italic</em> <s>gone</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("(*bold*), *bold*.", "(<strong>bold</strong>), <strong>bold</strong>."),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
        ("a*b*c", "a*b*c"),
        ("* not bold*", "* not bold*"),
        ("*open\nend*", "*open\nend*"),
        ("**", "**"),
        ("`*code*`", "<code>*code*</code>"),
        ("`a &lt; b`", "<code>a &lt; b</code>"),
        ("*a `*` b*", "<strong>a <code>*</code> b</strong>"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("&copy;", "&amp;copy;"),
        ("one\n  two", "one\n  two"),
    ],
)
def test_emphasis_is_shown_where_slack_shows_it(typed: str, seen: str) -> None:
    assert shown(typed) == seen


def test_mentions_name_people_and_channels_and_mark_the_viewer() -> None:
    assert shown("<@U1>") == '<span class="mention mention-me">@maya</span>'
    assert shown("<@U2>") == '<span class="mention">@jonas</span>'
    assert shown("<@U9|ben>") == '<span class="mention">@ben</span>'
    assert shown("<#C1>") == '<span class="mention">#general</span>'
    assert "@here" in shown("<!here>")


def test_links_open_beside_the_page_and_only_web_links_are_links() -> None:
    assert shown("<https://example.com?a=1&amp;b=2|the page>") == (
        '<a href="https://example.com?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">'
        "the page</a>"
    )
    assert "<a" not in shown("<javascript:alert(1)|click me>")
    assert 'onmouseover="x"' not in shown('<https://e.com/" onmouseover="x"|l>')


def test_dates_are_told_in_the_time_of_the_reader() -> None:
    stamp = int(datetime(2026, 3, 3, 8, tzinfo=UTC).timestamp())
    text = f"<!date^{stamp}^{{date_short_pretty}} at {{time}}|Tuesday>"
    assert shown(text) == '<time title="Tuesday">tomorrow at 09:00</time>'


def test_emoji_are_drawn_with_a_name_to_be_read_and_other_colons_stay() -> None:
    assert 'aria-label="white check mark"' in shown(":white_check_mark:")
    assert "✅" in shown(":white_check_mark:")
    assert shown("at 10:30:20 :no_such_thing:") == "at 10:30:20 :no_such_thing:"
    assert [emoji_named(name) for name in ("+1", "tada", "nope")] == ["👍", "🎉", None]


def test_code_blocks_and_quotes_stand_apart() -> None:
    drawn = str(mrkdwn("before\n```\nx = 1\n  *y*\n```\n&gt; a *quote*\nafter", EYES))
    assert drawn == (
        '<div class="text">before</div>'
        '<pre class="code" tabindex="0"><code>x = 1\n  *y*\n</code></pre>'
        "<blockquote>a <strong>quote</strong></blockquote>"
        '<div class="text">after</div>'
    )


def test_a_plain_text_knows_no_emphasis() -> None:
    assert str(plain("*no* <@U1> &amp; `no`", EYES)) == "*no* &lt;@U1&gt; &amp; `no`"


def test_a_markdown_block_is_markdown_without_html() -> None:
    drawn = str(markdown("# Title\n\n**b** <b>x</b>\n\n|a|\n|-|\n|1|\n\n```py\n<x>\n```", EYES))
    assert "<h1>Title</h1>" in drawn
    assert "<strong>b</strong> &lt;b&gt;x&lt;/b&gt;" in drawn
    assert "<td>1</td>" in drawn
    assert "&lt;x&gt;" in drawn
    assert "<a" not in str(markdown("[x](javascript:alert(1))", EYES))


_NASTY = st.text(alphabet="<>&\"'*_~`:/!@#|^[]()\n =axscript1", max_size=60)


@given(_NASTY)
def test_whatever_is_typed_only_known_tags_come_out(typed: str) -> None:
    for drawn in (mrkdwn(typed, EYES), plain(typed, EYES), markdown(typed, EYES)):
        rest = str(drawn)
        for tag in TAGS:
            rest = rest.replace(f"</{tag}>", "").replace(f"<{tag}>", "").replace(f"<{tag} ", "")
        assert "<" not in rest


@given(st.lists(st.text(alphabet="abcäöü019,.!?", min_size=1, max_size=8), min_size=1, max_size=6))
def test_a_text_without_marks_is_shown_as_it_is(words: list[str]) -> None:
    quiet = " ".join(words)
    assert plain(quiet, EYES) == quiet
