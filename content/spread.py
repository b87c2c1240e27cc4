"""How the questions of a bank spread over topics and levels, and how long they last."""

from bot.domain.questions import Level
from content.bank import Bank
from content.topics import TOPICS

_WEEKDAYS = 5


def table(bank: Bank) -> str:
    """Topics down, levels across, totals at both ends; then the weeks until a question repeats."""
    width = max(len(topic.title) for topic in TOPICS)
    lines = [_row("", [*Level, "all"], width)]
    for topic in TOPICS:
        counts = [len(bank.matching(topic, level)) for level in (*Level, None)]
        lines.append(_row(topic.title, counts, width))
    lines.append(_row("All topics", [len(bank.matching(level=at)) for at in (*Level, None)], width))
    weeks = len(bank) / _WEEKDAYS
    lines += ["", f"Asked every weekday, the bank lasts {weeks:.1f} weeks without a repeat."]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _row(title: str, cells: list[str] | list[int] | list[Level | str], width: int) -> str:
    return title.ljust(width) + "".join(f"{cell:>8}" for cell in cells)
