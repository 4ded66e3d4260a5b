from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import aiohttp
import discord
import pytest

from bot.rehearsal.loopback import GatewaySettings, Loopback, ManualMoments, Server, TextChannel
from bot.rehearsal.loopback.errors import RateLimitedError
from bot.rehearsal.loopback.rest.rate_limits import GLOBAL, INVALID, MESSAGES, RateLimits
from tests.rehearsal.conftest import UNHURRIED, connected, point_client_at


async def test_client_that_obeys_sees_no_429(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Loopback(gateway=UNHURRIED, speed=lambda: 50.0) as loopback:
        point_client_at(loopback, monkeypatch)
        hall = loopback.add_server("ICML 2022").add_channel("hall-f")
        async with connected(loopback) as client:
            channel = client.text_channel(hall)
            await asyncio.gather(*(channel.send(str(n)) for n in range(23)))
            assert sorted(int(m.content) for m in hall.messages) == list(range(23))
            assert loopback.requests.rate_limited == 0


async def test_headers_and_refusal(still: Loopback, moments: ManualMoments) -> None:
    hall = still.add_server("ICML 2022").add_channel("hall-f")
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {still.token}"}) as session:
        url = f"{still.api_base}/channels/{hall.id}/messages"

        async def send() -> aiohttp.ClientResponse:
            response = await session.post(url, json={"content": "Up next"})
            await response.read()
            return response

        first = await send()
        moments.advance(1)
        for _ in range(4):
            last = await send()
        assert {name: first.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset-After")} == {
            "Limit": "5",
            "Remaining": "4",
            "Reset-After": "5.000",
        }
        assert last.headers["X-RateLimit-Remaining"] == "0"
        assert last.headers["X-RateLimit-Reset-After"] == "4.000"
        reset = datetime.fromtimestamp(float(last.headers["X-RateLimit-Reset"]), UTC)
        assert (reset - moments.now()).total_seconds() == 4
        refused = await send()
        assert refused.status == 429
        assert (refused.headers["Retry-After"], refused.headers["X-RateLimit-Scope"]) == ("4", "user")
        assert await refused.json() == {"message": "You are being rate limited.", "retry_after": 4.0, "global": False}
        moments.advance(4)
        assert (await send()).status == 200
        assert len(hall.messages) == 6
        assert still.requests.rate_limited == still.requests.invalid == 1


async def test_another_channel_has_a_bucket_of_its_own(moments: ManualMoments) -> None:
    limits = RateLimits(moments, lambda: 1.0)
    for _ in range(5):
        headers = limits.take("POST messages", MESSAGES, "1")
    assert limits.take("POST messages", MESSAGES, "2")["X-RateLimit-Bucket"] == headers["X-RateLimit-Bucket"]
    with pytest.raises(RateLimitedError):
        limits.take("POST messages", MESSAGES, "1")


async def test_fifty_requests_a_second_for_the_whole_token(moments: ManualMoments) -> None:
    limits = RateLimits(moments, lambda: 1.0)
    for _ in range(GLOBAL.count):
        limits.take_global("token")
    moments.advance(0.75)
    with pytest.raises(RateLimitedError) as refused:
        limits.take_global("token")
    assert refused.value.body["global"] is True
    assert refused.value.retry_after == 0.25
    moments.advance(0.25)
    limits.take_global("token")


@pytest.mark.parametrize(("speed", "wait"), [(1.0, 5.0), (60.0, 0.084), (0.0, 5.0)])
async def test_windows_shrink_by_the_speed(moments: ManualMoments, speed: float, wait: float) -> None:
    limits = RateLimits(moments, lambda: speed)
    for _ in range(MESSAGES.count):
        limits.take("POST messages", MESSAGES, "1")
    with pytest.raises(RateLimitedError) as refused:
        limits.take("POST messages", MESSAGES, "1")
    assert refused.value.retry_after == wait


async def test_ten_thousand_invalid_requests_are_a_ban(still: Loopback, moments: ManualMoments) -> None:
    hall = still.add_server("ICML 2022").add_channel("hall-f")
    for _ in range(INVALID.count + 1):
        still._pipeline.limits.note_invalid()
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {still.token}"}) as session:
        url = f"{still.api_base}/channels/{hall.id}"
        async with session.get(url) as response:
            assert (response.status, response.headers.get("Via")) == (429, None)
        moments.advance(601)
        async with session.get(url) as response:
            assert response.status == 200


async def test_renaming_a_channel_twice_in_ten_minutes_is_all(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        hall.allow_bot("manage_channels")
        client.http.max_ratelimit_timeout = 30.0
        channel = client.text_channel(hall)
        await channel.edit(topic="Talk 1")
        await channel.edit(topic="Talk 2")
        with pytest.raises(discord.RateLimited) as limited:
            await channel.edit(topic="Talk 3")
        assert 590 < limited.value.retry_after <= 600
        assert hall.topic == "Talk 2"


async def test_interactions_do_not_count_towards_the_global_limit(loopback: Loopback, server: Server) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(60):
            url = f"{loopback.api_base}/interactions/1/unknown/callback"
            async with session.post(url, json={"type": 4}) as response:
                assert response.status == 404


async def test_identifying_takes_turns(moments: ManualMoments, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Loopback(gateway=GatewaySettings(max_concurrency=1), moments=moments) as loopback:
        point_client_at(loopback, monkeypatch)
        loopback._gateway.count_identify(0)
        with pytest.raises(RateLimitedError):
            loopback._gateway.count_identify(1)
        moments.advance(5)
        loopback._gateway.count_identify(1)
