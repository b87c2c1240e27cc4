"""What views build: messages, modals and Homes, made of blocks that Slack accepts.

Two kinds of text never mix. A `str` is plain: whoever wrote it, it can mention nobody and link
nowhere. A `Markup` is Slack's mrkdwn, and only the functions here make one, out of templates that
stand in our own source; a test reads every call. So nobody has to remember to escape anything.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.domain.ids import ChannelId, MemberId

Json = dict[str, Any]

SECTION_LIMIT = 3000
HEADER_LIMIT = 150
BUTTON_LIMIT = 75
MODAL_TITLE_LIMIT = 24
TEXT_LIMIT = 3000
"""Longest fallback text. Slack takes more, but may split what is over 4,000 characters."""

_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ufffe\uffff]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Markup:
    """Slack's mrkdwn, safe to show. Make it with `mrkdwn`, `mention`, `link` and the like."""

    source: str

    def __add__(self, other: "Text") -> "Markup":
        return Markup(self.source + as_markup(other).source)


Text = str | Markup


def plain(text: str) -> str:
    """Take out characters that Slack cannot show; everything a person can read stays."""
    return _UNREADABLE.sub("", text)


def as_markup(text: Text) -> Markup:
    """Turn plain text into markup that shows just that text; markup stays as it is."""
    if isinstance(text, Markup):
        return text
    escaped = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markup(escaped)


def mrkdwn(template: str, **values: Text | int) -> Markup:
    """Fill a template of ours: its own characters are mrkdwn, what is filled in is not.

    Values that are already `Markup` stay markup. Raises KeyError for a missing value.
    """
    parts: list[str] = []
    for literal, name, _spec, _conversion in Formatter().parse(template):
        parts.append(literal)
        if name is not None:
            value = values[name]
            parts.append(as_markup(str(value) if isinstance(value, int) else value).source)
    return Markup("".join(parts))


def lines(*texts: Text) -> Markup:
    """Put texts on lines of their own."""
    return Markup("\n".join(as_markup(text).source for text in texts))


def mention(member_id: MemberId) -> Markup:
    """Name a member, so that Slack shows and notifies them."""
    return _named("@", member_id)


def channel(channel_id: ChannelId) -> Markup:
    """Name a channel, as a link."""
    return _named("#", channel_id)


def _named(sign: str, identifier: str) -> Markup:
    # What cannot be an identifier is shown as it is: cut into shape it might be somebody else's.
    if re.fullmatch(r"[A-Za-z0-9]+", identifier) is None:
        return as_markup(identifier)
    return Markup(f"<{sign}{identifier}>")


def link(url: str, label: str) -> Markup:
    """Link a label to an address of the web; any other "address" shows as the label alone."""
    if not url.startswith(("https://", "http://")):
        return as_markup(label)
    address = url.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")
    return Markup(f"<{address}|{as_markup(label).source.replace('|', '¦')}>")


def local_moment(at: datetime, fallback: str) -> Markup:
    """Show a moment in each reader's own time zone; `fallback` where Slack cannot."""
    words = as_markup(fallback).source.replace("|", "¦")
    return Markup(f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{words}>")


def clip(text: str, limit: int) -> str:
    """Shorten plain text to `limit` characters, at a word where that is near, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit * 2 // 3 else cut).rstrip() + "…"


def clip_markup(text: Markup, limit: int) -> Markup:
    """Shorten markup to `limit` characters without cutting a mention, a link or an entity apart."""
    if len(text.source) <= limit:
        return text
    return Markup(text.source[: _safe_end(text.source, limit - 1)].rstrip() + "…")


def _safe_end(source: str, limit: int) -> int:
    """Find where to cut markup, at `limit` or before it, outside mentions, links and entities."""
    end = limit
    for opened, closed in (("<", ">"), ("&", ";")):
        start = source.rfind(opened, 0, end)
        if start > source.rfind(closed, 0, end):
            end = start
    return end


@dataclass(frozen=True, slots=True)
class Message:
    """A message: `text` is what notifications and screen readers read, so it stands by itself."""

    text: Text
    blocks: tuple[Json, ...] = ()

    def payload(self) -> Json:
        """Return the arguments of Slack's posting methods."""
        return {
            "text": clip_markup(as_markup(self.text), TEXT_LIMIT).source,
            "blocks": list(self.blocks),
        }


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal. `memo` travels with it and comes back when it is submitted (≤ 3,000 characters)."""

    callback_id: str
    title: str
    blocks: tuple[Json, ...]
    submit: str | None = None
    close: str = "Close"
    memo: str = ""

    def payload(self) -> Json:
        """Return the view for Slack's `views` methods."""
        view: Json = {
            "type": "modal",
            "callback_id": self.callback_id,
            "title": _plain_object(clip(self.title, MODAL_TITLE_LIMIT)),
            "close": _plain_object(self.close),
            "blocks": list(self.blocks),
            "private_metadata": self.memo,
        }
        return view | ({"submit": _plain_object(self.submit)} if self.submit else {})


@dataclass(frozen=True, slots=True)
class Home:
    """What the app's Home shows one member: at least one block, a hundred at most."""

    blocks: tuple[Json, ...]

    def payload(self) -> Json:
        """Return the view for `views.publish`."""
        return {"type": "home", "blocks": list(self.blocks)}


def header(text: str) -> Json:
    """A line in large letters."""
    return _rendered(HeaderBlock(text=clip(plain(text), HEADER_LIMIT)))


def section(text: Text, *, fields: Sequence[Text] = ()) -> Json:
    """A paragraph of at most 3,000 characters; longer text is clipped. `fields`: two columns."""
    return _rendered(
        SectionBlock(
            text=_markup_object(text),
            fields=[_markup_object(field) for field in fields] or None,
        )
    )


def sections(text: Text) -> list[Json]:
    """As many paragraphs as a long text needs, cut at line ends, and at words in a longer line."""
    chunks: list[str] = [""]
    for line in (p for whole in as_markup(text).source.split("\n") for p in _pieces(whole)):
        if len(chunks[-1]) + len(line) + 1 > SECTION_LIMIT and chunks[-1]:
            chunks.append("")
        chunks[-1] += ("\n" if chunks[-1] else "") + line
    return [section(Markup(chunk)) for chunk in chunks if chunk]


def _pieces(line: str) -> Iterator[str]:
    while len(line) > SECTION_LIMIT:
        end = _safe_end(line, SECTION_LIMIT) or SECTION_LIMIT
        space = line.rfind(" ", 0, end) + 1
        if space > end * 2 // 3 and _safe_end(line, space) == space:
            end = space
        yield line[:end]
        line = line[end:]
    yield line


def context(*texts: Text) -> Json:
    """A line in small letters."""
    return _rendered(ContextBlock(elements=[_markup_object(text) for text in texts]))


def divider() -> Json:
    """A thin line."""
    return _rendered(DividerBlock())


def button(label: str, action_id: str, value: str, *, primary: bool = False) -> ButtonElement:
    """A button; `value` comes back when it is pressed. Label in Title Case."""
    return ButtonElement(
        text=PlainTextObject(text=clip(label, BUTTON_LIMIT)),
        action_id=action_id,
        value=value,
        style="primary" if primary else None,
    )


def actions(*buttons: ButtonElement) -> Json:
    """A row of buttons."""
    return _rendered(ActionsBlock(elements=list(buttons)))


def text_input(block_id: str, label: str, element: Json, *, hint: str = "") -> Json:
    """A labelled field of a form. `element` is the input; its action carries the block's name."""
    block: Json = {
        "type": "input",
        "block_id": block_id,
        "label": _plain_object(label),
        "element": element | {"action_id": block_id},
    }
    return block | ({"hint": _plain_object(hint)} if hint else {})


def option(label: str, value: str) -> Json:
    """One choice of a select, of check boxes or of radio buttons."""
    return {"text": _plain_object(clip(label, BUTTON_LIMIT)), "value": value}


def _plain_object(text: str) -> Json:
    return {"type": "plain_text", "text": plain(text)}


def _markup_object(text: Text) -> MarkdownTextObject:
    # `verbatim`: Slack must not make links and mentions of plain words either.
    shown = clip_markup(as_markup(text), SECTION_LIMIT).source
    return MarkdownTextObject(text=shown, verbatim=True)


def _rendered(block: Block) -> Json:
    # The models check Slack's limits as they are rendered, so a fault shows where it is made.
    return dict(block.to_dict())
