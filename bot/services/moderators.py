"""Who moderates, and where: a server's moderators' channel and role, and those named for one session."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.moderator_names import link_key, name_key, people_named, readings
from bot.services.chosen import moderator_names
from bot.services.planning import consoles_changed, replan
from bot.services.servers import server_row
from db.database import Database
from db.people_tables import ModeratorName
from db.tables import Conference, Delivery, Session

NAME_LENGTH = 200


async def set_moderators(
    db: Database, clock: Clock, *, server_id: int, channel_id: int | None, role_id: int | None
) -> None:
    """Choose where consoles and cues go, and whose role may run every session; None leaves that as it is."""
    async with db.transaction(server_id) as session:
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
    async with db.transaction(server_id) as session:
        row = await _session(session, server_id, session_id)
        now = row.moderator_ids or people_named(row.moderator, await moderator_names(session, server_id))
        row.moderator_ids = [*(user for user in now if user not in (by, to)), to]
        return row.moderator_ids


async def link_moderator(db: Database, *, server_id: int, name: str, user_id: int | None) -> list[str]:
    """Say which Discord user a moderator in the schedules is, None for nobody; the titles of the sessions it decides.

    A session that was handed over stays its moderator's.

    Raises:
        CommandError: no session of this server's programme has a moderator of that name.
    """
    async with db.transaction(server_id) as session:
        named = [row for row, names in await _moderated(session, server_id) if link_key(name) in map(link_key, names)]
        if not named:
            raise CommandError(
                f"no session here names “{name}” as its moderator", do="Choose one that the command offers"
            )
        await server_row(session, server_id)
        key = link_key(name)[:NAME_LENGTH]
        linked = await session.get(ModeratorName, (server_id, key))
        if linked is not None:
            await session.delete(linked)
            await session.flush()
        if user_id is not None:
            session.add(ModeratorName(server_id=server_id, name=key, user_id=user_id))
        return [row.title for row in named if not row.moderator_ids]


async def moderators_in_schedules(db: Database, server_id: int) -> list[str]:
    """The names of all moderators in a server's programme, each once, in order; `Smith, John` also as a whole."""
    async with db.reading() as session:
        named = {name_key(name): name for _, names in await _moderated(session, server_id) for name in names}
    return sorted(named.values(), key=str.casefold)


async def _moderated(session: AsyncSession, server_id: int) -> list[tuple[Session, tuple[str, ...]]]:
    """The sessions of open conferences that name a moderator, each with the names that may be meant."""
    query = select(Session).join(Conference, col(Session.conference_id) == Conference.id)
    query = query.where(Conference.server_id == server_id, col(Conference.archived_at).is_(None))
    rows = await session.exec(query.where(col(Session.moderator).is_not(None)).order_by(col(Session.starts_at)))
    return [(row, readings(row.moderator)) for row in rows]


async def remember_console_thread(
    db: Database, clock: Clock, *, server_id: int, session_id: int, thread_id: int
) -> None:
    """Use a thread as the place of a session's console, instead of any other, and plan what is owed there."""
    async with db.transaction(server_id) as session:
        row = await _session(session, server_id, session_id)
        row.console_thread_id = thread_id
        await session.flush()
        server = await server_row(session, server_id)
        await replan(session, server=server, now=clock.now(), session_ids=[session_id])


async def sessions_with_console(db: Database, server_id: int, thread_id: int) -> list[int]:
    """The sessions whose console is in a thread."""
    query = select(Session.id).join(Conference, col(Session.conference_id) == Conference.id)
    query = query.where(Conference.server_id == server_id, Session.console_thread_id == thread_id)
    async with db.reading() as session:
        return [key for key in await session.exec(query) if key is not None]


async def edit_consoles_in(db: Database, clock: Clock, *, server_id: int, thread_id: int) -> None:
    """Bring the consoles in a thread up to date; one that cannot be, as the thread is gone, is posted again."""
    async with db.transaction(server_id) as session:
        theirs = col(Delivery.server_id) == server_id, col(Delivery.channel_id) == thread_id
        await consoles_changed(session, clock.now(), *theirs)


async def forget_console_thread(db: Database, clock: Clock, *, server_id: int, thread_id: int) -> list[int]:
    """Forget a thread of consoles that is there no more, and owe nothing there; the sessions whose place it was."""
    query = select(Session).join(Conference, col(Session.conference_id) == Conference.id)
    query = query.where(Conference.server_id == server_id, Session.console_thread_id == thread_id)
    async with db.reading() as session:
        if (await session.exec(query)).first() is None:
            return []
    async with db.transaction(server_id) as session:
        rows = list(await session.exec(query))
        for row in rows:
            row.console_thread_id = None
        await session.flush()
        ids = [row.id or 0 for row in rows]
        await replan(session, server=await server_row(session, server_id), now=clock.now(), session_ids=ids)
        return ids


async def _session(session: AsyncSession, server_id: int, session_id: int) -> Session:
    row = await session.get(Session, session_id)
    conference = await session.get(Conference, row.conference_id) if row else None
    if row is None or conference is None or conference.server_id != server_id:
        raise CommandError("that session is not in this server's programme", do="Choose one that the command offers")
    return row
