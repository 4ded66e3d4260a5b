"""A browser as far as the server can tell: it listens to events, and sends what is pressed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.rehearsal.loopback import Person
from bot.rehearsal.page import Page

Json = dict[str, Any]


@dataclass
class Window:
    """What a window hears."""

    socket: aiohttp.ClientWebSocketResponse

    async def next(self) -> tuple[str, Json]:
        """The next event."""
        name, data, *_ = (await self.socket.receive_str()).split("\n")
        return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))

    async def ended(self) -> int | None:
        """The code with which the server ends it; what comes before that is passed over."""
        async for _ in self.socket:
            pass
        return self.socket.close_code

    async def until(self, name: str, **values: object) -> Json:
        """The next event of that name which holds these values."""
        while True:
            found, data = await self.next()
            if found == name and all(data[key] == value for key, value in values.items()):
                return data


@dataclass
class Browser:
    """Everything that one browser does with a page."""

    http: aiohttp.ClientSession
    page: Page

    @asynccontextmanager
    async def watching(self, person: Person | None = None) -> AsyncIterator[Window]:
        """A window in which one is somebody, or only watches."""
        number = str(person.id) if person else ""
        async with self.http.ws_connect(f"{self.page.url}events", params={"as": number}, max_msg_size=0) as socket:
            yield Window(socket)

    async def state(self, person: Person | None = None) -> Json:
        """What a window is told at first."""
        async with self.watching(person) as window:
            name, state = await window.next()
        assert name == "state"
        return state

    async def get(self, path: str, **query: str) -> Json:
        async with self.http.get(self.page.url + path, params=query) as response:
            return await _answer(response)

    async def send(self, path: str, person: Person | None = None, /, **values: object) -> Json:
        """Do something as somebody; the answer, which must be that it is done."""
        status, answer = await self.sent(path, person, **values)
        assert status == HTTPStatus.OK, answer
        return answer

    async def refused(self, path: str, person: Person | None = None, /, **values: object) -> tuple[int, str]:
        """Do something in vain: the status, and the one line that says why."""
        status, answer = await self.sent(path, person, **values)
        [line] = answer["error"].splitlines()
        return status, line

    async def sent(self, path: str, person: Person | None = None, /, **values: object) -> tuple[int, Json]:
        body = ({"as": str(person.id)} if person else {}) | values
        async with self.http.post(self.page.url + path, json=body) as response:
            return response.status, await _answer(response)


async def _answer(response: aiohttp.ClientResponse) -> Json:
    answer: Json = await response.json()
    return answer
