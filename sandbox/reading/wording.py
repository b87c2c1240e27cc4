"""Slack's written forms as a person sees them: text objects, mentions, links, dates, escapes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.reading.layout import code, paragraph

_ANGLED = re.compile(r"<([^<>\n]+)>")
_FENCED = re.compile(r"```(.*?)```", re.DOTALL)
_FENCED_WITH_LANGUAGE = re.compile(r"^```[^\n`]*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)
_BROADCASTS = frozenset({"here", "channel", "everyone"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the names known to them, and whether they see Slack's escapes as they are sent."""

    names: Mapping[str, str] = field(default_factory=dict)
    raw: bool = False

    def named(self, identifier: str, label: str = "") -> str:
        """The name of a person, channel or group; without one, its label, else its identifier."""
        return self.names.get(identifier) or label or identifier

    def text(self, text: Mapping[str, Any]) -> str:
        """A text object on as many lines as it has, not wrapped."""
        if text["type"] == "mrkdwn":
            return self.mrkdwn(text["text"])
        if text["type"] == "plain_text":
            return self.plain(text["text"])
        raise ValueError(f"unknown text type: {text['type']!r}")

    def plain(self, text: str) -> str:
        """A plain text: only `&amp;`, `&lt;` and `&gt;` mean something else than they show."""
        return text if self.raw else unescaped(text)

    def mrkdwn(self, text: str) -> str:
        """Slack's own markup with mentions, links and dates spelled out; its `*` and `_` stay."""
        if self.raw:
            return text
        return unescaped(_ANGLED.sub(lambda match: self._spelled(match.group(1)), text))

    def prose(self, text: Mapping[str, Any]) -> str:
        """A text object as wrapped paragraphs, its code blocks indented and left whole."""
        if text["type"] == "mrkdwn" and not self.raw:
            return paragraphs_and_code(self.text(text), _FENCED)
        return paragraph(self.text(text))

    def markdown(self, text: str) -> str:
        """Standard Markdown as it is written, wrapped, its fenced code indented and left whole."""
        return text if self.raw else paragraphs_and_code(text, _FENCED_WITH_LANGUAGE)

    def _spelled(self, inside: str) -> str:
        target, _, label = inside.partition("|")
        kind, rest = target[:1], target[1:]
        if kind == "@":
            return f"@{self.named(rest, label)}"
        if kind == "#":
            return f"#{self.named(rest, label)}"
        if kind == "!":
            return self._special(rest, label)
        return link(target, label)

    def _special(self, target: str, label: str) -> str:
        if target in _BROADCASTS:
            return f"@{target}"
        if target.startswith("subteam^"):
            return f"@{self.named(target.removeprefix('subteam^'), label.removeprefix('@'))}"
        return label or f"<!{target}>"


def unescaped(text: str) -> str:
    """The three characters that Slack asks to escape, as they are meant."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def link(url: str, label: str = "") -> str:
    """A link as its label and address; the address alone when the label says nothing more."""
    address = url.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (url, address):
        return address
    return f"{label} ({address})"


def paragraphs_and_code(text: str, fence: re.Pattern[str]) -> str:
    """Wrapped paragraphs with the fenced code between them indented, an empty line around it."""
    parts = [
        code(part) if index % 2 else paragraph(part.strip("\n"))
        for index, part in enumerate(fence.split(text))
    ]
    return "\n\n".join(part for part in parts if part.strip())
