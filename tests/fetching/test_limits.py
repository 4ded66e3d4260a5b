"""Websites that send too much, too slowly, too little or nonsense."""

from __future__ import annotations

import asyncio
import gzip
import socket
import tracemalloc
import zlib
from collections.abc import Iterable

import pytest
from aiohttp import web
from aiohttp.abc import ResolveResult

from bot.errors import FetchError
from bot.fetching.fetch import Fetcher
from bot.schedules.decoding import MAX_BYTES
from tests.fetching.web import Names, Site, page

TOO_LARGE = "this is larger than 10 MB"
DAMAGED = "its answer breaks off or is damaged"
MEGABYTE = bytes(1024 * 1024)


async def refused(fetcher: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(url)
    return caught.value


def bomb(megabytes: int) -> bytes:
    """So many megabytes of zeros, compressed to a thousandth."""
    archive = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    begin, each = (archive.compress(MEGABYTE) + archive.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return begin + each * (megabytes - 1)


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", gzip.compress(b"schedule", mtime=0)),
        ("identity", b"schedule"),
        ("GZIP", gzip.compress(b"schedule", mtime=0)),
    ],
)
async def test_compressed_content_is_read(website: Site, fetcher: Fetcher, encoding: str, content: bytes) -> None:
    website.pages["/"] = page(content, headers={"Content-Encoding": encoding})
    assert (await fetcher.fetch(website.url("/"))).content == b"schedule"


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "compress", "gzip, gzip"])
async def test_other_compressions_are_refused(website: Site, fetcher: Fetcher, encoding: str) -> None:
    website.pages["/"] = page(b"schedule", headers={"Content-Encoding": encoding})
    assert (await refused(fetcher, website.url("/"))).what == "this is compressed in a way that is not read"


async def test_a_bomb_takes_no_more_memory_than_is_allowed(website: Site, fetcher: Fetcher) -> None:
    website.pages["/"] = page(bomb(1024), headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        error = await refused(fetcher, website.url("/"))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (error.what, error.temporary) == (TOO_LARGE, False)
    assert most < 3 * MAX_BYTES


async def test_a_bomb_of_many_small_parts(website: Site, fetcher: Fetcher) -> None:
    website.pages["/"] = page(gzip.compress(b"") * 100_000, headers={"Content-Encoding": "gzip"})
    assert (await refused(fetcher, website.url("/"))).what == DAMAGED


async def test_exactly_the_most_is_read(website: Site, fetcher: Fetcher) -> None:
    website.pages["/"] = page(b"x" * MAX_BYTES)
    assert len((await fetcher.fetch(website.url("/"))).content or b"") == MAX_BYTES


async def test_what_says_that_it_is_larger_is_not_read(website: Site, fetcher: Fetcher) -> None:
    answered = asyncio.Event()

    async def boast(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(MAX_BYTES + 1)})
        await response.prepare(request)
        answered.set()
        await website.closing.wait()  # not a byte of it ever comes
        return response

    website.pages["/"] = boast
    assert (await refused(fetcher, website.url("/"))).what == TOO_LARGE
    assert answered.is_set()


async def test_what_does_not_end_is_left(website: Site, fetcher: Fetcher) -> None:
    left = asyncio.Event()

    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(MEGABYTE)
        finally:
            left.set()

    website.pages["/"] = endless
    assert (await refused(fetcher, website.url("/"))).what == TOO_LARGE
    await left.wait()


@pytest.mark.parametrize("begins", [False, True])
async def test_what_is_slow_is_left(website: Site, *, begins: bool) -> None:
    async def slow(asked: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        if begins:
            await response.prepare(asked)
            await response.write(b"sche")
        await website.closing.wait()
        return response

    website.pages["/there"] = slow
    website.redirect("/", "/there")
    error = await refused(Fetcher(allows_loopback=True, seconds=0.3), website.url("/?SECRET"))
    assert (error.what, error.where, error.temporary) == ("it takes longer than 0.3 s", website.url("/"), True)


class SlowNames(Names):
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        await asyncio.Event().wait()
        return await super().resolve(host, port, family)


async def test_looking_a_name_up_counts_as_well() -> None:
    fetcher = Fetcher(allows_loopback=False, seconds=0.1, resolver=SlowNames([("8.8.8.8",)]))
    assert (await refused(fetcher, "https://talks.example/")).what == "it takes longer than 0.1 s"


@pytest.mark.parametrize("content", [b"", b" \r\n"])
async def test_nothing_at_all(website: Site, fetcher: Fetcher, content: bytes) -> None:
    website.pages["/"] = page(content)
    error = await refused(fetcher, website.url("/"))
    assert (error.what, error.temporary) == ("this is empty", True)


async def answers_of(port: asyncio.Future[int], answers: Iterable[bytes]) -> None:
    """A server that sends just these bytes to whoever connects, one answer a connection."""
    waiting = iter(answers)

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(next(waiting))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(send, "127.0.0.1") as server:
        port.set_result(server.sockets[0].getsockname()[1])
        await server.serve_forever()


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ntoo short", DAMAGED),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", DAMAGED),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip at all", DAMAGED),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 99, mtime=0)[:20], DAMAGED),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello", "its answer cannot be read"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000 + b"\r\n\r\nhello", "its answer cannot be read"),
        (b"220 mail.example ESMTP\r\n", "its answer cannot be read"),
        (b"", "it cannot be reached now"),
    ],
)
async def test_nonsense(fetcher: Fetcher, answer: bytes, what: str) -> None:
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(answers_of(port, [answer]))
        error = await refused(fetcher, f"http://127.0.0.1:{await port}/")
        serving.cancel()
    assert (error.what, error.temporary) == (what, True)
