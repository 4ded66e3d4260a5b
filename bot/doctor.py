"""`chairside doctor`: each thing the bot needs, whether it is there, and what to do if not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import discord
import pytz
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from bot.clock import clock_from_setting, real_now
from bot.delivery.channel_problems import missing_permissions
from bot.discord_address import use_api_base
from bot.errors import ChairsideError
from bot.settings import Settings, read_settings
from db.database import Database, writable
from db.migrate import head_revision
from db.tables import RoomChannel, Server

SKEW_TOLERATED = timedelta(seconds=5)
NEWEST_ZONES_KNOWN_BAD = "2022"
"""Zone data of this year or older misses changes that conferences of today meet."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do where it is not in order."""

    name: str
    ok: bool
    what: str
    remedy: str = ""


async def examine() -> int:
    """Print every finding; returns 0 if all is in order, else 1.

    Raises:
        ConfigurationError: a setting is malformed, so that nothing can be looked at.
    """
    console = Console()
    settings = read_settings()
    findings = [finding async for finding in _findings(settings)]
    in_order = all(finding.ok for finding in findings)
    console.print(_drawn(findings))
    console.print("Everything is in order." if in_order else "Put the lines marked NOT OK right, then look again.")
    return 0 if in_order else 1


def _drawn(findings: Sequence[Finding]) -> Table:
    """A finding a row, what to do below it: nothing is cut, however narrow the terminal is."""
    table = Table.grid(Column(no_wrap=True), Column(overflow="fold"), padding=(0, 2, 0, 0))
    for finding in findings:
        mark = Text("ok", "green") if finding.ok else Text("NOT OK", "bold red")
        remedy = f"\n→ {finding.remedy}" if finding.remedy else ""
        table.add_row(mark, Text.assemble((f"{finding.name}: ", "bold"), finding.what, remedy))
    return table


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield _zones()
    yield _clock(settings)
    db: Database | None = None
    try:
        db = Database(settings.database_url)
        yield await _database(db)
    except ChairsideError as error:
        yield Finding("database", ok=False, what=error.what, remedy=error.do or "")
    async for finding in _discord(settings, db):
        yield finding
    if db is not None:
        await db.close()


def _zones() -> Finding:
    version = pytz.VERSION  # such as 2026.6: the year and edition of the tz database it holds
    return Finding(
        "zone data",
        ok=version[:4] > NEWEST_ZONES_KNOWN_BAD,
        what=f"tz database {version}, {len(pytz.common_timezones)} zones",
        remedy="" if version[:4] > NEWEST_ZONES_KNOWN_BAD else "Update pytz",
    )


def _clock(settings: Settings) -> Finding:
    try:
        clock = clock_from_setting(settings.clock)
    except ChairsideError as error:
        return Finding("clock", ok=False, what=error.what, remedy=error.do or "")
    if settings.clock and not settings.on_loopback:
        return Finding("clock", ok=False, what="CLOCK is set for the real Discord", remedy="Unset CLOCK")
    return Finding("clock", ok=True, what=f"{clock.now():%Y-%m-%d %H:%M:%S} UTC, speed {clock.speed:g}")


async def _database(db: Database) -> Finding:
    try:
        revision = await db.revision()
        await writable(db)
    except (DBAPIError, OSError) as error:
        return Finding("database", ok=False, what=f"{db.place}: {error}".splitlines()[0], remedy="Check DATABASE_URL")
    if revision is None:
        return Finding("database", ok=True, what=f"{db.place}: empty; its tables are made at the first start")
    if revision != head_revision():
        what = f"{db.place}: revision {revision}, this version needs {head_revision()}"
        return Finding("database", ok=False, what=what, remedy="chairside db upgrade (the bot does it at start, too)")
    return Finding("database", ok=True, what=f"{db.place}: revision {revision}, writable")


async def _discord(settings: Settings, db: Database | None) -> AsyncIterator[Finding]:
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    if not token:
        remedy = "Put DISCORD_TOKEN in .env (README, Going live); or rehearse without one: chairside rehearse"
        yield Finding("token", ok=False, what="DISCORD_TOKEN is not set", remedy=remedy)
        return
    use_api_base(settings.discord_api_base)
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            yield await _skew(settings.discord_api_base)
            await client.login(token)
        except (aiohttp.ClientError, discord.HTTPException, TimeoutError) as error:
            what = f"{settings.discord_api_base} does not answer as it should ({type(error).__name__})"
            yield Finding("Discord", ok=False, what=what, remedy="Check this machine's network, or try again later")
            yield Finding("token", ok=True, what="set; Discord could not be asked whether it accepts it")
            return
        except discord.LoginFailure:
            remedy = "Copy it anew from the Developer Portal under Bot, Reset Token, into .env"
            yield Finding("token", ok=False, what="set, but Discord does not accept it", remedy=remedy)
            return
        yield Finding("token", ok=True, what=f"set, and accepted; the bot is {client.user}")
        if db is not None:
            async for finding in _channels(client, db):
                yield finding


async def _skew(base: str) -> Finding:
    """How far this machine's clock is from Discord's."""
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(f"{base}/gateway") as response:
        told = response.headers.get("Date")
    here = real_now()
    there = parsedate_to_datetime(told) if told else here
    skew = abs(here - there.replace(tzinfo=there.tzinfo or UTC))
    ok = skew <= SKEW_TOLERATED
    what = f"within {SKEW_TOLERATED.seconds} s of Discord's" if ok else f"{skew.total_seconds():.0f} s off Discord's"
    return Finding("machine's time", ok=ok, what=what, remedy="" if ok else "Let it keep time by NTP")


async def _channels(client: discord.Client, db: Database) -> AsyncIterator[Finding]:
    """Each channel that a server has chosen, and whether the bot may post there."""
    for server_id, channel_id in await _chosen_channels(db):
        name = f"channel {channel_id}"
        try:
            guild = await client.fetch_guild(server_id)
            me = await guild.fetch_member(client.user.id if client.user else 0)
            channels = {channel.id: channel for channel in await guild.fetch_channels()}
        except (discord.NotFound, discord.Forbidden):
            yield Finding(name, ok=False, what=f"the bot is not on server {server_id}", remedy="Invite it (README)")
            continue
        channel = channels.get(channel_id)
        if channel is None:
            yield Finding(name, ok=False, what=f"gone from {guild.name}", remedy="Choose another: /setup channel")
            continue
        missing = missing_permissions(channel, me)
        remedy = f"Allow {', '.join(missing)} in Edit Channel, Permissions" if missing else _advice(channel, me)
        yield Finding(f"#{channel.name}", ok=not missing, what=f"{guild.name}: {_state(missing)}", remedy=remedy)


def _advice(channel: discord.abc.GuildChannel, me: discord.Member) -> str:
    """What would let it do more in a channel where it may post."""
    if channel.permissions_for(me).create_public_threads:
        return ""
    return "Questions that were not reached go on in a thread: allow Create Public Threads for that"


def _state(missing: list[str]) -> str:
    return f"lacks {', '.join(missing)}" if missing else "may post"


async def _chosen_channels(db: Database) -> list[tuple[int, int]]:
    try:
        async with db.reading() as session:
            servers = [(row.id, row.channel_id) for row in await session.exec(select(Server)) if row.channel_id]
            rooms = [(row.server_id, row.channel_id) for row in await session.exec(select(RoomChannel))]
    except DBAPIError:
        return []  # the database's own finding says why
    return list(dict.fromkeys([*servers, *rooms]))
