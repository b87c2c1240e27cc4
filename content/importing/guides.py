"""The copied text of a published interview guide: a list of questions, then each with its answer.

Nothing in such a text is marked up, and page furniture stands between the entries, so lines are
told apart by what they look like and by what stands around them. Linear in the length of the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from content.importing.drafts import Draft, as_markdown, one_line, points, sentences
from content.parsing import LARGEST

_SEPARATOR = re.compile(r"[-–—_*•·=~#|/\s]+")
_BOUNDARY = re.compile(
    r"help us improve\b.*|was this (answer|article|page) helpful\b.*", re.IGNORECASE
)
_FURNITURE = re.compile(
    r"""(prepare\ for\ your\ (next\ )?interview\b.*
    |(the\ )?(top\ |common\ |most\ common\ )?(\d+\ )?.{0,80}\binterview\ questions
        (\ (for\ .{1,80}|and\ (sample\ )?answers.{0,40}|\(.{0,40}\)))?
    |(\d+\ )?interview\ questions\ (for|and)\b.{0,80}
    |(last\ )?(updated|published|posted)\b:?.{0,60}
    |(copyright|©|\(c\)).*|all\ rights\ reserved\.?|advertisement|sponsored|table\ of\ contents
    |related(\ \w+)?:?|read\ more|share(\ this)?(\ \w+)?|back\ to\ top|sign\ (up|in)|log\ in
    |skip\ to\ .{0,40}|page\ \d+(\ of\ \d+)?|\d{1,4}|.{0,40}\bcookies?\b.{0,60}|https?://\S+)""",
    re.IGNORECASE | re.VERBOSE,
)
_ANSWER = re.compile(
    r"[\"“”„«'‘*]*((an?\ )?(answer\ example|example\ answer|sample\ answer|example)|answer)"
    r"(\ \d+)?[\"”'’*]*\s*[:：–—-][\s*]*",
    re.IGNORECASE | re.VERBOSE,
)
_ANSWER_ALONE = re.compile(r"(answer example|example answer|sample answer)", re.IGNORECASE)
_WHY = re.compile(
    r"(employers?|interviewers?|hiring managers?|recruiters?|companies|the interviewer|"
    r"this question|with this question|your interviewer|why (this|it) is asked)\b",
    re.IGNORECASE,
)
_BRING_OUT = re.compile(
    r"(in|for|with) (your|this) (answer|response|reply)\b[,:]?\s*"
    r"|(when (you('re)? )?(answer|respond)\w*\b[^,]{0,60},\s*)"
    r"|(?=(your (answer|response) should|try to|make sure|be sure|use (your|this|the)|"
    r"you (can|should|may|might|could) |consider |show |emphasi[sz]e |highlight |mention |"
    r"explain |describe |name |provide |give |if (you|possible)|"
    r"it('s| is|’s) (helpful|important)))",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(tell|describe|explain|give|walk|share|provide|name|list|talk|discuss|define|imagine|suppose|"
    r"compare|how|what|why|when|where|which|who|do|does|did|are|is|can|could|have|would|will|"
    r"should|convince|sell|rate|summari[sz]e|outline)\b",
    re.IGNORECASE,
)
_OPENING, _CLOSING = "\"“„«'‘", "\"”“»'’"
_PAIRS = {'"': '"', "“": "”", "„": "“”", "«": "»", "'": "'", "‘": "’", "”": "”"}
_LONGEST_TITLE = 300
_MOST_SENTENCES = 2
_JOINED_BELOW = 100


@dataclass(slots=True)
class _Entry:
    """What has been read of one question so far; `answer` is None until an answer begins.

    `is_quoting`: the answer opened with a quotation mark, and no line has ended with one since.
    """

    line: int
    title: str
    told: list[str] = field(default_factory=list)
    answer: list[str] | None = None
    is_quoting: bool = False

    def tell(self, line: str) -> None:
        """Take in a line that is neither a title nor furniture."""
        begins = _ANSWER.match(line) or _ANSWER_ALONE.fullmatch(line)
        if self.answer is not None:
            self._say(line)
        elif begins is None:
            self.told.append(line)
        else:
            self.answer = []
            self._say(line[begins.end() :])

    def pause(self) -> None:
        """Take in an empty line."""
        if self.answer:
            self.answer.append("")

    def _say(self, line: str) -> None:
        if line and self.answer is not None:
            if not self.answer:
                self.is_quoting = line[0] in _OPENING and (len(line) == 1 or not _closes(line))
            elif _closes(line):
                self.is_quoting = False
            self.answer.append(line)

    def length(self) -> int:
        """Characters of all that was told and answered."""
        return sum(map(len, [*self.told, *(self.answer or ())]))


def read(text: str) -> tuple[Draft, ...]:
    """The questions of a guide, in order. Whatever the text is, it never raises.

    A question that the list at the top names and the text does not come to is there without an
    answer. An empty result means that nothing in the text looks like a question.
    """
    lines = [_tidy(line) for line in text.split("\n")]
    _before, *entries = _entries(lines, _listed(lines))
    told = {_key(entry.title) for entry in entries if entry.told or entry.answer}
    seen: set[str] = set()
    drafts = []
    for number, entry in enumerate(entries):
        key = _key(entry.title)
        is_bare = not entry.told and not entry.answer
        if is_bare and (key in told or key in seen):
            continue
        seen.add(key)
        drafts.append(_draft(entry, is_last=number == len(entries) - 1))
    return tuple(drafts)


def _tidy(line: str) -> str:
    return one_line(line.replace("\u00a0", " "))


def _key(title: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", title.casefold()))


def _listed(lines: Sequence[str]) -> frozenset[str]:
    """The keys of the lines above the first entry that could be titles: the list at the top."""
    first = next(
        (at for at, line in enumerate(lines) if _WHY.match(line) or _ANSWER.match(line)), len(lines)
    )
    return frozenset(
        _key(line) for line in lines[:first] if _asks(line) and not _is_furniture(line)
    ) - {""}


def _entries(lines: Sequence[str], listed: frozenset[str]) -> Iterator[_Entry]:
    """What stands above the first title, without a title; then entry by entry."""
    entry = _Entry(0, "")
    after_boundary = True
    for at, (line, following) in enumerate(zip(lines, _followers(lines), strict=True), start=1):
        if _is_boundary(line):
            after_boundary = after_boundary or bool(line)
            entry.pause()
        elif _is_title(_Place(line, following, after_boundary), entry, listed):
            yield entry
            entry, after_boundary = _Entry(at, line), False
        elif not _is_furniture(line):
            entry.tell(line)
            after_boundary = False
    yield entry


def _followers(lines: Sequence[str]) -> list[str]:
    """For each line the next one that says something; "" at the end and before a boundary."""
    followers, following = [""] * len(lines), ""
    for at in range(len(lines) - 1, -1, -1):
        followers[at] = following
        if lines[at]:
            following = "" if _is_boundary(lines[at]) else lines[at]
    return followers


@dataclass(frozen=True, slots=True)
class _Place:
    """A line, the next one that says something, and whether a boundary stands before it."""

    line: str
    following: str
    after_boundary: bool


def _is_title(place: _Place, entry: _Entry, listed: frozenset[str]) -> bool:
    line, following = place.line, place.following
    if _ANSWER.match(line) or _is_furniture(line) or len(line) > _LONGEST_TITLE:
        return False
    if entry.is_quoting and not place.after_boundary:
        return False
    if _key(line) in listed:
        return True
    explained = bool(_WHY.match(following))
    if place.after_boundary:
        return _asks(line) or explained or bool(_ANSWER.match(following))
    answered = bool(_ANSWER.match(following)) and (not entry.title or entry.answer is not None)
    return _asks(line) and not _WHY.match(line) and (explained or answered)


def _asks(line: str) -> bool:
    bare = line.strip(_OPENING + _CLOSING + ")(* ")
    if not bare or len(line) > _LONGEST_TITLE:
        return False
    return bare.endswith("?") or (
        bool(_ASKS.match(re.sub(r"^\W*\d+[.):]\s*", "", bare)))
        and len(sentences(bare)) <= _MOST_SENTENCES
        and not bare.endswith((":", ",", ";"))
    )


def _is_boundary(line: str) -> bool:
    return not line or bool(_SEPARATOR.fullmatch(line) or _BOUNDARY.fullmatch(line))


def _is_furniture(line: str) -> bool:
    return bool(_FURNITURE.fullmatch(line)) and not line.endswith("?")


def _draft(entry: _Entry, *, is_last: bool) -> Draft:
    if entry.length() > LARGEST:
        reason = f"it is longer than {LARGEST:,} characters; is its end missing?"
        return Draft(entry.line, as_markdown(entry.title), broken=reason)
    why, bring_out = _divided(entry.told)
    answer = _unquoted(_paragraphs(entry.answer or ()))
    breaks_off = is_last and bool(answer) and entry.is_quoting
    return Draft(
        line=entry.line,
        question=as_markdown(re.sub(r"^\W*\d{1,3}[.):]\s+", "", entry.title)),
        why=as_markdown(why),
        key_points=points(bring_out),
        sample_answer=as_markdown(answer),
        left_out=("the end of the sample answer",) if breaks_off else (),
    )


def _divided(told: Sequence[str]) -> tuple[str, str]:
    """Why it is asked, and what to bring out: all from the first sentence that gives advice on."""
    every = sentences(" ".join(told))
    for number, sentence in enumerate(every):
        advice = _BRING_OUT.match(sentence)
        if advice and (number or advice.end()):
            rest = sentence[advice.end() :]
            return " ".join(every[:number]), " ".join([rest, *every[number + 1 :]])
    return " ".join(every), ""


def _paragraphs(lines: Sequence[str]) -> str:
    """Lines as paragraphs: a blank line divides, and so does a line that ends a sentence."""
    paragraphs: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and line:
            paragraphs[-1] += f" {line}"
        elif line:
            paragraphs.append(line)
        goes_on = bool(line) and len(line) < _JOINED_BELOW and not re.search(r"[.!?:…\"”’)]$", line)
    return "\n\n".join(paragraphs)


def _unquoted(answer: str) -> str:
    """The answer without the pair of quotation marks around all of it; those inside stay."""
    answer = answer.strip()
    if not answer or answer[0] not in _OPENING:
        return answer
    closing = _PAIRS.get(answer[0], "")
    inner = answer[1:].lstrip()
    if inner and inner[-1] in closing + '"':
        return inner[:-1].rstrip()
    # A mark that nobody closed: the end is missing, or the quotation is only its beginning.
    return answer if any(mark in inner for mark in closing) else inner


def _closes(line: str) -> bool:
    return line[-1] in _CLOSING
