"""What a web server answers: a body of bounded size, or why there is none."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from aiohttp import ClientResponse, hdrs

from bot.errors import FetchError
from bot.schedules.decoding import MAX_BYTES

GZIP, IDENTITY = "gzip", "identity"
LONGEST_RETRY_AFTER_SECONDS = 3_600

_LONGEST_VALIDATOR = 1_000
_SHARE = "Publish it, or share it with anyone who has the link"
_TEMPORARY = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


def sign_in_needed(what: str) -> FetchError:
    return FetchError(f"one has to sign in to read this ({what})", do=_SHARE)


def too_large() -> FetchError:
    return FetchError(
        f"this is larger than {MAX_BYTES // 1024 // 1024} MB", do="Link to a part of it, or to a smaller format"
    )


def damaged() -> FetchError:
    return FetchError("its answer breaks off or is damaged", do="Try again later", temporary=True)


def check_status(answer: ClientResponse) -> None:
    """Let only an answer pass that has the whole content.

    Raises:
        FetchError: its status is not 200; temporary where the server may think otherwise later.
    """
    status = answer.status
    if status == HTTPStatus.OK:
        return
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise sign_in_needed(f"it answers {status}")
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise FetchError(f"nothing is there (it answers {status})", do="Check the link in a private browser window")
    if status in _TEMPORARY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise FetchError(
            f"its server has no answer now ({status})",
            do="Try again later",
            temporary=True,
            retry_after=retry_after(answer.headers),
        )
    raise FetchError(f"it answers {status}", do="Use a link that gives the file at once")


def retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds from 0 to an hour; a date is counted from the server's own, so that no clock has to agree."""
    said = headers.get(hdrs.RETRY_AFTER, "").strip()
    try:
        if said.isdecimal():
            seconds = int(said[:9])
        else:
            wait = parsedate_to_datetime(said) - parsedate_to_datetime(headers.get(hdrs.DATE, ""))
            seconds = int(wait.total_seconds())
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0), LONGEST_RETRY_AFTER_SECONDS)


def validator(answer: ClientResponse, header: str) -> str | None:
    """An ETag or a date to send back next time, None if there is none that could be."""
    value = answer.headers.get(header, "").strip()
    return value if value and len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable() else None


async def body(answer: ClientResponse) -> bytes:
    """The content, unpacked: whole, or none of it. Takes at most three times `MAX_BYTES` of memory meanwhile.

    Raises:
        FetchError: it is too large, empty, damaged, or compressed in a way that was not asked for.
        aiohttp.ClientError: it breaks off.
    """
    stated = ",".join(answer.headers.getall(hdrs.CONTENT_ENCODING, [])).strip().lower() or IDENTITY
    if stated not in (GZIP, IDENTITY):
        raise FetchError("this is compressed in a way that is not read", do="Link to the file itself")
    if (answer.content_length or 0) > MAX_BYTES:
        raise too_large()
    sent = bytearray()
    async for part in answer.content.iter_any():
        sent += part
        if len(sent) > MAX_BYTES:
            raise too_large()
    content = await asyncio.to_thread(_unpacked, sent) if stated == GZIP else bytes(sent)
    if not content.strip():
        raise FetchError("this is empty", do="Look at the link in a private browser window", temporary=True)
    return content


def _unpacked(packed: bytearray) -> bytes:
    """What gzip holds. aiohttp would do it too, but takes half of an archive for the whole."""
    archive = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        content = archive.decompress(packed, MAX_BYTES + 1)
    except zlib.error:
        raise damaged() from None
    if len(content) > MAX_BYTES:
        raise too_large()
    if not archive.eof or archive.unused_data:
        raise damaged()
    return content
