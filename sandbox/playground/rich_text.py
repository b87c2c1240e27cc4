"""Slack's rich text as HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup, escape

from sandbox.playground import moments
from sandbox.playground.markup import Eyes, emoji_span, link, mention
from sandbox.workspace import JSON

_STYLES = (
    ("code", Markup("<code>{}</code>")),
    ("strike", Markup("<s>{}</s>")),
    ("italic", Markup("<em>{}</em>")),
    ("bold", Markup("<strong>{}</strong>")),
)
_COLOR = Markup("<code>{}</code>")


def rich_text(block: JSON, eyes: Eyes) -> Markup:
    """A ``rich_text`` block. Raises KeyError for a part or piece that Slack does not have."""
    shown = (_PARTS[part["type"]](part, eyes) for part in block["elements"])
    return Markup("").join(shown)


def inline(pieces: Sequence[JSON], eyes: Eyes) -> Markup:
    """Pieces one after the other, each in its style."""
    return Markup("").join(_styled(piece, eyes) for piece in pieces)


def _styled(piece: JSON, eyes: Eyes) -> Markup:
    shown = _PIECES[piece["type"]](piece, eyes)
    for name, frame in _STYLES:
        if (piece.get("style") or {}).get(name):
            shown = frame.format(shown)
    return shown


def _section(part: JSON, eyes: Eyes) -> Markup:
    return Markup('<div class="text">{}</div>').format(inline(part["elements"], eyes))


def _quote(part: JSON, eyes: Eyes) -> Markup:
    return Markup("<blockquote>{}</blockquote>").format(inline(part["elements"], eyes))


def _preformatted(part: JSON, eyes: Eyes) -> Markup:
    frame = Markup('<pre class="code" tabindex="0"><code>{}</code></pre>')
    return frame.format(inline(part["elements"], eyes))


def _list(part: JSON, eyes: Eyes) -> Markup:
    items = Markup("").join(
        Markup("<li>{}</li>").format(inline(item["elements"], eyes)) for item in part["elements"]
    )
    depth = min(int(part.get("indent", 0)), 8)
    if part["style"] == "ordered":
        first = int(part.get("offset", 0)) + 1
        return Markup('<ol class="indent-{}" start="{}">{}</ol>').format(depth, first, items)
    return Markup('<ul class="indent-{}">{}</ul>').format(depth, items)


def _date(piece: JSON, eyes: Eyes) -> Markup:
    shown = moments.formatted(int(piece["timestamp"]), piece["format"], eyes.zone, eyes.now)
    return Markup("<time>{}</time>").format(shown)


_PARTS: Mapping[str, Callable[[JSON, Eyes], Markup]] = {
    "rich_text_section": _section,
    "rich_text_quote": _quote,
    "rich_text_preformatted": _preformatted,
    "rich_text_list": _list,
}
_PIECES: Mapping[str, Callable[[JSON, Eyes], Markup]] = {
    "text": lambda piece, _eyes: escape(piece["text"]),
    "link": lambda piece, _eyes: link(piece["url"], piece.get("text", "")),
    "user": lambda piece, eyes: mention(
        "@", eyes.named(piece["user_id"]), mine=piece["user_id"] == eyes.viewer_id
    ),
    "usergroup": lambda piece, eyes: mention("@", eyes.named(piece["usergroup_id"])),
    "team": lambda piece, eyes: mention("@", eyes.named(piece["team_id"])),
    "channel": lambda piece, eyes: mention("#", eyes.named(piece["channel_id"])),
    "broadcast": lambda piece, _eyes: mention("@", piece["range"], mine=True),
    "emoji": lambda piece, _eyes: emoji_span(piece["name"]),
    "date": _date,
    "color": lambda piece, _eyes: _COLOR.format(piece["value"]),
}
