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

MUST: frozenset[Rule] = frozenset(
    (
        form.title_is_short,
        form.references_are_few_and_secure,
        form.minutes_are_plausible,
        wording.markup_is_plain,
        wording.there_is_no_html,
        wording.there_are_no_control_sequences,
    )
)
"""The rules for a team's own question: what would show badly, or do harm. The rest is advice."""

BANK_RULES: tuple[BankRule, ...] = (
    whole_bank.slugs_are_unique,
    whole_bank.questions_differ,
    whole_bank.answers_open_differently,
    whole_bank.answers_share_no_phrases,
)


BANK_MUST: frozenset[BankRule] = frozenset((whole_bank.slugs_are_unique,))
"""The same among the rules for a bank."""


@dataclass(frozen=True, slots=True)
class Report:
    """What linting found: the number of files read, and every fault by file and line.

    `drafts` is what a team's own questions lack to be as good as those that come with the app.
    """

    files: int
    faults: tuple[FileFault, ...]
    drafts: tuple[FileFault, ...] = ()

    def summary(self) -> str:
        """One line for the end of a listing."""
        said = _counted(self.files, "question file")
        said += f", {_counted(len(self.faults), 'fault')}" if self.faults else ", no faults"
        if self.faults:
            said += f" in {_counted(_files(self.faults), 'file')}"
        if self.drafts:
            said += f", {_counted(_files(self.drafts), 'draft')}"
        return f"{said}."


def lint(paths: Sequence[Path], today: date, *, strict: bool = False) -> Report:
    """Check every question file at these files and folders. Never raises on what is in them.

    A file outside the shipped folder is a team's own: it may be a draft, unless `strict`. A team's
    file takes the place of a shipped one with its slug, so the shipped one is not compared then.
    """
    results = list(files.read_all(paths))
    faults = [fault for _, result in results if not isinstance(result, Entry) for fault in result]
    drafts: list[FileFault] = []
    entries = [(path, result) for path, result in results if isinstance(result, Entry)]
    for path, entry in entries:
        for rule in RULES:
            is_fault = strict or rule in MUST or files.is_shipped(path)
            found = (FileFault(path, fault) for fault in rule(entry, today))
            (faults if is_fault else drafts).extend(found)
        (faults if strict else drafts).extend(FileFault(path, gap) for gap in entry.gaps)
    for bank_rule in BANK_RULES:
        for fault in bank_rule(_not_overridden(entries)):
            is_fault = strict or bank_rule in BANK_MUST or files.is_shipped(fault.path)
            (faults if is_fault else drafts).append(fault)
    return Report(len(results), tuple(sorted(faults)), tuple(sorted(drafts)))


def check(entry: Entry, today: date) -> tuple[Fault, ...]:
    """What the rules for one question have to say, in the order of the lines."""
    return tuple(sorted(fault for rule in RULES for fault in rule(entry, today)))


def must_mend(entry: Entry, today: date) -> tuple[Fault, ...]:
    """What even a team's draft may not do, in the order of the lines."""
    return tuple(sorted(fault for rule in MUST for fault in rule(entry, today)))


def _not_overridden(entries: Sequence[tuple[Path, Entry]]) -> list[tuple[Path, Entry]]:
    theirs = {entry.question.slug for path, entry in entries if not files.is_shipped(path)}
    return [
        (path, entry)
        for path, entry in entries
        if not files.is_shipped(path) or entry.question.slug not in theirs
    ]


def _files(faults: Sequence[FileFault]) -> int:
    return len({fault.path for fault in faults})


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
