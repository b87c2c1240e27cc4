"""What is wrong with a question file, where, and how to mend it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in one file.

    `line` counts from 1. `what` is a statement without a full stop; `mend` is an instruction, also
    without one. Both are written for the author of the file, not for a programmer.
    """

    line: int
    what: str
    mend: str


@dataclass(frozen=True, slots=True, order=True)
class FileFault:
    """A fault and the file it was found in. As text: `file:line: what; mend`."""

    path: Path
    fault: Fault

    def __str__(self) -> str:
        return f"{self.path}:{self.fault.line}: {self.fault.what}; {self.fault.mend}"
