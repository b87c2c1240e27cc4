"""What a case may never bring about, whatever it was."""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.slack.blocks import Home, Message, Modal
from bot.slack.failures import SlackRefusedError, SlackUnreachableError
from sandbox.block_rules import faults_in_message, faults_in_view

_TOKEN = re.compile(r"<([^<>]*)>")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_OWN_DATE = re.compile(r"!date\^\d+\^\{date_short_pretty\} at \{time\}\|[^|]*")
_RICH_LEAVES = frozenset({"text", "link"})
_OUR_FAULT = frozenset({"invalid_blocks", "invalid_arguments", "no_text", "msg_too_long"})


class HarmError(AssertionError):
    """A case did harm; its text says which."""


@dataclass(slots=True)
class Known:
    """Whom and what the app may name by identifier, and the addresses it may link."""

    members: set[str] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    """Beginnings of addresses."""

    def may_name(self, token: str) -> bool:
        """Tell whether what stands between `<` and `>` can only be the app's own doing."""
        target, _, label = token.partition("|")
        match target[:1]:
            case "@":
                return target[1:] in self.members and not label
            case "#":
                return target[1:] in self.channels and not label
            case "!":
                return _OWN_DATE.fullmatch(token) is not None
            case _:
                return any(target.startswith(start) for start in self.addresses)


@dataclass(slots=True)
class Judge:
    """Takes note of what the app sends, logs and leaves behind; `verdict` names the harm."""

    known: Known = field(default_factory=Known)
    harm: list[str] = field(default_factory=list)
    slow_s: float | None = None
    """How long a piece of work may take; None where no time is to be judged."""

    def verdict(self) -> None:
        """Raise HarmError if anything of what happened since the last verdict may never happen."""
        harm, self.harm = self.harm, []
        if harm:
            raise HarmError("; ".join(dict.fromkeys(harm)))

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Object to a piece of work that computes for too long, on however busy a machine."""
        began = time.thread_time()
        yield
        if self.slow_s is not None and time.thread_time() - began > self.slow_s:
            self.harm.append(f"{what} takes longer than {self.slow_s} s")

    # --- what is sent ---------------------------------------------------------------------------

    def message(self, payload: Mapping[str, Any]) -> None:
        """Look at the arguments of a post."""
        self.harm += [f"refused markup: {fault}" for fault in faults_in_message(payload)]
        self._markup(str(payload.get("text", "")))
        self._walk(payload.get("blocks"))

    def view(self, payload: Mapping[str, Any]) -> None:
        """Look at a modal or a Home."""
        self.harm += [f"refused markup: {fault}" for fault in faults_in_view(payload)]
        self._walk(payload)

    def _walk(self, value: Any) -> None:
        if isinstance(value, Mapping):
            self._object(value)
            for child in value.values():
                self._walk(child)
        elif isinstance(value, list | tuple):
            for child in value:
                self._walk(child)

    def _object(self, value: Mapping[str, Any]) -> None:
        match value.get("type"):
            case "mrkdwn":
                self._markup(str(value.get("text")))
                if value.get("verbatim") is not True:
                    self.harm.append("Slack may make links and mentions of plain words")
            case "rich_text_section" | "rich_text_quote" | "rich_text_preformatted":
                leaves = {leaf.get("type") for leaf in value.get("elements", ())}
                self.harm += [f"rich text names: {leaf}" for leaf in leaves - _RICH_LEAVES]
            case "link":
                if not str(value.get("url")).startswith(("https://", "http://")):
                    self.harm.append(f"an odd address: {value.get('url')!r}")

    def _markup(self, source: str) -> None:
        for found in _TOKEN.finditer(source):
            if not self.known.may_name(found[1]):
                self.harm.append(f"a mention nobody may make: {found[0][:80]!r}")
        bare = _TOKEN.sub("", source)
        if "<" in bare or ">" in bare or _ENTITY.search(bare):
            self.harm.append(f"words that were not escaped: {bare[:80]!r}")

    # --- what is answered -----------------------------------------------------------------------

    def reply(self, status: int | None, text: str) -> None:
        """Look at a reply of the door."""
        if status is None or status >= 500:
            self.harm.append(f"the door replied {status}: {text[:200]!r}")
        if "Traceback" in text or ".py" in text:
            self.harm.append("a traceback in a reply")

    # --- what is logged, and left behind --------------------------------------------------------

    def record(self, record: logging.LogRecord) -> None:
        """Look at a line of the log: an exception there is a bug, but for a `no` of Slack's to an
        address or a trigger that the case itself had broken.
        """
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, SlackUnreachableError):
            return
        if isinstance(error, SlackRefusedError) and not _names_our_fault(error):
            return
        if record.levelno >= logging.ERROR or error is not None:
            said = f"{type(error).__name__}: {error}" if error else record.getMessage()
            what = record.__dict__.get("what", record.getMessage())
            self.harm.append(f"logged as a bug ({what}): {said[:300]} {_where(error)}")

    def loose_end(self, _loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        """Look at what asyncio complains of: a task that failed unseen."""
        error = context.get("exception")
        if not isinstance(error, ConnectionError):
            self.harm.append(f"left behind: {context.get('message')} {error!r} {_where(error)}")


def _names_our_fault(error: SlackRefusedError) -> bool:
    return any(word in error.error for word in _OUR_FAULT)


def _where(error: BaseException | None) -> str:
    trace, last = error.__traceback__ if error else None, ""
    while trace is not None:
        last = f"at {trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return last


class _Listener(logging.Handler):
    def __init__(self, judge: Judge) -> None:
        super().__init__(logging.WARNING)
        self._judge = judge

    def emit(self, record: logging.LogRecord) -> None:
        self._judge.record(record)


@contextmanager
def listening(judge: Judge) -> Iterator[None]:
    """Let a judge hear every line of the log, and see every message and view as it is made."""
    listener, root = _Listener(judge), logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    root.handlers[:] = [listener]
    root.setLevel(logging.WARNING)
    looks: dict[type[Any], Callable[[Mapping[str, Any]], None]] = {
        Message: judge.message,
        Modal: judge.view,
        Home: judge.view,
    }
    whole = {kind: kind.payload for kind in looks}
    for kind, look in looks.items():
        kind.payload = _seen(kind.payload, look)
    try:
        yield
    finally:
        for kind, payload in whole.items():
            kind.payload = payload
        root.handlers[:] = handlers
        root.setLevel(level)


def _seen(
    payload: Callable[[Any], dict[str, Any]], look: Callable[[Mapping[str, Any]], None]
) -> Callable[[Any], dict[str, Any]]:
    def seen(self: Any) -> dict[str, Any]:
        made = payload(self)
        look(made)
        return made

    return seen


def links_of(addresses: Collection[str]) -> set[str]:
    """Addresses in the form in which the app links them."""
    return {
        one.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")
        for one in addresses
    }
