"""Every rule a machine can check, in one table; and checking a bank against it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from content import files
from content.faults import Fault, FileFault
from content.parsing import Entry
from content.rules import code, form, whole_bank, wording

Rule = Callable[[Entry, date], Iterator[Fault]]
BankRule = Callable[[whole_bank.Files], Iterator[FileFault]]

RULES: tuple[Rule, ...] = (
    form.title_is_short,
    form.key_points_are_few,
    form.key_points_are_short,
    form.sample_answer_can_be_spoken,
    form.mistakes_are_few,
    form.follow_ups_make_a_ladder,
    form.references_are_few_and_secure,
    form.minutes_are_plausible,
    form.review_is_recent,
    form.parts_stand_in_order,
    wording.markup_is_plain,
    wording.there_is_no_html,
    wording.there_are_no_control_sequences,
    wording.sample_answer_speaks_as_i,
    wording.sample_answer_meets_its_key_points,
    code.code_names_its_language,
    code.python_compiles,
    code.output_follows_python,
)
"""The rules for one question. Levels, kinds, topics, slugs and pointers are checked by parsing."""

BANK_RULES: tuple[BankRule, ...] = (
    whole_bank.slugs_are_unique,
    whole_bank.questions_differ,
    whole_bank.answers_open_differently,
    whole_bank.answers_share_no_phrases,
)


@dataclass(frozen=True, slots=True)
class Report:
    """What linting found: the number of files read, and every fault by file and line."""

    files: int
    faults: tuple[FileFault, ...]

    def summary(self) -> str:
        """One line for the end of a listing."""
        read = _counted(self.files, "question file")
        if not self.faults:
            return f"{read}, no faults."
        broken = len({fault.path for fault in self.faults})
        return f"{read}, {_counted(len(self.faults), 'fault')} in {_counted(broken, 'file')}."


def lint(paths: Sequence[Path], today: date) -> Report:
    """Check every question file at these files and folders. Never raises on what is in them."""
    results = list(files.read_all(paths))
    entries = [(path, result) for path, result in results if isinstance(result, Entry)]
    faults = [fault for _, result in results if not isinstance(result, Entry) for fault in result]
    for path, entry in entries:
        faults.extend(FileFault(path, fault) for fault in check(entry, today))
    for rule in BANK_RULES:
        faults.extend(rule(entries))
    return Report(len(results), tuple(sorted(faults)))


def check(entry: Entry, today: date) -> tuple[Fault, ...]:
    """What the rules for one question have to say, in the order of the lines."""
    return tuple(sorted(fault for rule in RULES for fault in rule(entry, today)))


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
