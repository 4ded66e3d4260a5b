"""Who moderates, and where: a server's moderators' channel and role, and those named for one session."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.services.planning import replan
from bot.services.servers import server_row
from db.database import Database
from db.tables import Conference, Session


async def set_moderators(
    db: Database, clock: Clock, *, server_id: int, channel_id: int | None, role_id: int | None
) -> None:
    """Choose where consoles and cues go, and whose role may run every session; None leaves that as it is."""
    async with db.transaction() as session:
        server = await server_row(session, server_id)
        server.moderators_channel_id = channel_id or server.moderators_channel_id
        server.moderators_role_id = role_id or server.moderators_role_id
        await session.flush()
        await replan(session, server=server, now=clock.now())


async def hand_over(db: Database, *, server_id: int, session_id: int, to: int, by: int) -> Sequence[int]:
    """Name another moderator of a session in place of whoever hands over; who moderates it now.

    Raises:
        CommandError: this server has no such session.
    """
    async with db.transaction() as session:
        row = await _session(session, server_id, session_id)
        row.moderator_ids = [*(user for user in row.moderator_ids if user not in (by, to)), to]
        return row.moderator_ids


async def remember_console_thread(
    db: Database, clock: Clock, *, server_id: int, session_id: int, thread_id: int
) -> None:
    """Use a thread as the place of a session's console, and plan what is owed there."""
    async with db.transaction() as session:
        row = await _session(session, server_id, session_id)
        row.console_thread_id = thread_id
        await session.flush()
        server = await server_row(session, server_id)
        await replan(session, server=server, now=clock.now(), session_ids=[session_id])


async def _session(session: AsyncSession, server_id: int, session_id: int) -> Session:
    row = await session.get(Session, session_id)
    conference = await session.get(Conference, row.conference_id) if row else None
    if row is None or conference is None or conference.server_id != server_id:
        raise CommandError("that session is not in this server's programme", do="Choose one that the command offers")
    return row
