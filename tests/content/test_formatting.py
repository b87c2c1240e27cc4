"""The canonical form: reached in one step, kept in the next, and saying what was said before."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.files import SHIPPED, found_in
from content.formatting import WIDTH, formatted, says_the_same
from content.parsing import Entry, parse
from tests.content.samples import SAMPLE, entry, with_change


def form(text: str) -> str:
    made = formatted(text)
    assert isinstance(made, str), made
    assert formatted(made) == made
    assert says_the_same(entry(text), entry(made))
    return made


def test_what_is_canonical_but_for_a_broken_item_stays() -> None:
    assert form(SAMPLE) == re.sub(r"line\n  may", "line may", form(SAMPLE))
    assert form(form(SAMPLE)) == form(SAMPLE)


def test_keys_and_parts_come_in_the_order_of_the_form() -> None:
    text = with_change("title: Reading a large file\nlevel: easy", "level: easy\ntitle: 'Read: it'")
    hint = text[text.index("## Hint") : text.index("## References")]
    text = text.replace(hint, "").replace("## Question", hint + "## question")
    made = form(text)
    assert made.startswith('---\ntitle: "Read: it"\nlevel: easy\nkind: language\n')
    assert re.findall(r"^## (.*)$", made, re.MULTILINE) == [
        "Question",
        "Why it is asked",
        "Key points",
        "Sample answer",
        "Common mistakes",
        "Follow-ups",
        "Hint",
        "References",
    ]


def test_lists_take_one_mark_and_one_line_an_item() -> None:
    text = with_change("- Close it", "- Close\n  it").replace("- Measure", "-   Measure")
    text = text.replace("1. What", "3) What").replace("2. What", "4) What").replace("3. W", "5) W")
    made = form(text)
    assert "\n- Close it with a context manager\n- Measure `peak` memory\n" in made
    assert re.findall(r"^(\d\.) What if", made, re.MULTILINE) == ["1.", "2.", "3."]


def test_prose_is_filled_and_what_must_stay_stays() -> None:
    code = "```python\nx = 1   \n\n\n" + "# long " * 30 + "\n```"
    link = "[a link of some words](https://a.example/" + "x" * 60 + ")"
    span = "`" + "code words " * 8 + "end`"
    text = with_change(
        "I read it line by line",
        f"Short\nlines.  Two  spaces. {'word ' * 40}{link} {span} {'more ' * 20}\n\n\n\n"
        f"{code}\n\n* item\n* {'item ' * 40}\n\nI read it line by line",
    )
    made = form(text)
    assert "Short lines. Two spaces. word" in made
    assert code in made
    assert link in made
    assert span in made
    assert "\n- item\n- item item" in made
    assert "\n  item item" in made
    prose = re.sub(r"```.*?```", "", made, flags=re.DOTALL)
    assert {line for line in prose.split("\n") if len(line) > WIDTH} <= {link}


@pytest.mark.parametrize(
    "markdown",
    [
        "one  \ntwo",
        "one\\\ntwo",
        "> " + "quoted " * 30,
        "| a | b |\n| - | - |\n| " + "x " * 80 + "| y |",
        "- a\n\n  b\n- c",
        "- a\n  - " + "nested " * 30,
    ],
)
def test_what_cannot_be_laid_out_anew_stays_as_it_was_written(markdown: str) -> None:
    made = form(with_change("To hear whether you think in streams.", markdown))
    assert entry(made).question.why == markdown.rstrip()


def test_addresses_defined_on_lines_of_their_own_are_not_lost() -> None:
    made = formatted(with_change("To hear", "[ref]: https://a.example\n\nSee [ref]. To hear"))
    assert isinstance(made, tuple)
    assert made[0].what == "an address of a link is defined on a line of its own"


def test_a_word_that_would_begin_a_block_never_begins_a_line() -> None:
    made = form(with_change("To hear", "x" * 98 + " - 1. # + > | ``` *a* 2) To hear"))
    assert "- To hear" not in made


def test_line_ends_and_marks_of_windows_go() -> None:
    assert formatted("\ufeff" + SAMPLE.replace("\n", "\r\n")) == form(SAMPLE)


def test_a_comment_in_the_front_matter_is_not_lost() -> None:
    made = formatted(with_change("level: easy", "level: easy # for now"))
    assert isinstance(made, tuple)
    assert made[0].line == 3


def test_a_broken_file_is_refused_with_its_fault() -> None:
    made = formatted("nothing")
    assert isinstance(made, tuple)
    assert made[0].what == "the file does not begin with front matter"


def test_a_draft_stays_a_draft() -> None:
    draft = "---\ntitle: C# or F#\n---\n\n## Question\n\nHow?\n"
    assert formatted(draft) == draft.replace("C# or F#", '"C# or F#"')


@pytest.mark.parametrize("file", list(found_in(SHIPPED)), ids=lambda file: file.stem)
def test_every_shipped_file_has_a_canonical_form_that_says_the_same(file: Path) -> None:
    form(file.read_text("utf-8"))


MARKS = "word|`code|`|``|*|**|_|- |1. |# |> |[a](b c)|[a](https://a.example)|[|]|<b>|&amp;|\\|---"
OTHERS = "~~~|```\n|\n|\n\n|  \n|    |\t|\u00a0|é|+ |===|:|2) |![x](y)"
PIECES = st.sampled_from([*MARKS.split("|"), *OTHERS.split("|"), "|", "long " * 30])


@given(
    st.lists(PIECES, max_size=25), st.sampled_from(["To hear", "I measure", "How do", "A file o"])
)
def test_whatever_the_markup_formatting_is_stable_and_changes_no_meaning(
    pieces: list[str], place: str
) -> None:
    text = with_change(place, f"{''.join(pieces)} {place}")
    before = parse(text, topic="python", slug="any", draft=True)
    made = formatted(text)
    if not isinstance(before, Entry):
        assert made == before
    elif isinstance(made, str):
        after = parse(made, topic="python", slug="any", draft=True)
        assert isinstance(after, Entry)
        assert says_the_same(before, after)
        assert formatted(made) == made
