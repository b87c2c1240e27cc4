"""The benchmark at a tiny size: each row does its work, and writes down what a reader needs."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.features.doctor.service import examine
from proof.bench import __main__ as command
from proof.bench import crowds, machine, report
from proof.bench.crowds import Crowd
from proof.bench.figures import Samples, percentile
from proof.bench.findings import Finding, Goal, Side
from proof.bench.growth import DEEDS
from proof.bench.message_names import MessageNames
from proof.bench.sizes import TINY
from sandbox.clock import MovableClock


def a_finding(figure: float, name: str = "some_row") -> Finding:
    side = Side("a sentence", Samples.of([1.0, 3.0, 2.0], "things/s"))
    goal = Goal(at_least=True, bound=0.6, of_what="ours ÷ theirs")
    return Finding(name, "what it is", figure, goal, side, side)


@pytest.mark.parametrize(
    "row",
    [
        "irrelevant_message",
        "thread_reply_sqlite",
        "posting",
        pytest.param("thread_reply_postgresql", marks=pytest.mark.postgresql),
        pytest.param("posting_postgresql", marks=pytest.mark.postgresql),
        pytest.param("due_minute_postgresql", marks=pytest.mark.postgresql),
    ],
)
def test_a_row_measures_both_sides_and_checks_that_the_work_was_done(row: str) -> None:
    finding, *_ = command.measure([row], TINY)
    assert finding.name == row
    assert finding.figure > 0
    assert len(finding.ours.did.values) == TINY.runs
    assert finding.theirs.did.median > 0
    assert finding.goal is not None


@pytest.mark.parametrize(
    ("row", "bars"),
    [
        ("p2", ["p2_100_at_once", "p2_400_at_once"]),
        ("p5", ["p5_open_loop"]),
        ("p6", ["p6_all_routes"]),
        ("p7", ["p7_writes", "p7_locked"]),
        ("p10", ["p10_auth_test"]),
        ("idle_tick_growth", ["idle_tick_growth", "p3_idle_tick"]),
    ],
)
def test_a_bar_is_measured_beside_its_reference(row: str, bars: list[str]) -> None:
    found = command.measure([row], TINY)
    assert [finding.name for finding in found] == bars
    assert all(finding.goal is not None for finding in found)
    counted = {finding.name: finding.figure for finding in found}
    assert counted.get("p7_locked", 0) == counted.get("p10_auth_test", 0) == 0


def test_a_row_found_on_the_way_to_another_is_not_measured_again() -> None:
    found = command.measure(["due_minute", "startup"], TINY)
    names = [finding.name for finding in found]
    assert names == ["due_minute", "startup", "p1_due_minute", "p1_loop_block"]


@pytest.mark.parametrize(
    "row", ["board_growth", pytest.param("board_growth_postgresql", marks=pytest.mark.postgresql)]
)
def test_boards_are_measured_at_both_sizes_and_beside_the_raw_driver(row: str) -> None:
    found = command.measure([row], TINY)
    growth, *bars = [finding.name for finding in found]
    assert growth == row
    assert {name.removesuffix("_postgresql") for name in bars} == {"p9_board", "p9_own_rank"}


@pytest.mark.parametrize(
    "row", ["growth", pytest.param("growth_postgresql", marks=pytest.mark.postgresql)]
)
def test_growth_is_measured_in_each_way_for_each_deed(row: str) -> None:
    found = command.measure([row], TINY)
    ways = [finding.name.split("_")[1] for finding in found]
    assert ways == ["answers", "members", "bank", "history"]
    assert all(len(finding.more) == len(DEEDS) for finding in found)


@pytest.mark.parametrize("past", [1, 3, 4, 20])
def test_the_made_up_crowds_stand_where_the_streak_rule_says(
    database_url: str, past: int, clock: MovableClock
) -> None:
    teams = [Crowd(60, past), Crowd(40, past, dead=99), Crowd(5, past, devoted=True)]
    with crowds.building(database_url) as tx:
        assert crowds.gather(tx, teams, clock.now()) > 0
        crowds.answer_the_open_round(tx, 1, 50)
        report = examine(tx, (), clock.now())
    assert report.standings == 105
    assert report.wrong_standings == ()


def test_memory_is_measured_while_the_app_rests() -> None:
    [finding] = command.measure(["memory_per_100k_schedules_mb"], TINY)
    assert finding.ours.did.median > 1
    assert finding.theirs.did.median > 1


def test_the_figures_are_written_by_name_with_what_each_side_was(tmp_path: Path) -> None:
    file = tmp_path / "build" / "bench.json"
    report.write_json(file, report.as_json([a_finding(0.7)], machine.described()))
    written = json.loads(file.read_text())
    assert written["some_row"] == 0.7
    assert written["rows"]["some_row"]["reached"] is True
    assert written["rows"]["some_row"]["ours"]["was"] == "a sentence"
    assert written["machine"]["slack-bolt"]


def test_a_single_row_measured_again_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    report.write_json(file, report.as_json([a_finding(0.7), a_finding(0.8, "other")], {}))
    merged = report.merge(file, report.as_json([a_finding(0.5)], {}))
    assert (merged["some_row"], merged["other"]) == (0.5, 0.8)
    assert merged["rows"]["some_row"]["reached"] is False
    assert merged["rows"]["other"]["reached"] is True


def test_the_page_gets_the_tables_between_its_markers_and_keeps_the_rest(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"Before.\n{report.BEGIN}\nold\n{report.END}\nAfter.\n")
    report.write_page(page, report.as_json([a_finding(0.5)], {"python": "3.11"}))
    written = page.read_text()
    assert written.startswith("Before.\n")
    assert written.endswith("\nAfter.\n")
    assert "old" not in written
    row = "| `some_row` | 2 things/s (1–3, n=3) | 2 things/s (1–3, n=3) | 0.5 | ≥ 0.6 |"
    assert f"{row} {report.WHY} |" in written
    assert "- ours: a sentence" in written


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("Words.\n")
    with pytest.raises(ValueError, match="no place"):
        report.write_page(page, report.as_json([], {}))
    assert page.read_text() == "Words.\n"


def test_our_own_page_has_its_markers() -> None:
    written = command.PAGE.read_text()
    assert report.BEGIN in written
    assert report.END in written


def test_a_row_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["no_such_row"])
    assert "irrelevant_message" in capsys.readouterr().err


def test_samples_tell_their_middle_and_how_far_they_lie_apart() -> None:
    samples = Samples.of([10.0, 30.0, 20.0], "ms")
    assert (samples.median, samples.spread) == (20.0, 1.0)
    assert str(samples) == "20 ms (10 to 30)"
    assert percentile([1, 2, 3, 4], 0.5) == 3


def test_messages_that_follow_each_other_never_share_a_name(clock: MovableClock) -> None:
    first, second = MessageNames(clock), MessageNames(clock)
    named = [first.next() for _ in range(3)]
    clock.move_on(timedelta(milliseconds=1))
    named += [second.next() for _ in range(3)]
    assert named == sorted(set(named))
