from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.errors import ConfigurationError
from bot.rehearsal.cast import Handout
from bot.rehearsal.page import Page
from bot.rehearsal.page.server import PORTS_TRIED, STATIC
from bot.rehearsal.rehearsal import Rehearsal
from tests.builders import a_schedule


@pytest.fixture
async def rehearsal(tmp_path: Path) -> AsyncIterator[Rehearsal]:
    """A rehearsal that nobody plays."""
    rehearsal = Rehearsal(a_schedule(), Handout("icml.txt", b"", "ICML 2022", None, None), tmp_path)
    async with rehearsal.loopback:
        yield rehearsal


@pytest.fixture
async def page(rehearsal: Rehearsal) -> AsyncIterator[Page]:
    async with Page(rehearsal, port=0) as page:
        yield page


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as session:
        yield session


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
