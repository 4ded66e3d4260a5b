"""Comes to Discord and stays there; what no waiting will mend ends the bot with one line and exit code 2."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus

import aiohttp
import discord
from discord.http import Route

from bot.answers import Answer
from bot.client import ChairsideClient
from bot.clock import pause
from bot.delivery.backoff import backoff
from bot.discord_address import wait_until_reachable
from bot.errors import ConfigurationError

log = logging.getLogger(__name__)

ANEW = "Copy it anew from the Developer Portal under Bot, Reset Token"
NEWEST = "Install the newest Chairside; if that is this one, please report it"
TOKEN_REFUSED, DISALLOWED_INTENTS = 4004, 4014
FOR_GOOD = {
    TOKEN_REFUSED: ("Discord does not accept DISCORD_TOKEN any more", ANEW),
    4010: ("Discord does not know this shard (gateway code 4010)", "Check SHARD_IDS and SHARD_COUNT"),
    4011: (
        "the bot is on too many servers for so few shards (gateway code 4011)",
        "Set SHARD_COUNT higher, or leave it out",
    ),
    4012: ("Discord's gateway does not speak this version any more (code 4012)", NEWEST),
    4013: ("Discord does not know an intent that was asked for (gateway code 4013)", NEWEST),
    DISALLOWED_INTENTS: ("Discord does not allow the bot an intent that was asked for (gateway code 4014)", NEWEST),
}
"""The close codes after which nobody is let in again, each with what is wrong and what to do."""


async def connect(client: ChairsideClient, token: str) -> None:
    """Log in, connect all shards, and return once the client is closed.

    Raises:
        ConfigurationError: Discord does not let this bot in, or not any more.
    """
    await wait_until_reachable(client.settings.discord_api_base)
    guard = TokenGuard(client)
    guarding = asyncio.create_task(guard.wait_for_refusal(), name="token")
    connecting = asyncio.create_task(_connect(client, token), name="gateway")
    try:
        await asyncio.wait([guarding, connecting], return_when=asyncio.FIRST_COMPLETED)
        for task in (connecting, guarding):
            if task.done():
                task.result()
    finally:
        for task in (guarding, connecting):
            task.cancel()
        await asyncio.gather(guarding, connecting, return_exceptions=True)


async def _connect(client: ChairsideClient, token: str) -> None:
    try:
        await _log_in(client, token)
        await client.connect()
    except discord.LoginFailure as error:
        raise ConfigurationError("Discord does not accept DISCORD_TOKEN", do=ANEW) from error
    except discord.PrivilegedIntentsRequired as error:
        raise ended_for_good(DISALLOWED_INTENTS) from error
    except discord.ConnectionClosed as error:
        raise ended_for_good(error.code) from error


async def _log_in(client: ChairsideClient, token: str) -> None:
    """Also while Discord answers some requests and not others."""
    attempts = 0
    while True:
        try:
            return await client.login(token)
        except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError) as error:
            if isinstance(error, discord.HTTPException) and _is_refusal(error.status):
                raise
            wait = backoff(attempts)
            trouble = (type(error).__name__, wait.total_seconds())
            log.warning("Discord does not let the bot log in yet (%s); trying again in %.1f s", *trouble)
        await client.forget_login()
        await pause(wait.total_seconds())
        attempts += 1


def _is_refusal(status: int) -> bool:
    return status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS


def ended_for_good(code: int) -> ConfigurationError:
    """Why Discord's gateway lets nobody in again."""
    other = (f"Discord ended the connection for good, with code {code}", NEWEST)
    what, do = FOR_GOOD.get(code, other)
    return ConfigurationError(what, do=do)


class TokenGuard:
    """Makes sure that a token which was taken back is not used again and again: Discord counts each such request."""

    def __init__(self, client: ChairsideClient) -> None:
        self._client = client
        self._suspected = asyncio.Event()
        client.answers.heard.append(self._heard)

    def _heard(self, answer: Answer) -> None:
        # at the very first, nobody has been let in: the log-in itself says that
        if answer.refuses_token and self._client.logged_in.is_set():
            self._suspected.set()

    async def wait_for_refusal(self) -> None:
        """Until a request was refused for its token, and one more that anybody's token may ask.

        Raises:
            ConfigurationError: then.
        """
        while True:
            await self._suspected.wait()
            try:
                await self._client.http.request(Route("GET", "/users/@me"))
            except discord.HTTPException as error:
                if error.status == HTTPStatus.UNAUTHORIZED:
                    raise ended_for_good(TOKEN_REFUSED) from error
            except (aiohttp.ClientError, OSError):
                log.info("whether the token is accepted could not be asked")
            self._suspected.clear()
