"""The shelf: what changes on disk is in the bank at the next look, and what breaks is not lost."""

import os
import shutil
from pathlib import Path
from threading import Thread

import pytest

from content import files
from content.bank import Bank
from content.faults import FileFault
from content.parsing import Entry
from content.shelf import Shelf
from tests.content.samples import SAMPLE, entry, with_change


@pytest.fixture
def file(tmp_path: Path) -> Path:
    one = tmp_path / "python" / "large-file.md"
    one.parent.mkdir()
    one.write_text(SAMPLE, "utf-8")
    return one


@pytest.fixture
def shelf(tmp_path: Path, file: Path) -> Shelf:
    assert file.exists()
    one = Shelf([tmp_path])
    assert one.refresh() == ()
    return one


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were really read, in order."""
    read: list[Path] = []
    original = files.read

    def noting(path: Path) -> Entry | tuple[FileFault, ...]:
        read.append(path)
        return original(path)

    monkeypatch.setattr("content.files.read", noting)
    return read


def titles(shelf: Shelf) -> list[str]:
    return [question.title for question in shelf.bank.questions]


def renamed(title: str) -> str:
    return with_change("title: Reading a large file", f"title: {title}")


def test_a_changed_file_is_in_the_bank_after_the_next_look(shelf: Shelf, file: Path) -> None:
    file.write_text(renamed("Streaming"), "utf-8")
    assert titles(shelf) == ["Reading a large file"]
    assert shelf.refresh() == ()
    assert titles(shelf) == ["Streaming"]


def test_a_large_shelf_is_looked_through_some_files_at_a_time(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("content.shelf.LOOKED_AT", 2)
    others = [file.parent / f"another-{number}.md" for number in range(4)]
    for other in others:
        other.write_text(renamed(other.stem), "utf-8")
    shelf = Shelf([tmp_path])
    shelf.refresh()
    assert len(shelf.bank) == 5
    for turn in range(3):  # the first look reads all, and each change comes within three more
        changed = [renamed(f"{name} {turn}") for name in ("First", "Last")]
        others[0].write_text(changed[0], "utf-8")
        file.write_text(changed[1], "utf-8")
        seen = []
        for _ in range(3):
            shelf.refresh()
            seen.append({f"First {turn}", f"Last {turn}"} & {*titles(shelf)})
        assert seen[0] == set(), "two of five files do not make a shelf"
        assert seen[-1] == {f"First {turn}", f"Last {turn}"}


def test_a_change_that_keeps_the_size_is_seen_by_its_time(shelf: Shelf, file: Path) -> None:
    file.write_text(renamed("Reading a small file"), "utf-8")
    os.utime(file, (1, 1))
    shelf.refresh()
    assert titles(shelf) == ["Reading a small file"]


def test_a_new_file_joins_and_a_deleted_one_leaves(shelf: Shelf, file: Path) -> None:
    (file.parent / "another.md").write_text(renamed("Another"), "utf-8")
    file.unlink()
    shelf.refresh()
    assert titles(shelf) == ["Another"]


def test_a_broken_edit_keeps_the_last_good_version_and_is_named_once(
    shelf: Shelf, file: Path
) -> None:
    file.write_text(renamed("Streaming") + "\n## Nonsense\n\nx\n", "utf-8")
    assert [fault.fault.what for fault in shelf.refresh()] == ["`Nonsense` is not a part we know"]
    assert titles(shelf) == ["Reading a large file"]
    assert shelf.refresh() == ()
    assert len(shelf.faults) == 1
    file.write_text(renamed("Streaming"), "utf-8")
    assert shelf.refresh() == ()
    assert titles(shelf) == ["Streaming"]
    assert not shelf.faults


def test_a_file_that_was_never_good_is_named_and_the_rest_is_asked(
    shelf: Shelf, file: Path
) -> None:
    (file.parent / "broken.md").write_text("x", "utf-8")
    assert [fault.path.name for fault in shelf.refresh()] == ["broken.md"]
    assert titles(shelf) == ["Reading a large file"]


def test_a_fault_that_comes_back_is_named_again(shelf: Shelf, file: Path) -> None:
    for _ in range(2):
        file.write_text("x", "utf-8")
        assert len(shelf.refresh()) == 1
        file.write_text(SAMPLE, "utf-8")
        assert shelf.refresh() == ()


def test_only_files_that_changed_are_read_again(
    shelf: Shelf, file: Path, readings: list[Path]
) -> None:
    other = file.parent / "another.md"
    other.write_text(renamed("Another"), "utf-8")
    before = shelf.bank
    shelf.refresh()
    assert readings == [other]
    assert shelf.bank is not before
    known = shelf.bank
    shelf.refresh()
    assert readings == [other]
    assert shelf.bank is known


def test_a_folder_that_goes_keeps_its_questions_until_it_comes_back(
    shelf: Shelf, tmp_path: Path, file: Path
) -> None:
    shutil.move(file.parent.parent, tmp_path.with_name("away"))
    faults = shelf.refresh()
    assert [str(fault) for fault in faults] == [
        f"{tmp_path}:1: there is no such folder; check the path"
    ]
    assert shelf.refresh() == ()
    assert titles(shelf) == ["Reading a large file"]
    shutil.move(tmp_path.with_name("away"), tmp_path)
    assert shelf.refresh() == ()
    assert titles(shelf) == ["Reading a large file"]
    assert shelf.faults == ()


def test_a_team_file_overrides_and_its_removal_brings_the_first_one_back(
    tmp_path: Path, file: Path
) -> None:
    theirs = tmp_path / "theirs" / "coding" / file.name
    theirs.parent.mkdir(parents=True)
    ours = tmp_path / "ours"
    shutil.move(file.parent, ours / "python")
    shelf = Shelf([ours, tmp_path / "theirs"])
    shelf.refresh()
    theirs.write_text(renamed("Theirs"), "utf-8")
    assert shelf.refresh() == ()
    assert titles(shelf) == ["Theirs"]
    theirs.unlink()
    shelf.refresh()
    assert titles(shelf) == ["Reading a large file"]


def test_a_draft_is_in_the_bank_with_what_it_has(shelf: Shelf, file: Path) -> None:
    file.write_text("---\ntitle: T\n---\n\n## Question\n\nHow?\n", "utf-8")
    assert shelf.refresh() == ()
    [draft] = shelf.bank.questions
    assert (draft.title, draft.text, draft.sample_answer) == ("T", "How?", "")
    assert (draft.level, draft.kind, draft.minutes) == ("medium", "practice", 10)
    assert (draft.key_points, draft.mistakes, draft.follow_ups) == ((), (), ())


def test_a_shelf_that_holds_a_bank_never_changes() -> None:
    bank = Bank.of([entry().question])
    shelf = Shelf.holding(bank)
    assert shelf.refresh() == ()
    assert shelf.bank is bank


def test_a_stopped_shelf_keeps_what_it_had(shelf: Shelf, file: Path) -> None:
    file.write_text(renamed("Streaming"), "utf-8")
    shelf.stop()
    assert shelf.refresh() == ()
    assert titles(shelf) == ["Reading a large file"]


def test_while_one_thread_looks_another_does_not_wait(
    shelf: Shelf, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile: list[tuple[FileFault, ...]] = []
    original = files.read

    def interrupted(path: Path) -> Entry | tuple[FileFault, ...]:
        thread = Thread(target=lambda: meanwhile.append(shelf.refresh()))
        thread.start()
        thread.join()
        return original(path)

    monkeypatch.setattr("content.files.read", interrupted)
    file.write_text(renamed("Streaming"), "utf-8")
    shelf.refresh()
    assert meanwhile == [()]
    assert titles(shelf) == ["Streaming"]
