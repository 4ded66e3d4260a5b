"""A source's sessions and talks as they are stored. Talks are read as columns: thousands are compared, few change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.changes import TalkIdentity
from bot.schedules import schedule as read
from db.bulk import in_parts, insert_rows
from db.columns import METADATA
from db.tables import Session, Source, Talk

_Row = TypeVar("_Row", Session, Talk)


class StoredTalk(NamedTuple):
    """The columns of a talk; those that a file states stand last, in the order of `stated`."""

    id: int
    file_said: dict[str, Any]
    file_id: str | None
    kind: str | None
    title: str
    speakers: list[str]
    room: str | None
    starts_at: datetime
    ends_at: datetime
    abstract: str | None
    url: str | None
    cancelled: bool
    session_id: int

    def is_as_stated(self, talk: read.Talk, session_id: int) -> bool:
        """Whether it is what a file says of a talk in that session, and nothing was edited in it."""
        return not self.file_said and self[2:] == tuple(stated(talk, session_id).values())

    @property
    def said_before(self) -> TalkIdentity:
        """What the file last said of it: what was edited is not looked for in the next version."""
        said = self.file_said
        if not said:
            return identity(self)
        starts_at = datetime.fromisoformat(said["starts_at"]) if "starts_at" in said else self.starts_at
        title, room = said.get("title", self.title), said.get("room", self.room)
        return TalkIdentity(title, tuple(self.speakers), starts_at, self.file_id, room)


def stated(talk: read.Talk, session_id: int) -> dict[str, Any]:
    """The columns that a file states, for a talk in this session."""
    return {
        "file_id": talk.file_id,
        "kind": talk.kind,
        "title": talk.title,
        "speakers": list(talk.speakers),
        "room": talk.room,
        "starts_at": talk.starts_at,
        "ends_at": talk.ends_at,
        "abstract": talk.abstract,
        "url": talk.url,
        "cancelled": talk.cancelled,
        "session_id": session_id,
    }


def identity(talk: read.Talk | StoredTalk) -> TalkIdentity:
    """What tells a talk from others as it stands there."""
    return TalkIdentity(talk.title, tuple(talk.speakers), talk.starts_at, talk.file_id, talk.room)


async def stored_talks(session: AsyncSession, source: Source) -> list[StoredTalk]:
    """All talks of a source in order of their keys."""
    columns = [getattr(Talk, name) for name in StoredTalk._fields]
    query = select(*columns).join(Session).where(Session.source_id == source.id).order_by(col(Talk.id))
    return [StoredTalk(*row) for row in await session.exec(query)]


async def rows_by_key(session: AsyncSession, table: type[_Row], keys: Sequence[int]) -> dict[int, _Row]:
    """The rows of sessions or talks that are to be changed."""
    rows: dict[int, _Row] = {}
    for part in in_parts(keys):
        rows |= {row.id or 0: row for row in await session.exec(select(table).where(col(table.id).in_(part)))}
    return rows


async def insert_sessions(
    session: AsyncSession, source: Source, new: Sequence[read.Session], *, last: int
) -> dict[int, dict[str, Any]]:
    """Insert the sessions that are new in a source, behind its `last` one; what they hold, by key."""
    if not new:
        return {}
    values = [
        {
            **named(part),
            "conference_id": source.conference_id,
            "source_id": source.id,
            "starts_at": part.starts_at,
            "ends_at": part.ends_at,
            "moderator_ids": [],
            "file_said": {},
        }
        for part in new
    ]
    await insert_rows(session, METADATA.tables["sessions"], values)
    query = select(Session.id).where(Session.source_id == source.id, col(Session.id) > last)
    keys = await session.exec(query.order_by(col(Session.id)))
    return {key or 0: held for key, held in zip(keys, values, strict=True)}


def named(part: read.Session) -> dict[str, Any]:
    """The columns of a session that a file states."""
    return {"title": part.title, "room": part.room, "moderator": part.moderator}
