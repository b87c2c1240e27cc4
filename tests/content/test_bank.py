"""The bank: its lookups, and loading it from folders of any condition."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import QuestionSlug
from bot.domain.questions import Level, Question, Topic
from content import parsing
from content.bank import Bank, load
from content.topics import TOPICS, with_slug
from tests.content.samples import SAMPLE, entry, with_change

PYTHON, CODING = TOPICS[0], TOPICS[2]

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, text: str | bytes) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return write_file


def question(slug: str, topic: Topic = PYTHON, level: Level = Level.EASY) -> Question:
    return replace(entry().question, slug=QuestionSlug(slug), topic=topic, level=level)


def slugs(questions: tuple[Question, ...]) -> list[str]:
    return [question.slug for question in questions]


def test_a_question_is_found_by_its_slug() -> None:
    bank = Bank.of([question("a"), question("b")])
    found = bank.get("b")
    assert found is not None
    assert found.slug == "b"
    assert bank.get("c") is None
    assert len(bank) == 2


def test_questions_are_found_by_topic_by_level_and_by_both() -> None:
    bank = Bank.of(
        [
            question("d", PYTHON, Level.HARD),
            question("a", PYTHON, Level.EASY),
            question("c", CODING, Level.EASY),
            question("b", PYTHON, Level.EASY),
        ]
    )
    assert slugs(bank.matching()) == ["a", "b", "c", "d"]
    assert slugs(bank.matching(topic=PYTHON)) == ["a", "b", "d"]
    assert slugs(bank.matching(level=Level.EASY)) == ["a", "b", "c"]
    assert slugs(bank.matching(PYTHON, Level.EASY)) == ["a", "b"]
    assert bank.matching(CODING, Level.HARD) == ()
    assert bank.topics() == (PYTHON, CODING)


@settings(deadline=None)  # a busy machine is no fault
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdefgh"), st.sampled_from(TOPICS), st.sampled_from(list(Level))
        ),
        unique_by=lambda row: row[0],
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_loading_makes_no_difference_and_the_index_agrees_with_a_search(
    rows: list[tuple[str, Topic, Level]], random: Random
) -> None:
    questions = [question(*row) for row in rows]
    shuffled = list(questions)
    random.shuffle(shuffled)
    bank, other = Bank.of(questions), Bank.of(shuffled)
    for topic in (None, *TOPICS):
        for level in (None, *Level):
            searched = sorted(
                (q for q in questions if topic in (None, q.topic) and level in (None, q.level)),
                key=lambda q: q.slug,
            )
            assert list(bank.matching(topic, level)) == searched
            assert bank.matching(topic, level) == other.matching(topic, level)


def test_an_empty_bank_answers_every_lookup() -> None:
    bank = Bank.of([])
    assert bank.get("a") is None
    assert bank.matching() == ()
    assert bank.matching(PYTHON, Level.HARD) == ()
    assert bank.topics() == ()


def test_topic_and_slug_come_from_the_path(write: Write, tmp_path: Path) -> None:
    write("databases/slow-query.md", SAMPLE)
    loaded = load([tmp_path])
    found = loaded.bank.get("slow-query")
    assert loaded.faults == ()
    assert found is not None
    assert found.topic == with_slug("databases")


BROKEN: list[tuple[str, bytes, str]] = [
    ("python/empty.md", b"", "1: the file does not begin with front matter"),
    ("python/level.md", SAMPLE.replace("level: easy", "level: odd").encode(), "3: `level` cannot"),
    (
        "python/latin.md",
        SAMPLE.encode().replace(b"stop", b"st\xf6p"),
        "22: byte 0xf6 is not",
    ),
    ("python/utf16.md", SAMPLE.encode("utf-16"), "1: byte 0xff is not UTF-8"),
    ("python/zeros.md", bytes(1_000), "1: the character U+0000 cannot be shown"),
    ("python/huge.md", b"x" * (4 * parsing.LARGEST + 1), "1: the file is longer than 50,000"),
    ("python/Not A Slug.md", SAMPLE.encode(), "1: the file name 'Not A Slug' is not a slug"),
    ("cooking/soup.md", SAMPLE.encode(), "1: the folder 'cooking' is not a topic"),
    ("stray.md", SAMPLE.encode(), "1: the folder "),
]


@pytest.mark.parametrize(("name", "data", "fault"), BROKEN, ids=[name for name, _, _ in BROKEN])
def test_a_broken_file_is_named_and_the_rest_loads(
    write: Write, tmp_path: Path, name: str, data: bytes, fault: str
) -> None:
    broken = write(name, data)
    write("python/good.md", SAMPLE)
    loaded = load([tmp_path])
    assert slugs(loaded.bank.questions) == ["good"]
    assert loaded.faults
    assert all(str(found).startswith(f"{broken}:") for found in loaded.faults)
    assert str(loaded.faults[0]).startswith(f"{broken}:{fault}")


def test_a_file_that_cannot_be_opened_is_named_and_the_rest_loads(
    write: Write, tmp_path: Path
) -> None:
    write("python/good.md", SAMPLE)
    (tmp_path / "python/folder.md").mkdir()
    (tmp_path / "python/dangling.md").symlink_to(tmp_path / "nowhere")
    loaded = load([tmp_path])
    assert slugs(loaded.bank.questions) == ["good"]
    assert [found.path.name for found in loaded.faults] == ["dangling.md", "folder.md"]


def test_a_folder_that_is_missing_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    loaded = load([tmp_path / "nowhere"])
    assert len(loaded.bank) == 0
    assert [str(fault) for fault in loaded.faults] == [
        f"{tmp_path / 'nowhere'}:1: there is no such file; check the path"
    ]


def test_notes_and_hidden_files_beside_questions_are_left_alone(
    write: Write, tmp_path: Path
) -> None:
    write("README.md", "# Notes")
    write("python/readme.md", "# Notes")
    write("python/.draft.md", "# Notes")
    write(".git/python/x.md", "# Notes")
    write("python/picture.png", b"\x89PNG")
    assert load([tmp_path]).faults == ()


def test_a_byte_order_mark_does_no_harm(write: Write, tmp_path: Path) -> None:
    write("python/good.md", b"\xef\xbb\xbf" + SAMPLE.encode())
    assert load([tmp_path]).faults == ()


def test_a_slug_that_stands_twice_in_a_folder_keeps_the_first_and_names_the_second(
    write: Write, tmp_path: Path
) -> None:
    write("coding/same.md", SAMPLE)
    second = write("python/same.md", SAMPLE)
    loaded = load([tmp_path])
    kept = loaded.bank.get("same")
    assert kept is not None
    assert kept.topic == CODING
    (fault,) = loaded.faults
    assert str(fault).startswith(f"{second}:1: the slug `same` is already taken by coding/same.md")


def test_a_later_folder_overrides_a_slug_without_a_fault(write: Write, tmp_path: Path) -> None:
    write("ours/python/same.md", SAMPLE)
    write("theirs/coding/same.md", with_change("title: Reading", "title: Skimming"))
    loaded = load([tmp_path / "ours", tmp_path / "theirs"])
    kept = loaded.bank.get("same")
    assert loaded.faults == ()
    assert kept is not None
    assert (kept.title, kept.topic) == ("Skimming a large file", CODING)


def test_a_broken_override_leaves_the_question_it_meant_to_replace(
    write: Write, tmp_path: Path
) -> None:
    write("ours/python/same.md", SAMPLE)
    write("theirs/python/same.md", "broken")
    loaded = load([tmp_path / "ours", tmp_path / "theirs"])
    assert slugs(loaded.bank.questions) == ["same"]
    assert len(loaded.faults) == 1
