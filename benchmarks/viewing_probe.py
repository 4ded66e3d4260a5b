"""Browsers that look on, in a process of their own: `python -m benchmarks.viewing_probe`.

Reads the addresses of event streams, one a line, up to an empty line; writes a line once each has been told something.
At the end of its input it writes a line for each event that names what it is about: which stream, when, of what name,
and what a screen counts to, or which message a window shows. While it looks on it only notes what came when.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bot.clock import real_now

Received = Sequence[tuple[float, bytes]]
ABOUT = {"state": "to", "message": "id"}
"""By the event's name: what tells what it is about. The state of a window holds none."""


class Stream(asyncio.Protocol):
    """One browser's stream of events."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self._host = parts.netloc
        self._address = parts.hostname or "", parts.port or 80
        self.received: list[tuple[float, bytes]] = []
        self.began = asyncio.Event()

    async def open(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, *self._address)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        # of HTTP/1.1 the answer would come in numbered chunks
        transport.write(f"GET {self._target} HTTP/1.0\r\nHost: {self._host}\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        self.received.append((real_now().timestamp(), data))
        if b"event: state\n" in data:
            self.began.set()


def told(received: Received) -> Iterator[tuple[float, str, object]]:
    """Each event that names what it is about: when its end came, seconds since 1970, its name, and that."""
    left = b""
    for at, data in received:
        *events, left = (left + data).split(b"\n\n")
        for event in events:
            name, _, text = event.rpartition(b"event: ")[2].decode().partition("\ndata: ")
            about = json.loads(text).get(ABOUT[name]) if name in ABOUT else None
            if about is not None:
                yield at, name, about


async def probe() -> None:
    """Look on until the input ends."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    streams: list[Stream] = []
    while url := (await lines.readline()).decode().strip():
        streams.append(Stream(url))
    for stream in streams:
        await stream.open()
    for stream in streams:
        await stream.began.wait()
    print("all look", flush=True)
    await lines.read()
    for number, stream in enumerate(streams):
        for event in told(stream.received):
            print(json.dumps([number, *event]))


if __name__ == "__main__":
    asyncio.run(probe())
