"""The database behind two doors: `await write(fn)` and `await read(fn)`.

Each hands an open transaction to a synchronous function in another thread, so nobody can hold a
transaction across a call to Slack: the code cannot say it.

SQLite has one writer thread. It takes whatever is queued, runs each function in a savepoint and
commits once, so many small writes share one flush to disk; a function that fails rolls back alone.
PostgreSQL has a pool of connections, one thread each. Our transactions take their locks in one
order (see `bot.store.schedules.hold`); should two of them still wait for each other, PostgreSQL
breaks one off, and that one is run again.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Connection as Connection,  # services name the type, and only the store may import it
)
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

T = TypeVar("T")

SQLITE_READERS = 4
POSTGRESQL_CONNECTIONS = 16
MOST_WRITES_PER_COMMIT = 64
MOST_ATTEMPTS = 5
BUSY_TIMEOUT_MS = 2_000
"""How long SQLite waits for another process's lock: less than the 3 s that Slack waits for a reply,
so that a locked database ends in a clean "send it again" and not in a hang."""


DEADLOCK = "40P01"
"""PostgreSQL's code for it."""


class DatabaseUnusableError(Exception):
    """The database cannot be worked with; `str()` of it says why and what to do."""


class DatabaseInUseError(DatabaseUnusableError):
    """Another process already runs on this SQLite file."""


class Database:
    """The store's engine and threads. Make one, `close()` it at the end."""

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        if self.url.get_backend_name() == "sqlite":
            self._writer: _Writer = _SqliteWriter(_sqlite_engine(self.url, "BEGIN IMMEDIATE"))
            self._reading = _sqlite_engine(self.url, "BEGIN")
            self._readers = ThreadPoolExecutor(SQLITE_READERS, thread_name_prefix="prep-read")
        else:
            self._reading = create_engine(
                self.url,
                pool_size=POSTGRESQL_CONNECTIONS,
                max_overflow=0,
                connect_args={"connect_timeout": 5},
            )
            self._readers = ThreadPoolExecutor(
                POSTGRESQL_CONNECTIONS, thread_name_prefix="prep-database"
            )
            self._writer = _PooledWriter(self._reading, self._readers)

    @property
    def engine(self) -> Engine:
        """The engine that reads; migrations and checks of the schema use it."""
        return self._reading

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction and return its result once that is on disk.

        Whatever `work` raises is raised here, and nothing of it stays. It may be run again after a
        deadlock, so it must change nothing but the database.
        """
        return await asyncio.wrap_future(self._writer.submit(work))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one consistent view of the data. On SQLite it cannot write."""
        return await asyncio.wrap_future(self._readers.submit(_in_transaction, self._reading, work))

    async def is_answering(self) -> bool:
        """Tell whether the database answers a trivial question."""
        try:
            await self.read(lambda tx: tx.execute(text("SELECT 1")).scalar_one())
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        """Finish what is queued, then let go of every connection and thread."""
        self._writer.close()
        self._readers.shutdown(wait=True)
        self._reading.dispose()


def _in_transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as tx:
        return work(tx)


def _unlocked(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run `work` in a transaction, and again if it was the one broken off in a deadlock."""
    for _ in range(MOST_ATTEMPTS - 1):
        try:
            return _in_transaction(engine, work)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
    return _in_transaction(engine, work)


class _Writer:
    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


class _PooledWriter(_Writer):
    def __init__(self, engine: Engine, threads: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._threads = threads

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        return self._threads.submit(_unlocked, self._engine, work)

    def close(self) -> None:
        """The threads and the engine belong to the database, which closes them."""


@dataclass(frozen=True, slots=True)
class _Task:
    work: Callable[[Connection], Any]
    done: Future[Any]


class _SqliteWriter(_Writer):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="prep-write", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        if self._closed:
            raise RuntimeError("the database is closed")
        task = _Task(work, Future())
        self._tasks.put(task)
        return task.done

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._tasks.put(None)
            self._thread.join()
            self._engine.dispose()

    def _run(self) -> None:
        while (first := self._tasks.get()) is not None:
            batch, last = self._with_whatever_waits(first)
            self._commit(batch)
            if last:
                return

    def _with_whatever_waits(self, first: _Task) -> tuple[list[_Task], bool]:
        batch = [first]
        while len(batch) < MOST_WRITES_PER_COMMIT:
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                break
            if task is None:
                return batch, True
            batch.append(task)
        return batch, False

    def _commit(self, batch: list[_Task]) -> None:
        results: list[tuple[_Task, Any]] = []
        failures: list[tuple[_Task, BaseException]] = []
        try:
            with self._engine.begin() as tx:
                for task in batch:
                    # By hand, as SQLAlchemy's own savepoint costs as much as a small write.
                    tx.exec_driver_sql("SAVEPOINT one")
                    try:
                        results.append((task, task.work(tx)))
                    except Exception as error:  # noqa: BLE001 - handed to whoever asked
                        # If even this fails (a full disk ends the whole transaction), all fail.
                        tx.exec_driver_sql("ROLLBACK TO one")
                        failures.append((task, error))
                    tx.exec_driver_sql("RELEASE one")
        except Exception as error:  # noqa: BLE001 - nothing was committed; every caller is told
            failures += [(task, error) for task in batch if task not in [t for t, _ in failures]]
            results = []
        for task, result in results:
            _resolve(task.done, result)
        for task, failure in failures:
            _reject(task.done, failure)


def _resolve(done: Future[Any], result: Any) -> None:
    if done.set_running_or_notify_cancel():
        done.set_result(result)


def _reject(done: Future[Any], error: BaseException) -> None:
    if done.set_running_or_notify_cancel():
        done.set_exception(error)


def _sqlite_engine(url: URL, begin: str) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False})

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions: we do
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # what was acknowledged survives a power cut
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            f"query_only={'OFF' if 'IMMEDIATE' in begin else 'ON'}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda tx: tx.exec_driver_sql(begin))
    return engine


def must_exist(url: str | URL) -> None:
    """Return if there may be a database at `url`; a SQLite file is not made by looking for it.

    Raises DatabaseUnusableError if its file is missing.
    """
    url = make_url(url)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        raise DatabaseUnusableError(
            f"There is no database at {url.database} yet. `prep run` makes one, and so does "
            "`prep migrate`; if yours is elsewhere, set DATABASE_URL."
        )


@contextmanager
def only_process(url: str | URL) -> Iterator[None]:
    """Hold a SQLite file for this process alone; does nothing on PostgreSQL.

    Raises DatabaseInUseError if another process holds it, DatabaseUnusableError if there is no
    place for it. The hold ends with the process, however that ends: it is a lock of SQLite's own on
    a file beside the database.
    """
    url = make_url(url)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        yield
        return
    try:
        lock = sqlite3.connect(f"{url.database}.lock", timeout=0, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise DatabaseUnusableError(
            f"No file can be opened at {url.database} ({error}). Make its folder, or set "
            "DATABASE_URL to another place."
        ) from error
    try:
        _take(lock, str(url.database))
        yield
    finally:
        lock.close()


def _take(lock: sqlite3.Connection, file: str) -> None:
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        raise DatabaseInUseError(
            f"Another process already runs on {file}. Stop it first, or set DATABASE_URL to a "
            "PostgreSQL database, which several processes can share."
        ) from error
