"""Where Discord is: its own address, or a loopback on this machine."""

from __future__ import annotations

import logging
from http import HTTPStatus

import aiohttp
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.clock import pause
from bot.delivery.backoff import backoff

log = logging.getLogger(__name__)


def use_api_base(base: str) -> None:
    """Send every REST request to this base, version included."""
    Route.BASE = base


def use_gateway(url: str) -> None:
    """Connect every shard here; discord.py keeps a fixed address for set shard counts and invalidated sessions."""
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)


async def wait_until_reachable(base: str) -> None:
    """Return as soon as Discord answers at the base; says so in the log while it does not, or has an outage."""
    attempts = 0
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        while True:
            try:
                async with session.get(f"{base}/gateway") as answer:
                    if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                        return
                    trouble = f"it answers {answer.status}"
            except (aiohttp.ClientError, TimeoutError) as error:
                trouble = type(error).__name__
            wait = backoff(attempts).total_seconds()
            log.warning("Discord cannot be reached (%s); trying again in %.1f s", trouble, wait)
            await pause(wait)
            attempts += 1
