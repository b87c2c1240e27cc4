"""The rules of `rich_text`: sections, lists, quotes and code, and the pieces inside them."""

from collections.abc import Mapping

from sandbox.block_rules.checks import (
    Check,
    Record,
    boolean,
    choice,
    integer,
    listing,
    or_null,
    shaped,
    string,
    tagged,
    url,
)

_TEXT_STYLE = Record(
    optional=dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean)
)
_MENTION_STYLE = Record(
    optional={
        **_TEXT_STYLE.optional,
        **dict.fromkeys(("highlight", "client_highlight", "unlink"), boolean),
    }
)


def _piece(kind: str, style: Check, required: Mapping[str, Check], **optional: Check) -> Record:
    return Record({"type": choice(kind), **required}, {"style": style, **optional})


PIECES: Mapping[str, Check] = {
    "text": _piece("text", _TEXT_STYLE, {"text": string()}),
    "link": _piece("link", _TEXT_STYLE, {"url": url()}, text=string(), unsafe=boolean),
    "user": _piece("user", _MENTION_STYLE, {"user_id": string()}),
    "usergroup": _piece("usergroup", _MENTION_STYLE, {"usergroup_id": string()}),
    "channel": _piece("channel", _MENTION_STYLE, {"channel_id": string()}),
    "team": _piece("team", _MENTION_STYLE, {"team_id": string()}),
    "broadcast": _piece(
        "broadcast", _MENTION_STYLE, {"range": choice("here", "channel", "everyone")}
    ),
    "emoji": _piece(
        "emoji",
        _TEXT_STYLE,
        {"name": string()},
        unicode=string(),
        skin_tone=integer(1, 6),
        url=url(),
    ),
    "date": _piece(
        "date",
        _TEXT_STYLE,
        {"timestamp": integer(0), "format": string()},
        url=or_null(url()),
        fallback=or_null(string()),
    ),
    "color": _piece(
        "color", _TEXT_STYLE, {"value": shaped(r"#[0-9A-Fa-f]{6}", "a colour such as #1D9BD1")}
    ),
}

_ANY_PIECE = tagged(PIECES, what="rich text element")
_CODE_PIECE = tagged(PIECES, ("text", "link"), what="rich text element")
_BORDER = choice(0, 1)

_SECTION = Record({"type": choice("rich_text_section"), "elements": listing(_ANY_PIECE)})
_ITEM = tagged({"rich_text_section": _SECTION}, what="list item")

PARTS: Mapping[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_list": Record(
        {
            "type": choice("rich_text_list"),
            "style": choice("bullet", "ordered"),
            "elements": listing(_ITEM),
        },
        {"indent": integer(0, 8), "offset": integer(0), "border": _BORDER},
    ),
    "rich_text_quote": Record(
        {"type": choice("rich_text_quote"), "elements": listing(_ANY_PIECE)},
        {"border": _BORDER},
    ),
    "rich_text_preformatted": Record(
        {"type": choice("rich_text_preformatted"), "elements": listing(_CODE_PIECE)},
        {"border": _BORDER, "language": string()},
    ),
}

RICH_TEXT_PARTS = listing(tagged(PARTS, what="rich text element"))
