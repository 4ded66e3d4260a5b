"""The hall's screen of a rehearsal: who is given its link, where the bot serves it, and that it stays the same."""

from __future__ import annotations

import socket
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.cast import Cast
from bot.rehearsal.control import Part
from bot.rehearsal.loopback.people.reply import NO_RESPONSE
from bot.rehearsal.stage_port import StagePort
from tests.rehearsal.page.played import playing
from tests.stage.screens import looking


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.slow
async def test_screen_follows_the_clock_and_comes_back_at_the_same_address(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with playing(tmp_path, http, Cast.LIVELY) as play:
        rehearsal = play.rehearsal
        hall = str(rehearsal.hall.channel.id)
        url = (await play.browser.send("act/screen", channel=hall))["url"]
        assert url.startswith(f"http://{rehearsal.bot.stage_address}/stage/")
        async with looking(http, url) as screen:
            assert (await screen.state())["to"] == rehearsal.schedule.sessions[0].starts_at.timestamp() * 1000
            await play.browser.send("control/clock", speed=600)
            while (await screen.next("clock"))[1]["speed"] != 600:
                pass
            await play.browser.send("control/clock", paused=True)
            while (await screen.next("clock"))[1]["speed"]:
                pass
            before = rehearsal.clock.now()
            await play.browser.send("control/clock", jump=True)
            while (await screen.next("clock"))[1]["now"] <= before.timestamp() * 1000:
                pass
            # the cast goes on: the link is asked for as the moderator, by nobody who takes their place
            assert rehearsal.control.plays(Part.MODERATOR)
            assert not rehearsal.control.took_part
            await play.browser.send("control/bot", restart=True)
            with pytest.raises((EOFError, aiohttp.ClientError)):
                await screen.until(phase="over")
        await play.until(bot="online")
        async with looking(http, url) as screen:
            assert (await screen.next("clock"))[1]["now"] == rehearsal.clock.now().timestamp() * 1000
        for channel in (hall, str(rehearsal.hall.backstage.id), str(rehearsal.hall.server.id), ""):
            assert (await play.browser.send("act/screen", channel=channel))["url"] == url


async def test_page_gives_its_link_to_no_other_sites_page(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with playing(tmp_path, http, Cast.NOBODY) as play:
        url = f"{play.browser.page.url}act/screen"
        tried: list[tuple[dict[str, str], Mapping[str, Any], int]] = [
            ({"Origin": "https://evil.example"}, {"json": {"channel": ""}}, 403),
            ({"Host": "evil.example"}, {"json": {"channel": ""}}, 403),
            ({}, {"data": "channel="}, 415),
            ({}, {"json": {}}, 400),
        ]
        for headers, sent, status in tried:
            async with http.post(url, headers=headers, **sent) as refused:
                assert refused.status == status
        async with http.get(url) as refused:
            assert refused.status == 405
        await play.browser.send("control/faults", down=True)
        assert await play.browser.refused("act/screen", channel="") == (424, NO_RESPONSE)
        await play.browser.send("control/finish")
        assert (await play.browser.refused("act/screen", channel=""))[0] == 409


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a port cannot be held for another process")
def test_port_is_held_for_the_bot_alone() -> None:
    held, other = StagePort(), StagePort()
    try:
        assert held.number != other.number
        for _ in range(2):  # the bot, and the bot that is started again
            with socket.socket() as bot:
                bot.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                bot.bind(("127.0.0.1", held.number))
                bot.listen()
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", held.number))
    finally:
        held.close()
        other.close()


def test_whatever_the_operator_set_is_not_where_a_rehearsal_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE_ADDRESS", "0.0.0.0:8780")
    monkeypatch.setenv("STAGE_URL", "https://stage.example.org")
    told = BotProcess(tmp_path, "a.b.c", "http://127.0.0.1:1", "", stage_address="127.0.0.1:1234").environment
    assert told["STAGE_ADDRESS"] == "127.0.0.1:1234"
    assert "STAGE_URL" not in told
    assert "STAGE_ADDRESS" not in BotProcess(tmp_path, "a.b.c", "http://127.0.0.1:1", "").environment
