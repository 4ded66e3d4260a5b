"""What the page is made of, and the files that hang on messages, as answers to GET."""

from __future__ import annotations

from importlib.resources import files

from aiohttp import web
from aiohttp.helpers import content_disposition_header
from aiohttp.typedefs import Handler

from bot.rehearsal.loopback import Attachment, Loopback
from bot.rehearsal.page.given import file_name
from bot.served_pages import KINDS, file_served


def _static() -> dict[str, tuple[str, str]]:
    named = [(file.name, KINDS[file.name.rpartition(".")[2]]) for file in _FOLDER.iterdir() if file.is_file()]
    return {"/": ("index.html", "text/html")} | {f"/{name}": (name, kind) for name, kind in sorted(named)}


_FOLDER = files("bot.rehearsal.page") / "static"
STATIC = _static()
"""Each path with its file and content type."""


def add_static(app: web.Application) -> None:
    """Serve the page itself."""
    for path, (name, kind) in STATIC.items():
        app.router.add_get(path, file_served(_FOLDER.joinpath(name).read_bytes(), kind))


def attachment_served(loopback: Loopback) -> Handler:
    """Serves a file of a message to be saved, never to be shown."""

    async def handler(request: web.Request) -> web.Response:
        found = _attachment(loopback, request.match_info["message"], int(request.match_info["number"]))
        if found is None:
            raise web.HTTPNotFound(text="There is no such file any more.\n")
        saved_as = content_disposition_header("attachment", filename=file_name(found.filename))
        headers = {"Content-Disposition": saved_as, "Content-Type": "application/octet-stream"}
        return web.Response(body=found.data, headers=headers)

    return handler


def _attachment(loopback: Loopback, message_id: str, number: int) -> Attachment | None:
    for channel in loopback.world.channels.values():
        message = channel.find(int(message_id))
        if message is not None and number < len(message.attachments):
            return message.attachments[number]
    return None
