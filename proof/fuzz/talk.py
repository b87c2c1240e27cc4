"""Targets: what people type and fill in, followed to everybody who is shown it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from bot.domain.proposals import slug_for
from proof.fuzz.house import House
from proof.fuzz.letters import written
from proof.fuzz.words import json_values, words
from sandbox.people import Person

# --- commands -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Typed:
    """What follows `/prep`. `escaped`: as Slack sends it for us; else as it never would."""

    text: str
    escaped: bool
    on_from_there: str = ""


_WORDS = ("today", "random", "streak", "leaderboard", "board", "setup", "add", "suggestions",
          "reviewers", "reviewers remove", "help", "random python", "random hard", "")  # fmt: skip
_lines = st.builds(
    "{}{}{}".format, st.sampled_from(_WORDS), st.sampled_from((" ", "", "\t", "\u00a0")), words
)
commands: st.SearchStrategy[Typed] = st.builds(
    Typed,
    st.one_of(_lines, words, st.sampled_from(_WORDS)),
    st.booleans(),
    st.sampled_from(("", "Show Any Question", "Show Any Level", "Another", "Post Here")),
)


async def types(house: House, case: Typed) -> None:
    """Type a command, and press what it offers."""
    bob, channel = house.bob, house.channel
    text = case.text.encode("utf-8", "replace").decode()
    if case.escaped:
        await house.does(bob.runs(f"/prep {text}", channel))
    else:
        said = ("/prep", text)
        deed = house.slack.interactions.command(bob.user, house.installed, said, channel)
        await house.does(deed)
    shown = bob.ephemerals(channel)
    if case.on_from_there and shown:
        await house.does(bob.clicks(case.on_from_there, on=shown[-1]))


# --- names ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Called:
    """What a member calls themselves in Slack."""

    display_name: str
    real_name: str


names: st.SearchStrategy[Called] = st.builds(Called, words, words)


async def is_called(house: House, case: Called) -> None:
    """Show a board with somebody of that name to the whole channel."""
    user, was = house.bob.user, (house.bob.user.name, house.bob.user.real_name)
    user.name, user.real_name = case.display_name, case.real_name
    try:
        await house.does(house.alice.runs("/prep leaderboard", house.channel))
        shown = house.alice.ephemerals(house.channel)[-1]
        await house.does(house.alice.clicks("Show In Channel", on=shown))
    finally:
        user.name, user.real_name = was


# --- forms ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    """A form, what its fields hold (block → value), and what a reviewer then does with it."""

    form: str
    values: Mapping[str, Any]
    verdict: str
    reviewers_words: str


def _option(*real: str) -> st.SearchStrategy[Any]:
    value = st.sampled_from(real) | words
    return st.builds(lambda chosen: {"value": chosen}, value) | json_values


def _options(*real: str) -> st.SearchStrategy[Any]:
    return st.lists(_option(*real), max_size=8) | json_values


_text = words | st.sampled_from(("A plain answer.", "Short")) | json_values
_answer = {"answer_0": _text, "answer_1": _text, "answer_2": _text}
_FORMS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "add": {
        "title": _text,
        "topic": _option("python", "coding"),
        "level": _option("easy", "medium", "hard"),
        "text": _text,
        "why": _text,
        "points": _text,
        **_answer,
    },
    "suggest": {"note": _text, **_answer},
    "report": {"problem": _option("wrong", "outdated", "offensive"), "line": _text},
    "setup": {
        "channel": st.sampled_from(("C0SANDBOX01", "C0NOWHERE", "D1")) | json_values,
        "time": st.sampled_from(("09:00", "24:00", "9", "٠٩:٠٠")) | json_values,
        "zone": _option("Europe/Berlin", "Etc/UTC", "../../etc/passwd", "posixrules", "/etc/hosts"),
        "weekdays": _options("0", "1", "6", "7", "-1"),
        "state": _option("running", "paused", "stopped"),
    },
}


_PLAUSIBLE: Mapping[str, Mapping[str, Any]] = {
    "add": {
        "title": "A title",
        "topic": {"value": "python"},
        "level": {"value": "easy"},
        "text": "What is it?",
        "answer_0": "It is this.",
    },
    "suggest": {"answer_0": "It is this."},
    "report": {"problem": {"value": "wrong"}, "line": "It is."},
}
"""What a form holds where a case does not say otherwise, so that most are taken in."""


def _form(name: str) -> st.SearchStrategy[Filled]:
    odd = st.fixed_dictionaries({}, optional=dict(_FORMS[name]))
    return st.builds(
        Filled,
        st.just(name),
        odd.map(lambda values: {**_PLAUSIBLE.get(name, {}), **values}),
        st.sampled_from(("Accept", "Edit", "Decline", "Mark As Solved", "Accept Anyway")),
        words,
    )


forms: st.SearchStrategy[Filled] = st.one_of([_form(name) for name in _FORMS])


async def fills(house: House, case: Filled) -> None:
    """Fill a form in, have it looked at, and see everything it is shown in."""
    await _opens(house, case.form)
    who = house.alice if case.form == "setup" else house.bob
    if who.view is None:
        return
    await house.fills_freely(who, who.view, dict(case.values))
    await house.close(who)
    if case.form == "setup":
        await house.turn()
        return
    await _review(house, case)
    await _look(house, case)
    await _clear_up(house)


async def _opens(house: House, form: str) -> None:
    bob = house.bob
    match form:
        case "setup":
            await house.does(house.alice.runs("/prep setup", house.channel))
        case "add":
            await house.does(bob.runs("/prep add", house.channel))
        case _:
            await house.does(bob.clicks("Reveal Sample Answer", on=house.question))
            label = "Report A Problem" if form == "report" else "Suggest An Improvement"
            await house.does(bob.clicks(label))


async def _review(house: House, case: Filled) -> None:
    alice = house.alice
    await house.does(alice.runs("/prep suggestions", house.channel))
    await house.presses(alice, case.verdict)
    form = alice.view
    if form is not None and form.payload["callback_id"] in ("edit", "decline"):
        said = {"reason": case.reviewers_words, "answer_0": case.reviewers_words}
        await house.fills_freely(alice, form, said)
    await house.close(alice)


async def _look(house: House, case: Filled) -> None:
    bob, channel = house.bob, house.channel
    await house.sends_again()
    await house.does(bob.clicks("Reveal Sample Answer", on=house.question))
    await house.does(bob.clicks("Earlier Versions"))
    await house.presses(bob, "Roll Back To This")
    await house.close(bob)
    title = case.values.get("title")
    if case.form == "add" and isinstance(title, str):
        await _press(house, "reveal_question", slug_for(title))
        await _press(house, "post_question_here", slug_for(title))
    await house.does(bob.opens_home())
    await house.does(bob.runs("/prep random python easy", channel))
    await house.close(bob)


async def _press(house: House, action: str, value: str) -> None:
    """Press a button of a question that may not have come up by chance."""
    seed = next(s for s in house.seeds if _presses(s.payload, action))
    payload = house.refreshed(seed)
    pressed = payload["actions"][0] | {"value": value}
    await house.posts(written(seed.kind, payload | {"actions": [pressed]}))


def _presses(payload: Mapping[str, Any], action: str) -> bool:
    return any(one.get("action_id") == action for one in payload.get("actions", ()))


async def _clear_up(house: House) -> None:
    alice = house.alice
    await house.does(alice.runs("/prep suggestions", house.channel))
    for _ in range(3):
        if not _offers(alice, "decline_suggestion"):
            break
        await house.presses(alice, "Decline")
        form = alice.view
        if form is not None and form.payload["callback_id"] == "decline":
            await house.fills_freely(alice, form, {"reason": "Out."})
    await house.close(alice)


def _offers(who: Person, action: str) -> bool:
    blocks = who.view.blocks if who.view else []
    return any(
        one.get("action_id") == action for block in blocks for one in block.get("elements", ())
    )
