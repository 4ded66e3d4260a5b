"""What the page is made of, and the files that hang on messages, as answers to GET."""

from __future__ import annotations

import struct
from importlib.resources import files

from aiohttp import web
from aiohttp.helpers import content_disposition_header
from aiohttp.typedefs import Handler

from bot.rehearsal.loopback import Attachment, Loopback
from bot.rehearsal.page.given import file_name
from bot.served_pages import KINDS, file_served

PNG, PNG_HEAD = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 24


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
    """Serves a file of a message to be saved; only a picture is ever shown."""

    async def handler(request: web.Request) -> web.Response:
        found = _attachment(loopback, request.match_info["message"], int(request.match_info["number"]))
        if found is None:
            raise web.HTTPNotFound(text="There is no such file any more.\n")
        is_picture = picture_size(found.data) is not None
        way, kind = ("inline", "image/png") if is_picture else ("attachment", "application/octet-stream")
        headers = {"Content-Disposition": content_disposition_header(way, filename=file_name(found.filename))}
        return web.Response(body=found.data, headers=headers | {"Content-Type": kind})

    return handler


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, from its first chunk; None of anything else."""
    if not data.startswith(PNG) or len(data) < PNG_HEAD:
        return None
    width, height = struct.unpack(">II", data[PNG_HEAD - 8 : PNG_HEAD])
    return width, height


def _attachment(loopback: Loopback, message_id: str, number: int) -> Attachment | None:
    for channel in loopback.world.channels.values():
        message = channel.find(int(message_id))
        if message is not None and number < len(message.attachments):
            return message.attachments[number]
    return None
