"""Writes the difference between what a source's talks are and what its file says now. Steps of an import only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.changes import TalkIdentity, match_talks, matching_session
from bot.rules.kept_edits import merged, noted
from bot.rules.programme_diff import TalkChange, TalkFacts, change_of
from bot.rules.run import TimingKind
from bot.rules.session_cuts import Times, span
from bot.schedules import schedule as read
from bot.services.versions import Before
from db.bulk import insert_rows
from db.columns import METADATA
from db.tables import Session, Source, Talk, TimingEvent

Values = dict[str, Any]


@dataclass(slots=True)
class Stored:
    """What storing a file's talks changed.

    Attributes:
        session_ids: the sessions that have to be planned anew.
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
    session_ids: list[int] = field(default_factory=list)
    changes: list[TalkChange] = field(default_factory=list)
    talks_before: int = 0
    told: list[int] = field(default_factory=list)
    before: Before = field(default_factory=Before)
    is_export: bool = False

    def touches(self, session_id: int) -> None:
        if session_id not in self.session_ids:
            self.session_ids.append(session_id)

    def file_session(self, row: Talk) -> int:
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
    """A session of the file, its row, and the rows that were found for its talks."""

    file: read.Session
    row: Session
    rows: Sequence[Talk | None]

    @property
    def key(self) -> int:
        assert self.row.id is not None  # noqa: S101 - flushed before anybody asks
        return self.row.id


async def store_talks(session: AsyncSession, source: Source, file: Sequence[read.Session], stored: Stored) -> None:
    """Match a source's stored talks with a file's, session by session, and write what differs."""
    sessions = {s.id or 0: s for s in await session.exec(select(Session).where(Session.source_id == source.id))}
    query = select(Talk).join(Session).where(Session.source_id == source.id).order_by(col(Talk.id))
    talks = list(await session.exec(query))
    stored.talks_before += sum(not talk.cancelled for talk in talks)
    in_file = [talk for part in file for talk in part.talks]
    known = [_identity(talk) if stored.is_export else _identity_of_row(talk) for talk in talks]
    stored_of = match_talks(known, [_identity(talk) for talk in in_file]).stored_of
    rows = [talks[i] if (i := stored_of.get(n)) is not None else None for n in range(len(in_file))]
    begun = await _begun(session, source) if talks else _Begun()
    parts = _parts(session, source, file, sessions, rows=rows, stored=stored)
    await session.flush()  # numbers all new sessions in one go
    for part in parts:
        stored.touches(part.key)
    stored.before.added("sessions", [part.key for part in parts if part.key not in sessions])
    added = [values for part in parts for values in _store_part(part, begun, stored)]
    if added:
        await insert_rows(session, METADATA.tables["talks"], added)
        if talks:
            await _note_added(session, added, max(talk.id or 0 for talk in talks), stored)
    kept = set(stored_of.values())
    _remove([talk for index, talk in enumerate(talks) if index not in kept and talk.id not in begun.talks], stored)
    _span(talks, added, sessions | {part.key: part.row for part in parts}, stored)
    await session.flush()


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


def _parts(
    session: AsyncSession,
    source: Source,
    file: Sequence[read.Session],
    sessions: dict[int, Session],
    *,
    rows: Sequence[Talk | None],
    stored: Stored,
) -> list[_Part]:
    """Each session of the file with the stored one that most of its talks are from, else with a new one."""
    parts: list[_Part] = []
    taken: set[int] = set()
    left = iter(rows)
    for part in file:
        theirs = [next(left) for _ in part.talks]
        found = matching_session((stored.file_session(row) for row in theirs if row), taken)
        taken.add(found or 0)
        parts.append(_Part(part, _session_row(session, source, part, sessions.get(found or 0), stored), theirs))
    return parts


def _session_row(
    session: AsyncSession, source: Source, part: read.Session, found: Session | None, stored: Stored
) -> Session:
    """The row that was found for a file's session, brought up to date, else a new one."""
    values: Values = {"title": part.title, "room": part.room, "moderator": part.moderator}
    if found is not None:
        stored.sessions_changed += stored.change(found, values)
        return found
    values |= {"starts_at": part.starts_at, "ends_at": part.ends_at}
    row = Session(conference_id=source.conference_id, source_id=source.id or 0, **values)
    session.add(row)
    return row


def _store_part(part: _Part, begun: _Begun, stored: Stored) -> Iterator[Values]:
    """Write a session's talks into the rows that were found for them; the new ones are given, to be inserted.

    A new talk goes where an organiser put the talk before it.
    """
    home = _first_home(part, stored)
    for talk, row in zip(part.file.talks, part.rows, strict=True):
        values = {**_values(talk), "session_id": part.key}
        if row is None:
            stored.added += 1
            stored.changes.append(change_of(None, _facts(talk)))
            yield values | {"session_id": home, "file_said": {}}
            continue
        is_placed = stored.file_session(row) == part.key
        if row.session_id in begun.sessions:
            del values["session_id"]
        if row.id in begun.talks:
            del values["cancelled"]
        _store_talk(row, values, stored)
        home = row.session_id if is_placed else home


def _first_home(part: _Part, stored: Stored) -> int:
    placed = (row for row in part.rows if row is not None and stored.file_session(row) == part.key)
    return next((row.session_id for row in placed), part.key)


def _store_talk(row: Talk, values: Values, stored: Stored) -> None:
    before = _facts(row)
    stored.touches(row.session_id)  # where it was until now has to be planned anew as well
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


def _span(talks: Sequence[Talk], added: Sequence[Values], sessions: dict[int, Session], stored: Stored) -> None:
    """A session lasts from the first to the last of its talks, also of those that the file does not have."""
    times: dict[int, list[Times]] = defaultdict(list)
    for values in added:
        times[values["session_id"]].append((values["starts_at"], values["ends_at"], values["cancelled"]))
    for talk in talks:
        times[talk.session_id].append((talk.starts_at, talk.ends_at, talk.cancelled))
    for key, row in sessions.items():
        if theirs := times.get(key):
            stored.before.change(row, span(theirs))


def _values(talk: read.Talk) -> Values:
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
    }


def _facts(talk: read.Talk | Talk) -> TalkFacts:
    return TalkFacts(talk.title, talk.starts_at, talk.ends_at, talk.room, talk.cancelled)


def _identity(talk: read.Talk | Talk) -> TalkIdentity:
    return TalkIdentity(talk.title, tuple(talk.speakers), talk.starts_at, talk.file_id, talk.room)


def _identity_of_row(talk: Talk) -> TalkIdentity:
    """What the file last said of a talk: what was edited is not looked for in the next version."""
    said = talk.file_said
    starts_at = datetime.fromisoformat(said["starts_at"]) if "starts_at" in said else talk.starts_at
    title, room = said.get("title", talk.title), said.get("room", talk.room)
    return TalkIdentity(title, tuple(talk.speakers), starts_at, talk.file_id, room)
