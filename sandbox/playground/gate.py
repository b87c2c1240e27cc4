"""Who may speak to the page: a browser on this machine that shows this very page, and nobody else.

The server listens on loopback only. That alone does not keep out another site in the same browser:
it could post forms here (so the origin is checked) or point its own name at 127.0.0.1 (so the name
in the Host header is checked).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

_NAMES = frozenset({"127.0.0.1", "localhost"})
_HARMLESS = frozenset({"GET", "HEAD"})
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse strangers with 403 and a sentence; add the headers that keep a page to itself."""
    objection = _objection(request)
    if objection:
        return web.json_response({"ok": False, "say": objection}, status=403, headers=_HEADERS)
    response = await handler(request)
    if not response.prepared:
        response.headers.update(_HEADERS)
    return response


def _objection(request: web.Request) -> str:
    if (urlsplit(f"//{request.host}").hostname or "") not in _NAMES:
        return "Open the playground by the address it printed."
    if request.method in _HARMLESS:
        return ""
    if request.headers.get("Origin") != f"http://{request.host}":
        return "Only the playground's own page may do that."
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return "Only the playground's own page may do that."
    return ""
