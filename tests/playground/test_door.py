"""The page's address spoken to by strangers, by mistake, and by hand."""

import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest

from sandbox.feed import Change
from tests.playground.conftest import Showing


async def posts(showing: Showing, deed: str, origin: str | None = "", **fields: str) -> Any:
    """Do something as the page would; returns (status, answer)."""
    headers = {} if origin is None else {"Origin": origin or showing.sandbox.platform.root_url}
    fields = {"as": showing.maya.id, "channel": showing.channel.id} | fields
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{showing.url}do/{deed}", data=fields, headers=headers) as response,
    ):
        return response.status, json.loads(await response.text())


async def gets(url: str, **headers: str) -> tuple[int, str, Any]:
    """Fetch an address without following redirects."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers=headers, allow_redirects=False) as response,
    ):
        return response.status, await response.text(), response.headers


async def test_the_root_leads_to_the_page(showing: Showing) -> None:
    status, _, headers = await gets(f"{showing.sandbox.platform.root_url}/")
    assert (status, headers["Location"]) == (302, "/playground/")
    status, html, _ = await gets(showing.url)
    assert status == 200
    assert "#interview-prep" in html


async def test_everything_the_page_needs_comes_from_here(showing: Showing) -> None:
    _, html, headers = await gets(showing.url)
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    status, script, _ = await gets(f"{showing.url}static/main.js")
    assert status == 200
    assert "import" in script


async def test_half_a_character_does_not_take_the_page_away(showing: Showing) -> None:
    await showing.maya.says(showing.channel, "half a \ud83d character")
    status, html, _ = await gets(showing.url)
    assert (status, "half a ? character" in html) == (200, True)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None, "http://127.0.0.1:1"])
async def test_another_site_can_do_nothing(showing: Showing, origin: str | None) -> None:
    status, answer = await posts(showing, "say", origin, text="hello")
    assert (status, answer["ok"]) == (403, False)
    assert showing.channel.messages[-1].text != "hello"


async def test_a_name_that_points_here_is_not_enough(showing: Showing) -> None:
    status, text, _ = await gets(showing.url, Host="evil.example")
    assert status == 403
    assert "Maya" not in text
    status, _, _ = await gets(showing.url, Host="localhost:1234")
    assert status == 200


async def test_the_page_itself_may_speak(showing: Showing) -> None:
    assert await posts(showing, "say", text="hello") == (200, {"ok": True, "say": ""})
    assert showing.channel.messages[-1].text == "hello"


NONSENSE: tuple[tuple[str, dict[str, str], int], ...] = (
    ("fly", {}, 400),
    ("say", {}, 400),
    ("say", {"text": "x" * 12_001}, 400),
    ("say", {"text": " "}, 409),
    ("say", {"text": "x", "as": "U404"}, 400),
    ("say", {"text": "x", "channel": "C404"}, 400),
    ("say", {"text": "x", "thread": "1.0"}, 409),
    ("edit", {"ts": "1.0", "text": "x"}, 409),
    ("delete", {"ts": "../../etc"}, 409),
    ("react", {"ts": "1.0", "name": "tada"}, 409),
    ("act", {"surface": "moon", "block": "b", "action": "a"}, 400),
    ("act", {"surface": "view", "view": "V1", "block": "b", "action": "a"}, 409),
    ("submit", {"view": "V1"}, 409),
    ("clock", {"to": "yesteryear"}, 400),
    ("clock", {"to": "date", "date": "soon"}, 409),
    ("clock", {"to": "date", "date": "2020-01-01T00:00"}, 409),
    ("clock", {"to": "date", "date": "2027-01-01T00:00"}, 409),
    ("clock", {"to": "next"}, 409),
    ("fault", {"which": "fire"}, 409),
)


async def test_nonsense_earns_a_sentence(showing: Showing) -> None:
    for deed, fields, status in NONSENSE:
        got, answer = await posts(showing, deed, **fields)
        assert (deed, fields, got) == (deed, fields, status)
        assert answer["ok"] is False
        assert answer["say"].endswith((".", "!"))
        assert "Traceback" not in answer["say"]


async def test_a_body_that_is_too_large_or_no_form_earns_a_sentence(showing: Showing) -> None:
    origin = {"Origin": showing.sandbox.platform.root_url}
    async with aiohttp.ClientSession() as session:
        for body, kind in (
            (b"text=" + b"x" * 2_000_000, "application/x-www-form-urlencoded"),
            (b"\xff\xfe\x00", "multipart/form-data; boundary=x"),
            (b"\xff\xff", "application/x-www-form-urlencoded"),
            (b"{}", "application/json"),
        ):
            headers = origin | {"Content-Type": kind}
            async with session.post(
                f"{showing.url}do/say", data=io.BytesIO(body), headers=headers
            ) as response:
                assert response.status == 400, (body[:20], await response.text())
                assert (await response.json())["say"].endswith(".")


async def test_an_address_that_makes_no_sense_shows_the_beginning(showing: Showing) -> None:
    status, html, _ = await gets(f"{showing.url}?as=nobody&in=C404&thread=%00&drawer=../x&tab=moon")
    assert status == 200
    assert "Message #interview-prep" in html


async def test_nobody_sees_what_is_for_somebody_else(showing: Showing) -> None:
    secret = showing.sandbox.channel("secret", members=[showing.maya], private=True)
    await showing.maya.says(secret, "psst")
    await showing.maya.runs("/prep help", showing.channel)
    await showing.house.settled()
    [private] = showing.maya.ephemerals(showing.channel)
    _, seen, _ = await gets(showing.address(showing.jonas, secret))
    assert "psst" not in seen
    assert "Only visible to you" not in seen
    status, _ = await posts(
        showing, "say", text="me too", channel=secret.id, **{"as": showing.jonas.id}
    )
    assert status == 400
    status, _ = await posts(showing, "dismiss", ts=private.ts, **{"as": showing.jonas.id})
    assert status == 409


async def test_news_arrives_as_a_stream_and_ends_with_the_sandbox(showing: Showing) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{showing.url}news") as stream,
    ):
        assert stream.content_type == "text/event-stream"
        assert await stream.content.readuntil(b"data: hello\n\n")
        await showing.jonas.says(showing.channel, "hello")
        assert await stream.content.readuntil(b"data: changed\n\n")


async def test_other_peoples_messages_cannot_be_changed(showing: Showing) -> None:
    message = await showing.jonas.says(showing.channel, "mine")
    for deed in ("edit", "delete"):
        status, answer = await posts(showing, deed, ts=message.ts, text="yours")
        assert (status, message.text) == (409, "mine")
        assert "own messages" in answer["say"]


async def test_a_day_on_is_the_same_hour_though_the_clocks_change(showing: Showing) -> None:
    await showing.sets_up()
    await posts(showing, "clock", to="date", date="2026-03-28T10:00")
    _, answer = await posts(showing, "clock", to="tomorrow")
    assert answer["say"] == "It is Sunday, 29 March, 10:00."
    assert len(showing.stage.questions()) == 20


async def test_a_refused_call_is_made_again_and_nothing_is_lost(showing: Showing) -> None:
    await showing.sets_up()
    await posts(showing, "fault", which="limit")
    await posts(showing, "clock", to="next")
    assert showing.stage.questions() == []
    await posts(showing, "clock", to="hour")
    assert len(showing.stage.questions()) == 1


async def test_teammates_answer_on_request_and_only_once(showing: Showing) -> None:
    await showing.sets_up()
    status, _ = await posts(showing, "answer_now")
    assert status == 409
    question = await showing.asks()
    _, answer = await posts(showing, "answer_now")
    assert answer["say"] == "3 teammates answered."
    assert {reply.user_id for reply in question.thread} == {
        showing.jonas.id,
        showing.priya.id,
        showing.tom.id,
    }
    status, _ = await posts(showing, "answer_now")
    assert status == 409


async def test_teammates_answer_by_themselves_when_the_question_arrives(showing: Showing) -> None:
    await showing.sets_up()
    await posts(showing, "teammates", on="yes")
    all_answered = asyncio.Event()

    def look(_change: Change) -> None:
        if any(len(question.thread) == 3 for question in showing.stage.questions()):
            all_answered.set()

    showing.sandbox.subscribe(look)
    await posts(showing, "clock", to="next")
    async with asyncio.timeout(20):
        await all_answered.wait()
    [question] = showing.stage.questions()
    assert showing.maya.id not in {reply.user_id for reply in question.thread}


async def test_a_restart_waits_for_the_clock_to_stand(showing: Showing) -> None:
    await showing.sets_up()
    (_, moved), (_, restarted) = await asyncio.gather(
        posts(showing, "clock", to="week"), posts(showing, "fault", which="restart")
    )
    assert moved["say"] == "It is Monday, 9 March, 08:00."
    assert restarted["ok"] is True
    assert len(showing.stage.questions()) == 5


async def test_a_leap_ends_where_it_was_to_end_though_teammates_answer(showing: Showing) -> None:
    await showing.sets_up()
    await posts(showing, "teammates", on="yes")
    await posts(showing, "clock", to="date", date="2026-03-05T09:05")
    _, answer = await posts(showing, "clock", to="date", date="2026-03-10T09:05")
    assert answer["say"] == "It is Tuesday, 10 March, 09:05."
