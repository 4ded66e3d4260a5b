"""Screens that look at one page, in a process of their own: `python -m benchmarks.viewing_probe URL NUMBER`.

Writes a line once all of them show something, and then one for each state that reached one of them: when, and what it
counts to.
"""

from __future__ import annotations

import asyncio
import json
import sys

import aiohttp

from bot.clock import real_now


async def probe(url: str, number: int) -> None:
    """Look until the server ends it."""
    shown = asyncio.Semaphore(0)
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(None)) as http,
        asyncio.TaskGroup() as screens,
    ):
        for _ in range(number):
            screens.create_task(_look(http, url, shown))
        for _ in range(number):
            await shown.acquire()
        print("all look", flush=True)


async def _look(http: aiohttp.ClientSession, url: str, shown: asyncio.Semaphore) -> None:
    async with http.get(f"{url}/events") as response:
        is_state = is_first = True
        async for line in response.content:
            if line.startswith(b"event: "):
                is_state = line == b"event: state\n"
            elif is_state and line.startswith(b"data: "):
                at = real_now().timestamp()
                print(json.dumps([at, json.loads(line.removeprefix(b"data: "))["to"]]), flush=True)
                if is_first:
                    shown.release()
                    is_first = False


if __name__ == "__main__":
    asyncio.run(probe(sys.argv[1], int(sys.argv[2])))
