"""Interview guides as they come when somebody copies them from a page."""

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = """\
Site Reliability Engineer Interview Questions
Prepare for your interview with these questions …
Interview Questions for Site Reliability Engineer
"""
SUBJECTS = ("budgets", "pages", "queues", "backups", "releases", "dashboards", "limits")


@dataclass(frozen=True)
class Entry:
    """One entry of a guide."""

    title: str
    told: str
    answer: str

    def text(self) -> str:
        """The entry as it stands in the copied text."""
        lines = [self.title, self.told, f"Answer Example: “{self.answer}”"]
        return "\n".join([*lines, "Help us improve this answer. / -"])


def entries(count: int) -> list[Entry]:
    """Entries that differ; titles repeat after no fewer than `count`."""
    return [
        Entry(
            f"How do you look after {SUBJECTS[n % len(SUBJECTS)]} in case {n}?",
            "Employers ask this question to see whether you have done it. "
            f"In your answer, name the tool you used in case {n}.",
            f'I begin with case {n}. My lead said "wait", and "In your answer" was on a card.',
        )
        for n in range(1, count + 1)
    ]


def guide(given: Sequence[Entry]) -> str:
    """The whole guide: its furniture, the list of questions, then each with its answer."""
    listed = "\n".join(entry.title for entry in given)
    return f"{HEAD}{listed}\n-\n" + "\n".join(entry.text() for entry in given) + "\n"
