"""From text to a question, or to faults with their lines."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.questions import FollowUp, KeyPoint, Kind, Level, Question, Reference
from content import parsing, topics
from content.faults import Fault
from content.parsing import Entry, parse
from tests.content.samples import SAMPLE, entry, line_of, with_change


def faults_of(text: str, topic: str = "python", slug: str = "large-file") -> tuple[Fault, ...]:
    result = parse(text, topic=topic, slug=slug)
    assert not isinstance(result, Entry)
    return result


def only_fault(text: str) -> tuple[int, str]:
    (fault,) = faults_of(text)
    assert fault.mend
    return fault.line, fault.what


def test_every_part_of_a_file_reaches_the_question() -> None:
    question = entry().question
    answer = question.sample_answer
    assert question == Question(
        slug=question.slug,
        title="Reading a large file",
        topic=topics.TOPICS[0],
        level=Level.EASY,
        kind=Kind.LANGUAGE,
        minutes=5,
        reviewed=date(2026, 1, 10),
        text="How do you read a file that is larger than memory?",
        why="To hear whether you think in streams.",
        key_points=(
            KeyPoint("Read it line by line", "A file is an iterator"),
            KeyPoint("Close it with a context manager"),
            KeyPoint("Measure peak memory"),
            KeyPoint("Say when to stop"),
        ),
        sample_answer=answer,
        mistakes=("Calling read() without a size.", "Forgetting that a line may be huge."),
        follow_ups=(
            FollowUp("What if there are no line ends?", "Read blocks of a fixed size"),
            FollowUp("What if it is compressed?", "Stream through gzip.open"),
            FollowUp(
                "What if two readers need it?", "Each opens it; the kernel's cache serves both"
            ),
        ),
        hint="A file object can be walked like a list.",
        references=(
            Reference("Reading files", "https://docs.python.org/3/tutorial/inputoutput.html"),
        ),
    )
    assert question.slug == "large-file"


def test_a_sample_answer_keeps_its_markdown_as_written() -> None:
    answer = entry().question.sample_answer
    assert answer in SAMPLE
    assert answer.startswith("I read it line by line")
    assert "```python\nprint(" in answer
    assert answer.endswith("And so I go on.")


def test_a_heading_inside_a_fence_does_not_cut_a_part() -> None:
    text = with_change('print(sum(1 for _ in ["a", "b"]))', "## Hint\nprint(2)")
    assert "## Hint" in entry(text).question.sample_answer


def test_hint_and_references_may_be_missing() -> None:
    question = entry(SAMPLE[: SAMPLE.index("## Hint")]).question
    assert question.hint == ""
    assert question.references == ()


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_other_systems_make_no_difference(ends: str) -> None:
    assert entry(SAMPLE.replace("\n", ends)).question == entry().question


def test_every_part_and_item_knows_its_line() -> None:
    lines = entry()
    assert lines.line("minutes") == line_of("minutes: 5")
    assert lines.line("text") == line_of("How do you read")
    assert lines.line("key_points", 2) == line_of("- Measure `peak`")
    assert lines.line("follow_ups", 1) == line_of("2. What if it is compressed")
    assert lines.line("references", 0) == line_of("- [Reading files]")


def test_only_the_first_dash_divides_a_point_from_its_detail() -> None:
    text = with_change("— A file is an iterator", "— A file — any — iterates")
    assert entry(text).question.key_points[0].detail == "A file — any — iterates"


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("level: easy", "level: tricky", 3, "`level` cannot be 'tricky'"),
        ("kind: language", "kind: riddle", 4, "`kind` cannot be 'riddle'"),
        ("minutes: 5", "minutes: five", 5, "`minutes` cannot be 'five'"),
        ("minutes: 5", "minutes: -5", 5, "`minutes` cannot be '-5'"),
        ("minutes: 5", "minutes: 5_0", 5, "`minutes` cannot be '5_0'"),
        ("minutes: 5", "minutes: " + "9" * 200, 5, f"`minutes` cannot be '{'9' * 40}'"),
        ("reviewed: 2026-01-10", "reviewed: 2026-02-30", 6, "`reviewed` cannot be '2026-02-30'"),
        ("reviewed: 2026-01-10", "reviewed: 20260110", 6, "`reviewed` cannot be '20260110'"),
        ("title: Reading a large file", "title:", 2, "the front matter has no `title`"),
        ("title: Reading a large file\n", "", 1, "the front matter has no `title`"),
        ("minutes: 5", "minutes: 5\nminutes: 6", 6, "`minutes` stands twice"),
        ("minutes: 5", "minutes: 5\nauthor: me", 6, "`author` is not a key we know"),
        ("minutes: 5", "minutes: [5]", 5, "the front matter is not a flat list of keys"),
        (
            "minutes: 5",
            "minutes: &m 5\n? *m\n: 1",
            6,
            "the front matter is not a flat list of keys",
        ),
        ("minutes: 5", "minutes: {a: 5}", 5, "the front matter is not a flat list of keys"),
        ("title: Reading", "title: Reading: it", 2, "the front matter is not YAML"),
        ("minutes: 5", 'minutes: "5', 6, "the front matter is not YAML"),
        ("minutes: 5", "\tminutes: 5", 5, "the front matter is not YAML"),
        ("title: Reading", 'title: "\\UFFFFFFFF"', 1, "the front matter holds characters"),
        ("minutes: 5", "minutes: 5 # " + "x" * 1_000, 1, "the front matter is longer than 1,000"),
    ],
)
def test_a_fault_in_the_front_matter_names_its_line(
    old: str, new: str, line: int, what: str
) -> None:
    found_line, found = only_fault(with_change(old, new))
    assert found.startswith(what)
    assert found_line == line


@pytest.mark.parametrize("text", ["", "\n", "# A title\n", "---\ntitle: x\n", " ---\n---\n"])
def test_a_file_without_front_matter_is_refused(text: str) -> None:
    assert only_fault(text) == (1, "the file does not begin with front matter")


def test_a_list_for_front_matter_is_refused() -> None:
    assert (2, "the front matter is not a flat list of keys") in [
        (fault.line, fault.what) for fault in faults_of("---\n- title\n---\n")
    ]


@pytest.mark.parametrize(
    ("old", "new", "at", "what"),
    [
        ("## Question\n", "Stray.\n\n## Question\n", "Stray.", "text stands before the first part"),
        ("## Hint", "## Hints", "## Hints", "`Hints` is not a part we know"),
        ("## Hint", "## Whatever", "## Whatever", "`Whatever` is not a part we know"),
        ("## Hint", "## question", "## question", "the part `Question` stands twice"),
        (
            "To hear whether you think in streams.",
            "",
            "## Why it is asked",
            "the part `Why it is asked` is empty",
        ),
        (
            "— Read blocks of a fixed size",
            "",
            "1. What if there",
            "a follow-up has no pointer",
        ),
        (
            "— Read blocks of a fixed size",
            "—",
            "1. What if there",
            "a follow-up has no pointer",
        ),
        (
            "- Say when to *stop*",
            "\nSay when to stop",
            "Say when to stop\n",
            "something other than a list stands here",
        ),
        ("- Say when to *stop*", "-", "-\n\n## Sample", "a list item is empty"),
        (
            "- Say when to *stop*",
            "- Say when\n\n  to stop",
            "  to stop",
            "a list item has a second paragraph",
        ),
        (
            "- Say when to *stop*",
            "- Say when\n  - to stop",
            "  - to stop",
            "a list item holds more than text",
        ),
        (
            "[Reading files](https://docs.python.org/3/tutorial/inputoutput.html)",
            "Reading files",
            "- Reading files",
            "a reference is not one link",
        ),
        (
            "- [Reading files]",
            "- See [Reading files]",
            "- See [Reading",
            "a reference is not one link",
        ),
        (
            "https://docs.python.org",
            "javascript:docs.python.org",
            "- [Reading files]",
            "a reference is not one link",
        ),
        ("```\n\nI measure", "\nI measure", "```text", "a code fence is never closed"),
    ],
)
def test_a_fault_in_the_body_names_its_line(old: str, new: str, at: str, what: str) -> None:
    text = with_change(old, new)
    assert (line_of(at, text), what) in [(fault.line, fault.what) for fault in faults_of(text)]


@pytest.mark.parametrize("part", [part for part in parsing.PARTS if not part.optional])
def test_a_missing_part_is_named(part: parsing.Part) -> None:
    text = with_change(f"## {part.heading}\n", "## Something else\n")
    assert f"the part `{part.heading}` is missing" in [fault.what for fault in faults_of(text)]


def test_a_misspelt_heading_is_mended_by_the_nearest_one() -> None:
    mends = [fault.mend for fault in faults_of(with_change("## Follow-ups", "## Folow ups"))]
    assert "write `## Follow-ups`" in mends


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = with_change("level: easy", "level: tricky")
    text = with_change("## Hint", "## Hunt", text)
    text = with_change("— Read blocks of a fixed size", "", text)
    faults = faults_of(text)
    assert [fault.line for fault in faults] == [
        3,
        line_of("1. What if there", text),
        line_of("## Hunt", text),
    ]


@pytest.mark.parametrize(
    "slug", ["", "Large-File", "large_file", "large--file", "-a", "ä", "a" * 61]
)
def test_a_file_name_that_is_no_slug_is_refused(slug: str) -> None:
    (fault,) = faults_of(SAMPLE, slug=slug)
    assert fault.what.endswith("is not a slug")


def test_a_folder_that_is_no_topic_is_refused_and_the_topics_are_named() -> None:
    (fault,) = faults_of(SAMPLE, topic="cooking")
    assert fault.what == "the folder 'cooking' is not a topic"
    assert all(topic.slug in fault.mend for topic in topics.TOPICS)


@pytest.mark.parametrize("odd", ["\x00", "\x1b", "\x7f", "\ud800"])
def test_a_character_that_cannot_be_shown_is_named_with_its_line(odd: str) -> None:
    line, what = only_fault(with_change("To hear", f"To{odd} hear"))
    assert line == line_of("To hear")
    assert f"U+{ord(odd):04X}" in what


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    text = SAMPLE + "x" * parsing.LARGEST
    assert only_fault(text) == (1, "the file is longer than 50,000 characters")


@pytest.mark.parametrize(
    "body",
    [
        "[" * 5_000,
        "> " * 5_000,
        "*_" * 5_000,
        "- " * 5_000,
        "`" * 5_001,
        "<!" * 5_000,
        "|" * 5_000,
    ],
)
def test_nesting_without_end_is_a_fault_and_not_a_crash(body: str) -> None:
    assert faults_of("---\n" + body[:900] + "\n---\n" + body)


FRAGMENTS = (
    *(
        "---\n",
        "## Question\n",
        "## Hint\n",
        "- ",
        "1. ",
        "```\n",
        "~~~",
        "\n",
        "\n\n",
        " — ",
        "> ",
    ),
    *("title: x\n", "minutes: 5\n", "[a](b)", "<b>", "&amp;", "\t", "    ", "*", "%YAML 9.9\n"),
    *("{", "[", "? ", "&a ", "*a ", "!!int ", "| \n", '"\\x', "\x85", "\u2028", "[a]: <b>\n"),
)
PIECES = st.one_of(
    st.text(), st.text(alphabet=st.characters(codec=None)), st.sampled_from(FRAGMENTS)
)


@settings(deadline=None)  # the first run imports and compiles
@given(st.lists(PIECES).map("".join))
@example("---\n%YAML " + "9" * 5_000 + ".1\n---\n")
@example("---\n---\n[a](http://[)")
@example("---\n---\n- - -\n- ***\n")
def test_no_text_whatever_makes_parsing_raise(text: str) -> None:
    result = parse(text, topic="python", slug="any")
    assert isinstance(result, Entry) or result


@settings(deadline=None)  # the first run imports and compiles
@given(st.lists(PIECES, max_size=4).map("".join), st.integers(0, len(SAMPLE)), st.integers(0, 60))
def test_no_damage_to_a_good_file_makes_parsing_raise(piece: str, at: int, cut: int) -> None:
    result = parse(SAMPLE[:at] + piece + SAMPLE[at + cut :], topic="python", slug="any")
    assert isinstance(result, Entry) or all(fault.what and fault.mend for fault in result)
    if not isinstance(result, Entry):
        assert list(result) == sorted(result)
        assert all(fault.line >= 1 for fault in result)
