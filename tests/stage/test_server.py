"""Whom the stage view's server lets in, what it answers, and what strangers can take of it."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import AsyncExitStack

import aiohttp
import pytest
from sqlmodel import update

from bot.errors import ConfigurationError
from bot.rules.stage_links import Page
from bot.stage import server
from bot.stage.stage import Stage
from db.database import NOBODY, Database
from db.tables import Conference, Server
from tests.builders import a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import import_page
from tests.stage.screens import NOBODYS, PATIENCE, Screens, looking, until

HARDENED = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}
FILES = sorted(file.name for file in server.STATIC.iterdir() if not file.name.endswith(".html"))


async def status(http: aiohttp.ClientSession, url: str, method: str = "GET") -> int:
    async with http.request(method, url) as response:
        return response.status


async def test_every_answer_is_hardened_and_open_to_no_other_site(hall: Screens, http: aiohttp.ClientSession) -> None:
    stage, lobby = await hall.url(), await hall.url(Page.LOBBY)
    static = [f"{hall.base}/static/{name}" for name in FILES]
    for url in (stage, lobby, f"{stage}/events", f"{stage}?light", *static, hall.base, f"{hall.base}/stage/{NOBODYS}"):
        async with http.get(url, headers={"Origin": "https://evil.example"}) as response:
            assert {name: response.headers[name] for name in HARDENED} == HARDENED, url
            assert not [name for name in response.headers if name.startswith("Access-Control")]


async def test_pages_hold_nothing_inline_and_ask_nobody_else(hall: Screens, http: aiohttp.ClientSession) -> None:
    pages = [await hall.url(), await hall.url(Page.LOBBY), *(f"{hall.base}/static/{name}" for name in FILES)]
    for url in pages:
        async with http.get(url) as response:
            assert response.status == 200
            text = (await response.text()).replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not [
            word for word in ("://", " style=", " onclick=", "<style", "@import", "eval(", "innerHTML") if word in text
        ]


async def test_only_the_secret_of_the_very_page_lets_in(hall: Screens, http: aiohttp.ClientSession) -> None:
    stage = await hall.url()
    secret = stage.rpartition("/")[2]
    wrong = [
        *(
            f"/stage/{NOBODYS}",
            f"/lobby/{secret}",
            f"/stage/{secret[:-1]}",
            f"/stage/{secret}x",
            f"/stage/{secret.upper()}",
        ),
        *(
            "/",
            "/stage/",
            "/stage/1",
            "/static/",
            "/static/stage.html",
            "/static/../server.py",
            "/static/%2e%2e/server.py",
        ),
        *(f"/lobby/{secret}/events", f"/stage/{NOBODYS}/events", f"/stage/{'%00' * 43}"),
    ]
    assert await status(http, stage) == 200
    for path in wrong:
        async with http.get(hall.base + path) as response:
            assert (response.status, response.headers["X-Chairside"]) == (404, "no such link"), path


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_it_is_read_only(hall: Screens, http: aiohttp.ClientSession, method: str) -> None:
    url = await hall.url()
    assert await status(http, url, "HEAD") == 200
    for address in (url, f"{url}/events", f"{hall.base}/static/stage.js"):
        assert await status(http, address, method) == 405


async def test_revoked_link_sends_everybody_away_at_once_and_is_not_found_any_more(
    hall: Screens, http: aiohttp.ClientSession
) -> None:
    url, lobby = await hall.url(), await hall.url(Page.LOBBY)
    async with looking(http, url) as first, looking(http, url) as second, looking(http, lobby) as other:
        for each in (first, second, other):
            await each.state()
        await hall.replace(renew=True)
        assert await first.is_sent_away()
        assert await second.is_sent_away()
        assert await status(http, url) == await status(http, f"{url}/events") == 404
        renewed = await hall.url()
        assert renewed != url
        async with looking(http, renewed) as third:
            assert (await third.state())["session"] == "Deep Learning"
        await hall.replace(Page.LOBBY, renew=False)
        assert await other.is_sent_away()


async def test_link_of_one_session_shows_nothing_of_another(hall: Screens, http: aiohttp.ClientSession) -> None:
    other = a_session(a_talk("Elsewhere", starts_at=at("12:30")), title="Other", room="Hall G", moderator="Olga")
    await import_page(hall.db, hall.clock, a_schedule(other, conference="Another"))
    async with looking(http, await hall.url(session=1)) as ours, looking(http, await hall.url(session=2)) as theirs:
        shown = [repr(await each.state()) for each in (ours, theirs)]
    assert ["Elsewhere" in text or "Hall G" in text for text in shown] == [False, True]
    assert ["Talk 1" in text or "Hall F" in text for text in shown] == [True, False]
    async with looking(http, await hall.url(Page.LOBBY, session=2)) as lobby:
        assert [room["name"] for room in (await lobby.state())["rooms"]] == ["Hall G"]


@pytest.mark.parametrize(
    "change",
    [
        update(Conference).values(archived_at=at("12:00")),
        update(Server).values(left_at=at("12:00")),
    ],
    ids=["conference archived", "bot removed from the server"],
)
async def test_link_ends_with_what_it_shows(hall: Screens, http: aiohttp.ClientSession, change: object) -> None:
    url = await hall.url()
    async with looking(http, url) as screen:
        await screen.state()
        async with hall.db.transaction(NOBODY) as session:
            await session.exec(change)  # type: ignore[call-overload] # an update
        hall.stage.wake()
        assert await screen.is_sent_away()
    assert await status(http, url) == 404


async def test_so_many_look_at_a_link_and_the_next_one_is_told_to_come_later(
    hall: Screens, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PER_LINK", 3)
    monkeypatch.setattr(server, "IN_ALL", 4)
    url, lobby = await hall.url(), await hall.url(Page.LOBBY)
    async with AsyncExitStack() as open_ones:
        screens = [await open_ones.enter_async_context(looking(http, url)) for _ in range(3)]
        assert await status(http, f"{url}/events") == 503
        await open_ones.enter_async_context(looking(http, lobby))
        assert await status(http, f"{lobby}/events") == 503
        assert await status(http, url) == 200
        await hall.replace(renew=True)
        for screen in screens:
            assert await screen.is_sent_away()
        async with looking(http, await hall.url()) as again:
            await again.state()


async def test_connections_beyond_the_bound_are_closed_before_anything_is_read(
    hall: Screens, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 2)
    url = await hall.url()
    async with looking(http, url), looking(http, url):
        with pytest.raises(aiohttp.ClientConnectionError):
            await status(http, url)


async def test_who_connects_and_says_nothing_is_hung_up_on(hall: Screens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "SLOW_SECONDS", 0.05)
    await hall.stage.stop()
    hall.stage = Stage(("127.0.0.1", 0), hall.db, hall.clock)
    await hall.stage.start()
    for begun in (b"", b"GET /stage/ HTTP/1.1\r\nHost: x\r\nX-Slow: "):
        reader, writer = await asyncio.open_connection("127.0.0.1", hall.stage.port)
        writer.write(begun)
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        writer.close()


async def test_browser_that_takes_nothing_is_dropped(hall: Screens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "SLOW_SECONDS", 0.05)
    url = await hall.url()
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.stage.port, limit=1)
    writer.write(f"GET {url.removeprefix(hall.base)}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    await reader.readexactly(1)
    feed = hall.stage._feeds[Page.STAGE]
    (viewer,) = feed._viewers[1]
    viewer.show(b"x" * 50_000_000)
    await until(lambda: not feed._viewers)
    writer.close()


async def test_slow_browser_is_owed_the_newest_state_alone(hall: Screens, http: aiohttp.ClientSession) -> None:
    with hall.stage._feeds[Page.STAGE].joined(1, 1) as viewer:
        for number in range(1000):
            viewer.show(b"%d" % number)
        assert await viewer.next(PATIENCE) == b"999"
        viewer.send_away(b"last")
        viewer.show(b"later")
        assert [await viewer.next(PATIENCE), await viewer.next(PATIENCE)] == [b"last", None]


async def test_log_holds_neither_a_secret_nor_what_strangers_send(
    hall: Screens, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    url = await hall.url()
    secret = url.rpartition("/")[2]

    async def broken(*_arguments: object) -> None:
        raise RuntimeError("the machine stops here")

    async with looking(http, url) as screen:
        await screen.state()
    for sent in (
        f"GET /stage/{secret} NONSENSE\r\n\r\n",
        f"\x16\x03{secret}\r\n\r\n",
        f"GET /{secret * 300} HTTP/1.1\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", hall.stage.port)
        writer.write(sent.encode())
        async with asyncio.timeout(PATIENCE):
            await reader.read()
        writer.close()
    monkeypatch.setattr(server, "find_link", broken)
    assert await status(http, url) == 500
    assert "could not be shown" in caplog.text
    own = [record for record in caplog.records if not record.name.startswith(("aiosqlite", "asyncio", "sqlalchemy"))]
    assert not [record for record in own if secret in record.getMessage()]
    assert not [record for record in own if record.name.startswith("aiohttp")]


async def test_port_that_is_taken_is_said_in_one_line(db: Database, clock: SteppedClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError) as refused:
            await Stage(("127.0.0.1", port), db, clock).start()
    assert str(refused.value) == (
        f"STAGE_ADDRESS: cannot listen on 127.0.0.1, port {port} (Address already in use). "
        "Choose another port, or leave it unset."
    )
