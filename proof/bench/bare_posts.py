"""`python -m proof.bench.bare_posts API_URL AT_ONCE CHANNEL…`: a bare loop over `chat_postMessage`.

The cards are rendered before the clock starts, and nothing is written down: what any app that posts
must do at least. It tells what that took as a line of JSON.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.ids import RoundId
from bot.domain.rounds import Card
from bot.features.daily_question import view
from content.bank import load
from proof.bench.sandbox_side import TOKEN


def cards(channels: list[str]) -> list[dict[str, Any]]:
    """Render a card for each channel, of one shipped question after the other."""
    questions = itertools.cycle(load().bank.questions)
    numbered = enumerate(zip(channels, questions, strict=False), start=1)
    return [
        {
            "channel": channel,
            "metadata": {"event_type": "prep_round", "event_payload": {"round": number}},
            **view.card(Card(RoundId(number), question)).payload(),
        }
        for number, (channel, question) in numbered
    ]


async def _post(client: AsyncWebClient, waiting: Iterator[dict[str, Any]]) -> None:
    for one in waiting:
        await client.chat_postMessage(unfurl_links=False, unfurl_media=False, **one)


async def main(api_url: str, at_once: int, channels: list[str]) -> None:
    """Post them all over one shared session, `at_once` side by side."""
    waiting = iter(cards(channels))
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=TOKEN, base_url=api_url, session=session, retry_handlers=[])
        cpu, begin = time.process_time(), time.perf_counter()
        await asyncio.gather(*(_post(client, waiting) for _ in range(at_once)))
        told = {"seconds": time.perf_counter() - begin, "cpu_s": time.process_time() - cpu}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
