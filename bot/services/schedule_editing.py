"""Managers change the stored programme: a session's name, room and talks, split in two or joined with another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.kept_edits import noted
from bot.rules.programme_diff import Origin, TalkChange, change_of
from bot.rules.session_cuts import second_title, split_off
from bot.services.editing import SessionEdit, change_rows, change_talk
from bot.services.pending_edits import take_edit
from bot.services.personal_planning import plan_people
from bot.services.planning import replan
from bot.services.programme import PlacedSession, load_session, load_sessions
from bot.services.telling import facts_before, owe_changes, talks_now
from bot.services.versions import Author, Before, keep_version
from db.database import Database
from db.tables import Conference, Server, Session, Talk


@dataclass(frozen=True, slots=True)
class EditOutcome:
    """What an edit changed, or would change: talk by talk, and the sessions as they are then."""

    changes: tuple[TalkChange, ...]
    sessions: tuple[PlacedSession, ...]


async def preview_edit(db: Database, clock: Clock, *, server_id: int, edit: SessionEdit, by: int) -> EditOutcome:
    """What `edit_session` would change, without changing anything; raises the same."""
    async with db.trying(server_id) as session:
        return await _edit(session, server_id, edit, by, clock.now())


async def edit_session(
    db: Database, clock: Clock, *, server_id: int, edit: SessionEdit, by: int, held: str | None = None
) -> EditOutcome:
    """Change the stored programme, re-plan, and owe the channels a message about what is news.

    Args:
        db: the store.
        clock: what time it is.
        server_id: whose programme.
        edit: what is to change.
        by: the Discord user who asked for it.
        held: the id under which the edit was kept after it was shown; it is applied once.

    Raises:
        CommandError: there is no such session or talk, it has begun, nothing would change, or it was applied already.
    """
    async with db.transaction(server_id) as session:
        if held is not None:
            await take_edit(session, server_id=server_id, key=held)
        return await _edit(session, server_id, edit, by, clock.now())


async def _edit(session: AsyncSession, server_id: int, edit: SessionEdit, by: int, now: datetime) -> EditOutcome:
    server = await session.get(Server, server_id)
    placed = await load_session(session, server, edit.session_id, now)
    assert server is not None  # noqa: S101 - the session was found on it
    before = Before()
    row = await session.get_one(Session, edit.session_id)
    edited = _Edited(server, placed, row, by, now)
    touched, timed = await _write(session, edited, edit, before)
    if before.is_empty and not timed:
        raise CommandError("nothing was to change", do="Give what is to be different")
    conference = await session.get_one(Conference, row.conference_id)
    await keep_version(session, conference, before, Author(Origin.EDIT, placed.session.title, by), now)
    talk_ids = list(before.rows.get("talks", {}))
    told = await owe_changes(session, server, talk_ids, before, now)
    await replan(session, server=server, now=now, session_ids=touched, told=told, plan_changed=True)
    await plan_people(session, server, now, session_ids=touched)
    talks = await talks_now(session, talk_ids)
    was = facts_before(talks, before)
    changes = (change_of(was[key], talk.facts) for key, talk in talks.items() if was[key] != talk.facts)
    after = await load_sessions(session, server=server, now=now, session_ids=touched)
    return EditOutcome(tuple(changes), tuple(p for p in after if p.session.talks))


@dataclass(frozen=True, slots=True)
class _Edited:
    """The session that is edited, and by whom."""

    server: Server
    placed: PlacedSession
    row: Session
    by: int
    now: datetime


async def _write(session: AsyncSession, edited: _Edited, edit: SessionEdit, before: Before) -> tuple[list[int], bool]:
    """Write the edit; the sessions that it touches, and whether a timing event was written."""
    if edit.split_before is not None:
        _alone(edit, "split_before", replace(edit, split_before=None, title=None))
        return await _split(session, edited, edit, before), False
    if edit.join is not None:
        _alone(edit, "join", replace(edit, join=None))
        return await _join(session, edited, edit.join, before), False
    timed = False
    if edit.talk is not None:
        timed = await change_talk(session, edited.placed, edit.talk, by=edited.by, now=edited.now, before=before)
    await _rename(session, edited, edit, before)
    if edit.shift is not None:
        _not_begun(edited.placed)
        times = {
            talk.id: {"starts_at": talk.starts_at + edit.shift, "ends_at": talk.ends_at + edit.shift}
            for talk in edited.placed.session.talks
        }
        await change_rows(session, edit.session_id, times, before)
    return [edit.session_id], timed


def _alone(edit: SessionEdit, option: str, rest: SessionEdit) -> None:
    """Refuse to cut a session and change it in one go.

    Raises:
        CommandError: more was asked for than the cut.
    """
    if rest != SessionEdit(edit.session_id):
        raise CommandError(f"{option} does not go with other changes", do="Do that first, then change the rest")


async def _rename(session: AsyncSession, edited: _Edited, edit: SessionEdit, before: Before) -> None:
    """Give the session another title, moderator or room; talks that are in its room go with it."""
    row = edited.row
    given = {"title": edit.title, "room": edit.room, "moderator": edit.moderator}
    values = {name: value for name, value in given.items() if value is not None and value != getattr(row, name)}
    if not values:
        return
    if "room" in values:
        along = {talk.id: {"room": edit.room} for talk in edited.placed.session.talks if talk.room == row.room}
        await change_rows(session, edit.session_id, along, before)
    stored = {name: getattr(row, name) for name in values}
    before.change(row, {**values, "file_said": noted(stored, values, row.file_said)})
    await session.flush()


async def _split(session: AsyncSession, edited: _Edited, edit: SessionEdit, before: Before) -> list[int]:
    """Put the talks from one on into a session of their own, in the same room and with the same moderators."""
    placed, row = edited.placed, edited.row
    _not_begun(placed)
    talk_ids = split_off(placed.session, edit.split_before or 0)
    second = Session(
        **row.model_dump(exclude={"id", "console_thread_id", "replan_at", "title", "file_said"}),
        title=edit.title or second_title(row.title),
    )
    session.add(second)
    await session.flush()
    before.added("sessions", [second.id or 0])
    await _move(session, talk_ids, row, second, before)
    return [edit.session_id, second.id or 0]


async def _join(session: AsyncSession, edited: _Edited, other_id: int, before: Before) -> list[int]:
    """Put another session's talks into this one; a session without talks is none any more."""
    if other_id == edited.placed.session.id:
        raise CommandError("a session cannot be joined with itself", do="Name another one")
    other = await load_session(session, edited.server, other_id, edited.now)
    row = await session.get_one(Session, other_id)
    if row.source_id != edited.row.source_id:
        remedy = "Import both under one name (source:), then join them"
        raise CommandError(f"“{row.title}” comes from another file than “{edited.row.title}”", do=remedy)
    _not_begun(edited.placed)
    _not_begun(other)
    await _move(session, [talk.id for talk in other.session.talks], row, edited.row, before)
    return [edited.placed.session.id, other_id]


async def _move(session: AsyncSession, talk_ids: Sequence[int], home: Session, to: Session, before: Before) -> None:
    """Put talks into another session, and give both the span of what they hold then."""
    for talk in await session.exec(select(Talk).where(col(Talk.id).in_(talk_ids))):
        values = {"session_id": to.id}
        said = noted({"session_id": talk.session_id}, values, talk.file_said)
        before.change(talk, {**values, "file_said": said})
    await session.flush()
    for row in (home, to):
        await change_rows(session, row.id or 0, {}, before)


def _not_begun(placed: PlacedSession) -> None:
    """A session that has begun is never cut anew.

    Raises:
        CommandError: it has.
    """
    if placed.events:
        raise CommandError(f"“{placed.session.title}” has begun, so it stays as it is")
