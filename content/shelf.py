"""The bank as it is now: folders of question files, read again when somebody changes one."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Event, Lock

from content import files
from content.bank import Bank, OnFile, gathered, on_file
from content.faults import FileFault

LOOKED_AT = 500
"""How many files are looked at each time: a bank of any size is looked through without haste."""

_Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Read:
    """A file as it was read last, and what the operating system said of it just before."""

    stamp: _Stamp | None
    file: OnFile


class Shelf:
    """A bank that follows its folders.

    Later folders lie over earlier ones. Nothing is read before the first `refresh`. Any thread may
    call anything: `bank` is replaced as a whole.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.bank = Bank.of(())
        self.faults: tuple[FileFault, ...] = ()
        self._folders: dict[Path, dict[Path, _Read]] = {folder: {} for folder in folders}
        self._reading = Lock()
        self._stopped = Event()
        self._walk: Iterator[Path] | None = None
        self._has_read_all = False

    @classmethod
    def holding(cls, bank: Bank) -> "Shelf":
        """A shelf without folders, whose bank never changes."""
        shelf = cls(())
        shelf.bank = bank
        return shelf

    def refresh(self) -> tuple[FileFault, ...]:
        """Read what has changed since the last time; return the faults that are new. Never raises.

        Blocking: it looks at each file and reads those whose size or times are not as before. The
        first time it looks at all of them; later on at `LOOKED_AT`, and at the next ones the next
        time. A file that has become unreadable, or a folder that has gone, keeps the questions that
        were read last. While another thread refreshes, and after `stop`, nothing is done.
        """
        if not self._reading.acquire(blocking=False):
            return ()
        try:
            return self._read_again()
        finally:
            self._reading.release()

    def stop(self) -> None:
        """Read no more: a refresh in another thread ends at its next file, and changes nothing."""
        self._stopped.set()

    def _read_again(self) -> tuple[FileFault, ...]:
        before = set(self.faults)
        # Whatever fails, the next time begins anew.
        walk, self._walk = self._walk or self._through_all(), None
        most = LOOKED_AT if self._has_read_all else None
        looked_at = 0
        for _ in islice(walk, most):
            if self._stopped.is_set():
                return ()
            looked_at += 1
        if looked_at == most:
            self._walk = walk
        return tuple(fault for fault in self.faults if fault not in before)

    def _through_all(self) -> Iterator[Path]:
        """Go through all folders once, and stop at each file."""
        for folder, last in self._folders.items():
            now: dict[Path, _Read] = {}
            for path, read in _read_folder(folder, last):
                now[path] = read
                yield path
            if now == last:
                continue
            self._folders[folder] = now
            # At once for each folder: the first one can be asked from while the next one is read.
            every = self._folders.values()
            loaded = gathered([read.file for read in kept.values()] for kept in every)
            self.bank, self.faults = loaded.bank, loaded.faults
        self._has_read_all = True


def _read_folder(folder: Path, last: dict[Path, _Read]) -> Iterator[tuple[Path, _Read]]:
    if not folder.is_dir():
        gone = FileFault(folder, files.NO_SUCH_FOLDER)
        yield from ((path, read) for path, read in last.items() if path != folder)
        yield folder, _Read(None, OnFile(folder, None, (gone,)))
        return
    for path in files.found_in(folder):
        yield path, _read_file(path, last.get(path))


def _read_file(path: Path, last: _Read | None) -> _Read:
    stamp = _stamp(path)
    if last is not None and stamp == last.stamp:
        return last
    # The stamp is older than what is read: a change in between is seen the next time.
    now = on_file(path, files.read(path))
    if now.question is None and last is not None:
        now = OnFile(path, last.file.question, now.faults)
    return _Read(stamp, now)


def _stamp(path: Path) -> _Stamp | None:
    try:
        stat = os.stat(path)  # noqa: PTH116 - a third of the time of Path.stat, for every file
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino
