"""Who speaks in which talk: claimed, linked, here or missing. Each change re-plans what the session owes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError, NotAllowedError
from bot.rules.programme import PlannedTalk
from bot.rules.speakers import Speaker, still_here
from bot.services.audit import tell_act
from bot.services.planning import replan
from bot.services.programme import PlacedSession, load_session
from bot.services.servers import server_row
from bot.services.speaker_rows import claim_settled, speaker_of
from bot.services.timekeeping import Check
from db.database import Database
from db.people_tables import Person, SpeakerLink
from db.tables import Conference, Server, Session, Talk

CLAIMS_AT_MOST = 10
"""Of one person and server that wait; who really speaks more often is linked by a moderator."""
CLAIMS_OF_A_TALK = 20
"""That wait; each is a message to its moderators."""
SPEAKERS_AT_MOST = 20
"""Of one talk, those who only claim to be left out."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A link as it is now, with its talk and session."""

    speaker: Speaker
    talk: PlannedTalk
    placed: PlacedSession
    is_new: bool = False


class _About(NamedTuple):
    """What a link is about, as it was before it changed."""

    server: Server
    placed: PlacedSession
    talk: PlannedTalk

    def link_of(self, user_id: int) -> Speaker | None:
        theirs = self.talk.id, user_id
        return next((s for s in self.placed.speakers if (s.talk_id, s.user_id) == theirs), None)

    def number(self, *, is_linked: bool) -> int:
        """How many are linked with the talk, or only claim it."""
        theirs = (speaker for speaker in self.placed.speakers if speaker.talk_id == self.talk.id)
        return sum((speaker.linked_at is not None) == is_linked for speaker in theirs)

    def require_room(self) -> None:
        if self.number(is_linked=True) >= SPEAKERS_AT_MOST:
            raise CommandError(
                f"{SPEAKERS_AT_MOST} people are linked with this talk already, which is the most",
                do="Use /speaker link with unlink:True for one of them",
            )


async def claim_talk(db: Database, clock: Clock, *, server_id: int, talk_id: int, user_id: int) -> Linked:
    """Somebody says that they speak in a talk; a moderator has to agree.

    Raises:
        CommandError: the server has no such talk, or it is too much.
    """
    async with db.transaction((server_id, user_id)) as session:
        about = await _of_talk(session, server_id, talk_id, clock)
        known = about.link_of(user_id)
        if known is not None:
            return Linked(known, about.talk, about.placed)
        waiting = select(func.count()).where(
            SpeakerLink.user_id == user_id,
            col(SpeakerLink.linked_at).is_(None),
            col(SpeakerLink.talk_id).in_(_talks_of(server_id)),
        )
        if (await session.exec(waiting)).one() >= CLAIMS_AT_MOST:
            raise CommandError(
                f"{CLAIMS_AT_MOST} claims of yours wait for a moderator already", do="Ask a moderator to link you"
            )
        if about.number(is_linked=False) >= CLAIMS_OF_A_TALK:
            raise CommandError(
                f"{CLAIMS_OF_A_TALK} claims of this talk wait for a moderator already", do="Ask a moderator to link you"
            )
        row = SpeakerLink(talk_id=talk_id, user_id=user_id, claimed_at=clock.now())
        return await _stored(session, about, row, clock, is_new=True)


async def link_speaker(
    db: Database, clock: Clock, *, server_id: int, talk_id: int, user_id: int, by: int, check: Check
) -> Linked:
    """A moderator says who speaks in a talk.

    Raises:
        CommandError: they may not, the server has no such talk, or it has too many speakers.
    """
    async with db.transaction((server_id, user_id)) as session:
        about = await _of_talk(session, server_id, talk_id, clock)
        check(about.placed)
        known = about.link_of(user_id)
        if known is None or known.linked_at is None:
            about.require_room()
        if known is not None:
            await claim_settled(session, known.link, clock.now())
        row = await session.get(SpeakerLink, known.link) if known else None
        is_new = row is None or row.linked_at is None
        row = row or SpeakerLink(talk_id=talk_id, user_id=user_id, claimed_at=clock.now())
        row.linked_at, row.linked_by = row.linked_at or clock.now(), by
        return await _stored(session, about, row, clock, is_new=is_new)


async def decide_claim(
    db: Database, clock: Clock, *, server_id: int, link: int, agreed: bool, by: int, check: Check
) -> Linked:
    """A moderator agrees to a claim, or not, which removes it; the link as it is then, or was.

    Raises:
        CommandError: they may not, it is not there any more, somebody agreed already, or it is too much.
    """
    async with db.transaction(server_id) as session:
        about, row = await _of_link(session, server_id, link, clock)
        check(about.placed)
        tell_act(session, member=f"<@{row.user_id}>", talk=about.talk.title)
        if row.linked_at is not None and not agreed:
            raise CommandError("they are linked already", do="Use /speaker link with unlink:True if that is wrong")
        if row.linked_at is None and agreed:
            about.require_room()
        if agreed:
            row.linked_at, row.linked_by = row.linked_at or clock.now(), by
            return await _stored(session, about, row, clock, is_new=True)
        return await _removed(session, about, row, clock)


async def unlink_speaker(
    db: Database, clock: Clock, *, server_id: int, talk_id: int, user_id: int, check: Check | None
) -> Linked:
    """Somebody does not speak in a talk after all; `check` is for whoever says so of somebody else.

    Raises:
        CommandError: they may not, or nobody is linked like that.
    """
    async with db.transaction((server_id, user_id)) as session:
        about = await _of_talk(session, server_id, talk_id, clock, also_off=True)
        if check is not None:
            check(about.placed)
        known = about.link_of(user_id)
        row = await session.get(SpeakerLink, known.link) if known else None
        if row is None:
            raise CommandError("they are not linked with that talk", do="See /talk for its speakers")
        await claim_settled(session, known.link if known else 0, clock.now())
        return await _removed(session, about, row, clock)


async def check_in(
    db: Database, clock: Clock, *, server_id: int | None, link: int, by: int, check: Check | None = None
) -> Linked:
    """A speaker is here; `check` lets somebody else say so, and where it is None only they may.

    Raises:
        CommandError: they may not, it is not there any more, or is only claimed.
    """
    async with db.transaction(await _turns_of(db, link)) as session:
        about, row = await _of_link(session, server_id, link, clock)
        _require_own(row, about.placed, by, check)
        if row.linked_at is None:
            raise CommandError("a moderator has yet to agree that you speak in this talk", do="Ask one of them")
        known = about.link_of(row.user_id)
        is_new = known is None or not known.is_here
        if is_new:
            row.checked_in_at = clock.now()
            if still_here(row.checked_in_at, about.talk.starts_at) is None:
                raise CommandError("that talk is not today", do="Say that you are here on its day")
        return await _stored(session, about, row, clock, is_new=is_new)


async def choose_cues(db: Database, clock: Clock, *, link: int, by: int) -> Linked:
    """Turn a speaker's time signals by direct message on, or off again.

    Raises:
        CommandError: it is not theirs, or not there any more.
    """
    async with db.transaction(await _turns_of(db, link)) as session:
        about, row = await _of_link(session, None, link, clock)
        _require_own(row, about.placed, by, None)
        row.wants_cues = not row.wants_cues
        return await _stored(session, about, row, clock)


async def owe_speaker(db: Database, clock: Clock, user_id: int) -> None:
    """Plan what somebody is owed as a speaker, on all servers, whose direct messages were just opened."""
    theirs = select(Conference.server_id, Session.id).where(
        Session.conference_id == Conference.id,
        Talk.session_id == Session.id,
        SpeakerLink.talk_id == Talk.id,
        SpeakerLink.user_id == user_id,
        col(Conference.archived_at).is_(None),
    )
    by_server: dict[int, set[int]] = {}
    async with db.reading() as session:
        for server_id, session_id in await session.exec(theirs):
            by_server.setdefault(server_id, set()).add(session_id or 0)
    for server_id, session_ids in by_server.items():
        async with db.transaction(server_id) as session:
            server = await session.get(Server, server_id)
            if server is not None:
                await replan(session, server=server, now=clock.now(), session_ids=sorted(session_ids))


async def links_of(db: Database, clock: Clock, server_id: int, user_id: int) -> list[Linked]:
    """The talks of open conferences that somebody is linked with on a server, but those that are off; by start."""
    query = select(SpeakerLink.talk_id).where(SpeakerLink.user_id == user_id)
    async with db.reading() as session:
        keys = list(await session.exec(query.where(col(SpeakerLink.talk_id).in_(_talks_of(server_id)))))
        found = [await _of_talk(session, server_id, key, clock, also_off=True) for key in keys]
    on = [about for about in found if not (about.talk.cancelled or about.talk.is_break)]
    theirs = [Linked(speaker, about.talk, about.placed) for about in on if (speaker := about.link_of(user_id))]
    return sorted(theirs, key=lambda one: (one.talk.starts_at, one.talk.id))


async def set_chasing(db: Database, clock: Clock, *, server_id: int, chases: bool) -> None:
    """Whether a speaker who is missing shortly before their talk is asked once more."""
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        server.chases_speakers = chases
        await session.flush()
        await replan(session, server=server, now=clock.now())


def _require_own(row: SpeakerLink, placed: PlacedSession, by: int, check: Check | None) -> None:
    if row.user_id == by:
        return
    if check is None:
        raise NotAllowedError("only the speaker may do this", do="Moderators use /speaker checkin")
    check(placed)


def _talks_of(server_id: int) -> Any:  # noqa: ANN401 - a query for keys
    here = select(col(Conference.id)).where(Conference.server_id == server_id, col(Conference.archived_at).is_(None))
    talks = select(col(Talk.id)).join(Session, col(Talk.session_id) == Session.id)
    return talks.where(col(Session.conference_id).in_(here))


async def _of_talk(
    session: AsyncSession, server_id: int, talk_id: int, clock: Clock, *, also_off: bool = False
) -> _About:
    server, row = await session.get(Server, server_id), await session.get(Talk, talk_id)
    placed = await load_session(session, server, row.session_id if row else 0, clock.now())
    talk = placed.session.talk(talk_id)
    if server is None or talk is None or ((talk.cancelled or talk.is_break) and not also_off):
        raise CommandError("that talk does not take place", do="Choose one that the command offers")
    return _About(server, placed, talk)


async def _turns_of(db: Database, link: int) -> set[int]:
    """The server of a link's talk, and whose it is; none where it is gone."""
    async with db.reading() as session:
        row = await session.get(SpeakerLink, link)
        return set() if row is None else {await _server_of(session, row.talk_id), row.user_id}


async def _server_of(session: AsyncSession, talk_id: int) -> int:
    query = select(Conference.server_id).join(Session, col(Session.conference_id) == Conference.id)
    return (await session.exec(query.join(Talk, col(Talk.session_id) == Session.id).where(Talk.id == talk_id))).one()


async def _of_link(session: AsyncSession, server_id: int | None, link: int, clock: Clock) -> tuple[_About, SpeakerLink]:
    row = await session.get(SpeakerLink, link)
    if row is None:
        raise CommandError("that link with a talk is not there any more", do="Use /speaker link")
    server_id = server_id or await _server_of(session, row.talk_id)
    return await _of_talk(session, server_id, row.talk_id, clock), row


async def _stored(
    session: AsyncSession, about: _About, row: SpeakerLink, clock: Clock, *, is_new: bool = False
) -> Linked:
    session.add(row)
    await session.flush()
    await replan(session, server=about.server, now=clock.now(), session_ids=[about.placed.session.id])
    person = await session.get(Person, row.user_id)
    speaker = speaker_of(row, person.dm_channel_id if person else None, about.talk.starts_at)
    return Linked(speaker, about.talk, about.placed, is_new)


async def _removed(session: AsyncSession, about: _About, row: SpeakerLink, clock: Clock) -> Linked:
    gone = speaker_of(row, None, about.talk.starts_at)
    await session.delete(row)
    await session.flush()
    await replan(session, server=about.server, now=clock.now(), session_ids=[about.placed.session.id])
    return Linked(gone, about.talk, about.placed)
