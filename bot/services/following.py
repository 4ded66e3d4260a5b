"""Sources with an address: which of them to look at, and what became of it. One transaction a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select

from bot.errors import CommandError
from bot.rules.following import Follows, is_told, next_look
from bot.rules.reminders import EVENT_STILL_NEWS, Kind, Owed
from bot.schedules.schedule import ReadingOptions
from bot.services.planning import owe
from bot.services.sources import SourceLink
from db.database import NOBODY, Database
from db.tables import Conference, Delivery, Server, Source


@dataclass(frozen=True, slots=True)
class FollowedSource:
    """A source that is fetched from an address.

    Attributes:
        seen: digest of the newest version that was imported or told to the managers.
        moderators_channel_id: where its server reads what is no matter for everyone, if it chose one.
    """

    id: int
    server_id: int
    name: str
    link: SourceLink
    failures: int
    problem: str | None
    moderators_channel_id: int | None = None

    def options(self, today: datetime, name: str) -> ReadingOptions:
        """How it is read."""
        return ReadingOptions(today=today, name=name, **self.link.options)


def digest_of(content: bytes) -> str:
    """What tells one version of a file from another."""
    return sha256(content).hexdigest()


async def take_due(
    db: Database, now: datetime, owned: Callable[[Any], ColumnElement[bool] | None]
) -> list[FollowedSource]:
    """The sources whose time has come, each given the next one at once: nobody else looks at them meanwhile.

    Args:
        db: the store.
        now: virtual.
        owned: the condition that a server, whose column it takes, is this process's; None where all are.
    """
    ours = owned(Server.id)
    due = [
        col(Source.fetch_at) <= now,
        col(Source.url).is_not(None),
        col(Source.follows) != Follows.NEVER,
        col(Conference.archived_at).is_(None),
        col(Server.left_at).is_(None),
        *([] if ours is None else [ours]),
    ]
    query = select(Source, Conference, Server).where(Source.conference_id == Conference.id)
    query = query.where(Conference.server_id == Server.id, *due).order_by(col(Source.fetch_at), col(Source.id))
    async with db.reading() as session:
        if (await session.exec(query.limit(1))).first() is None:
            return []
    async with db.transaction(NOBODY) as session:
        # what another process takes at this moment is its own
        rows = list(await session.exec(query.with_for_update(of=Source, skip_locked=True)))
        for source, _, _ in rows:
            source.fetch_at = next_look(now)
        return [_followed(source, server) for source, _, server in rows]


async def followed_sources(db: Database, server_id: int) -> list[FollowedSource]:
    """The sources of a server's open conferences that have an address."""
    query = select(Source, Server).where(Source.conference_id == Conference.id, Conference.server_id == Server.id)
    query = query.where(Server.id == server_id, col(Conference.archived_at).is_(None), col(Source.url).is_not(None))
    async with db.reading() as session:
        return [_followed(source, server) for source, server in await session.exec(query.order_by(col(Source.id)))]


async def followed_source(db: Database, *, server_id: int, source_id: int) -> FollowedSource:
    """One of them.

    Raises:
        CommandError: the server has no such source any more.
    """
    found = next((source for source in await followed_sources(db, server_id) if source.id == source_id), None)
    if found is None:
        raise CommandError("that schedule is not followed any more", do="Use /schedule import with its url")
    return found


def _followed(source: Source, server: Server) -> FollowedSource:
    link = SourceLink(
        url=source.url or "",
        follows=Follows(source.follows),
        options=dict(source.options),
        etag=source.etag,
        last_modified=source.last_modified,
        seen=source.seen,
    )
    return FollowedSource(
        id=source.id or 0,
        server_id=server.id,
        name=source.name,
        link=link,
        failures=source.failures,
        problem=source.problem,
        moderators_channel_id=server.moderators_channel_id,
    )


async def set_follows(db: Database, *, server_id: int, url: str, follows: Follows, now: datetime) -> bool:
    """Choose what is done when a stored source's address holds something else; whether there is such a source."""
    here = select(col(Conference.id)).where(Conference.server_id == server_id, col(Conference.archived_at).is_(None))
    async with db.transaction(server_id) as session:
        rows = await session.exec(select(Source).where(Source.url == url, col(Source.conference_id).in_(here)))
        found = list(rows)
        for row in found:
            row.follows = follows.value
            row.fetch_at = None if follows is Follows.NEVER else next_look(now)
        return bool(found)


async def looked_at(db: Database, source: FollowedSource, link: SourceLink) -> None:
    """Note that an address answered, and with which version."""
    values = {"etag": link.etag, "last_modified": link.last_modified, "seen": link.seen, "failures": 0, "problem": None}
    await _note(db, source, values)


async def failed(
    db: Database, source: FollowedSource, problem: str, *, now: datetime, retry_after: timedelta = timedelta(0)
) -> bool:
    """Note that an address did not answer, and look later; whether the managers are to hear of it."""
    failures = source.failures + 1
    values = {
        "failures": failures,
        "problem": problem[:500],
        "fetch_at": next_look(now, failures, retry_after),
    }
    await _note(db, source, values, col(Source.follows) != Follows.NEVER)
    return is_told(failures)


async def is_unchanged(db: Database, source: FollowedSource) -> bool:
    """Whether a source is followed as it was when its turn came: nobody imported it or chose otherwise meanwhile."""
    async with db.reading() as session:
        row = await session.get(Source, source.id)
    link = source.link
    return row is not None and (row.url, row.follows, row.seen) == (link.url, link.follows.value, link.seen)


async def unreadable(db: Database, source: FollowedSource, problem: str) -> None:
    """Note that what an address holds cannot be read; it is read again at the next look, as if it were new."""
    await _note(db, source, {"failures": 0, "problem": problem[:500]})


async def _note(db: Database, source: FollowedSource, values: dict[str, Any], *where: ColumnElement[bool]) -> None:
    async with db.transaction(source.server_id) as session:
        await session.exec(update(Source).where(col(Source.id) == source.id, *where).values(values))


async def owe_found(db: Database, source: FollowedSource, *, place: int, about: str, what: str, now: datetime) -> None:
    """Owe the managers one message about what an address holds.

    Args:
        db: the store.
        source: whose address.
        place: the channel where managers read it.
        about: what tells this message from another about the same source: said once.
        what: what is to be told, in words.
        now: virtual.
    """
    owed = Owed(
        server_id=source.server_id,
        channel_id=place,
        kind=Kind.FOUND,
        subject=f"found-{source.id}-{about}"[:80],
        due_at=now,
        expires_at=now + EVENT_STILL_NEWS,
        details={"source": source.id, "what": what},
    )
    async with db.transaction(source.server_id) as session:
        told = await session.exec(select(Delivery.id).where(Delivery.key == owed.key))
        if told.first() is None:
            await owe(session, owed)
