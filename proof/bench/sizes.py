"""How much is measured: by default, with `--quick`, and in the tests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """`runs` of each side in turn; the others say how much one run does."""

    runs: int
    irrelevant: int
    replies: int
    reply_members: int
    reply_past: int
    open_loop_s: float


DEFAULT = Sizes(
    runs=5, irrelevant=12_000, replies=6_000, reply_members=400, reply_past=20, open_loop_s=5.0
)
QUICK = Sizes(
    runs=3, irrelevant=4_000, replies=2_000, reply_members=150, reply_past=10, open_loop_s=2.0
)
TINY = Sizes(runs=1, irrelevant=60, replies=60, reply_members=6, reply_past=3, open_loop_s=0.1)
