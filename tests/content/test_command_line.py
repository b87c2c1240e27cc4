"""`python -m content`: what it prints, and how it exits."""

import re
from pathlib import Path

import pytest

from content.__main__ import COMMANDS, main
from content.authoring import TEMPLATE
from content.bank import load
from content.files import SHIPPED
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
    assert shown.startswith("A rate limiter that scales, and fails well\n=====")
    for heading in ("WHY IT IS ASKED", "*Key points*", "SAMPLE ANSWER", "*Common mistakes*"):
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


DRAFT = "---\ntitle: T\n---\n\n## Question\n\nHow?\n"


def test_lint_tells_what_a_draft_lacks_without_failing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("python/a-draft.md").write_text(DRAFT, "utf-8")
    assert main(["lint", "python"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("python/a-draft.md:1: draft: the front matter has no `kind`; ")
    assert lines[-1] == "1 question file, no faults, 1 draft."
    assert main(["lint", "--strict", "python"]) == 1


def test_show_and_stats_take_a_team_folder_along(capsys: pytest.CaptureFixture[str]) -> None:
    Path("python/a-draft.md").write_text(DRAFT, "utf-8")
    assert main(["show", "a-draft"]) == 1
    assert main(["show", "a-draft", "--also", "."]) == 0
    assert "How?" in capsys.readouterr().out
    totals = []
    for arguments in (["stats"], ["stats", "--also", "."]):
        assert main(arguments) == 0
        [row] = [x for x in capsys.readouterr().out.splitlines() if x.startswith("All topics")]
        totals.append(int(row.split()[-1]))
    assert totals[1] == totals[0] + 1


def test_fmt_formats_and_check_only_tells(capsys: pytest.CaptureFixture[str]) -> None:
    file = Path("python/large-file.md")
    file.write_text(SAMPLE.replace("\n\n## Hint", "\n\n\n## Hint"), "utf-8")
    before = file.read_text("utf-8")
    assert main(["fmt", "--check", "python"]) == 1
    assert capsys.readouterr().out == (
        "python/large-file.md: would change\n1 files: 1 would change, 0 cannot be formatted.\n"
    )
    assert file.read_text("utf-8") == before
    assert main(["fmt", "python"]) == 0
    assert file.read_text("utf-8") != before
    assert main(["fmt", "--check", "python"]) == 0
    assert [one.name for one in Path("python").iterdir()] == ["large-file.md"]


def test_fmt_names_what_it_cannot_format_and_leaves_it(capsys: pytest.CaptureFixture[str]) -> None:
    Path("python/large-file.md").write_text("nothing", "utf-8")
    assert main(["fmt", "python"]) == 1
    assert "python/large-file.md:1: the file does not begin with" in capsys.readouterr().out
    assert Path("python/large-file.md").read_text("utf-8") == "nothing"


def test_new_begins_a_question_that_parses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "databases", "slow-query", "--to", "team"]) == 0
    assert capsys.readouterr().out == "team/databases/slow-query.md is yours to fill.\n"
    assert load([Path("team")]).faults == ()
    assert main(["fmt", "--check", "team"]) == 0


@pytest.mark.parametrize(
    ("topic", "slug", "said"),
    [
        ("databases", "slow-query", "is taken by team/databases/slow-query.md"),
        ("apis", "slow-query", "is taken by team/databases/slow-query.md"),
        ("databases", "rate-limiter", "The slug `rate-limiter` is taken by "),
        ("databases", "Slow Query", "is not a slug"),
        ("databases", "../../escape", "is not a slug"),
        ("database", "other", "There is no topic `database`. Did you mean databases?"),
        ("../python", "other", "There is no topic `../python`."),
    ],
)
def test_new_refuses_and_writes_nothing(
    topic: str, slug: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("team/databases").mkdir(parents=True)
    Path("team/databases/slow-query.md").write_text("mine", "utf-8")
    assert main(["new", topic, slug, "--to", "team"]) == 1
    assert said in capsys.readouterr().err
    assert [str(file) for file in Path("team").rglob("*.md")] == ["team/databases/slow-query.md"]
    assert Path("team/databases/slow-query.md").read_text("utf-8") == "mine"


def test_import_reports_a_line_an_entry_and_a_sum(capsys: pytest.CaptureFixture[str]) -> None:
    Path("q.csv").write_text("question,answer\nHow?,So.\n,Lost.\n", "utf-8")
    assert main(["import", "q.csv", "--to", "team", "--topic", "python", "--dry-run"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "q.csv:2: taken with gaps (why it is asked, key points): team/python/how.md",
        "q.csv:3: refused: “an entry without a question”: it asks nothing",
        "2 entries: 0 taken, 1 taken with gaps, 1 refused. Nothing was written.",
    ]
    assert not Path("team").exists()


def test_import_to_a_topic_we_do_not_have_is_a_wrong_call(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["import", "q.csv", "--to", "team", "--topic", "cooking"]) == 2
    assert "There is no topic `cooking`." in capsys.readouterr().err


def test_the_readme_tells_of_every_command() -> None:
    readme = (SHIPPED.parent / "README.md").read_text("utf-8")
    told = set(re.findall(r"^python -m content ([\w-]+)", readme, re.MULTILINE))
    assert told == {command.name for command in COMMANDS}


def test_the_readme_shows_the_template_that_new_copies() -> None:
    readme = (SHIPPED.parent / "README.md").read_text("utf-8")
    assert f"````markdown\n{TEMPLATE.read_text('utf-8')}````" in readme
