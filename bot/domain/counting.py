"""How far members are counted.

Beyond that nobody reads the number, and counting on would cost the more the larger a channel is.
"""

MOST_COUNTED = 1_000
"""Counts stop one past it: who gets more than this knows only that it is more."""


def said(count: int) -> str:
    """Say a count: "37", or "more than 1,000"."""
    return str(count) if count <= MOST_COUNTED else f"more than {MOST_COUNTED:,}"
