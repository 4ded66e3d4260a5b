"""What attendees ask about: the programme of their server as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.clock import Clock
from bot.rules.programme import ExpectedTalk, TalkState, conference_day
from bot.rules.setup_rooms import room_digest
from bot.services.planning import day_of
from bot.services.programme import PlacedSession, load_sessions
from bot.timezones import local
from db.database import Database
from db.tables import Server, Talk


@dataclass(frozen=True, slots=True)
class Programme:
    """A server's programme at a moment."""

    now: datetime
    sessions: tuple[PlacedSession, ...]

    def in_channel(self, channel_id: int) -> Programme:
        """The part that this channel serves; the whole where it serves none of it."""
        here = tuple(p for p in self.sessions if p.place and p.place.channel_id == channel_id)
        return Programme(self.now, here or self.sessions)

    def ahead(self) -> Programme:
        """What is still to come: the talks that wait."""
        parts = ((p, tuple(e for e in p.expected.talks if e.state is TalkState.WAITING)) for p in self.sessions)
        left = (replace(p, expected=replace(p.expected, talks=talks)) for p, talks in parts if talks)
        return Programme(self.now, tuple(left))

    def in_room(self, digest: str) -> tuple[str, Programme] | None:
        """The part of one room, by the room's digest, with the room's name; None where nothing is there any more."""
        name = next((room for room in self.rooms() if room_digest(room) == digest), None)
        if name is None:
            return None
        return name, Programme(self.now, tuple(found for p in self.sessions if (found := _in_room(p, name))))

    def rooms(self) -> list[str]:
        """The rooms in which something is planned."""
        named = {e.talk.room or p.session.room for p in self.sessions for e in p.expected.talks}
        return sorted(room for room in named if room)

    def days(self) -> list[date]:
        """The conference days on which something takes place, in order."""
        return sorted({day for p in self.sessions if (day := day_of(p)) is not None})

    def on(self, day: date) -> Programme:
        """The sessions of one conference day."""
        return Programme(self.now, tuple(p for p in self.sessions if day_of(p) == day))

    def current_day(self) -> date | None:
        """Today if something takes place, else the next day that has something, else the last one."""
        days = self.days()
        if not days:
            return None
        today = conference_day(local(self.now, self.sessions[0].timezone))
        return next((day for day in days if day >= today), days[-1])


def _in_room(placed: PlacedSession, room: str) -> PlacedSession | None:
    """A session with those of its talks that are in a room; None where none is."""
    wanted = room.casefold()
    here = tuple(e for e in placed.expected.talks if (e.talk.room or placed.session.room or "").casefold() == wanted)
    if len(here) == len(placed.expected.talks):
        return placed
    return replace(placed, expected=replace(placed.expected, talks=here)) if here else None


@dataclass(frozen=True, slots=True)
class FoundTalk:
    """A talk with the session it belongs to."""

    placed: PlacedSession
    expected: ExpectedTalk


@dataclass(frozen=True, slots=True)
class TalkDetails:
    """A talk with what its page says about it."""

    found: FoundTalk
    abstract: str | None
    url: str | None


async def programme(db: Database, clock: Clock, server_id: int, channel_id: int | None = None) -> Programme:
    """A server's programme now, or the part that a channel serves; the whole where it serves none of it."""
    now = clock.now()
    async with db.reading() as session:
        server = await session.get(Server, server_id)
        if server is None:
            return Programme(now, ())
        placed = await load_sessions(session, server=server, now=now, channel_ids=[channel_id]) if channel_id else []
        placed = placed or await load_sessions(session, server=server, now=now)
    return Programme(now, tuple(placed))


async def talk_details(db: Database, clock: Clock, server_id: int, talk_id: int) -> TalkDetails | None:
    """One talk of a server; None where it has no such talk."""
    async with db.reading() as session:
        server = await session.get(Server, server_id)
        talk = await session.get(Talk, talk_id)
        if server is None or talk is None:
            return None
        placed = await load_sessions(session, server=server, now=clock.now(), session_ids=[talk.session_id])
    for p in placed:
        for expected in p.expected.talks:
            if expected.talk.id == talk_id:
                return TalkDetails(FoundTalk(p, expected), talk.abstract, talk.url)
    return None
