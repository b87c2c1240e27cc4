"""Target: the playground's own forms and pages, and what its page makes of anybody's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from proof.fuzz.house import House
from proof.fuzz.judge import Judge
from proof.fuzz.words import words
from sandbox.payloads import rich_text

_DEEDS = (
    "say", "edit", "delete", "dismiss", "react", "join", "read", "act", "choose", "submit",
    "close", "home", "teammates", "fault", "clock", "no-such-deed", "../say", "%00",
)  # fmt: skip
_FIELDS = (
    "text", "thread", "broadcast", "ts", "name", "action", "block", "value", "view", "values",
    "which", "to", "date", "on", "arriving", "surface", "label", "errors", "everything", "state",
)  # fmt: skip
_MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onfocus=alert(1) autofocus x="',
    "' onfocus=alert(1) '",
    "<!-- --><iframe src=x>",
)
_said = words | st.sampled_from(_MARKUP)
_URLS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>",
    "vbscript:x",
    "https://ok.example/?a=1&b='\"",
    "mailto:a@b",
)


@dataclass(frozen=True)
class Sent:
    """A deed with its form. `as_who` and `where`: an index of a person and of a place, or odd."""

    deed: str
    fields: Mapping[str, str]
    as_who: int
    where: int


@dataclass(frozen=True)
class Drawn:
    """Words and addresses that an app might post, in every kind of text a message can hold."""

    text: str
    url: str


@dataclass(frozen=True)
class Looked:
    """A page asked for with odd words in its address."""

    query: Mapping[str, str]


@dataclass(frozen=True)
class Foreign:
    """The same from another site in the same browser, or by another name of this machine."""

    deed: str
    origin: str
    host: str


MOST_DRAWN = 1_000


@dataclass(frozen=True)
class Named:
    """What a person and a channel are called."""

    person: str
    channel: str


Case = Sent | Drawn | Looked | Foreign | Named

_clock = st.sampled_from(("next", "hour", "tomorrow", "date", "x"))
_values = words | st.sampled_from(("yes", "eyes", "1.1", "{}", "[]", "null")) | _clock
cases: st.SearchStrategy[Case] = st.one_of(
    st.builds(
        Sent,
        st.sampled_from(_DEEDS),
        st.dictionaries(st.sampled_from(_FIELDS), _values, max_size=5),
        st.integers(0, 4),
        st.integers(0, 4),
    ),
    st.builds(
        Sent,
        st.just("say"),
        _said.map(lambda text: {"text": text}),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    st.builds(Drawn, _said, st.sampled_from(_URLS) | words),
    st.builds(
        Looked,
        st.dictionaries(st.sampled_from(("as", "in", "tab", "thread", "drawer", "x")), words),
    ),
    st.builds(Named, _said, _said),
    st.builds(
        Foreign,
        st.sampled_from(_DEEDS[:6]),
        st.sampled_from(("", "null", "http://decoy.example", "http://127.0.0.1")),
        st.sampled_from(("", "decoy.example", "127.0.0.1.decoy.example")),
    ),
)


async def bring(house: House, case: Case) -> None:
    """Do it, then look at the page it leaves."""
    match case:
        case Sent():
            await _sends(house, case)
        case Drawn():
            _draws(house, case)
        case Looked():
            house.judge.reply(*await house.visits(f"?{_query(case.query)}"))
        case Foreign():
            await _intrudes(house, case)
        case Named():
            user, channel = house.bob.user, house.channel
            was = user.name, user.real_name, channel.name
            user.name = user.real_name = case.person[:MOST_DRAWN]
            channel.name = case.channel[:MOST_DRAWN]
            await _looks(house)
            user.name, user.real_name, channel.name = was
    await _looks(house)


async def _looks(house: House) -> None:
    where = {"as": house.bob.id, "in": house.channel.id, "drawer": "ledger"}
    status, page = await house.visits(f"?{urlencode(where)}")
    house.judge.reply(status, "")
    _Reader(house.judge).feed(page)


def _query(fields: Mapping[str, str]) -> str:
    return urlencode({name: _sendable(text) for name, text in fields.items()})


def _sendable(text: str) -> str:
    return text[:100].encode("utf-8", "replace").decode()


async def _sends(house: House, case: Sent) -> None:
    people = [*(one.id for one in house.stage.everyone), "U1", ""]
    direct = house.slack.workspace.im_between(house.bob.id, house.installed)
    places = [house.channel.id, direct.id, house.slack.owner.id, "C1", ""]
    form = {"as": people[case.as_who % 5], "channel": places[case.where % 5]}
    form |= {"ts": house.question.ts, "thread": ""}
    if case.deed in ("delete", "dismiss", "edit"):
        form["ts"] = house.channel.messages[-1].ts
    form |= {name: text.encode("utf-8", "replace").decode() for name, text in case.fields.items()}
    status, text = await house.visits(f"do/{quote(case.deed, safe='/%')}", form)
    if status >= 500 or "Traceback" in text:
        house.judge.harm.append(f"the page's form got {status}: {text[:200]!r}")


async def _intrudes(house: House, case: Foreign) -> None:
    form = {"as": house.bob.id, "channel": house.channel.id, "text": "not mine"}
    headers = {"Origin": case.origin, "Host": case.host}
    given = {name: value for name, value in headers.items() if value}
    status, _ = await house.visits(f"do/{case.deed}", form, given)
    if status != 403:
        house.judge.harm.append(f"another site's form got {status}")


def _draws(house: House, case: Drawn) -> None:
    """Put a message into the channel, as a hostile app would; Slack would refuse some."""
    text = case.text[:MOST_DRAWN]
    say = {"type": "mrkdwn", "text": text or " "}
    blocks = [
        {"type": "section", "block_id": "a", "text": say},
        {"type": "context", "block_id": "b", "elements": [say]},
        {"type": "header", "block_id": "c", "text": {"type": "plain_text", "text": text}},
        {"type": "markdown", "block_id": "d", "text": text},
        *rich_text(text),
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [{"type": "link", "url": case.url, "text": text}],
                }
            ],
        },
        {"type": "section", "block_id": "e", "text": say | {"text": f"<{case.url}|{text}>"}},
        {
            "type": "actions",
            "block_id": "f",
            "elements": [
                {
                    "type": "button",
                    "action_id": text,
                    "url": case.url,
                    "text": {"type": "plain_text", "text": text},
                }
            ],
        },
    ]
    # Of people's messages the page shows the words alone.
    message = house.question
    house.slack.platform.conversations.edit(
        message, message.user_id, {"text": text, "blocks": blocks}
    )


class _Reader(HTMLParser):
    """Reads a page as a browser would, and objects to what could run or lead astray."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self._judge = judge

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        told = dict(attrs)
        if tag == "script" and not (told.get("src") or "").startswith("static/"):
            self._judge.harm.append(f"the page runs a script: {told}")
        if tag in ("iframe", "object", "embed", "base", "meta") and "http-equiv" in told:
            self._judge.harm.append(f"the page holds <{tag}>")
        if tag in ("iframe", "object", "embed", "base"):
            self._judge.harm.append(f"the page holds <{tag}>")
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self._judge.harm.append(f"the page has {name} on <{tag}>")
        if name in ("href", "src", "action", "formaction"):
            scheme = "".join(value.split()).partition(":")[0].casefold()
            known = scheme in ("http", "https", "mailto", "tel") or value.startswith("?")
            if ":" in value and not known:
                self._judge.harm.append(f"the page leads to {value[:80]!r}")
