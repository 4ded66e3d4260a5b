"""Secret links to the stage view: made when somebody asks for them, replaced, revoked, and found by their secret."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.stage_links import Link, Page
from bot.services.programme import load_session
from bot.services.timekeeping import Check
from db.bulk import in_parts
from db.database import Database
from db.stage_tables import StageLink
from db.tables import Conference, Server, Session

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class PageLink:
    """What one page is about, and its link; None while there is none.

    Attributes:
        subject: the session's or the conference's key; of a room, the key of the session that named it.
        title: of the session, or the room's or the conference's name.
    """

    page: Page
    subject: int
    title: str
    link: Link | None


@dataclass(frozen=True, slots=True)
class _Found:
    """A page, and what its row in the store is known by."""

    page: Page
    subject: int
    title: str
    columns: Mapping[str, Any]


async def links_to_show(
    db: Database, clock: Clock, *, server_id: int, session_id: int, check: Check, with_lobby: bool
) -> list[PageLink]:
    """The links of a session's page and, with it, of the lobby's; made where there is none.

    Raises:
        CommandError: this person may not run the session, or the server has no such session.
    """
    async with db.transaction(server_id) as session:
        pages = [await _session_page(session, server_id, session_id, clock.now(), check)]
        if with_lobby:
            conference = await session.get(Conference, await _conference_of(session, session_id))
            assert conference is not None  # noqa: S101 - the session was found in it
            pages.append(_lobby(conference))
        return [await _with_link(session, server_id, page) for page in pages]


async def room_link_to_show(db: Database, clock: Clock, *, server_id: int, session_id: int, check: Check) -> PageLink:
    """The link of the page of a session's room, made where there is none.

    Raises:
        CommandError: this person may not run the session, the server has no such session, or that names no room.
    """
    async with db.transaction(server_id) as session:
        return await _with_link(
            session, server_id, await _room_page(session, server_id, session_id, clock.now(), check)
        )


async def replace_link(
    db: Database, clock: Clock, *, server_id: int, page: Page, subject: int, seen: int, check: Check, renew: bool
) -> PageLink:
    """Let a link work no longer and, to renew it, make the one that works instead.

    Args:
        db: the store.
        clock: virtual now.
        server_id: whose page; another server's is not found.
        page: which of them.
        subject: of which session or conference, or of which session's room.
        seen: the link that whoever pressed saw; 0 for none.
        check: refuses who may not run the session.
        renew: whether another is made.

    Raises:
        CommandError: there is another link by now, or no such page.
    """
    async with db.transaction(server_id) as session:
        if page is Page.LOBBY:
            found = await _conference_page(session, server_id, subject)
        else:
            named = _room_page if page is Page.ROOM else _session_page
            found = await named(session, server_id, subject, clock.now(), check)
        row = await _row(session, found)
        if (row.id if row else 0) != seen:
            what = "this link was replaced or revoked meanwhile"
            raise CommandError(what, do="Use /session stage to see the one that works")
        if row is not None:
            await session.delete(row)
            await session.flush()
        return await _with_link(session, server_id, found) if renew else _linked(found, None)


async def find_link(db: Database, page: Page, secret: str) -> Link | None:
    """The link of a page that has this secret; None where none has that works.

    It is looked up by a digest, so that how long it takes tells nothing of how much of a secret was guessed.
    """
    async with db.reading() as session:
        row = (await session.exec(_working().where(col(StageLink.digest) == _digest(secret)))).first()
    found = _link(row) if row is not None else None
    return found if found is not None and found.page is page else None


async def working(db: Database, link_ids: Collection[int]) -> set[int]:
    """Which of these links work still."""
    async with db.reading() as session:
        found: set[int] = set()
        for part in in_parts(list(link_ids)):
            rows = await session.exec(_working().where(col(StageLink.id).in_(part)))
            found.update(row.id or 0 for row in rows)
        return found


def _working() -> Any:  # noqa: ANN401 - SQLModel's select of one table
    """The links to pages of which there is something to show: a conference not archived, on a server with the bot."""
    of_session = select(col(Session.conference_id)).where(col(Session.id) == StageLink.session_id).scalar_subquery()
    its_own = or_(*(col(Conference.id) == of for of in (StageLink.conference_id, StageLink.room_of, of_session)))
    query = select(StageLink).join(Conference, its_own).join(Server, col(Server.id) == StageLink.server_id)
    return query.where(col(Conference.archived_at).is_(None), col(Server.left_at).is_(None))


async def _session_page(session: AsyncSession, server_id: int, session_id: int, now: datetime, check: Check) -> _Found:
    placed = await load_session(session, await session.get(Server, server_id), session_id, now)
    check(placed)
    return _Found(Page.STAGE, session_id, placed.session.title, {"session_id": session_id})


async def _room_page(session: AsyncSession, server_id: int, session_id: int, now: datetime, check: Check) -> _Found:
    placed = await load_session(session, await session.get(Server, server_id), session_id, now)
    check(placed)
    room = placed.session.room
    if not room:
        raise CommandError("the programme names no room for this session", do="Use its own link, without all_day")
    columns = {"room_of": await _conference_of(session, session_id), "room": room.casefold()}
    return _Found(Page.ROOM, session_id, room, columns)


def _lobby(conference: Conference) -> _Found:
    return _Found(Page.LOBBY, conference.id or 0, conference.name, {"conference_id": conference.id})


async def _conference_page(session: AsyncSession, server_id: int, conference_id: int) -> _Found:
    conference = await session.get(Conference, conference_id)
    if conference is None or conference.server_id != server_id or conference.archived_at is not None:
        raise CommandError("that conference is not on this server, or is over", do="Use /session stage to see what is")
    return _lobby(conference)


async def _conference_of(session: AsyncSession, session_id: int) -> int:
    return (await session.exec(select(Session.conference_id).where(Session.id == session_id))).one()


async def _with_link(session: AsyncSession, server_id: int, page: _Found) -> PageLink:
    """The page with its link, made where there is none."""
    row = await _row(session, page)
    if row is None:
        secret = secrets.token_urlsafe(SECRET_BYTES)
        row = StageLink(server_id=server_id, secret=secret, digest=_digest(secret), **page.columns)
        session.add(row)
        await session.flush()
    return _linked(page, _link(row))


def _linked(page: _Found, link: Link | None) -> PageLink:
    return PageLink(page.page, page.subject, page.title, link)


async def _row(session: AsyncSession, page: _Found) -> StageLink | None:
    return (await session.exec(select(StageLink).filter_by(**page.columns))).first()


def _link(row: StageLink) -> Link:
    key = row.id or 0
    if row.room_of is not None:
        return Link(key, Page.ROOM, key, row.secret)
    page = Page.STAGE if row.session_id is not None else Page.LOBBY
    return Link(key, page, row.session_id or row.conference_id or 0, row.secret)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
