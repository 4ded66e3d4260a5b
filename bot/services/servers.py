"""A server's settings: each change re-plans what the server owes, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.server_check import PlacesChosen
from bot.rules.setup_flow import Step, with_mark
from bot.rules.zone_search import zone_meant
from bot.services.chosen import room_channels
from bot.services.planning import replan
from bot.services.welcoming import Join, is_join, owe_welcome
from db.database import Database
from db.tables import Conference, Delivery, RoomChannel, Server, Session

SHARD_SHIFT = 22
"""Discord's rule: a server's shard is its id without so many bits, modulo the number of shards."""
MAX_LEADS = 3
MAX_LEAD_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What a server chose, and how much of a programme it has.

    Attributes:
        rooms: the rooms of its open conferences, as the schedules write them.
        room_channels: the channel of each room that has its own, by the room's case-folded name.
        zones: of its open conferences.
        stages: the stage channel of each room that has one, by the room's case-folded name.
        setup_steps: what was answered or left as it is in /setup start.
    """

    channel_id: int | None
    timezone: str | None
    lead_minutes: tuple[int, ...]
    rooms: tuple[str, ...]
    room_channels: dict[str, int]
    sessions: int
    waiting: int
    zones: tuple[str, ...] = ()
    moderators_channel_id: int | None = None
    moderators_role_id: int | None = None
    ping_role_id: int | None = None
    board_channel_id: int | None = None
    audit_channel_id: int | None = None
    keeps_events: bool = False
    stages: Mapping[str, int] = field(default_factory=dict)
    setup_steps: tuple[str, ...] = ()

    @property
    def places(self) -> PlacesChosen:
        """The channels that were chosen, as checks take them."""
        return PlacesChosen(
            channel_id=self.channel_id,
            rooms=self.room_channels,
            moderators_id=self.moderators_channel_id,
            board_id=self.board_channel_id,
            audit_id=self.audit_channel_id,
        )


async def server_row(session: AsyncSession, server_id: int) -> Server:
    """The server's row; made on first use, which may be before the bot joins."""
    row = await session.get(Server, server_id)
    if row is None:
        row = Server(id=server_id)
        session.add(row)
        await session.flush()
    return row


async def known_name(db: Database, server_id: int, at: datetime | None) -> str | None:
    """The name under which a server is known; None where the bot joined it anew at the real moment `at`."""
    async with db.reading() as session:
        row = await session.get(Server, server_id)
        return None if row is None or await is_join(session, row, at) else row.name or ""


async def server_joined(db: Database, clock: Clock, server_id: int, name: str, join: Join | None = None) -> bool:
    """Note that the bot is on a server, and owe its managers the welcome; whether it was not there before."""
    at = join.at if join else None
    async with db.transaction(server_id) as session:
        row = await server_row(session, server_id)
        is_new = await is_join(session, row, at)
        row.name, row.left_at = name, None
        row.joined_at = row.joined_at or clock.now()
        if is_new and join is not None:
            await owe_welcome(session, row, join, clock.now())
        return is_new


async def server_left(db: Database, clock: Clock, server_id: int) -> None:
    """Note that the bot was removed from a server: nothing is posted there any more."""
    async with db.transaction(server_id) as session:
        (await server_row(session, server_id)).left_at = clock.now()


async def servers_gone(db: Database, clock: Clock, here: Collection[int], shard_id: int, shard_count: int) -> list[int]:
    """Note the servers that the bot was removed from while it was not connected; which they are.

    Args:
        db: the store.
        clock: virtual now.
        here: the servers that Discord lists for the shard, those that are away for a while included.
        shard_id: which.
        shard_count: of how many.
    """
    query = select(Server.id).where(col(Server.joined_at).is_not(None), col(Server.left_at).is_(None))
    async with db.reading() as session:
        known = [key for key in await session.exec(query) if (key >> SHARD_SHIFT) % shard_count == shard_id]
    gone = [key for key in known if key not in here]
    for key in gone:
        await server_left(db, clock, key)
    return gone


async def set_channel(db: Database, clock: Clock, *, server_id: int, channel_id: int, room: str | None = None) -> None:
    """Use a channel for one room, or for every room that has none of its own."""
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        if room is None:
            server.channel_id = channel_id
        else:
            await session.merge(RoomChannel(server_id=server_id, room=room.casefold(), channel_id=channel_id))
        await session.flush()
        await replan(session, server=server, now=clock.now())


async def set_timezone(db: Database, clock: Clock, *, server_id: int, timezone: str) -> str:
    """Show the times of a server's open conferences in a zone, or that of a city; returns its name as IANA spells it.

    Raises:
        ChairsideError: there is no such zone.
    """
    name = zone_meant(timezone)
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        server.timezone = name
        open_ones = select(Conference).where(Conference.server_id == server_id, col(Conference.archived_at).is_(None))
        for conference in await session.exec(open_ones):
            conference.timezone = name
        await session.flush()
        await replan(session, server=server, now=clock.now())
    return name


def usable_leads(minutes: Sequence[int]) -> list[int]:
    """Lead times as they are stored, the longest first.

    Raises:
        CommandError: none, too many, or out of range.
    """
    wanted = sorted(set(minutes), reverse=True)
    if not 1 <= len(wanted) <= MAX_LEADS or not all(1 <= lead <= MAX_LEAD_MINUTES for lead in wanted):
        raise CommandError(
            f"{', '.join(map(str, minutes)) or 'Nothing'} cannot be used as lead times",
            do=f"Give one to {MAX_LEADS} whole numbers of minutes from 1 to {MAX_LEAD_MINUTES}, such as 5 or 15, 5",
        )
    return wanted


async def set_leads(db: Database, clock: Clock, *, server_id: int, minutes: Sequence[int]) -> None:
    """Announce each talk this many minutes before it; refuses as `usable_leads` does."""
    wanted = usable_leads(minutes)
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        server.lead_minutes = wanted
        server.setup_steps = with_mark(server.setup_steps, Step.REMINDERS)
        await session.flush()
        await replan(session, server=server, now=clock.now())


async def server_settings(db: Database, server_id: int) -> ServerSettings:
    """What a server chose; defaults where it chose nothing."""
    async with db.reading() as session:
        server = await session.get(Server, server_id) or Server(id=server_id)
        of_server = (
            select(Session)
            .join(Conference)
            .where(Conference.server_id == server_id, col(Conference.archived_at).is_(None))
        )
        sessions = list(await session.exec(of_server))
        zones = select(Conference.timezone).where(
            Conference.server_id == server_id, col(Conference.archived_at).is_(None)
        )
        waiting = select(func.count()).where(
            Delivery.server_id == server_id, Delivery.state == "pending", col(Delivery.user_id).is_(None)
        )
        return ServerSettings(
            channel_id=server.channel_id,
            timezone=server.timezone,
            lead_minutes=tuple(server.lead_minutes),
            rooms=tuple(sorted({row.room for row in sessions if row.room})),
            room_channels=await room_channels(session, server_id),
            sessions=len(sessions),
            waiting=(await session.exec(waiting)).one(),
            zones=tuple(sorted(set(await session.exec(zones)))),
            moderators_channel_id=server.moderators_channel_id,
            moderators_role_id=server.moderators_role_id,
            ping_role_id=server.ping_role_id,
            board_channel_id=server.board_channel_id,
            audit_channel_id=server.audit_channel_id,
            keeps_events=server.keeps_events,
            stages=dict(server.stages),
            setup_steps=tuple(server.setup_steps),
        )


async def known_servers(db: Database) -> list[tuple[int, str | None]]:
    """The ids and names of every server in the store."""
    async with db.reading() as session:
        return [(row.id, row.name) for row in await session.exec(select(Server).order_by(col(Server.id)))]


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """How a server's deliveries stand, for /status now."""

    by_state: dict[str, int]
    next_due_at: datetime | None
    blocked_reason: str | None
    late_reasons: tuple[str, ...]
    worst_lateness_ms: float | None
    paused_at: datetime | None


async def delivery_counts(db: Database, server_id: int) -> DeliveryCounts:
    """How what a server's channels are owed stands; direct messages are nobody else's."""
    mine = and_(col(Delivery.server_id) == server_id, col(Delivery.user_id).is_(None))
    async with db.reading() as session:
        states = await session.exec(select(Delivery.state, func.count()).where(mine).group_by(Delivery.state))
        due = await session.exec(select(func.min(Delivery.due_at)).where(mine, Delivery.state == "pending"))
        blocked = await session.exec(select(Delivery.reason).where(mine, Delivery.state == "blocked").limit(1))
        given_up = col(Delivery.state).in_(["skipped", "failed"])
        late = await session.exec(
            select(Delivery.reason).where(mine, given_up).order_by(col(Delivery.due_at).desc()).limit(3)
        )
        worst = await session.exec(select(func.max(Delivery.lateness_ms)).where(mine))
        server = await session.get(Server, server_id)
        return DeliveryCounts(
            by_state=dict(states.all()),
            next_due_at=due.one(),
            blocked_reason=blocked.first(),
            late_reasons=tuple(reason for reason in late if reason),
            worst_lateness_ms=worst.one(),
            paused_at=server.paused_at if server else None,
        )
