"""The table of rows: name → what measures it. One may find more than its own line."""

from collections.abc import Awaitable, Callable
from functools import partial

from proof.bench import bars, boards, clockwork, growth, messages, posting, writes
from proof.bench.bench import POSTGRESQL, SQLITE, Bench
from proof.bench.findings import Finding

ROWS: dict[str, Callable[[Bench], Awaitable[Finding | list[Finding]]]] = {
    "irrelevant_message": messages.irrelevant_message,
    "thread_reply_sqlite": partial(messages.thread_reply, kind=SQLITE),
    "thread_reply_postgresql": partial(messages.thread_reply, kind=POSTGRESQL),
    "posting": partial(posting.posting, kind=SQLITE),
    "posting_postgresql": partial(posting.posting, kind=POSTGRESQL),
    "due_minute": partial(clockwork.due_minute, kind=SQLITE),
    "due_minute_postgresql": partial(clockwork.due_minute, kind=POSTGRESQL),
    "startup": partial(clockwork.startup, kind=SQLITE),
    "idle_tick_growth": partial(clockwork.idle_tick, kind=SQLITE),
    "idle_tick_growth_postgresql": partial(clockwork.idle_tick, kind=POSTGRESQL),
    "board_growth": partial(boards.board, kind=SQLITE),
    "board_growth_postgresql": partial(boards.board, kind=POSTGRESQL),
    "p2": bars.at_slack_pace,
    "p5": bars.open_loop_latency,
    "p6": bars.all_routes,
    "p7": writes.writes,
    "p10": bars.who_we_are,
    "growth": partial(growth.growth, kind=SQLITE),
    "growth_postgresql": partial(growth.growth, kind=POSTGRESQL),
    "memory_per_100k_schedules_mb": clockwork.memory,
}
