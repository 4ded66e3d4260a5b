"""What attendees ask about: the programme of their server as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from bot.clock import Clock, give_way
from bot.rules.programme import ExpectedTalk, conference_day
from bot.services.planning import day_of
from bot.services.programme import PlacedSession, in_parts, load_sessions
from bot.timezones import local
from db.database import Database
from db.tables import Server, Talk

SEARCH_CUTOFF = 60.0
"""Below this similarity (0 to 100) a talk is not what was meant; found by trying misspelt titles and names."""
SEARCHED_AT_ONCE = 50
"""Sessions searched in one go."""
_SCORERS = (fuzz.partial_ratio, fuzz.token_set_ratio)
"""The words as a part of the text, or each of them somewhere in it."""


@dataclass(frozen=True, slots=True)
class Programme:
    """A server's programme at a moment."""

    now: datetime
    sessions: tuple[PlacedSession, ...]

    def in_channel(self, channel_id: int) -> Programme:
        """The part that this channel serves; the whole where it serves none of it."""
        here = tuple(p for p in self.sessions if p.place and p.place.channel_id == channel_id)
        return Programme(self.now, here or self.sessions)

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


def search(sessions: Sequence[PlacedSession], words: str, limit: int) -> list[FoundTalk]:
    """The talks whose title, people or start fit the words best; typing errors are forgiven. All, if no words."""
    talks = _talks(sessions)
    return _ranked(_scored(talks, words, limit), limit) if words.strip() else _earliest(talks, limit)


async def search_in_turns(sessions: Sequence[PlacedSession], words: str, limit: int) -> list[FoundTalk]:
    """What `search` finds; other tasks have their turn meanwhile, as thousands of talks take longer than a tap may."""
    if not words.strip():
        return _earliest(_talks(sessions), limit)
    scored: list[_Scored] = []
    for some in in_parts(sessions, SEARCHED_AT_ONCE):
        scored += _scored(_talks(some), words, limit)
        await give_way()
    return _ranked(scored, limit)


def _talks(sessions: Sequence[PlacedSession]) -> list[FoundTalk]:
    return [FoundTalk(p, e) for p in sessions for e in p.expected.talks]


def _earliest(talks: Sequence[FoundTalk], limit: int) -> list[FoundTalk]:
    return sorted(talks, key=lambda found: found.expected.starts_at)[:limit]


class _Scored(NamedTuple):
    """How well a talk fits by one of the scorers, 0 to 100."""

    scorer: int
    score: float
    talk: FoundTalk


def _scored(talks: Sequence[FoundTalk], words: str, limit: int) -> list[_Scored]:
    """The talks that fit best by each of the scorers."""
    texts = [default_process(f"{f.expected.talk.title} {' '.join(f.expected.talk.speakers)}") for f in talks]
    query = default_process(words)
    return [
        _Scored(number, score, talks[index])
        for number, scorer in enumerate(_SCORERS)
        for _, score, index in process.extract(query, texts, scorer=scorer, limit=limit, score_cutoff=SEARCH_CUTOFF)
    ]


def _ranked(scored: Sequence[_Scored], limit: int) -> list[FoundTalk]:
    best: dict[int, _Scored] = {}
    for number in range(len(_SCORERS)):
        theirs = sorted((one for one in scored if one.scorer == number), key=lambda one: -one.score)
        for one in theirs[:limit]:
            key = one.talk.expected.talk.id
            best[key] = max(one, best.get(key, one), key=lambda each: each.score)
    ranked = sorted(best.values(), key=lambda one: (-one.score, one.talk.expected.starts_at))
    return [one.talk for one in ranked[:limit]]
