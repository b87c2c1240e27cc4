"""`python -m content`: what it prints, and how it exits."""

from pathlib import Path

import pytest

from content.__main__ import COMMANDS, main
from tests.content.samples import SAMPLE, with_change


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "python").mkdir()
    monkeypatch.chdir(tmp_path)


def test_lint_names_file_line_fault_and_mend_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    Path("python/large-file.md").write_text(with_change("minutes: 5", "minutes: 90"), "utf-8")
    assert main(["lint", "--today", "2026-03-01", "python"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "python/large-file.md:5: `minutes` is 90; give a whole number from 1 to 60",
        "1 question file, 1 fault in 1 file.",
    ]


def test_lint_of_a_good_file_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    Path("python/large-file.md").write_text(SAMPLE, "utf-8")
    assert main(["lint", "--today", "2026-03-01", "python/large-file.md"]) == 0
    assert capsys.readouterr().out == "1 question file, no faults.\n"


def test_lint_shows_paths_from_where_the_person_stands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("python/large-file.md").write_text("nothing", "utf-8")
    assert main(["lint", str(Path.cwd())]) == 1
    assert capsys.readouterr().out.startswith("python/large-file.md:1: ")


def test_lint_of_a_path_that_is_not_there_fails_with_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["lint", "nowhere"]) == 1
    assert capsys.readouterr().out.startswith("nowhere:1: there is no such file; check the path")


def test_show_prints_every_part_of_a_question(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "rate-limiter"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("A rate limiter that scales, and fails well\nSystem design · hard · ")
    for heading in ("Why it is asked", "Key points", "Sample answer", "Common mistakes"):
        assert f"\n{heading}\n" in shown


def test_show_of_an_unknown_slug_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "rate-limits"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "no question `rate-limits`. Did you mean rate-limiter?" in said.err


def test_stats_counts_every_topic_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["easy", "medium", "hard", "all"]
    table = [line.split()[-4:] for line in lines[1:15]]
    totals = [sum(int(row[column]) for row in table[:-1]) for column in range(4)]
    assert [int(cell) for cell in table[-1]] == totals
    assert totals[3] == sum(totals[:3]) > 0


@pytest.mark.parametrize("argv", [[], ["sing"], ["show"], ["lint", "--today", "soon"]])
def test_a_wrong_call_exits_with_two(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(argv)
    assert stopped.value.code == 2
    assert "usage: python -m content" in capsys.readouterr().err


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert all(command.name in shown and command.help[:30] in shown for command in COMMANDS)
