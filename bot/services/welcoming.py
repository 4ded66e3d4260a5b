"""The one message that a server's managers get when the bot joins: owed in the transaction that notes the join."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.outbox import UNSENT, State
from bot.rules.reminders import EVENT_STILL_NEWS, Kind, Owed
from bot.services.planning import owe
from db.tables import Conference, Delivery, RoomChannel, Server, Session

SUBJECT = "welcome-"


@dataclass(frozen=True, slots=True)
class Join:
    """The bot's joining of a server, as Discord knows it.

    Attributes:
        at: real; another one for each time that it is invited.
        place: the channel where managers read a welcome; None where there is none.
        is_direct: that channel is the owner's direct messages.
    """

    at: datetime
    place: int | None = None
    is_direct: bool = False

    @property
    def subject(self) -> str:
        return f"{SUBJECT}{self.at.timestamp():.3f}"


async def is_join(session: AsyncSession, row: Server | None, at: datetime | None) -> bool:
    """Whether the bot was not on this server before; also where it was removed and invited while it was away."""
    if row is None or row.joined_at is None or row.left_at is not None:
        return True
    if at is None:
        return False
    # asked of every server at every start, so it must not look through all that a server is owed
    begins = f"{row.id}:{SUBJECT}"
    keys = list(await session.exec(select(Delivery.key).where(col(Delivery.key).between(begins, f"{begins}~"))))
    this_time = f":{Join(at).subject}:"
    return bool(keys) and not any(this_time in key for key in keys)


async def owe_welcome(session: AsyncSession, server: Server, join: Join, now: datetime) -> bool:
    """Owe the welcome to a join; none where everything is set already, and an earlier one that waits is dropped."""
    waiting = col(Delivery.state).in_(UNSENT)
    dropped = update(Delivery).where(col(Delivery.server_id) == server.id, col(Delivery.kind) == Kind.WELCOME, waiting)
    await session.exec(dropped.values(state=State.WITHDRAWN.value, reason="it was invited anew"))
    if join.place is None:
        return False
    welcome = Owed(
        server_id=server.id,
        channel_id=join.place,
        kind=Kind.WELCOME,
        subject=join.subject,
        due_at=now,
        expires_at=now + EVENT_STILL_NEWS,
        details={"direct": join.is_direct, "server": server.name},
    )
    await owe(session, welcome)
    if not await _is_set_up(session, server):
        return True
    # noted all the same: else this join would be a new one again once the programme is over
    noted = update(Delivery).where(col(Delivery.key) == welcome.key)
    await session.exec(noted.values(state=State.WITHDRAWN.value, reason="everything was set already"))
    return False


async def _is_set_up(session: AsyncSession, server: Server) -> bool:
    """Whether a programme and a channel are there already."""
    room = exists().where(col(RoomChannel.server_id) == server.id)
    programme = exists().where(
        col(Session.conference_id) == Conference.id,
        col(Conference.server_id) == server.id,
        col(Conference.archived_at).is_(None),
    )
    has_room, has_programme = (await session.exec(select(room, programme))).one()
    return bool(has_programme and (server.channel_id or has_room))
