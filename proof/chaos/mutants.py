"""Parts taken out of the running app, from outside: each must make the harness see harm."""

from collections.abc import Callable

MUTANTS: dict[str, Callable[[], None]] = {}


def take_out(name: str) -> None:
    """Take a part out of the app in this process. Raises KeyError for a name not known."""
    MUTANTS[name]()
