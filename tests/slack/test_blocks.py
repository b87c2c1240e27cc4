"""Words and blocks: whoever typed them, they show as typed, and Slack takes them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import ChannelId, MemberId
from bot.slack.blocks import (
    SECTION_LIMIT,
    TEXT_LIMIT,
    Json,
    Markup,
    Message,
    Modal,
    actions,
    as_markup,
    button,
    channel,
    clip,
    clip_markup,
    context,
    divider,
    header,
    lines,
    link,
    local_moment,
    mention,
    mrkdwn,
    option,
    plain,
    section,
    sections,
    text_input,
)
from sandbox.block_rules import faults_in_message, faults_in_view

TYPED = st.one_of(
    st.text(max_size=300),
    st.text(st.sampled_from("<>&!@#|*_~` \nab\\{}"), max_size=300),
    st.sampled_from(["<!channel>", "<@U1>", "<#C1>", "<!here|x>", "&lt;", "a" * 5_000, "\x00"]),
)
LIVE = re.compile(r"<[!@#]")
FORM_INPUT: Json = {"type": "plain_text_input"}


def legible(text: str) -> str:
    """Some text that Slack accepts: neither empty nor blank."""
    return plain(text).strip() or "x"


@given(TYPED)
def test_what_a_person_typed_never_becomes_markup(typed: str) -> None:
    for made in (
        as_markup(typed),
        mrkdwn("*{said}*", said=typed),
        lines("Somebody said:", typed),
        Markup("Said: ") + typed,
        clip_markup(as_markup(typed), 50),
    ):
        assert not LIVE.search(made.source)
        assert not {"<", ">"} & set(made.source)


@given(TYPED)
def test_what_a_person_typed_reads_as_it_was_typed(typed: str) -> None:
    shown = as_markup(typed).source
    read = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert read == plain(typed)


@given(TYPED, TYPED)
def test_slack_takes_whatever_was_typed_in_every_kind_of_block(one: str, other: str) -> None:
    text, label = legible(one), legible(other)
    blocks = (
        header(text),
        section(text),
        section(text, fields=[label[:500], mention(MemberId("U1"))]),
        *sections(text),
        context(text, label),
        divider(),
        actions(button(label, "action", "value")),
    )
    message = Message(text, blocks).payload()
    assert faults_in_message(message) == []
    assert len(message["text"]) <= TEXT_LIMIT


@given(TYPED, TYPED)
def test_slack_takes_whatever_was_typed_in_a_form(one: str, other: str) -> None:
    title, label = legible(one), legible(other)[:100]
    choice: Json = {"type": "static_select", "options": [option(label, "value")]}
    modal = Modal(
        "callback",
        title,
        (text_input("words", label, FORM_INPUT, hint=label), text_input("one", label, choice)),
        submit="Save",
    )
    assert faults_in_view(modal.payload()) == []


@given(TYPED, st.integers(1, 60))
def test_clipped_text_is_short_and_begins_as_it_did(typed: str, limit: int) -> None:
    short = clip(typed, limit)
    assert len(short) <= limit
    assert short == typed or (short.endswith("…") and typed.startswith(short[:-1]))


MARKUP = st.lists(
    st.one_of(
        TYPED.map(as_markup),
        st.just(mention(MemberId("U123"))),
        st.just(link("https://example.com/?a=1&b=<2>|3", "a <label> | of ours")),
        st.just(local_moment(datetime(2026, 3, 2, tzinfo=UTC), "2 March <at> 1|2")),
    ),
    max_size=6,
).map(lambda parts: Markup("".join(part.source for part in parts)))


@given(MARKUP, st.integers(2, 80))
def test_clipped_markup_never_ends_inside_a_mention_a_link_or_an_entity(
    text: Markup, limit: int
) -> None:
    short = clip_markup(text, limit)
    assert len(short.source) <= limit
    whole = re.sub(r"<[^<>]*>|&(?:amp|lt|gt);", "", short.source)
    assert not {"<", ">", "&"} & set(whole)


@given(MARKUP)
def test_sections_hold_a_long_text_to_the_last_character(text: Markup) -> None:
    long = Markup("\n".join([text.source] * 30))
    shown = "\n".join(block["text"]["text"] for block in sections(long))
    assert "".join(shown.split()) == "".join(long.source.split())
    assert all(len(block["text"]["text"]) <= SECTION_LIMIT for block in sections(long))


@pytest.mark.parametrize("text", ["word " * 2_000, "x" * 10_000, "&" * 4_000, "a\n" * 4_000])
def test_one_long_line_is_shown_whole(text: str) -> None:
    shown = [block["text"]["text"] for block in sections(text)]
    assert "".join("".join(shown).split()) == "".join(as_markup(text).source.split())
    assert all(len(part) <= SECTION_LIMIT for part in shown)


def test_blank_lines_between_paragraphs_stay() -> None:
    [block] = sections("one\n\ntwo")
    assert block["text"]["text"] == "one\n\ntwo"


@pytest.mark.parametrize(
    ("make", "source"),
    [
        (lambda: mention(MemberId("U1")), "<@U1>"),
        (lambda: mention(MemberId("U1><!channel")), "U1&gt;&lt;!channel"),
        (lambda: channel(ChannelId("C1|x")), "C1|x"),
        (lambda: link("https://e.org/a|b>c", "x|y>"), "<https://e.org/a%7Cb%3Ec|x¦y&gt;>"),
        (lambda: mrkdwn("{a}{b}", a=Markup("*x*"), b="*y*"), "*x**y*"),
        (lambda: mrkdwn("{n} left", n=3), "3 left"),
    ],
)
def test_markup_is_made_of_safe_parts(make: Callable[[], Markup], source: str) -> None:
    assert make().source == source


def test_a_template_without_its_value_is_a_bug() -> None:
    with pytest.raises(KeyError):
        mrkdwn("{missing}")


def test_a_modal_without_a_submit_button_has_none() -> None:
    assert "submit" not in Modal("c", "Title", (divider(),)).payload()


@pytest.mark.parametrize(
    "odd", ["!channel", "@U0SOMEBODY", "#C0SOMEWHERE", "javascript:alert(1)", "", " https://e.org"]
)
def test_what_is_no_address_of_the_web_is_no_link(odd: str) -> None:
    assert link(odd, "a <label>") == Markup("a &lt;label&gt;")


def test_slack_is_told_to_make_nothing_of_plain_words() -> None:
    # Else it links what looks like a channel or an address, and takes some names for mentions.
    shown = [section("#general", fields=["@here"]), context("https://example.com")]
    objects = [shown[0]["text"], *shown[0]["fields"], *shown[1]["elements"]]
    assert [one["verbatim"] for one in objects] == [True, True, True]
