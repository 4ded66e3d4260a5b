"""What all pages that are served to browsers have in common: their policy, their files, their events."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Nothing from elsewhere, nothing inline, in no frame, kept by nobody."""
KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
"""The content types of the files that pages are made of, by the ending of their names."""


def harden(app: web.Application, **more: str) -> None:
    """Send the headers with each answer, and these as well."""
    headers = HEADERS | more

    async def prepare(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(headers)

    app.on_response_prepare.append(prepare)


def file_served(body: bytes, kind: str) -> Handler:
    """Answers GET with what a file holds."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type=kind, charset="utf-8")

    return answer


def as_json(data: dict[str, Any]) -> str:
    """JSON without a space too many."""
    return json.dumps(data, separators=(",", ":"))


def server_sent(name: str, data: str) -> bytes:
    """A server-sent event of one line of data."""
    return f"event: {name}\ndata: {data}\n\n".encode()
