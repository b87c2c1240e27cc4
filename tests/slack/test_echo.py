"""A person's words said back: recognisable, short, and harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.blocks import as_markup
from bot.slack.echo import ECHO_LIMIT, echo


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("leaderbord", "leaderbord"),
        ("  two\twords\nand more ", "two words and more"),
        ("R&amp;D &lt;3", "R&D <3"),
        ("&amp;lt;", "&lt;"),
        ("`rm -rf`", "'rm -rf'"),
        ("abc\x00\x07def", "abcdef"),
        ("abc\u202edef\u2066", "abcdef"),
        ("\u200b\u200b", ""),
        ("", ""),
        ("\ud800", ""),
        ("naïve 日本 👩‍💻", "naïve 日本 👩💻"),
    ],
)
def test_words_come_back_as_one_legible_line(typed: str, said: str) -> None:
    assert echo(typed) == said


def test_a_pasted_page_is_clipped() -> None:
    assert echo("x" * 3_000) == "x" * (ECHO_LIMIT - 1) + "…"


@given(st.text(max_size=200), st.integers(1, 60))
def test_whatever_is_typed_stays_short_and_cannot_leave_its_backticks(
    typed: str, limit: int
) -> None:
    said = echo(typed, limit)
    assert len(said) <= limit
    assert not {"`", "\n", "\r"} & set(said)
    assert not {"<", ">"} & set(as_markup(said).source)
