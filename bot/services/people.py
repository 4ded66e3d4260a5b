"""What a person chose, on all servers: their zone, and whether direct messages reach them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.outbox import State
from bot.rules.personal_reminders import CLOSED
from bot.timezones import zone
from db.database import Database
from db.people_tables import Person
from db.tables import Delivery


async def person_row(session: AsyncSession, user_id: int) -> Person:
    """Their row, in a store's open writing transaction; made on first use."""
    row = await session.get(Person, user_id)
    if row is None:
        row = Person(id=user_id)
        session.add(row)
        await session.flush()
    return row


async def person(db: Database, user_id: int) -> Person:
    """What is stored of a person; where that is nothing, what holds for everybody."""
    async with db.reading() as session:
        return await session.get(Person, user_id) or Person(id=user_id)


async def own_zone(db: Database, user_id: int) -> str | None:
    """The zone that a person chose; None where they chose none."""
    async with db.reading() as session:
        return (await session.exec(select(Person.timezone).where(col(Person.id) == user_id))).first()


async def choose_zone(db: Database, user_id: int, name: str | None) -> str | None:
    """Show a person times in this zone as well; None takes it back. Its name as it is written.

    Raises:
        ChairsideError: there is no such zone.
    """
    chosen = None if name is None else zone(name).zone
    async with db.transaction(user_id) as session:
        (await person_row(session, user_id)).timezone = chosen
    return chosen


async def remember_direct_channel(db: Database, user_id: int, channel_id: int) -> None:
    """Note the channel of a person's direct messages."""
    async with db.transaction(user_id) as session:
        (await person_row(session, user_id)).dm_channel_id = channel_id


def note_closed(row: Person, now: datetime, *, told: bool) -> None:
    """Discord refused a direct message to them; `now` is virtual."""
    if row.dms_closed_at is None:
        row.dms_closed_at, row.told_closed = now, told
    row.told_closed = row.told_closed or told


async def take_closed_news(db: Database, user_id: int) -> bool:
    """Whether a person has yet to be told that their direct messages are closed: true once only."""
    async with db.reading() as session:
        row = await session.get(Person, user_id)
        if row is None or row.dms_closed_at is None or row.told_closed:
            return False
    async with db.transaction(user_id) as session:
        (await person_row(session, user_id)).told_closed = True
    return True


async def direct_messages_are_open(db: Database, clock: Clock, user_id: int) -> None:
    """A direct message reached a person: what was given up because none did, and still helps, is sent."""
    async with db.transaction(user_id) as session:
        await were_reached(session, [user_id], clock.now())


async def were_reached(session: AsyncSession, user_ids: Sequence[int], now: datetime) -> bool:
    """The same of several, in an open writing transaction; whether direct messages to any of them were closed."""
    closed = col(Person.id).in_(user_ids), col(Person.dms_closed_at).is_not(None)
    rows = list(await session.exec(select(Person).where(*closed)))
    for row in rows:
        row.dms_closed_at, row.told_closed = None, False
        await owe_again(session, row.id, now)
    return bool(rows)


async def owe_again(session: AsyncSession, user_id: int, now: datetime) -> None:
    """What was given up because direct messages were closed, and still helps, is tried again."""
    given_up = col(Delivery.user_id) == user_id, col(Delivery.state) == State.SKIPPED
    missed = col(Delivery.reason) == CLOSED, col(Delivery.expires_at) > now
    await session.exec(update(Delivery).where(*given_up, *missed).values(state=State.PENDING.value, reason=None))


async def direct_messages_are_closed(db: Database, clock: Clock, user_id: int) -> None:
    """Discord refused a direct message to a person, who is being told so."""
    async with db.transaction(user_id) as session:
        note_closed(await person_row(session, user_id), clock.now(), told=True)


async def server_of_delivery(db: Database, delivery_id: str, user_id: int) -> int:
    """The server that a direct message to a person is about.

    Raises:
        CommandError: it was not theirs, or is stored no more.
    """
    async with db.reading() as session:
        row = await session.get(Delivery, delivery_id)
    if row is None or row.user_id != user_id:
        raise CommandError("that reminder is not there any more", do="Use the commands on the server")
    return row.server_id
