"""What a host starts is what the command line offers."""

import shlex
from pathlib import Path

import pytest

from bot.__main__ import _parser
from bot.settings import Process

LINES = (Path(__file__).parents[2] / "Procfile").read_text(encoding="utf-8").splitlines()
PROCESSES = dict(line.split(": ", 1) for line in LINES)


def test_a_release_migrates_before_the_two_halves_run() -> None:
    assert list(PROCESSES) == ["release", "web", "worker"]


@pytest.mark.parametrize("name", PROCESSES)
def test_each_process_is_a_command(name: str) -> None:
    python, flag, package, *arguments = shlex.split(PROCESSES[name])
    assert (python, flag, package) == ("python", "-m", "bot")
    parsed = _parser().parse_args(arguments)
    assert name == "release" or parsed.process == Process(name)
