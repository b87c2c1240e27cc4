"""Sending a message to Slack by the shortest way: one request, made and read once.

A question goes to thousands of channels in the same minute. The SDK's way to the same request looks
through arguments and retry handlers that a post must not have, and costs as much as the request
itself; here it gives its settings and its error, and nothing else.
"""

from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import quick_json

JSON_TYPE = "application/json"


async def send(
    client: AsyncWebClient, method: str, token: str, arguments: Mapping[str, Any]
) -> AsyncSlackResponse:
    """Call a method once, as `client` would, and return what Slack replied if it is a yes.

    Raises SlackApiError for a no, ValueError for a 200 that is not Slack's, and aiohttp's errors.
    It waits for as long as it takes: whoever calls sets the time-out. `client` needs its session.
    """
    assert client.session is not None  # noqa: S101 - see above
    url = client.base_url + method
    headers = {
        **client.headers,
        "Authorization": f"Bearer {token}",
        "Content-Type": f"{JSON_TYPE};charset=utf-8",
    }
    async with client.session.post(
        url,
        data=quick_json.dumps(arguments),
        headers=headers,
        proxy=client.proxy,
        ssl=True if client.ssl is None else client.ssl,
    ) as reply:
        said = await _read(reply)
    response = AsyncSlackResponse(
        client=client,
        http_verb="POST",
        api_url=url,
        req_args={},
        data=said,
        headers=reply.headers,  # type: ignore[arg-type]  # read like a dict
        status_code=reply.status,
    )
    response.validate()  # type: ignore[no-untyped-call]  # the SDK names no types for it
    return response


async def _read(reply: aiohttp.ClientResponse) -> dict[str, Any]:
    raw = await reply.read()
    try:
        said = quick_json.loads(raw)
    except ValueError:
        said = None
    if isinstance(said, dict):
        return said
    if reply.status == 200:
        raise ValueError("a reply that is not Slack's")
    return {}  # a proxy's, whose status says enough
