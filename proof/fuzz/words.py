"""Words and JSON that nobody means well with, for hypothesis: they shrink to the shortest harm."""

from typing import Any

from hypothesis import strategies as st

DECOY_MEMBER = "U0DECOY"
DECOY_CHANNEL = "C0DECOY"
DECOY_HOST = "decoy.example"
"""Nobody's: where one shows up as a mention or a link, somebody's words were taken for markup."""

MENTIONS = (
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    f"<@{DECOY_MEMBER}>",
    f"<@{DECOY_MEMBER}|nobody>",
    f"<#{DECOY_CHANNEL}>",
    f"<#{DECOY_CHANNEL}|nowhere>",
    "<!subteam^S0DECOY|@all>",
    "<!date^1^{date}^https://decoy.example|now>",
    f"<https://{DECOY_HOST}|click>",
    f"<mailto:a@{DECOY_HOST}|mail>",
    f"<javascript:alert(1)|{DECOY_HOST}>",
    "&lt;!channel&gt;",
    "&amp;lt;!channel&amp;gt;",
    "@channel",
    "#general",
    f"https://{DECOY_HOST}/",
)
MARKS = (
    "`", "*", "_", "~", "|", "<", ">", "&", "&lt", "\\", "{", "}", "{0}", "%s", "%", '"', "'",
)  # fmt: skip
UNSEEN = (
    "\x00",
    "\x07",
    "\x1b[2J",
    "\x7f",
    "\x9b",
    "\r",
    "\n",
    "\t",
    "\u00ad",
    "\u200b",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\ufffe",
    "\ud800",
    "\udfff",
    "\U0001f9d1\u200d\U0001f91d\u200d\U0001f9d1",
)
MARKDOWN = (
    "```\n",
    "~~~",
    "# ",
    "## ",
    "- ",
    "1. ",
    "> ",
    "    ",
    "[x](",
    "](https://decoy.example)",
    "![i](j)",
    "<b>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "--- ",
    "---\n",
    "| a | b |\n|---|---|\n",
    " — ",
)
PIECES = (*MENTIONS, *MARKS, *UNSEEN, *MARKDOWN)

_piece = (
    st.sampled_from(PIECES) | st.text(max_size=12) | st.sampled_from(("word", " ", "a b c d e"))
)
_repeated = st.builds(
    lambda piece, times: piece * times,
    st.sampled_from((*PIECES, "x", "ß", "[", "(", "(((", "*a ", "\n\n")),
    st.sampled_from((2, 40, 75, 76, 150, 300, 3_000, 3_001, 12_001)),
)
words: st.SearchStrategy[str] = st.one_of(
    st.lists(_piece, max_size=6).map("".join),
    st.tuples(_piece, _repeated, _piece).map("".join),
)
"""Text from one character to some thousands."""

short_words: st.SearchStrategy[str] = st.lists(_piece, max_size=4).map("".join)

IDENTIFIERS = (
    "U1",
    "T1",
    "C1",
    "B1",
    "",
    " ",
    "U" * 64,
    "U" * 65,
    "U\x00",
    "C1|x",
    "1772400000.000100",
)
NUMBERS = (0, -1, 1, 2**31, 2**63, 2**70, -(2**70), 1.5, 1e308, "1" * 19, "٣", "1e9", "-1")


def _deep(levels: int, inside: Any) -> Any:
    made = inside
    for level in range(levels):
        made = [made] if level % 2 else {"a": made}
    return made


scalars: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.sampled_from(IDENTIFIERS),
    words,
)
json_values: st.SearchStrategy[Any] = st.one_of(
    scalars,
    st.lists(scalars, max_size=3),
    st.dictionaries(short_words, scalars, max_size=3),
    st.builds(_deep, st.sampled_from((3, 60, 900)), scalars),
)
"""Anything JSON can say, as deep as a reader of it can bear, and somewhat deeper."""
