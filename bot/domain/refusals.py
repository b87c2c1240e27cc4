"""The "no" a person may be told. Each carries the sentence they read, with what to do about it.

A refusal is not a fault of ours: the guard shows its sentence and logs nothing but its name.
"""


class Refusal(Exception):  # noqa: N818 - it is an answer to a person, not an error
    """Something a person asked for cannot be done; its `str()`, plain text, is what they read."""
