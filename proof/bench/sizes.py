"""How much is measured: by default, with `--quick`, and in the tests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """`runs` of each side in turn; the others say how much one run does.

    `rest_s`: how long the app rests before its memory is looked at. The clockwork rings every five
    seconds. `postgresql_scheduler_runs`: there APScheduler takes minutes to be ready.
    """

    name: str
    runs: int
    irrelevant: int
    replies: int
    reply_members: int
    reply_past: int
    open_loop_s: float
    posts: int
    schedules: int
    due: int
    few_schedules: int
    scheduler_runs: int
    postgresql_scheduler_runs: int
    turns: int
    rest_s: float
    board_members: int
    board_channels: int
    board_looks: int
    grown: int
    deeds: int
    writes: int
    mixed_s: float


DEFAULT = Sizes(
    name="default",
    runs=4,
    irrelevant=12_000,
    replies=6_000,
    reply_members=400,
    reply_past=20,
    open_loop_s=5.0,
    posts=2_000,
    schedules=100_000,
    due=10_000,
    few_schedules=1_000,
    scheduler_runs=3,
    postgresql_scheduler_runs=1,
    turns=150,
    rest_s=6.0,
    board_members=1_040_000,
    board_channels=10_000,
    board_looks=200,
    grown=100_000,
    deeds=60,
    writes=5_000,
    mixed_s=60.0,
)
QUICK = Sizes(
    name="quick",
    runs=2,
    irrelevant=3_000,
    replies=1_000,
    reply_members=150,
    reply_past=10,
    open_loop_s=2.0,
    posts=300,
    schedules=5_000,
    due=500,
    few_schedules=500,
    scheduler_runs=1,
    postgresql_scheduler_runs=1,
    turns=30,
    rest_s=6.0,
    board_members=52_000,
    board_channels=500,
    board_looks=100,
    grown=20_000,
    deeds=10,
    writes=500,
    mixed_s=10.0,
)
TINY = Sizes(
    name="tiny",
    runs=1,
    irrelevant=60,
    replies=60,
    reply_members=6,
    reply_past=3,
    open_loop_s=0.1,
    posts=10,
    schedules=40,
    due=10,
    few_schedules=10,
    scheduler_runs=1,
    postgresql_scheduler_runs=1,
    turns=3,
    rest_s=0.0,
    board_members=200,
    board_channels=5,
    board_looks=5,
    grown=200,
    deeds=2,
    writes=40,
    mixed_s=0.2,
)
