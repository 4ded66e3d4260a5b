"""One WebSocket of the bot: compression, heartbeats, and what it says."""

from __future__ import annotations

import asyncio
import importlib
import json
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import WSCloseCode, WSMsgType, web

from bot.rehearsal.loopback.gateway.codes import Close

if TYPE_CHECKING:
    from bot.rehearsal.loopback.gateway.sessions import Session

Json = dict[str, Any]

_ZSTD_MODULES = ("compression.zstd", "zstandard")


class Compressor(Protocol):
    """Turns one message after another into pieces of a single compressed stream."""

    def pack(self, data: bytes) -> bytes:
        """One message, flushed so that it can be read at once."""


class Zlib:
    """Discord's zlib-stream: one zlib context a connection, each message ends with a sync flush."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj(level=1)

    def pack(self, data: bytes) -> bytes:
        return self._stream.compress(data) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class Zstd:
    """Discord's zstd-stream, where this Python can: discord.py asks for it whenever it can."""

    def __init__(self, module: Any) -> None:  # noqa: ANN401 - whichever of the two modules there is
        compressor = module.ZstdCompressor()
        self._stream = compressor.compressobj() if hasattr(compressor, "compressobj") else compressor
        self._flush = getattr(module, "COMPRESSOBJ_FLUSH_BLOCK", None) or compressor.FLUSH_BLOCK

    def pack(self, data: bytes) -> bytes:
        packed: bytes = self._stream.compress(data) + self._stream.flush(self._flush)
        return packed


def compressor(asked: str | None) -> Compressor | None:
    """What the client asked for with `compress=`; None is plain text.

    Raises:
        ValueError: it can't be had here.
    """
    if asked is None:
        return None
    if asked == "zlib-stream":
        return Zlib()
    if asked == "zstd-stream":
        for name in _ZSTD_MODULES:
            try:
                return Zstd(importlib.import_module(name))
            except ImportError:
                continue
    raise ValueError(asked)


class Connection:
    """Sends frames in order without making the sender wait; hands what comes in to `receive`."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, packer: Compressor | None) -> None:
        self._socket = socket
        self._transport = request.transport
        self._packer = packer
        self._outgoing: asyncio.Queue[str | int] = asyncio.Queue()
        self._closing = False
        self.session: Session | None = None

    @property
    def closed(self) -> bool:
        return self._socket.closed

    def send(self, frame: str) -> None:
        """Send a frame after those before it."""
        self._outgoing.put_nowait(frame)

    def send_json(self, payload: Json) -> None:
        """Send a payload that is no event."""
        self.send(json.dumps(payload, separators=(",", ":")))

    def close(self, code: int) -> None:
        """Close with a code, after what was sent before; 1006 cuts the line at once."""
        self._closing = True
        if code == Close.ABNORMAL:
            if self._transport is not None:
                self._transport.abort()
        else:
            self._outgoing.put_nowait(code)

    async def run(self, receive: Callable[[Json], None]) -> None:
        """Talk until either side closes."""
        writer = asyncio.create_task(self._write(), name="loopback-gateway-writer")
        try:
            await self._listen(receive)
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    async def _listen(self, receive: Callable[[Json], None]) -> None:
        async for message in self._socket:
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                continue
            try:
                payload = json.loads(message.data)
            except ValueError:
                self.close(Close.DECODE_ERROR)
                continue
            receive(payload)

    async def _write(self) -> None:
        while True:
            out = await self._outgoing.get()
            try:
                if isinstance(out, int):
                    await self._socket.close(code=out)
                    return
                if self._packer is None:
                    await self._socket.send_str(out)
                else:
                    await self._socket.send_bytes(self._packer.pack(out.encode()))
            except ConnectionError:
                return

    async def go_away(self) -> None:
        """Close because the loopback ends."""
        self._closing = True
        await self._socket.close(code=WSCloseCode.GOING_AWAY)

    @property
    def close_code(self) -> int | None:
        """The code that the client closed with of its own accord."""
        return None if self._closing else self._socket.close_code
