"""What the help says: the commands there are, and the nearest one to a word nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

LONGEST_WORD = 40
"""Characters of an unknown word that are compared; no command is nearly as long."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One command: `usage` is everything that is typed after `/prep`; `purpose` what it does.

    `also` are other words that it is found by.
    """

    usage: str
    purpose: str
    also: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The word that the command is found by."""
        return self.usage.partition(" ")[0]


def nearest(word: str, commands: Sequence[HelpLine]) -> HelpLine | None:
    """Return the command a person most likely meant; None if no command is near."""
    by_word = {word: command for command in commands for word in (command.word, *command.also)}
    found = get_close_matches(word[:LONGEST_WORD].lower(), by_word, n=1)
    return by_word[found[0]] if found else None
