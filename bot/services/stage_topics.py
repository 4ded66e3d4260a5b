"""The topics of stages: a room's stage channel says what is on there, by the clock."""

from __future__ import annotations

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select

from bot.clock import Clock
from bot.rules.stage_topics import topic_of_talk
from bot.services.event_planning import plan_topics
from bot.services.programme import load_sessions
from bot.services.servers import server_row
from db.database import NOBODY, Database
from db.event_tables import StageTopic
from db.tables import Server, Session, Talk


async def set_stage(db: Database, clock: Clock, *, server_id: int, room: str, channel_id: int | None) -> None:
    """Let a room's stage channel say what is on there; None for no stage any more."""
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        others = {name: stage for name, stage in server.stages.items() if name != room.casefold()}
        server.stages = {**others, room.casefold(): channel_id} if channel_id else others
        mine = col(StageTopic.server_id) == server_id, col(StageTopic.channel_id).not_in(server.stages.values())
        await session.exec(update(StageTopic).where(*mine).values(topic=None, due=True))
        placed = await load_sessions(session, server=server, now=clock.now())
        await plan_topics(session, server=server, placed=placed)


async def due_topics(db: Database, owns: ColumnElement[bool] | None) -> list[StageTopic]:
    """The stages whose topic may be to be changed, of servers that the bot is on and that are not paused."""
    query = select(StageTopic).join(Server, col(Server.id) == StageTopic.server_id)
    query = query.where(col(StageTopic.due), col(Server.left_at).is_(None), col(Server.paused_at).is_(None))
    async with db.reading() as session:
        return list(await session.exec(query if owns is None else query.where(owns)))


async def due_topic(db: Database, channel_id: int) -> StageTopic | None:
    """One of them as it is now; None where nothing is to be changed any more."""
    async with db.reading() as session:
        row = await session.get(StageTopic, channel_id)
        return row if row is not None and row.due else None


async def about_to_open(db: Database, channel_id: int) -> None:
    """Note that the bot opens a stage, before it asks: what it then shows is not known until the answer is here."""
    await _note(db, channel_id, opened=True, shown_topic=None)


async def opened_by_others(db: Database, channel_id: int) -> None:
    """Note that a stage is not the bot's to end."""
    await _note(db, channel_id, opened=False)


async def _note(db: Database, channel_id: int, **columns: object) -> None:
    async with db.transaction(NOBODY) as session:
        await session.exec(update(StageTopic).where(col(StageTopic.channel_id) == channel_id).values(**columns))


async def topics_asked(db: Database, row: StageTopic) -> list[str]:
    """The topics with which the bot may have opened a stage: its session's, its talks' and what it is owed."""
    async with db.reading() as session:
        talks = await session.exec(select(Talk.title).where(Talk.session_id == row.session_id))
        own = await session.exec(select(Session.title).where(Session.id == row.session_id))
        return [*map(topic_of_talk, talks), *own, *([row.topic] if row.topic else [])]


async def topic_shown(db: Database, row: StageTopic, *, opened: bool) -> None:
    """Note that a stage shows what `row` was owed; more is due where it is owed something else by now."""
    async with db.transaction(row.server_id) as session:
        now = await session.get(StageTopic, row.channel_id)
        if now is not None:
            now.shown_topic, now.opened = row.topic, opened
            now.due = now.topic != row.topic
