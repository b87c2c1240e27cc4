"""Importing from every form: what is written, what is reported, and what is never done."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content import bank, formatting, lint
from content.importing import intake
from content.importing.intake import Line, Verdict, Wishes
from content.topics import with_slug
from tests.content.guides import Entry, entries, guide
from tests.content.samples import SAMPLE
from tests.content.test_lint import TODAY

PYTHON = with_slug("python")
ROW = {
    "question": "How do you read a *large* file?",
    "title": "Large files",
    "slug": "large-file",
    "topic": "Databases and SQL",
    "level": "hard",
    "kind": "data",
    "minutes": 12,
    "reviewed": "2026-01-05",
    "why": "To hear `it`.",
    "key points": ["Stream — Line by line", "Measure"],
    "answer": "I stream.\n\n```python\nx = 1\n```",
    "mistakes": ["Reading it all."],
    "follow-ups": [{"question": "And gzip?", "pointer": "gzip.open"}, "And two? — Each opens it"],
    "hint": "Walk.",
    "references": [{"title": "Docs", "url": "https://docs.example"}, "https://b.example/c"],
}


@pytest.fixture
def source(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def write(name: str, data: str | bytes) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
        return file

    return write


Source = Callable[[str, str | bytes], Path]


def take(*sources: Path, to: Path, force: bool = False, dry_run: bool = False) -> list[Line]:
    return list(intake.take_in(sources, Wishes(to, PYTHON, force=force, dry_run=dry_run)))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def verdicts(lines: list[Line]) -> list[Verdict]:
    return [line.verdict for line in lines]


@pytest.mark.parametrize("count", [1, 24, 500])
def test_a_guide_becomes_a_file_an_entry_and_the_same_files_again(
    tmp_path: Path, source: Source, count: int
) -> None:
    file = source("guide.txt", guide(entries(count)))
    lines = take(file, to=tmp_path / "a")
    assert verdicts(lines) == [Verdict.TAKEN] * count
    assert verdicts(take(file, to=tmp_path / "a")) == [Verdict.TAKEN] * count
    take(file, to=tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    loaded = bank.load([tmp_path / "a"])
    assert loaded.faults == ()
    assert sorted(q.sample_answer for q in loaded.bank.questions) == sorted(
        entry.answer for entry in entries(count)
    )


def test_what_is_imported_passes_the_lint_of_drafts_and_is_canonical(
    tmp_path: Path, source: Source
) -> None:
    take(source("guide.txt", guide(entries(5))), to=tmp_path / "team")
    assert lint.lint([tmp_path / "team"], TODAY).faults == ()
    for file in (tmp_path / "team").rglob("*.md"):
        text = file.read_text("utf-8")
        assert len(text.split("\n")) == len(str(formatting.formatted(text)).split("\n"))


def test_doubled_titles_get_slugs_that_stay(tmp_path: Path, source: Source) -> None:
    one, two, three = entries(3)
    made = [one, Entry(one.title, two.told, two.answer), Entry(one.title, three.told, "Thrice.")]
    file = source("guide.txt", guide([*made, made[0]]))
    lines = take(file, to=tmp_path / "team")
    slug = "how-do-you-look-after-pages-in-case-1"
    assert sorted(contents(tmp_path / "team")) == [
        f"python/{slug}-2.md",
        f"python/{slug}-3.md",
        f"python/{slug}.md",
    ]
    assert verdicts(lines) == [Verdict.TAKEN] * 3 + [Verdict.REFUSED]
    assert f"it is the same as python/{slug}.md" in str(lines[3])


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(
    tmp_path: Path, source: Source, encoding: str, end: str
) -> None:
    text = guide(entries(2))
    take(source("plain.txt", text), to=tmp_path / "a")
    data = text.replace("\n", end).encode(encoding)
    assert not {Verdict.REFUSED} & {*verdicts(take(source("g.txt", data), to=tmp_path / "b"))}
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def row_in(form: str) -> str:
    if form == "json":
        return json.dumps({"questions": [ROW]})
    if form == "yaml":
        return f"- {json.dumps(ROW)}\n"
    cells = ROW | {
        "key points": "- Stream — Line by line\n- Measure",
        "mistakes": "Reading it all.",
        "follow-ups": "And gzip? — gzip.open | And two? — Each opens it",
        "references": "[Docs](https://docs.example)\nhttps://b.example/c",
    }
    values = ['"' + str(value).replace('"', '""') + '"' for value in cells.values()]
    mark = {"csv": ",", "tsv": "\t"}[form]
    return f"{mark.join(cells)}\n{mark.join(values)}\n"


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "yaml"])
def test_a_whole_question_comes_over_from_every_form(
    tmp_path: Path, source: Source, form: str
) -> None:
    lines = take(source(f"q.{form}", row_in(form)), to=tmp_path / "team")
    assert verdicts(lines) == [Verdict.TAKEN]
    loaded = bank.load([tmp_path / "team"])
    question = loaded.bank.get("large-file")
    assert question is not None
    assert (question.title, question.topic.slug, question.level) == (
        "Large files",
        "databases",
        "hard",
    )
    assert (question.kind, question.minutes, str(question.reviewed)) == ("data", 12, "2026-01-05")
    assert (question.text, question.why) == (ROW["question"], ROW["why"])
    assert [(p.text, p.detail) for p in question.key_points] == [
        ("Stream", "Line by line"),
        ("Measure", ""),
    ]
    assert question.sample_answer == ROW["answer"]
    assert question.mistakes == ("Reading it all.",)
    assert [(f.question, f.pointer) for f in question.follow_ups] == [
        ("And gzip?", "gzip.open"),
        ("And two?", "Each opens it"),
    ]
    assert question.hint == "Walk."
    assert [r.url for r in question.references] == ["https://docs.example", "https://b.example/c"]


def test_a_question_file_keeps_all_it_says(tmp_path: Path, source: Source) -> None:
    file = source("coding/large-file.md", SAMPLE.replace("\n", "\r\n"))
    assert verdicts(take(file, to=tmp_path / "team")) == [Verdict.TAKEN]
    written = (tmp_path / "team/coding/large-file.md").read_text("utf-8")
    assert written == formatting.formatted(SAMPLE)


def test_a_folder_is_taken_file_by_file(tmp_path: Path, source: Source) -> None:
    source("in/python/large-file.md", SAMPLE)
    source("in/guide.txt", guide(entries(2)))
    source("in/picture.png", b"\x89PNG\r\n\x1a\n\x00")
    source("in/.hidden/x.txt", "What?")
    assert verdicts(take(tmp_path / "in", to=tmp_path / "team")) == [Verdict.TAKEN] * 3


def test_a_file_that_differs_is_overwritten_only_by_force(tmp_path: Path, source: Source) -> None:
    file = source("q.json", json.dumps([ROW]))
    there = source("team/databases/large-file.md", "mine")
    [line] = take(file, to=tmp_path / "team")
    assert line.verdict is Verdict.REFUSED
    assert "is there already and differs; `--force` overwrites it" in line.what
    assert there.read_text("utf-8") == "mine"
    [line] = take(file, to=tmp_path / "team", force=True)
    assert line.verdict is Verdict.TAKEN
    assert there.read_text("utf-8").startswith("---\ntitle: Large files\n")


def test_a_slug_under_another_topic_is_not_doubled(tmp_path: Path, source: Source) -> None:
    source("team/apis/large-file.md", SAMPLE)
    [line] = take(source("q.json", json.dumps([ROW])), to=tmp_path / "team", force=True)
    assert "its slug `large-file` is already taken by apis/large-file.md" in line.what


def test_a_dry_run_reports_the_same_and_writes_nothing(tmp_path: Path, source: Source) -> None:
    file = source("guide.txt", guide(entries(3)))
    told = take(file, to=tmp_path / "team", dry_run=True)
    assert not (tmp_path / "team").exists()
    assert take(file, to=tmp_path / "team") == told


def test_an_imported_title_does_not_take_the_place_of_a_shipped_question(
    tmp_path: Path, source: Source
) -> None:
    take(source("g.txt", guide([Entry("Rate limiter?", "", "So.")])), to=tmp_path / "team")
    assert list(contents(tmp_path / "team")) == ["python/rate-limiter-2.md"]
    [line] = take(
        source("q.json", json.dumps([ROW | {"slug": "rate-limiter"}])), to=tmp_path / "team"
    )
    assert line.what.endswith("(in place of the question that comes with the app)")


def test_without_a_topic_the_words_of_the_question_choose_one(
    tmp_path: Path, source: Source
) -> None:
    titles = ["How does asyncio schedule threads?", "What is a good index in SQL?", "Who are you?"]
    file = source("g.txt", guide([Entry(title, "", "So it is.") for title in titles]))
    list(intake.take_in([file], Wishes(tmp_path / "team")))
    assert sorted(name.split("/")[0] for name in contents(tmp_path / "team")) == [
        "concurrency",
        "databases",
        "reliability",
    ]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.txt", b"", "nothing in it looks like a question"),
        ("noise.txt", b"lorem ipsum\n" * 20, "nothing in it looks like a question"),
        ("picture.txt", bytes(range(256)), "byte 0x80 is not UTF-8; save the file as UTF-8"),
        ("zeros.txt", b"ab\x00\x01cd?", "it holds the character U+0000; save it as plain text"),
        ("big.txt", b"x" * 5_000_001, "the file has more than 5,000,000 bytes; divide it"),
        ("odd.csv", b"a,b\n1,2\n", "no column is called `question` (there are `a`, `b`)"),
        ("empty.csv", b"", "the file is empty"),
        ("cut.json", b'[\n{"question": "Wh', "it is not JSON (Unterminated string starting at)"),
        ("deep.json", b"[" * 100_000, "it is not JSON that can be read"),
        ("number.json", b"7", "it is not a list of questions"),
        ("cut.yaml", b'- question: "Wh', "it is not YAML"),
        ("deep.yaml", b"[" * 1_000, "it is nested too deep"),
        ("alias.yaml", b"- &a {question: Q}\n- *a\n", "it uses an alias (`*name`)"),
        ("broken.md", b"---\nlevel: easy\n---\n\n## Question\n\nQ?\n", "has no `title`"),
    ],
)
def test_a_file_that_cannot_be_taken_has_one_clear_line(
    tmp_path: Path, source: Source, name: str, data: bytes, said: str
) -> None:
    [line] = take(source(name, data), to=tmp_path / "team")
    assert line.verdict is Verdict.REFUSED
    assert said in line.what
    assert not (tmp_path / "team").exists()


def test_a_file_that_is_not_there_has_one_clear_line(tmp_path: Path) -> None:
    [line] = take(tmp_path / "nowhere.csv", to=tmp_path / "team")
    assert "there is no such file; check the path" in line.what


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"question": " "}, "it asks nothing"),
        ({"topic": "cooking"}, ""),
        ({"slug": "../../escape"}, "is not a slug"),
        ({"level": "brutal"}, "`level` cannot be 'brutal'"),
        ({"answer": "So.\n\n## Hint\n\nPsst."}, "its sample answer holds a heading"),
        ({"answer": "So.\n\n```python\nx = 1"}, "a code fence is never closed"),
        ({"answer": "Ask <!here>."}, "`<!here` is a command to a chat program"),
        ({"answer": "<script>x</script>"}, "raw HTML: <script>"),
        ({"answer": "x" * 50_001}, "it is longer than 50,000 characters"),
        ({"answer": "\ud800"}, "the character U+D800 cannot be shown"),
        ({"answer": "a\u0007b"}, "the character U+0007 cannot be shown"),
    ],
)
def test_an_entry_that_cannot_be_taken_is_refused_and_the_next_one_is_taken(
    tmp_path: Path, source: Source, changed: dict[str, str], said: str
) -> None:
    rows = [ROW | {"slug": "", "hint": ""} | changed, {"question": "And this one?"}]
    lines = take(source("q.json", json.dumps(rows)), to=tmp_path / "team")
    assert said in lines[0].what
    if said:
        assert lines[0].verdict is Verdict.REFUSED
        assert list(contents(tmp_path / "team")) == ["python/and-this-one.md"]
    assert lines[1].verdict is Verdict.WITH_GAPS
    assert str(lines[0]).isprintable()


def test_a_csv_that_breaks_off_gives_the_rows_above(tmp_path: Path, source: Source) -> None:
    file = source("q.csv", 'question,answer\nHow?,So.\n"Wh')
    lines = take(file, to=tmp_path / "team")
    assert verdicts(lines) == [Verdict.WITH_GAPS, Verdict.REFUSED]
    assert str(lines[1]).startswith(f"{file}:3: refused: ")
    assert "from here on it is not CSV" in lines[1].what


def test_columns_we_do_not_know_are_named(tmp_path: Path, source: Source) -> None:
    file = source("q.csv", "question;author\nHow?;Me\n")
    lines = take(file, to=tmp_path / "team")
    assert str(lines[0]).endswith(": note: left out, as we know no part of that name: `author`")


def test_a_folder_that_cannot_be_written_is_told_for_each_entry(
    tmp_path: Path, source: Source
) -> None:
    source("team", "a file and not a folder")
    lines = take(source("g.txt", guide(entries(2))), to=tmp_path / "team")
    assert verdicts(lines) == [Verdict.REFUSED] * 2
    assert "cannot be written" in lines[0].what


SUFFIXES = st.sampled_from([".txt", ".md", ".csv", ".json", ".yaml", ".bin"])
WHOLE = [guide(entries(2)), SAMPLE, *map(row_in, ("csv", "json", "yaml"))]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    data=st.binary()
    | st.text().map(str.encode)
    | st.tuples(st.sampled_from(WHOLE), st.integers(0, 900), st.binary(max_size=8)).map(
        lambda made: made[0].encode()[: made[1]] + made[2] + made[0].encode()[made[1] + 3 :]
    ),
    suffix=SUFFIXES,
)
def test_no_bytes_make_it_raise_and_what_it_writes_can_be_loaded(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    file = folder / f"source{suffix}"
    file.write_bytes(data)
    lines = take(file, to=folder / "team")
    assert [line for line in lines if "\n" in str(line)] == []
    assert intake.summary(lines)
    if (folder / "team").exists():
        assert bank.load([folder / "team"]).faults == ()
