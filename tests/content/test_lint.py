"""The rules, each with a question it accepts and questions it refuses."""

import re
from datetime import date
from pathlib import Path

import pytest

from content import lint
from content.rules.words import count_spoken, stems
from tests.content.samples import SAMPLE, entry, line_of, with_change

TODAY = date(2026, 3, 1)
FILLING = " ".join(["And so I go on."] * 24)


def faults_of(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.what) for fault in lint.check(entry(text), TODAY)]


def items(*lines: str) -> str:
    return "".join(f"- {line}\n" for line in lines)


def test_a_good_question_has_no_faults() -> None:
    assert faults_of(SAMPLE) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Reading a large file", f"title: {'x' * 75}"),
        ("— A file is an iterator", f"— {'x' * 75}"),
        ("minutes: 5", "minutes: 60"),
        ("minutes: 5", "minutes: 1"),
        ("reviewed: 2026-01-10", "reviewed: 2026-03-01"),
        ("reviewed: 2026-01-10", "reviewed: 2025-03-01"),
        (FILLING, FILLING + " word" * (350 - count_spoken(entry().question.sample_answer))),
        ('print(sum(1 for _ in ["a", "b"]))', "await something()"),
        ("To hear whether", "Is `<b>` or 1 < 2 & 3 > 2 *odd*? To hear whether"),
        ("```python\nprint", "```sql\nSELECT 1;\n```\n\n```python\nprint"),
    ],
)
def test_what_lies_just_within_a_rule_is_accepted(old: str, new: str) -> None:
    assert faults_of(with_change(old, new)) == []


FIVE_MORE_POINTS = "- Say when to *stop*\n" + items(*["Read lines"] * 4).rstrip()


@pytest.mark.parametrize(
    ("old", "new", "at", "what"),
    [
        ("title: Reading a large file", f"title: {'x' * 76}", "title:", "the title has 76 char"),
        ("- Say when to *stop*\n", "", "- Read it line", "there are 3 key points"),
        ("- Say when to *stop*", FIVE_MORE_POINTS, "- Read it line", "there are 8 key points"),
        (
            "- Say when to *stop*",
            "- Say when to stop" + " stop" * 12,
            "- Say when",
            "the key point has 76 characters",
        ),
        ("— A file is an iterator", f"— {'x' * 76}", "- Read it", "the detail of the key point"),
        (FILLING, "", "I read it line", "the sample answer has 24 spoken words"),
        (FILLING, FILLING * 4, "I read it line", "the sample answer has 504 spoken words"),
        ("- Forgetting that a line\n  may be huge.\n", "", "- Calling", "there are 1 common"),
        (
            "- Calling `read()` without a size.",
            items("a", "b", "c", "d").rstrip(),
            "- a\n",
            "there are 5 common",
        ),
        (
            "3. What if two readers need it? — Each opens it; the kernel's cache serves both\n",
            "",
            "1. What if there",
            "there are only 2 follow-ups",
        ),
        (
            "- [Reading files]",
            items(*["[a](https://a.example)"] * 3) + "- [Reading files]",
            "- [a](https://a.example)\n- [a](https://a.example)\n- [a]",
            "there are 4 references",
        ),
        ("(https://docs", "(http://docs", "- [Reading files]", "the reference 'http://docs"),
        ("minutes: 5", "minutes: 0", "minutes:", "`minutes` is 0"),
        ("minutes: 5", "minutes: 61", "minutes:", "`minutes` is 61"),
        ("reviewed: 2026-01-10", "reviewed: 2026-03-02", "reviewed:", "`reviewed` is 2026-03-02"),
        ("reviewed: 2026-01-10", "reviewed: 2025-02-28", "reviewed:", "the last review, 2025-02"),
        ("To hear", "### Why\n\nTo hear", "### Why", "a heading cannot be shown everywhere"),
        ("To hear", "> To hear", "> To hear", "a blockquote cannot be shown everywhere"),
        ("To hear", "***\n\nTo hear", "***\n", "a hr cannot be shown everywhere"),
        ("To hear", "![x](https://a.example)", "![x]", "a image cannot be shown everywhere"),
        ("To hear", "    code\n\nTo hear", "    code", "a code block cannot be shown"),
        ("To hear", "To <b>hear</b>", "To <b>hear", "raw HTML: <b>"),
        ("---\n\n## Question\n\n", "---  \n\n## Question\n\n<p>", "<p>", "raw HTML: <p>"),
        ("To hear", "<div>\nTo hear\n\n", "<div>", "raw HTML: <div>"),
        ("without a size.", "without a <i>size</i>.", "- Calling", "raw HTML: <i>"),
        ("To hear", "Ask `<@U123>` to hear", "Ask `<@U", "`<@U123` is a command to a chat"),
        ('["a", "b"]', '["<!here>"]', "print(sum", "`<!here` is a command to a chat"),
        ("level: easy", 'level: easy # "<#C1>"', "level:", "`<#C1` is a command to a chat"),
        (
            "- Close it with a context manager",
            "- Fsync directories afterwards",
            "- Fsync",
            "the sample answer does not bring out “Fsync directories afterwards”",
        ),
        ("```python\nprint", "```\nprint", "```\nprint", "a code fence names the language ''"),
        ("```python\nprint", "```cobol\nprint", "```cobol", "a code fence names the language"),
        (
            'for _ in ["a", "b"]))',
            'for _ in "a", "b"]',
            "print(sum",
            "this Python does not compile",
        ),
        ("print(sum(", "x = '\\d'\nprint(sum(", "x = '", "this Python does not compile: invalid"),
        ("```text", "Prints:\n\n```text", "```text", "a `text` block shows the output of nothing"),
    ],
)
def test_what_breaks_a_rule_is_named_with_its_line(old: str, new: str, at: str, what: str) -> None:
    text = with_change(old, new)
    line = line_of(at, text)
    assert any(at_line == line and said.startswith(what) for at_line, said in faults_of(text)), (
        line,
        faults_of(text),
    )


def test_an_answer_that_never_says_i_is_refused() -> None:
    text = re.sub(r"\bI\b", "one", SAMPLE)
    assert faults_of(text) == [(line_of("one read it", text), "the sample answer never says `I`")]


def test_saying_i_in_code_alone_is_not_speaking() -> None:
    text = re.sub(r"\bI\b", "one", SAMPLE).replace("print(", "I = 1\nprint(")
    assert "the sample answer never says `I`" in [what for _, what in faults_of(text)]


def test_parts_out_of_order_are_refused() -> None:
    hint = SAMPLE[SAMPLE.index("## Hint") : SAMPLE.index("## References")]
    text = SAMPLE.replace(hint, "").replace("## Question", hint + "## Question")
    assert [what for _, what in faults_of(text)] == ["`Hint` stands above `Follow-ups`"]


def test_code_and_punctuation_are_not_words() -> None:
    spoken = "I'd say **two-phase** — it's `done`.\n\n```python\nnot = counted\n```\n\n- one\n- two"
    assert count_spoken(spoken) == len(["I'd", "say", "two-phase", "it's", "done", "one", "two"])


def test_endings_and_fillers_do_not_hide_that_words_are_the_same() -> None:
    assert stems("The additive migrations of a table") == stems("Additively migrating tables")
    assert stems("what would you do with it") == frozenset()


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def of_its_own(text: str, question: str, opening: str) -> str:
    """The sample with another question and an answer that shares no phrase with the first."""
    text = text.replace("How do you read a file that is larger than memory?", question)
    text = text.replace("I read it line by line inside a", f"{opening} inside a")
    return (
        text.replace("And so I go on.", "Then I carry further still.")
        .replace("so that it gets closed", "which gets it closed")
        .replace(
            "I measure peak memory and say when to stop.",
            "Memory at its peak, reading lines: I measure; then I say stop.",
        )
    )


OTHER = of_its_own(SAMPLE, "Where would you put an index, and why?", "Reading one line: do it")


def test_a_bank_of_two_different_questions_has_no_faults(tmp_path: Path) -> None:
    write(tmp_path, "python/one.md", SAMPLE)
    write(tmp_path, "databases/two.md", OTHER)
    assert lint.lint([tmp_path], TODAY) == lint.Report(2, ())


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("python/one.md", OTHER, "the slug `one` is already taken by databases/one.md"),
        (
            "python/two.md",
            OTHER.replace(
                "Where would you put an index, and why?", "You read files larger than memory. How?"
            ),
            "the question asks nearly the same as `databases/one`",
        ),
        (
            "python/two.md",
            OTHER.replace("Reading one line: do it", "I read it one line at once"),
            "the sample answer opens with the words of `databases/one`",
        ),
        (
            "python/two.md",
            OTHER.replace("Then I carry further still.", "And so I go on.", 3),
            "“stop and so i go on and so” stands in `databases/one` too",
        ),
    ],
)
def test_what_stands_in_the_bank_twice_is_named(
    tmp_path: Path, name: str, text: str, what: str
) -> None:
    write(tmp_path, "databases/one.md", SAMPLE)
    second = write(tmp_path, name, text)
    report = lint.lint([tmp_path], TODAY, strict=True)
    assert [(found.path, found.fault.what) for found in report.faults] == [(second, what)]


def test_questions_alike_are_found_among_many(tmp_path: Path) -> None:
    questions = [[f"{number:03}{place}w" for place in range(9)] for number in range(200)]
    questions.append([*reversed(questions[-1]), "besides"])
    for number, words in enumerate(questions):
        text = re.sub(r"How do you read .*\?", " ".join(words) + "?", SAMPLE)
        write(tmp_path, f"python/number-{number}.md", text)
    faults = lint.lint([tmp_path], TODAY, strict=True).faults
    alike = [str(found.fault.what) for found in faults if "nearly" in found.fault.what]
    assert alike == ["the question asks nearly the same as `python/number-199`"]


def test_a_broken_file_does_not_hide_the_faults_of_another(tmp_path: Path) -> None:
    broken = write(tmp_path, "python/broken.md", "nothing")
    late = write(tmp_path, "python/late.md", with_change("minutes: 5", "minutes: 99"))
    report = lint.lint([tmp_path], TODAY)
    assert [found.path for found in report.faults] == [broken, late]
    assert report.summary() == "2 question files, 2 faults in 2 files."


def test_the_summary_counts_in_plain_words() -> None:
    assert lint.Report(1, ()).summary() == "1 question file, no faults."


def test_every_rule_says_in_its_docstring_what_it_asks() -> None:
    names = [rule.__name__ for rule in (*lint.RULES, *lint.BANK_RULES)]
    assert len(names) == len(set(names))
    assert all(rule.__doc__ for rule in (*lint.RULES, *lint.BANK_RULES))


DRAFT = """\
---
title: Budgets for errors
---

## Question

How do you set an error budget?
"""


def test_a_team_may_keep_drafts_and_hears_what_they_lack(tmp_path: Path) -> None:
    draft = write(tmp_path, "reliability/error-budget.md", DRAFT)
    report = lint.lint([tmp_path], TODAY)
    assert report.faults == ()
    assert {found.path for found in report.drafts} == {draft}
    assert sorted(found.fault.what for found in report.drafts) == [
        *(f"the front matter has no `{key}`" for key in ("kind", "level", "minutes", "reviewed")),
        "the part `Common mistakes` is missing",
        "the part `Follow-ups` is missing",
        "the part `Key points` is missing",
        "the part `Sample answer` is missing",
        "the part `Why it is asked` is missing",
    ]
    assert report.summary() == "1 question file, no faults, 1 draft."


def test_what_a_draft_lacks_is_a_fault_if_asked_strictly(tmp_path: Path) -> None:
    write(tmp_path, "reliability/error-budget.md", DRAFT)
    report = lint.lint([tmp_path], TODAY, strict=True)
    assert len(report.faults) == 9
    assert report.drafts == ()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("title: Budgets for errors", f"title: {'x' * 76}", "the title has 76 characters"),
        ("title: Budgets for errors\n", "level: easy\n", "the front matter has no `title`"),
        ("title: Budgets", "level: odd\ntitle: Budgets", "`level` cannot be 'odd'"),
        ("How do", "Ask <!here>: how do", "`<!here` is a command to a chat program"),
        ("How do", "<b>How</b> do", "raw HTML: <b>"),
        ("## Question", "## Hint", "the part `Question` is missing"),
    ],
)
def test_a_draft_may_not_do_harm_or_ask_nothing(
    tmp_path: Path, old: str, new: str, what: str
) -> None:
    write(tmp_path, "reliability/error-budget.md", with_change(old, new, DRAFT))
    assert what in [found.fault.what for found in lint.lint([tmp_path], TODAY).faults]


def test_a_team_file_with_a_shipped_slug_is_no_double(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("content.files.SHIPPED", tmp_path / "shipped")
    write(tmp_path, "shipped/python/large-file.md", SAMPLE)
    write(tmp_path, "team/python/large-file.md", SAMPLE)
    report = lint.lint([tmp_path / "shipped", tmp_path / "team"], TODAY)
    assert (report.faults, report.drafts) == ((), ())


def test_a_shipped_file_may_not_be_a_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("content.files.SHIPPED", tmp_path)
    write(tmp_path, "reliability/error-budget.md", DRAFT)
    report = lint.lint([tmp_path], TODAY)
    assert len(report.faults) == 9
    assert report.drafts == ()
