"""The fields of a sample answer in a form: there are three, as each holds 3,000 characters."""

from collections.abc import Iterable, Mapping

from bot.domain.proposals import Fault, Part
from bot.slack.blocks import Json, plain, text_input

_LABELS = ("Sample answer", "Sample answer, continued", "Sample answer, end")
KEPT = "Prep keeps what you write here, and shows it to others with your name once it is accepted."
_HINTS = (
    "Markdown: *emphasis*, `code`, lists, and code between lines of ```.",
    "For long answers. A blank line is put between the fields.",
    KEPT,
)


def answer_fields(parts: tuple[str, ...]) -> list[Json]:
    """Show a sample answer, spread over its fields."""
    return [
        long_field(block_of(Part.ANSWER, place), _LABELS[place], text, _HINTS[place])
        | {"optional": place > 0}
        for place, text in enumerate(parts)
    ]


def long_field(block_id: str, label: str, text: str, hint: str = "") -> Json:
    """A field of several lines."""
    element: Json = {"type": "plain_text_input", "multiline": True}
    return text_input(block_id, label, element | _initial(text), hint=hint)


def short_field(block_id: str, label: str, text: str, hint: str = "") -> Json:
    """A field of one line."""
    return text_input(block_id, label, {"type": "plain_text_input"} | _initial(text), hint=hint)


def _initial(text: str) -> Json:
    shown = plain(text)
    return {"initial_value": shown} if shown else {}


def block_of(part: Part, place: int = 0) -> str:
    """Name the block of a field."""
    return f"{part.value}_{place}" if part is Part.ANSWER else part.value


def errors_of(faults: Iterable[Fault]) -> Mapping[str, str]:
    """Say at each field what is wrong there, the first fault of each."""
    said: dict[str, str] = {}
    for fault in faults:
        said.setdefault(block_of(fault.part, fault.field), fault.sentence)
    return said
