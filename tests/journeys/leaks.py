"""What no log and no metric of a journey's bot may hold: what people wrote, who asked unnamed, and any token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import aiohttp

from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.loopback import Loopback
from bot.rehearsal.loopback.world.channels import DirectChannel

TELLING = 12
"""Characters; shorter texts stand in a log by chance."""

Asked = tuple[str, int | None, bool]
"""A stored question's text, who asked it, and whether that is for moderators alone."""


async def metrics_of(bot: BotProcess) -> str:
    """What the running bot tells monitoring; nothing where it does not, or does not run."""
    port = bot.environment.get("METRICS_PORT")
    if port is None or bot._process is None or bot._process.returncode is not None:
        return ""
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            return await answer.text()
    except aiohttp.ClientConnectionError:
        return ""  # it has not come so far, or was stopped just now


def leaked(told: str, loopback: Loopback, asked: Iterable[Asked]) -> list[str]:
    """The lines of what operators are told that hold what they may not, and what people are told with a token in it."""
    tokens = {loopback.token, *loopback.world.interactions._by_token}
    secrets = tokens | {secret for secret in (*_written(loopback), *_asked(asked)) if len(secret) >= TELLING}
    found = {secret for secret in secrets if secret in told}
    lines = [line for line in told.splitlines() if any(secret in line for secret in found)]
    # one that has several lines of its own is in none of them
    lines += [secret for secret in found if not any(secret in line for line in lines)]
    return lines + [text for text in _shown(loopback) if loopback.token in text]


def _written(loopback: Loopback) -> Iterator[str]:
    """The first line of each direct message."""
    for channel in loopback.world.channels.values():
        if isinstance(channel, DirectChannel):
            yield from (message.content.splitlines()[0] for message in channel.messages if message.content)


def _asked(asked: Iterable[Asked]) -> Iterator[str]:
    for text, asker, anonymous in asked:
        yield text
        if anonymous and asker is not None:
            yield str(asker)


def _shown(loopback: Loopback) -> Iterator[str]:
    """All that the bot says to anybody."""
    for channel in loopback.world.channels.values():
        for message in (*channel.messages, *channel.hidden.values()):
            if message.author is loopback.bot:
                yield message.text
