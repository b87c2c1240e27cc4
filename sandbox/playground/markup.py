"""Slack's mrkdwn and the `markdown` block as HTML.

markdown-it does the tokenising, the nesting and the escaping. What differs from Markdown is taught
to it as rules: single `*`, `_` and `~`, things in angle brackets, three entities, emoji names.
Whatever a rule does not know is text, and text is always escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import emoji
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markupsafe import Markup, escape

from sandbox.playground import moments

_TAGS = {"*": "strong", "_": "em", "~": "s"}
_ANGLED = re.compile(r"<([^<>\n]+)>")
_EMOJI = re.compile(r":([a-z0-9_+'’-]+)(?:::(skin-tone-[2-6]))?:")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_MEANT = {"amp": "&", "lt": "<", "gt": ">"}
_FENCED = re.compile(r"```\n?(.*?)```", re.DOTALL)
_QUOTE = re.compile(r"(?:&gt;|>) ?")
_BROADCASTS = frozenset({"here", "channel", "everyone"})
_QUOTED = Markup("<blockquote>{}</blockquote>")
_TEXT = Markup('<div class="text">{}</div>')
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
# The sandbox's own names for what the emoji library calls otherwise, or not at all.
_SLACK_NAMES = {
    "simple_smile": "🙂",
    "slightly_smiling_face": "🙂",
    "white_check_mark": "✅",
    "heavy_check_mark": "✔️",
    "thumbsup_all": "👍",
}


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks, and what they know: their id, their zone, the present, names by id."""

    viewer_id: str
    zone: tzinfo
    now: datetime
    names: Mapping[str, str]

    def named(self, identifier: str, label: str = "") -> str:
        """The name of a person, channel or group; without one its label, else its id."""
        return self.names.get(identifier) or label or identifier


def emoji_named(name: str) -> str | None:
    """The emoji that Slack calls so (without colons), or None."""
    if name in _SLACK_NAMES:
        return _SLACK_NAMES[name]
    for written in (f":{name}:", f":{name.replace('-', '_')}:"):
        drawn = emoji.emojize(written, language="alias")
        if drawn != written:
            return drawn
    return None


def mrkdwn(text: str, eyes: Eyes) -> Markup:
    """Slack's own markup as HTML: paragraphs keep their line breaks by CSS."""
    parts = []
    for index, part in enumerate(_FENCED.split(text)):
        if index % 2:
            parts.append(code_block(_unescaped(part)))
        elif part.strip("\n"):
            parts.append(_with_quotes(part.strip("\n") if index else part.rstrip("\n"), eyes))
    return Markup("").join(parts)


def plain(text: str, eyes: Eyes) -> Markup:
    """A ``plain_text``: emoji names and the three entities mean something, nothing else does."""
    return Markup(_PLAIN.renderInline(text, {"eyes": eyes}))  # noqa: S704 - the renderer escapes


def markdown(text: str, eyes: Eyes) -> Markup:
    """Standard Markdown as Slack's ``markdown`` block shows it: no HTML, images as links."""
    return Markup(_MARKDOWN.render(text, {"eyes": eyes}))  # noqa: S704 - the renderer escapes


def code_block(text: str) -> Markup:
    """A block of code, to be scrolled with the keyboard too."""
    return Markup('<pre class="code" tabindex="0"><code>{}</code></pre>').format(text)


def mention(sign: str, name: str, *, mine: bool = False) -> Markup:
    """A person, channel or group in running text."""
    kind = "mention mention-me" if mine else "mention"
    return Markup('<span class="{}">{}{}</span>').format(kind, sign, name)


def link(url: str, label: str = "") -> Markup:
    """A link that opens beside the page; only the text for an address that is not a web link."""
    shown = label or url.removeprefix("mailto:").removeprefix("tel:")
    if not _SAFE_LINK.match(url):
        return escape(shown)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
        url, shown
    )


def emoji_span(name: str) -> Markup:
    """An emoji with its name to be read; the name in colons where there is no such emoji."""
    drawn = emoji_named(name)
    if drawn is None:
        return escape(f":{name}:")
    return Markup('<span class="emoji" role="img" aria-label="{}" title=":{}:">{}</span>').format(
        name.replace("_", " "), name, drawn
    )


def _with_quotes(text: str, eyes: Eyes) -> Markup:
    parts: list[Markup] = []
    lines: list[str] = []
    quoted = False
    for line in [*text.split("\n"), None]:
        found = _QUOTE.match(line) if line is not None else None
        if lines and (line is None or bool(found) is not quoted):
            body = _inline("\n".join(lines), eyes)
            parts.append((_QUOTED if quoted else _TEXT).format(body))
            lines = []
        if line is not None:
            quoted = bool(found)
            lines.append(line[found.end() :] if found else line)
    return Markup("").join(parts)


def _inline(text: str, eyes: Eyes) -> Markup:
    return Markup(_MRKDWN.renderInline(text, {"eyes": eyes}))  # noqa: S704 - the renderer escapes


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda found: _MEANT[found[1]], text)


# --- rules ----------------------------------------------------------------------------------------


def _emphasis(state: StateInline, silent: bool) -> bool:
    start, mark = state.pos, state.src[state.pos]
    if mark not in _TAGS or (start and _wordish(state.src[start - 1])):
        return False
    end = _closing(state.src, start, state.posMax)
    if end is None:
        return False
    if not silent:
        most = state.posMax
        state.push("mark_open", _TAGS[mark], 1)
        state.pos, state.posMax = start + 1, end
        state.md.inline.tokenize(state)
        state.push("mark_close", _TAGS[mark], -1)
        state.posMax = most
    state.pos = end + 1
    return True


def _closing(source: str, start: int, most: int) -> int | None:
    """Where emphasis ends: the same mark on the same line, after a non-space, before no word."""
    mark = source[start]
    if start + 1 >= most or source[start + 1] in (" ", "\n", mark):
        return None
    at = start + 2
    while at < most and source[at] != "\n":
        if source[at] == "`":
            at = max(source.find("`", at + 1, most), at)
        elif source[at] == mark != source[at - 1] != " " and not _wordish(source[at + 1 : at + 2]):
            return at
        at += 1
    return None


def _wordish(character: str) -> bool:
    return character.isalnum()


def _matching(
    pattern: re.Pattern[str], render: Callable[[re.Match[str], Eyes], Markup | None]
) -> Callable[[StateInline, bool], bool]:
    def rule(state: StateInline, silent: bool) -> bool:
        found = pattern.match(state.src, state.pos, state.posMax)
        shown = render(found, state.env["eyes"]) if found else None
        if found is None or shown is None:
            return False
        if not silent:
            state.push("shown", "", 0).content = str(shown)
        state.pos = found.end()
        return True

    return rule


def _angled(found: re.Match[str], eyes: Eyes) -> Markup | None:
    target, _, label = found[1].partition("|")
    kind, rest = target[:1], target[1:]
    if kind == "@":
        return mention("@", eyes.named(rest, label), mine=rest == eyes.viewer_id)
    if kind == "#":
        return mention("#", eyes.named(rest, label))
    if kind == "!":
        return _special(rest, _unescaped(label), eyes)
    return link(_unescaped(target), _unescaped(label)) if _SAFE_LINK.match(target) else None


def _special(target: str, label: str, eyes: Eyes) -> Markup:
    if target in _BROADCASTS:
        return mention("@", target, mine=True)
    if target.startswith("date^"):
        _, stamp, *rest = target.split("^")
        if rest and stamp.isdecimal():
            shown = moments.formatted(int(stamp), rest[0], eyes.zone, eyes.now)
            return Markup('<time title="{}">{}</time>').format(label, shown)
    if target.startswith("subteam^"):
        return mention("@", label.removeprefix("@") or target.removeprefix("subteam^"))
    return escape(label or f"<!{target}>")


def _emoji(found: re.Match[str], _eyes: Eyes) -> Markup | None:
    return emoji_span(found[1]) if emoji_named(found[1]) else None


def _entity(found: re.Match[str], _eyes: Eyes) -> Markup:
    return escape(_MEANT[found[1]])


_RULES = {
    "emoji": _matching(_EMOJI, _emoji),
    "entity3": _matching(_ENTITY, _entity),
    "angled": _matching(_ANGLED, _angled),
    "emphasis1": _emphasis,
}


def _taught(engine: MarkdownIt, names: Sequence[str], enabled: Sequence[str] = ()) -> MarkdownIt:
    engine.enable(list(enabled))
    for name in names:
        engine.inline.ruler.after("text", name, _RULES[name])
    engine.add_render_rule("shown", _shown)
    if "backticks" in enabled:
        engine.add_render_rule("code_inline", _code)
    return engine


def _shown(_renderer: object, tokens: Sequence[object], index: int, *_: object) -> str:
    # Made by `Markup.format` above, so everything in it is escaped.
    return str(getattr(tokens[index], "content", ""))


def _code(_renderer: object, tokens: Sequence[object], index: int, *_: object) -> str:
    said = _unescaped(str(getattr(tokens[index], "content", "")))
    return str(Markup("<code>{}</code>").format(said))


_MRKDWN = _taught(MarkdownIt("zero"), ("emphasis1", "angled", "emoji", "entity3"), ("backticks",))
_PLAIN = _taught(MarkdownIt("zero"), ("emoji", "entity3"))
_MARKDOWN = _taught(
    MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"]),
    ("angled", "emoji"),
    ("table", "strikethrough"),
)
