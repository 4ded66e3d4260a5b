from __future__ import annotations

import asyncio
import socket
from io import BytesIO

import aiohttp
import pytest
from aiohttp import WSCloseCode

from bot.errors import ConfigurationError
from bot.rehearsal.cast import Cast
from bot.rehearsal.loopback import InteractionSent, MessageCreated
from bot.rehearsal.page import Page, line
from bot.rehearsal.page.files import STATIC
from bot.rehearsal.page.requests import LARGEST
from bot.rehearsal.page.server import PORTS_TRIED
from bot.rehearsal.rehearsal import Rehearsal
from tests.rehearsal.conftest import Client
from tests.rehearsal.page.browser import Browser, Window

PATIENCE = 20.0


@pytest.mark.parametrize("path", [*STATIC, "/events", "/nothing"])
async def test_every_answer_is_hardened(page: Page, http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(page.url.rstrip("/") + path) as response:
        assert response.status == (404 if path == "/nothing" else 200)
        names = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control")
        assert [response.headers[name] for name in names] == [
            (
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            ),
            "nosniff",
            "no-referrer",
            "no-store",
        ]


async def test_page_holds_nothing_inline_and_asks_nobody_else(page: Page, http: aiohttp.ClientSession) -> None:
    for path in STATIC:
        async with http.get(page.url.rstrip("/") + path) as response:
            text = (await response.text()).replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not [word for word in ("://", " style=", " onclick=", "<style", "@import", "eval(") if word in text]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:{port}"}, 200),
        ({"Origin": "http://127.0.0.1:{port}"}, 200),
        ({"Origin": "http://localhost:{port}"}, 200),
        ({"Host": "evil.example:{port}"}, 403),
        ({"Host": "127.0.0.1"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
    ],
)
@pytest.mark.parametrize("path", ["", "events"])
async def test_only_its_own_pages_are_answered(
    page: Page, http: aiohttp.ClientSession, path: str, headers: dict[str, str], status: int
) -> None:
    port = page.url.rsplit(":", 1)[1].rstrip("/")
    sent = {name: value.replace("{port}", port) for name, value in headers.items()}
    async with http.get(page.url + path, headers=sent) as response:
        assert response.status == status


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_other_sites_pages_may_lead_here_and_hear_nothing(
    page: Page, http: aiohttp.ClientSession, site: str
) -> None:
    """A picture of theirs tells no origin; what it asks for would be drawn, and hold the rehearsal open at its end."""
    statuses = []
    for path in ("", "events", "commands", "page.js"):
        async with http.get(page.url + path, headers={"Sec-Fetch-Site": site}) as response:
            statuses.append(response.status)
    assert statuses == [200, 403, 403, 403]
    assert not page.is_watched


async def test_other_sites_pages_open_no_socket(page: Page, http: aiohttp.ClientSession) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(f"{page.url}events", headers=headers)
    assert not page.is_watched


async def test_socket_of_nobody_is_closed_with_the_code_that_says_so(page: Page, browser: Browser) -> None:
    async with browser.http.ws_connect(f"{page.url}events?as=1") as socket:
        assert (await Window(socket).ended(), page.is_watched) == (line.REFUSED, False)


async def test_who_asks_for_no_socket_hears_server_sent_events(page: Page, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{page.url}events") as response:
        assert response.content_type == "text/event-stream"
        assert await response.content.readline() == b"event: state\n"
    async with http.get(f"{page.url}events?as=1") as response:
        assert (response.status, response.content_type) == (404, "application/json")


async def test_window_that_is_closed_is_known_to_be_gone(page: Page, browser: Browser) -> None:
    async with browser.watching() as window:
        await window.next()
        assert page.is_watched
    async with asyncio.timeout(PATIENCE):
        await page._feed.left.wait()


async def test_window_that_takes_nothing_is_given_up(
    page: Page, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "SLOW_SECONDS", 0.05)
    async with browser.watching() as window:
        await window.next()
        [view] = page._feed._views.values()
        for _ in range(100):  # more than all the buffers between take
            view.tell(b"x" * 2**20)
        async with asyncio.timeout(PATIENCE):
            await page._feed.left.wait()


async def test_what_a_window_says_ends_it(page: Page, browser: Browser) -> None:
    async with browser.watching() as window:
        await window.next()
        await window.socket.send_str("x" * 2 * line.LONGEST)
        assert await window.ended() == WSCloseCode.MESSAGE_TOO_BIG
    async with asyncio.timeout(PATIENCE):
        await page._feed.left.wait()


async def test_only_get_is_answered(page: Page, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{page.url}events") as response:
        assert response.status == 405


def occupied(count: int) -> list[socket.socket]:
    """So many neighbouring ports taken on 127.0.0.1, wherever there are so many free."""
    for first in range(20_000, 60_000, 97):
        taken: list[socket.socket] = []
        try:
            taken.extend(socket.create_server(("127.0.0.1", port)) for port in range(first, first + count))
        except OSError:
            for listening in taken:
                listening.close()
        else:
            return taken
    raise AssertionError(count)


async def test_taken_port_makes_way_for_the_next_free_one(rehearsal: Rehearsal, http: aiohttp.ClientSession) -> None:
    taken = occupied(3)
    first, last = (listening.getsockname()[1] for listening in (taken[0], taken[-1]))
    taken.pop().close()
    async with Page(rehearsal, port=first) as page, http.get(page.url) as response:
        assert (page.url, response.status) == (f"http://127.0.0.1:{last}/", 200)
    for listening in taken:
        listening.close()


async def test_no_port_left_is_one_clear_line(rehearsal: Rehearsal) -> None:
    taken = occupied(PORTS_TRIED)
    first = taken[0].getsockname()[1]
    with pytest.raises(ConfigurationError) as refused:
        await Page(rehearsal, port=first).start()
    assert str(refused.value) == (
        f"ports {first} to {first + 20} are all taken. End what listens there, or rehearse without the page: --no-page."
    )
    for listening in taken:
        listening.close()


async def posted(
    page: Page, http: aiohttp.ClientSession, body: bytes = b"{}", headers: dict[str, str] | None = None
) -> tuple[int, str]:
    sent = {"Content-Type": "application/json"} | (headers or {})
    async with http.post(f"{page.url}control/finish", data=BytesIO(body), headers=sent) as response:
        return response.status, await response.text()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
async def test_other_sites_pages_change_nothing(
    rehearsal: Rehearsal, page: Page, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    rehearsal.control.open(Cast.LIVELY, 1)
    assert (await posted(page, http, headers=headers))[0] == 403
    assert not rehearsal.control.finished.is_set()
    assert (await posted(page, http, headers={"Origin": page.url.rstrip("/")}))[0] == 200


async def test_only_json_of_a_files_size_is_read(rehearsal: Rehearsal, page: Page, http: aiohttp.ClientSession) -> None:
    rehearsal.control.open(Cast.LIVELY, 1)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert await posted(page, http, headers={"Content-Type": kind}) == (
            415,
            '{"error": "the page sends application/json."}',
        )
    assert await posted(page, http, b"x" * (LARGEST + 1)) == (413, '{"error": "more than 15 MiB is too much."}')
    assert await posted(page, http, b"{") == (400, '{"error": "the body is no JSON object."}')
    assert not rehearsal.control.finished.is_set()


async def test_nothing_is_changed_by_looking(rehearsal: Rehearsal, page: Page, http: aiohttp.ClientSession) -> None:
    rehearsal.control.open(Cast.LIVELY, 1)
    for path in ("control/finish", "control/bot", "act/slash", "act/press"):
        async with http.get(page.url + path) as response:
            assert response.status == 405
    assert not rehearsal.control.took_part
    assert not rehearsal.control.finished.is_set()


async def test_what_is_sent_is_done_to_its_end_though_the_window_goes_away(
    rehearsal: Rehearsal, browser: Browser, bot: Client
) -> None:
    """A form that the bot takes its time to answer; whoever sent it has closed the window by then."""
    ada, place = rehearsal.hall.attendees[0], rehearsal.hall.channel
    await browser.send("act/slash", ada, channel=str(place.id), path="show")
    [shown] = place.messages
    form = (await browser.send("act/press", ada, message=str(shown.id), control="form"))["form"]["token"]
    body = {"form": form, "values": {"line": "once", "which": "1"}}
    rehearsal.loopback.faults.delay(0.2)
    with rehearsal.loopback.subscribe() as events:
        sending = asyncio.create_task(browser.sent("act/submit", ada, **body))
        async for event in events:
            if isinstance(event, InteractionSent):
                sending.cancel()
            if isinstance(event, MessageCreated):
                break
    await asyncio.gather(sending, return_exceptions=True)
    assert (await browser.refused("act/submit", ada, **body))[0] == 404
    assert [message.content for message in ada.sees(place) if message.only_for] == ["once None [] 1 []"]
