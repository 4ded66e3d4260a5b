"""The gateway, spoken to without a library: what it says, and with which code it ends."""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest

from bot.rehearsal.loopback import Loopback, ManualMoments, Person, Server, TextChannel
from tests.rehearsal.conftest import connected

Json = dict[str, Any]
PLAIN = {"v": "10", "encoding": "json"}


class Socket:
    """One connection that speaks JSON."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, op: int, data: object) -> None:
        await self.socket.send_json({"op": op, "d": data})

    async def hear(self) -> Json:
        heard: Json = await self.socket.receive_json(timeout=5)
        return heard

    async def closed_with(self) -> int | None:
        while (await self.socket.receive(timeout=5)).type is not aiohttp.WSMsgType.CLOSE:
            pass
        return self.socket.close_code


@asynccontextmanager
async def open_socket(loopback: Loopback, **query: str) -> AsyncIterator[Socket]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(loopback.gateway_url, params=query or PLAIN) as socket,
    ):
        yield Socket(socket)


def identify(loopback: Loopback, **changes: object) -> Json:
    return {"token": loopback.token, "intents": 1 | 1 << 9, "properties": {}, **changes}


@pytest.mark.parametrize(
    ("op", "changes", "code"),
    [
        (2, {"token": "wrong"}, 4004),
        (2, {"shard": [2, 2]}, 4010),
        (2, {"intents": 1 << 30}, 4013),
        (2, {"intents": 1 << 15}, 4014),
        (3, {}, 4003),
        (6, {"token": "wrong"}, 4004),
    ],
)
async def test_close_codes(loopback: Loopback, op: int, changes: Json, code: int) -> None:
    async with open_socket(loopback) as socket:
        assert (await socket.hear())["d"] == {"heartbeat_interval": 41250}
        await socket.say(op, identify(loopback, **changes))
        assert await socket.closed_with() == code


async def test_identifying_twice_unknown_opcode_and_no_json(loopback: Loopback) -> None:
    for said, code in [
        (json.dumps({"op": 2, "d": identify(loopback)}), 4005),
        (json.dumps({"op": 99, "d": None}), 4001),
        ("no JSON", 4002),
    ]:
        async with open_socket(loopback) as socket:
            await socket.say(2, identify(loopback))
            await socket.socket.send_str(said)
            assert await socket.closed_with() == code


async def test_wrong_version_and_unknown_compression(loopback: Loopback) -> None:
    async with open_socket(loopback, v="9", encoding="json") as socket:
        assert await socket.closed_with() == 4012
    with pytest.raises(aiohttp.WSServerHandshakeError):
        async with open_socket(loopback, compress="lzw"):
            pass


async def test_zlib_stream(loopback: Loopback, server: Server) -> None:
    async with open_socket(loopback, **PLAIN, compress="zlib-stream") as socket:
        inflate = zlib.decompressobj()
        heard = []
        await socket.say(2, identify(loopback))
        for _ in range(3):
            packed = await socket.socket.receive_bytes(timeout=5)
            assert packed.endswith(b"\x00\x00\xff\xff")
            heard.append(json.loads(inflate.decompress(packed)))
        assert [frame.get("t") for frame in heard] == [None, "READY", "GUILD_CREATE"]


async def test_heartbeats_are_acknowledged_or_missed(still: Loopback, moments: ManualMoments) -> None:
    async with open_socket(still) as socket:
        await socket.hear()
        moments.advance(80)
        await socket.say(1, None)
        assert (await socket.hear())["op"] == 11
        moments.advance(80)
        await socket.say(1, None)
        assert (await socket.hear())["op"] == 11
        moments.advance(83)
        assert await socket.closed_with() == 4009


async def test_heartbeats_without_acknowledgement(loopback: Loopback) -> None:
    loopback.faults.no_ack = True
    async with open_socket(loopback) as socket:
        await socket.hear()
        await socket.say(1, None)
        await socket.say(2, identify(loopback))
        assert (await socket.hear())["t"] == "READY"


async def test_missed_events_come_after_a_resume(
    loopback: Loopback, server: Server, hall: TextChannel, attendee: Person
) -> None:
    async with open_socket(loopback) as socket:
        await socket.hear()
        await socket.say(2, identify(loopback))
        ready = await socket.hear()
        seen = (await socket.hear())["s"]
        await socket.socket.close(code=4000)
    await attendee.say(hall, "while you were away")
    async with open_socket(loopback) as socket:
        await socket.hear()
        await socket.say(6, {"token": loopback.token, "session_id": ready["d"]["session_id"], "seq": seen})
        missed, resumed = await socket.hear(), await socket.hear()
        assert (missed["t"], missed["s"], missed["d"]["content"]) == ("MESSAGE_CREATE", seen + 1, "")
        assert resumed["t"] == "RESUMED"


@pytest.mark.parametrize(("session_id", "sequence"), [("unknown", 1), (None, 99)])
async def test_what_cannot_be_resumed(loopback: Loopback, session_id: str | None, sequence: int) -> None:
    async with open_socket(loopback) as socket:
        await socket.hear()
        await socket.say(2, identify(loopback))
        ready = await socket.hear()
        await socket.socket.close(code=4000)
    async with open_socket(loopback) as socket:
        await socket.hear()
        known = session_id or ready["d"]["session_id"]
        await socket.say(6, {"token": loopback.token, "session_id": known, "seq": sequence})
        assert await socket.hear() == {"op": 9, "d": False}


async def test_a_goodbye_ends_the_session(loopback: Loopback) -> None:
    async with open_socket(loopback) as socket:
        await socket.hear()
        await socket.say(2, identify(loopback))
        await socket.hear()
        await socket.socket.close(code=1000)
    await loopback.wait_until_gone()
    assert loopback._gateway.sessions == {}


async def test_frames_are_limited(still: Loopback) -> None:
    async with open_socket(still) as socket:
        for _ in range(121):
            await socket.say(1, None)
        assert await socket.closed_with() == 4008


async def test_events_come_by_intent(loopback: Loopback, server: Server, hall: TextChannel, attendee: Person) -> None:
    async with open_socket(loopback) as socket:
        await socket.hear()
        await socket.say(2, identify(loopback, intents=1))
        heard = [(await socket.hear())["t"] for _ in range(2)]
        await attendee.say(hall, "not for those without the intent")
        server.add_channel("lobby")
        heard.append((await socket.hear())["t"])
        assert heard == ["READY", "GUILD_CREATE", "CHANNEL_CREATE"]


async def test_a_hidden_channels_messages_do_not_come(
    loopback: Loopback, server: Server, hall: TextChannel, attendee: Person
) -> None:
    hall.deny_bot("view_channel")
    async with connected(loopback, intents=discord.Intents(guilds=True, guild_messages=True)) as client:
        await attendee.say(hall, "hidden")
        await attendee.say(server.add_channel("lobby"), f"{loopback.bot.mention} seen")
        await client.heard.wait_for(f"attendee: {loopback.bot.mention} seen")
        assert not any("hidden" in event for event in client.heard.events)
        assert len(client.cached_messages) == 1
