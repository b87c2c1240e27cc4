"""As many blocks as Slack takes, and a line that says so where the rest had to go."""

import json
from collections.abc import Sequence

from bot.slack.blocks import Json, context

MODAL_BLOCKS = 100
MODAL_BYTES = 240_000
"""Slack takes a view of 250 KB; what is left holds its title, its memo and the line below."""
MESSAGE_BLOCKS = 50
MESSAGE_BYTES = 40_000
"""Slack names no limit for blocks; this is the one it names for the text of a message."""

CUT = "There is more, but it is longer than Slack can show in one place."


def fitted(blocks: Sequence[Json], most_blocks: int, most_bytes: int) -> tuple[Json, ...]:
    """Return the blocks from the first on that fit, and a last one saying so if some do not.

    Sizes are those of JSON in plain ASCII, the longest form in which blocks may travel.
    """
    kept: list[Json] = []
    size = 0
    for block in blocks:
        size += len(json.dumps(block)) + len(", ")
        if size > most_bytes or len(kept) == most_blocks:
            return (*kept[: most_blocks - 1], context(CUT))
        kept.append(block)
    return tuple(kept)
