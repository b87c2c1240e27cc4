"""What is sent to a database, seen while it happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement as it is sent, and its values; of many rows of values the first."""

    statement: str
    values: Any


@contextmanager
def watched(engine: Engine) -> Iterator[list[Sent]]:
    """Collect what is sent meanwhile; one statement with many rows of values is one."""
    sent: list[Sent] = []

    def note(_tx: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        sent.append(Sent(statement, values[0] if isinstance(values, list) else values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
