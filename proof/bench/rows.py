"""The table of rows: name → what measures it."""

from collections.abc import Awaitable, Callable
from functools import partial

from proof.bench import messages
from proof.bench.bench import POSTGRESQL, SQLITE, Bench
from proof.bench.findings import Finding

ROWS: dict[str, Callable[[Bench], Awaitable[Finding]]] = {
    "irrelevant_message": messages.irrelevant_message,
    "thread_reply_sqlite": partial(messages.thread_reply, kind=SQLITE),
    "thread_reply_postgresql": partial(messages.thread_reply, kind=POSTGRESQL),
}
