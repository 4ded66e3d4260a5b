"""Writes the difference between what a source's talks are and what its file says now. Steps of an import only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.changes import match_talks, matching_session
from bot.rules.kept_edits import merged, noted
from bot.rules.programme_diff import TalkChange, TalkFacts, change_of
from bot.rules.run import TimingKind
from bot.rules.session_cuts import Times, span
from bot.schedules import schedule as read
from bot.services.source_rows import (
    StoredTalk,
    identity,
    insert_sessions,
    named,
    rows_by_key,
    stated,
    stored_talks,
)
from bot.services.versions import Before
from db.bulk import insert_rows
from db.columns import METADATA
from db.tables import Session, Source, Talk, TimingEvent

Values = dict[str, Any]


@dataclass(slots=True)
class Stored:
    """What storing a file's talks changed.

    Attributes:
        session_ids: the sessions that have to be planned anew, in order; the values say nothing.
        changes: talk by talk.
        talks_before: the source's talks before it that had not been cancelled.
        told: the talks that those who knew the source are told of, as far as it is news.
        before: what the rows held.
        is_export: whether the file is an export of ours: it states what is stored, edits included.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    sessions_changed: int = 0
    session_ids: dict[int, None] = field(default_factory=dict)
    changes: list[TalkChange] = field(default_factory=list)
    talks_before: int = 0
    told: list[int] = field(default_factory=list)
    before: Before = field(default_factory=Before)
    is_export: bool = False

    def touches(self, session_id: int) -> None:
        self.session_ids[session_id] = None

    def file_session(self, row: StoredTalk) -> int:
        """The session that the file puts a talk in, wherever an organiser put it."""
        return row.session_id if self.is_export else int(row.file_said.get("session_id", row.session_id))

    def change(self, row: Session | Talk, values: Values) -> bool:
        """Write a file's values, but for those that an edit stands in place of; whether any differed.

        An export states what is stored: what somebody changed in it is an edit.
        """
        if not (self.is_export or row.file_said):
            return self.before.change(row, values)
        stored = {name: getattr(row, name) for name in values}
        if self.is_export:
            return self.before.change(row, {**values, "file_said": noted(stored, values, row.file_said)})
        said = {name: value for name, value in row.file_said.items() if name in values}
        rest = {name: value for name, value in row.file_said.items() if name not in values}
        values, left = merged(values, stored, said)
        return self.before.change(row, {**values, "file_said": {**rest, **left}})


@dataclass(frozen=True, slots=True)
class _Part:
    """A session of the file, the key of its row, and what was found for its talks."""

    file: read.Session
    key: int
    talks: Sequence[StoredTalk | None]


async def store_talks(session: AsyncSession, source: Source, file: Sequence[read.Session], stored: Stored) -> None:
    """Match a source's stored talks with a file's, session by session, and write what differs."""
    sessions = {s.id or 0: s for s in await session.exec(select(Session).where(Session.source_id == source.id))}
    talks = await stored_talks(session, source)
    stored.talks_before += sum(not talk.cancelled for talk in talks)
    found = _matched(talks, file, stored)
    begun = await _begun(session, source) if talks else _Begun()
    parts, new = await _parts(session, source, file, sessions, talks=found, stored=stored)
    for part in parts:
        stored.touches(part.key)
    stored.before.added("sessions", list(new))
    kept = {talk.id for talk in found if talk is not None}
    gone = [talk for talk in talks if talk.id not in kept and talk.id not in begun.talks]
    rows = await rows_by_key(session, Talk, [*_differing(parts), *(talk.id for talk in gone)])
    added = [values for part in parts for values in _store_part(part, begun, rows, stored)]
    if added:
        await insert_rows(session, METADATA.tables["talks"], added)
        if talks:
            await _note_added(session, added, talks[-1].id, stored)
    _remove([rows[talk.id] for talk in gone], stored)
    spans = _spans([rows.get(talk.id, talk) for talk in talks], added)
    sessions |= await rows_by_key(session, Session, _of_other_span(new, spans))
    for key, row in sessions.items():
        stored.before.change(row, spans.get(key, {}))
    await session.flush()


def _matched(talks: Sequence[StoredTalk], file: Sequence[read.Session], stored: Stored) -> list[StoredTalk | None]:
    """The stored talk that each talk of the file is."""
    in_file = [talk for part in file for talk in part.talks]
    if not talks:
        return [None] * len(in_file)
    known = [identity(talk) if stored.is_export else talk.said_before for talk in talks]
    stored_of = match_talks(known, [identity(talk) for talk in in_file]).stored_of
    return [talks[i] if (i := stored_of.get(n)) is not None else None for n in range(len(in_file))]


@dataclass(frozen=True, slots=True)
class _Begun:
    """The sessions that have timing events, which are never cut anew, and the talks that were put on stage."""

    sessions: Collection[int] = frozenset()
    talks: Collection[int] = frozenset()


async def _begun(session: AsyncSession, source: Source) -> _Begun:
    columns = select(TimingEvent.session_id, TimingEvent.kind, TimingEvent.talk_id)
    query = columns.join(Session, col(Session.id) == TimingEvent.session_id).where(Session.source_id == source.id)
    events = list(await session.exec(query.distinct()))
    started = (talk_id for _, kind, talk_id in events if kind == TimingKind.START and talk_id is not None)
    return _Begun(frozenset(session_id for session_id, _, _ in events), frozenset(started))


async def _parts(
    session: AsyncSession,
    source: Source,
    file: Sequence[read.Session],
    sessions: dict[int, Session],
    *,
    talks: Sequence[StoredTalk | None],
    stored: Stored,
) -> tuple[list[_Part], dict[int, Values]]:
    """Each session of the file as the stored one that most of its talks are from, else as a new one.

    Also what the new ones were stored with, by key.
    """
    taken: set[int] = set()
    left = iter(talks)
    theirs = [[next(left) for _ in part.talks] for part in file]
    keys: list[int | None] = []
    for part, of_part in zip(file, theirs, strict=True):
        found = matching_session((stored.file_session(talk) for talk in of_part if talk), taken)
        taken.add(found or 0)
        if row := sessions.get(found or 0):
            stored.sessions_changed += stored.change(row, named(part))
        keys.append(found if row else None)
    new = [part for part, key in zip(file, keys, strict=True) if key is None]
    inserted = await insert_sessions(session, source, new, last=max(sessions, default=0))
    in_order = iter(inserted)
    parts = [
        _Part(part, next(in_order) if key is None else key, of_part)
        for part, key, of_part in zip(file, keys, theirs, strict=True)
    ]
    return parts, inserted


def _differing(parts: Sequence[_Part]) -> Iterator[int]:
    """The stored talks that the file says something else of, or in which something was edited."""
    for part in parts:
        for talk, known in zip(part.file.talks, part.talks, strict=True):
            if known is not None and not known.is_as_stated(talk, part.key):
                yield known.id


def _store_part(part: _Part, begun: _Begun, rows: Mapping[int, Talk], stored: Stored) -> Iterator[Values]:
    """Write a session's talks into the rows that differ; the new ones are given, to be inserted.

    A new talk goes where an organiser put the talk before it.
    """
    home = _first_home(part, stored)
    for talk, known in zip(part.file.talks, part.talks, strict=True):
        if known is None:
            stored.added += 1
            stored.changes.append(change_of(None, _facts(talk)))
            yield {**stated(talk, home), "file_said": {}}
            continue
        stored.touches(known.session_id)  # where it was until now has to be planned anew as well
        is_placed = stored.file_session(known) == part.key
        row = rows.get(known.id)
        if row is None:
            stored.unchanged += 1
        else:
            _store_talk(row, _changeable(part, talk, row, begun), stored)
        home = (row or known).session_id if is_placed else home


def _first_home(part: _Part, stored: Stored) -> int:
    placed = (talk for talk in part.talks if talk is not None and stored.file_session(talk) == part.key)
    return next((talk.session_id for talk in placed), part.key)


def _changeable(part: _Part, talk: read.Talk, row: Talk, begun: _Begun) -> Values:
    """What a file says of a talk, but for what stays as it is once the clock was started."""
    values = stated(talk, part.key)
    if row.session_id in begun.sessions:
        del values["session_id"]
    if row.id in begun.talks:
        del values["cancelled"]
    return values


def _store_talk(row: Talk, values: Values, stored: Stored) -> None:
    before = _facts(row)
    if stored.change(row, values):
        stored.changed += 1
        stored.changes.append(change_of(before, _facts(row)))
        stored.touches(row.session_id)
        stored.told.append(row.id or 0)
    else:
        stored.unchanged += 1


async def _note_added(session: AsyncSession, added: Sequence[Values], last: int, stored: Stored) -> None:
    """Note the keys of talks that are new in a source; those of a new session go with it."""
    query = select(Talk.id, Talk.session_id).where(col(Talk.id) > last)
    rows = await session.exec(query.where(col(Talk.session_id).in_({values["session_id"] for values in added})))
    new = set(stored.before.new.get("sessions", ()))
    keys = [(key or 0, session_id) for key, session_id in rows]
    stored.told.extend(key for key, _ in keys)
    stored.before.added("talks", [key for key, session_id in keys if session_id not in new])


def _remove(talks: Sequence[Talk], stored: Stored) -> None:
    """A talk that the file no longer has keeps its row, as cancelled."""
    for talk in talks:
        before = _facts(talk)
        if stored.change(talk, {"cancelled": True}) and talk.cancelled != before.cancelled:
            stored.removed += 1
            stored.changes.append(change_of(before, None))
            stored.touches(talk.session_id)
            stored.told.append(talk.id or 0)


def _spans(talks: Sequence[StoredTalk | Talk], added: Sequence[Values]) -> dict[int, Values]:
    """A session lasts from the first to the last of its talks, also of those that the file does not have."""
    times: dict[int, list[Times]] = defaultdict(list)
    for values in added:
        times[values["session_id"]].append((values["starts_at"], values["ends_at"], values["cancelled"]))
    for talk in talks:
        times[talk.session_id].append((talk.starts_at, talk.ends_at, talk.cancelled))
    return {key: span(theirs) for key, theirs in times.items()}


def _of_other_span(new: Mapping[int, Values], spans: Mapping[int, Values]) -> list[int]:
    """The new sessions that last otherwise than the file says, as where talks of it are cancelled."""
    return [key for key, values in new.items() if key in spans and not spans[key].items() <= values.items()]


def _facts(talk: read.Talk | Talk) -> TalkFacts:
    return TalkFacts(talk.title, talk.starts_at, talk.ends_at, talk.room, talk.cancelled)
