"""Where Discord is: its own address, or a loopback on this machine."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

log = logging.getLogger(__name__)

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.25, 15.0
SERVER_ERROR = 500


def use_api_base(base: str) -> None:
    """Send every REST request to this base, version included."""
    Route.BASE = base


def use_gateway(url: str) -> None:
    """Connect every shard here; discord.py keeps a fixed address for set shard counts and invalidated sessions."""
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)


async def wait_until_reachable(base: str) -> None:
    """Return as soon as Discord answers at the base; says so in the log while it does not, or has an outage."""
    wait = FIRST_WAIT_SECONDS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        while True:
            try:
                async with session.get(f"{base}/gateway") as answer:
                    if answer.status < SERVER_ERROR:
                        return
                    trouble = f"it answers {answer.status}"
            except (aiohttp.ClientError, TimeoutError) as error:
                trouble = type(error).__name__
            log.warning("Discord cannot be reached (%s); trying again in %.1f s", trouble, wait)
            await asyncio.sleep(wait)  # noqa: TID251 - back-off is in real time
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
