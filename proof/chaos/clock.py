"""One moment that every process reads, and for each replica how wrong its own clock is.

It lies in a small file that all of them map into memory, so that moving it is one write of eight
bytes and reading it costs nothing.
"""

import mmap
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox.clock import MovableClock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOST_REPLICAS = 15
_CELL = struct.Struct("=q")


class SharedClock(MovableClock):
    """The true time: the sandbox's, and in a file that the replicas read."""

    def __init__(self, start: datetime, file: Path) -> None:
        file.write_bytes(bytes(_CELL.size * (1 + MOST_REPLICAS)))
        self.file = file
        self._cells = _mapped(file)
        super().__init__(start)

    def put_wrong(self, replica: int, by: timedelta) -> None:
        """Set the clock of one replica wrong (or right, by nothing)."""
        _CELL.pack_into(self._cells, _place(replica), by // MICROSECOND)

    def _set_to(self, moment: datetime) -> None:
        super()._set_to(moment)
        _CELL.pack_into(self._cells, 0, (moment - EPOCH) // MICROSECOND)

    def close(self) -> None:
        """Let go of the file."""
        self._cells.close()


@dataclass(frozen=True)
class ReplicaClock:
    """The clock of one process: the shared moment, and this replica's own error."""

    cells: mmap.mmap
    replica: int

    @classmethod
    def at(cls, file: Path, replica: int) -> "ReplicaClock":
        """Read the clock that lies in `file`."""
        return cls(_mapped(file), replica)

    def now(self) -> datetime:
        """Return what this replica takes for the present, in UTC."""
        return self.true() + timedelta(microseconds=self._cell(_place(self.replica)))

    def true(self) -> datetime:
        """Return the true present, in UTC."""
        return EPOCH + timedelta(microseconds=self._cell(0))

    def _cell(self, place: int) -> int:
        return int(_CELL.unpack_from(self.cells, place)[0])


def _place(replica: int) -> int:
    return _CELL.size * (1 + replica)


def _mapped(file: Path) -> mmap.mmap:
    with file.open("r+b") as opened:
        return mmap.mmap(opened.fileno(), 0)
