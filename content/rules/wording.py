"""Rules about the writing: markup that can be shown anywhere, a voice, and answers to the point."""

import re
from collections.abc import Iterator
from datetime import date

from content import front_matter, sections
from content.faults import Fault
from content.parsing import Entry
from content.rules.words import stems

_MARKDOWN_FIELDS = ("text", "why", "sample_answer")
_BLOCKS_WE_SHOW = frozenset({"paragraph", "bullet_list", "ordered_list", "list_item", "fence"})
_SPANS_WE_SHOW = frozenset({"text", "softbreak", "code_inline", "em", "strong", "link"})
_CONTROL_SEQUENCE = re.compile(r"<[!@#][^\s<>]*")
_NEEDED_SHARE = 0.5


def markup_is_plain(entry: Entry, _today: date) -> Iterator[Fault]:
    """Markdown keeps to paragraphs, emphasis, inline code, links, lists and fenced code."""
    allowed = _BLOCKS_WE_SHOW | _SPANS_WE_SHOW | {"inline"}
    for field in _MARKDOWN_FIELDS:
        for token, line in sections.tokens_of(getattr(entry.question, field), entry.line(field)):
            name = token.type.removesuffix("_open").removesuffix("_close")
            if token.nesting >= 0 and name not in allowed and not name.startswith("html"):
                mend = "use paragraphs, emphasis, lists, links and fenced code only"
                yield Fault(line, f"a {name.replace('_', ' ')} cannot be shown everywhere", mend)


def there_is_no_html(entry: Entry, _today: date) -> Iterator[Fault]:
    """No part of a file holds raw HTML; angle brackets belong in code."""
    for token, line in sections.tokens_of(_body(entry.source)):
        if token.type in {"html_block", "html_inline"}:
            start = token.content.strip().split("\n")[0][:30]
            yield Fault(line, f"raw HTML: {start}", "write Markdown, or put it in `code`")


def there_are_no_control_sequences(entry: Entry, _today: date) -> Iterator[Fault]:
    """Nothing in a file could call a channel or a person: no `<!…`, `<@…`, `<#…`, even in code."""
    for line, text in enumerate(entry.source.split("\n"), start=1):
        for found in _CONTROL_SEQUENCE.findall(text):
            yield Fault(
                line, f"`{found[:30]}` is a command to a chat program", "write it otherwise"
            )


def sample_answer_speaks_as_i(entry: Entry, _today: date) -> Iterator[Fault]:
    """A sample answer is in the first person: it says `I`."""
    answer = entry.question.sample_answer
    if answer and not re.search(r"\bI\b", sections.prose(answer)):
        mend = "say what you would do or did: `I …`"
        yield Fault(entry.line("sample_answer"), "the sample answer never says `I`", mend)


def sample_answer_meets_its_key_points(entry: Entry, _today: date) -> Iterator[Fault]:
    """A sample answer uses at least half of the meaningful words of each of its key points."""
    if not entry.question.sample_answer:
        return
    said = stems(entry.question.sample_answer)
    for index, point in enumerate(entry.question.key_points):
        wanted = stems(point.text)
        missing = sorted(wanted - said)
        if len(wanted) - len(missing) < _NEEDED_SHARE * len(wanted):
            what = f"the sample answer does not bring out “{point.text}”"
            mend = "work it in (no word begins with " + ", ".join(missing) + ")"
            yield Fault(entry.line("key_points", index), what, mend)


def _body(source: str) -> str:
    """The source with its front matter blanked, so that lines keep their numbers."""
    cut = front_matter.cut(source)
    return "\n" * (cut.line - 1) + cut.body if cut else source
