"""The place of a session's console: the moderators' channel, else a private thread of the session's channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus

import aiohttp
import discord

from bot.client import ChairsideClient
from bot.delivery.channel import UNKNOWN_CHANNEL, DeliveryFailed, Outcome
from bot.delivery.channel_problems import Problem
from bot.errors import CommandError
from bot.messages.text import shortened
from bot.rules.server_check import PRIVATE_THREADS, places_used
from bot.services.moderators import (
    edit_consoles_in,
    forget_console_thread,
    remember_console_thread,
    sessions_with_console,
)
from bot.services.programme import PlacedSession
from bot.services.servers import server_settings
from bot.services.timekeeping import live_session

log = logging.getLogger(__name__)

THREAD_NAME_LIMIT = 100
THREAD_ARCHIVED = 50083
_FAILURES = (discord.HTTPException, aiohttp.ClientError, OSError)
_NOT_NOW = (HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS)  # no permission would help


async def console_place(client: ChairsideClient, placed: PlacedSession, member: discord.abc.Snowflake) -> int:
    """The channel or thread of a session's console; a private thread is opened, and `member` let in, if need be.

    Raises:
        CommandError: there is no place for it; says what is missing.
    """
    if placed.console_id is not None and not placed.console_in_thread:
        return placed.console_id
    try:
        if placed.console_id is not None and await _let_in(client, placed.console_id, member.id):
            return placed.console_id
    except _FAILURES as error:
        raise CommandError(
            f"you cannot be let into the console's thread ({_reason(error)})",
            do="Ask one of its moderators to mention you there, or choose a moderators' channel with /setup moderators",
        ) from error
    try:
        async with _alone_at(client, placed.console_id or placed.session.id):
            live = await live_session(client.db, client.clock, server_id=placed.server_id, session_id=placed.session.id)
            if live.placed.console_id == placed.console_id:
                people = [] if placed.console_id is None else _admitted(live.placed)
                return await _open_thread(client, live.placed, [member.id, *people])
    except DeliveryFailed as error:
        raise CommandError("a thread is being opened for the console", do="Try again in a moment") from error
    # somebody else was faster
    return await console_place(client, live.placed, member)


async def admit_to_console(client: ChairsideClient, placed: PlacedSession, member: discord.abc.Snowflake) -> None:
    """Let somebody who takes over see the console, where that is in a private thread.

    Raises:
        CommandError: Discord does not let them in; says what they can do.
    """
    if placed.console_id is None or not placed.console_in_thread:
        return
    try:
        is_there = await _let_in(client, placed.console_id, member.id)
    except _FAILURES as error:
        raise CommandError(
            f"they moderate it now, but cannot be let into the console's thread ({_reason(error)})",
            do="Mention them in that thread, or choose a moderators' channel with /setup moderators",
        ) from error
    if not is_there:
        await console_deleted(client, server_id=placed.server_id, thread_id=placed.console_id)


async def console_deleted(client: ChairsideClient, *, server_id: int, thread_id: int) -> None:
    """Replace a console's thread that is gone; where that cannot be now, the sender finds out, and tries again."""
    try:
        found = await replace_console(client, server_id=server_id, thread_id=thread_id)
    except DeliveryFailed as failure:
        told = {"server": str(server_id)}
        log.warning("the console's thread %s is not replaced yet: %s", thread_id, failure, extra=told)
    else:
        if not isinstance(found, Problem):
            return
    await edit_consoles_in(client.db, client.clock, server_id=server_id, thread_id=thread_id)
    client.store_changed()


async def replace_console(client: ChairsideClient, *, server_id: int, thread_id: int) -> bool | Problem:
    """Put another thread in the place of one that is gone.

    A session that is under way gets it at once, with everyone in it who moderates it or used its clock; until there
    is one, it keeps the old one's place. For any other session, /session console opens one.

    Returns:
        whether a console was in it, and none is now; or what keeps the bot from opening another.

    Raises:
        DeliveryFailed: Discord, or another process that is at it, is to be waited for.
    """
    async with _alone_at(client, thread_id):
        sessions = await sessions_with_console(client.db, server_id, thread_id)
        for session_id in sessions:
            live = await live_session(client.db, client.clock, server_id=server_id, session_id=session_id)
            placed = live.placed
            if placed.run.opened_at is None or placed.expected.is_over or placed.console_id != thread_id:
                continue
            if (problem := await _replace(client, placed)) is not None:
                return problem
        await forget_console_thread(client.db, client.clock, server_id=server_id, thread_id=thread_id)
    if sessions:
        client.store_changed()
    # two messages may find out at once: for the second it is forgotten already
    return bool(sessions) or thread_id not in places_used((await server_settings(client.db, server_id)).places)


@asynccontextmanager
async def _alone_at(client: ChairsideClient, thread_id: int) -> AsyncIterator[None]:
    """One at a time, of all processes.

    Raises:
        DeliveryFailed: another process is at it.
    """
    lock = client.replacing.setdefault(thread_id, asyncio.Lock())
    async with lock, client.db.alone(thread_id) as is_alone:
        if not is_alone:
            raise DeliveryFailed(Outcome.NOT_SENT, "another process opens the console's next thread")
        yield


async def _replace(client: ChairsideClient, placed: PlacedSession) -> Problem | None:
    """Open another thread for a session; else what keeps the bot from it.

    Raises:
        DeliveryFailed: it is for Discord to answer, or to tell of the server first.
    """
    server = client.get_guild(placed.server_id)
    if server is None or server.unavailable:
        raise DeliveryFailed(Outcome.NOT_SENT, "Discord has not told of the server yet")
    try:
        await _open_thread(client, placed, _admitted(placed))
    except CommandError as error:
        cannot = "show a session's console, whose thread was deleted"
        return Problem("console", f"{error.what}.", f"{error.do or 'Use /setup check'}.", cannot)
    except _FAILURES as error:
        raise DeliveryFailed(Outcome.NOT_SENT, _reason(error)) from error
    return None


def _admitted(placed: PlacedSession) -> list[int]:
    """Who was let into a console's thread: its moderators, and everyone who opened the session or used its clock."""
    return [*placed.moderator_ids, *(event.by for event in placed.events if event.by is not None)]


async def _open_thread(client: ChairsideClient, placed: PlacedSession, people: Iterable[int]) -> int:
    """A private thread with these people in it, remembered as the console's place.

    Raises:
        CommandError: there is no channel for it, or the bot may not open one.
    """
    channel = client.get_channel(placed.place.channel_id) if placed.place else None
    if not isinstance(channel, discord.TextChannel):
        raise CommandError(
            "there is no place for the console", do="Choose a moderators' channel with /setup moderators"
        )
    refused = CommandError(
        f"there is no moderators' channel, and in #{channel.name} a private thread cannot be opened",
        do="Choose one with /setup moderators, or allow Create Private Threads and Send Messages in Threads there",
    )
    name = shortened(f"Console: {placed.session.title}", THREAD_NAME_LIMIT)
    # one that was opened but not remembered, because the process died in between, is used again
    mine = (t for t in channel.threads if t.name == name and t.owner_id == client.application_id)
    thread = next((t for t in mine if t.id != placed.console_id), None)
    granted = channel.permissions_for(channel.guild.me)
    if not all(getattr(granted, name) for name in PRIVATE_THREADS):
        raise refused  # without asking Discord in vain
    try:
        thread = thread or await channel.create_thread(name=name, type=discord.ChannelType.private_thread)
    except discord.HTTPException as error:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status in _NOT_NOW:
            raise
        raise refused from error
    if not [user_id for user_id in dict.fromkeys(people) if await _is_let_in(client, thread.id, user_id)]:
        raise refused
    await remember_console_thread(
        client.db, client.clock, server_id=placed.server_id, session_id=placed.session.id, thread_id=thread.id
    )
    return thread.id


async def _is_let_in(client: ChairsideClient, thread_id: int, user_id: int) -> bool:
    """Let somebody into a thread; not so where they left the server, for which the others are not kept waiting."""
    try:
        return await _let_in(client, thread_id, user_id)
    except _FAILURES as error:
        log.warning("member %s cannot be let into thread %s: %s", user_id, thread_id, error)
        return False


async def _let_in(client: ChairsideClient, thread_id: int, user_id: int) -> bool:
    """Let somebody into a thread, archived or not; whether it is there. By its id: one that is archived is in no cache.

    Raises:
        HTTPException: Discord does not let them in.
    """
    try:
        await client.http.add_user_to_thread(thread_id, user_id)
    except discord.HTTPException as error:
        if error.code == UNKNOWN_CHANNEL:
            return False
        if error.code != THREAD_ARCHIVED:
            raise
        await client.http.edit_channel(thread_id, archived=False)
        await client.http.add_user_to_thread(thread_id, user_id)
    return True


def _reason(error: Exception) -> str:
    return error.text if isinstance(error, discord.HTTPException) else type(error).__name__
