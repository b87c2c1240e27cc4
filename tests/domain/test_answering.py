"""Which replies are answers, and what is known of a reply after any news of it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.answering import (
    DEFAULT_MINIMUM_WORDS,
    Judgement,
    Reply,
    Tick,
    Told,
    consequences,
    count_words,
    counts,
    newest,
)
from bot.domain.ids import ChannelId, MemberId, MessageTs

ANY = settings(deadline=None, max_examples=200)

FIRST = Reply(
    channel_id=ChannelId("C1"),
    thread_ts=MessageTs("1772442000.000000"),
    ts=MessageTs("1772442060.000000"),
    member_id=MemberId("U1"),
    words=6,
    has_file=False,
)
EDITED = replace(FIRST, words=2, edited_ts=MessageTs("1772442100.000000"))
EDITED_AGAIN = replace(FIRST, words=9, edited_ts=MessageTs("1772442200.000000"))
DELETED = replace(FIRST, deleted=True)

# Few values on purpose: two versions often agree in some facts, and sometimes in all of them.
versions = st.builds(
    Reply,
    channel_id=st.just(FIRST.channel_id),
    thread_ts=st.just(FIRST.thread_ts),
    ts=st.just(FIRST.ts),
    member_id=st.just(FIRST.member_id),
    words=st.integers(0, 3),
    has_file=st.booleans(),
    edited_ts=st.none() | st.integers(0, 2).map(lambda n: MessageTs(f"177244210{n}.000000")),
    deleted=st.sampled_from([False, False, False, True]),
)


def joined(news: list[Reply]) -> Reply | None:
    known: Reply | None = None
    for reply in news:
        known = newest(known, reply)
    return known


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        (" \t\r\n ", 0),
        ("A mutex guards one resource", 5),
        ("  A\nmutex\t guards  one\u00a0resource  ", 5),
        ("don't re-enter the lock", 4),
        ("nice!", 1),
        ("... !!! ?! — • -", 0),
        ("- one\n- two\n• three", 3),
        ("1. one", 2),
        # Slack's wrapping
        ("<@U012AB3CD> agreed", 1),
        ("<@U012AB3CD|bob> <#C024BE7LR|general> <!here> <!subteam^S1|@team>", 0),
        ("<https://example.com/a?b=c|see this long page about locks>", 0),
        ("see <https://example.com> please", 2),
        ("<!date^1392734382^{date_short}|18 February 2014>", 0),
        ("<mailto:bob@example.com|bob@example.com>", 0),
        # what Slack escapes
        ("a &lt; b", 2),
        ("&amp; &amp;&amp; &lt; &gt; &lt;=&gt;", 0),
        ("R&amp;D is one word", 4),
        ("List&lt;String&gt; names", 2),
        ("a < b", 2),
        ("<>", 0),
        # emoji
        (":tada: :+1: :-1: :man-shrugging: :SMILE:", 0),
        (":tada::heart::tada:", 0),
        (":wave::skin-tone-3: hello", 1),
        ("great:tada:", 1),
        ("🎉 👍🏽 👩\u200d💻", 0),
        ("at 10:30:45 sharp", 3),
        ("std::vector::size is constant", 3),
        ("key: value", 2),
        # code
        ("`lock()` waits", 2),
        ("```\nx = 1\n```", 2),
        ("```if (a) { b(); }```", 3),
        # other scripts
        ("привет, мир", 2),
        ("안녕하세요 여러분", 2),
        ("ελληνικά عربي हिन्दी", 3),
        ("互斥锁保护资源", 4),
        ("互", 1),
        ("互斥", 1),
        ("互斥锁", 2),
        ("人々の心", 2),
        ("𠀀𠀁𠀂𠀃", 2),
        ("ミューテックス。", 4),
        ("ﾃｽﾄﾃｽﾄ", 3),
        ("か\u3099き\u3099", 2),
        ("・・・・、。！？「」", 0),
        ("スレッド・プール", 4),
        ("用 mutex 保护资源", 4),
        ("用mutex保护", 3),
        ("好的:smile:", 1),
        ("สวัสดีครับ", 5),
        ("ສະບາຍດີ", 4),
        ("សួស្តី", 3),
        ("မင်္ဂလာပါ", 5),
        # control and invisible characters
        ("\x00\x01\x07\x1b", 0),
        ("a\x00b", 1),
        ("\u200b \u200e \ufeff", 0),
        ("one\u2028two\u2029three", 3),
        ("\x1c\x1done\x1e\x1f", 1),
        ("\ud800", 0),
    ],
)
def test_words_are_what_a_person_wrote(text: str, words: int) -> None:
    assert count_words(text) == words


# A pattern that looks back over what it has read would need minutes for one of these.
@pytest.mark.parametrize(
    ("piece", "words"),
    [
        ("word ", 8_000),
        ("x", 1),
        ("<", 0),
        ("<a", 1),
        ("<a ", 13_333),
        (":", 0),
        (":a", 1),
        (":a:", 0),
        (":a::", 1),
        (":a:b", 1),
        ("&amp;", 0),
        ("&", 0),
        ("锁", 20_000),
        ("锁 ", 20_000),
        ("\x00", 0),
        ("\n", 0),
    ],
)
def test_a_reply_as_long_as_slack_allows_is_counted_to_its_end(piece: str, words: int) -> None:
    text = piece * (40_000 // len(piece))
    assert count_words(text) == words


@settings(ANY, max_examples=80)
@given(st.text(max_size=30), st.text(max_size=30))
def test_a_mention_apart_from_the_text_adds_no_word(before: str, after: str) -> None:
    plain = f"{before.replace('<', '')} {after.replace('>', '')}"
    mentioning = f"{before.replace('<', '')} <@U1> {after.replace('>', '')}"
    assert count_words(mentioning) == count_words(plain)


@settings(ANY, max_examples=80)
@given(st.lists(st.from_regex(r"[a-z]{1,8}[.,;!?]?", fullmatch=True), max_size=20))
def test_plain_words_are_counted_one_by_one(words: list[str]) -> None:
    assert count_words(" ".join(words)) == len(words)


def test_a_row_of_emoji_that_turns_out_to_be_none_is_read_to_its_end() -> None:
    assert count_words(":a:" * 13_000 + "b") == 1


# --- what counts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "has_file", "deleted", "minimum_words", "is_answer"),
    [
        pytest.param(4, False, False, 5, False, id="too short"),
        pytest.param(5, False, False, 5, True, id="just long enough"),
        pytest.param(6, False, False, 5, True, id="longer"),
        pytest.param(0, True, False, 5, True, id="a file without words"),
        pytest.param(0, False, False, 5, False, id="nothing"),
        pytest.param(9, False, True, 5, False, id="deleted"),
        pytest.param(0, True, True, 5, False, id="a deleted file"),
        pytest.param(1, False, False, 1, True, id="a kinder minimum"),
        pytest.param(9, False, False, 10, False, id="a stricter minimum"),
    ],
)
def test_a_reply_counts_if_it_stands_and_has_words_enough_or_a_file(
    words: int, has_file: bool, deleted: bool, minimum_words: int, is_answer: bool
) -> None:
    reply = replace(FIRST, words=words, has_file=has_file, deleted=deleted)
    assert counts(reply, minimum_words) is is_answer


def test_nice_is_conversation_and_a_sentence_is_an_answer_by_default() -> None:
    nice, sentence = "nice!", "A mutex guards one resource"
    replies = [replace(FIRST, words=count_words(text)) for text in (nice, sentence)]
    assert [counts(reply, DEFAULT_MINIMUM_WORDS) for reply in replies] == [False, True]


# --- news in any order ----------------------------------------------------------------------------


def test_the_first_news_of_a_reply_is_what_is_known() -> None:
    assert newest(None, FIRST) == FIRST


def test_the_version_written_last_stands() -> None:
    assert joined([FIRST, EDITED, EDITED_AGAIN]) == EDITED_AGAIN


def test_an_edit_that_comes_late_does_not_undo_a_later_one() -> None:
    assert joined([EDITED_AGAIN, EDITED, FIRST]) == EDITED_AGAIN


def test_an_edit_may_take_an_answer_back_though_it_has_fewer_words() -> None:
    assert joined([EDITED, FIRST]) == EDITED


def test_a_deletion_is_final_even_if_news_of_the_message_comes_after_it() -> None:
    assert joined([DELETED, FIRST, EDITED, EDITED_AGAIN]) == DELETED


def test_an_edit_within_the_same_second_is_told_apart_by_its_microseconds() -> None:
    earlier = replace(FIRST, words=9, edited_ts=MessageTs("1772442100.000009"))
    later = replace(FIRST, words=1, edited_ts=MessageTs("1772442100.000010"))
    assert joined([later, earlier]) == later


@ANY
@given(versions, versions)
def test_two_pieces_of_news_may_come_in_either_order(one: Reply, other: Reply) -> None:
    assert newest(one, other) == newest(other, one)


@ANY
@given(versions, versions, versions)
def test_news_may_be_joined_in_any_grouping(one: Reply, two: Reply, three: Reply) -> None:
    assert newest(newest(one, two), three) == newest(one, newest(two, three))


@ANY
@given(versions)
def test_the_same_news_twice_is_no_news(version: Reply) -> None:
    assert newest(version, version) == version


@ANY
@given(st.lists(versions, min_size=1, max_size=8), st.data())
def test_news_in_any_order_and_any_number_comes_to_the_same(
    news: list[Reply], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(news), max_size=8))
    stirred = data.draw(st.permutations(news + again))
    known = joined(stirred)
    assert known == joined(news)
    assert known in news
    assert known is not None
    assert known.deleted == any(version.deleted for version in news)


# --- what people see of it ------------------------------------------------------------------------


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("in_time", [True, False])
@pytest.mark.parametrize("stands", [True, False])
def test_news_that_changes_no_judgement_shows_nothing(
    stands: bool, in_time: bool, is_first: bool
) -> None:
    unchanged = Judgement(counted=stands, counted_before=stands, in_time=in_time, is_first=is_first)
    assert consequences(unchanged) == (None, None)


@pytest.mark.parametrize(
    ("counted", "in_time", "is_first", "tick", "told"),
    [
        pytest.param(True, True, True, Tick.ADD, Told.COUNTED, id="the first answer"),
        pytest.param(True, True, False, Tick.ADD, None, id="a second one is marked, not told"),
        pytest.param(True, False, True, None, Told.LATE, id="late: told, not marked"),
        pytest.param(True, False, False, None, None, id="late, and not the first"),
        pytest.param(False, True, True, Tick.REMOVE, None, id="taken back"),
        pytest.param(False, True, False, Tick.REMOVE, None, id="a second one taken back"),
        pytest.param(False, False, True, None, None, id="a late one had no mark to lose"),
        pytest.param(False, False, False, None, None, id="nor had a late second one"),
    ],
)
def test_a_changed_judgement_moves_the_mark_and_tells_the_first_answer_once(
    counted: bool, in_time: bool, is_first: bool, tick: Tick | None, told: Told | None
) -> None:
    judged = Judgement(
        counted=counted, counted_before=not counted, in_time=in_time, is_first=is_first
    )
    assert consequences(judged) == (tick, told)
