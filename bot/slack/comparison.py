"""A comparison of two texts, for eyes and ears: every change is named in words and set in style."""

from bot.domain.differences import Change, Comparison
from bot.slack.blocks import Json, context, plain

_STYLES = {Change.ADDED: {"bold": True}, Change.REMOVED: {"strike": True}}
_WORDS = {Change.ADDED: "added", Change.REMOVED: "removed"}
CUT = "There are more changes than are shown here. Edit shows the whole text."


def comparison(compared: Comparison) -> list[Json]:
    """Show what was added (bold) and what was removed (struck out), each between brackets."""
    runs = [_run(piece.change, plain(piece.text)) for piece in compared.pieces]
    body = {"type": "rich_text_section", "elements": runs or [_run(Change.SAME, " ")]}
    shown: list[Json] = [{"type": "rich_text", "elements": [body]}]
    return [*shown, context(CUT)] if compared.is_cut else shown


def _run(change: Change, text: str) -> Json:
    if change is Change.SAME:
        return {"type": "text", "text": text or " "}
    marked = f" [{_WORDS[change]}: {text.strip() or 'blank space'}] "
    return {"type": "text", "text": marked, "style": _STYLES[change]}
