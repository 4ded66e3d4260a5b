"""Puts a programme back to what it was before its last change: any number of steps, the newest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, true
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.outbox import POSTED
from bot.rules.programme_diff import Origin, ProgrammeChange, TalkChange, TalkFacts, change_of
from bot.rules.reminders import Kind
from bot.rules.run import TimingKind
from bot.services.editing import change_rows
from bot.services.personal_planning import plan_people
from bot.services.planning import replan
from bot.services.question_moves import questions_follow
from bot.services.telling import facts_before, owe_changes, talks_now
from bot.services.versions import Before, Columns
from db.bulk import in_parts
from db.database import Database
from db.programme_tables import ProgrammeVersion
from db.question_tables import Question
from db.tables import Conference, Delivery, Server, Session, Source, Talk, TimingEvent


async def last_change(db: Database, server_id: int) -> ProgrammeChange | None:
    """The newest change that was not undone, and what it did; None where there is none."""
    async with db.reading() as session:
        version = await _newest(session, server_id)
        if version is None:
            return None
        before = Before.from_json(version.before)
        talks = await talks_now(session, await _touched(session, before))
        was = facts_before(talks, before)
        changes = [change_of(was[key], talk.facts) for key, talk in talks.items() if was[key] != talk.facts]
        return await _as_change(session, version, changes)


async def preview_undo(db: Database, clock: Clock, server_id: int) -> ProgrammeChange:
    """What undoing the newest change would do; nothing is changed.

    Raises:
        CommandError: there is nothing to undo, or a session that it cut has begun.
    """
    async with db.trying(server_id) as session:
        version = await _newest(session, server_id)
        if version is None:
            raise CommandError("there is no change of the programme to undo")
        return await _undo(session, version, by=None, now=clock.now())


async def undo_change(db: Database, clock: Clock, *, server_id: int, version_id: int, by: int) -> ProgrammeChange:
    """Undo the newest change, which is the one that whoever asks was shown.

    Raises:
        CommandError: it was undone already or is not the newest any more, or a session that it cut has begun.
    """
    async with db.transaction(server_id) as session:
        version = await _newest(session, server_id)
        if version is None or version.id != version_id:
            raise CommandError("the programme changed since", do="Look at its last change with /schedule undo again")
        return await _undo(session, version, by=by, now=clock.now())


async def _newest(session: AsyncSession, server_id: int) -> ProgrammeVersion | None:
    query = _undoable(server_id).order_by(col(ProgrammeVersion.id).desc()).limit(1)
    return (await session.exec(query)).first()


def _undoable(server_id: int) -> SelectOfScalar[ProgrammeVersion]:
    open_ones = select(col(Conference.id)).where(col(Conference.archived_at).is_(None))
    query = select(ProgrammeVersion).where(ProgrammeVersion.server_id == server_id)
    return query.where(col(ProgrammeVersion.undone_at).is_(None), col(ProgrammeVersion.conference_id).in_(open_ones))


async def _as_change(
    session: AsyncSession, version: ProgrammeVersion, changes: Sequence[TalkChange]
) -> ProgrammeChange:
    conference = await session.get_one(Conference, version.conference_id)
    earlier = select(func.count()).select_from(_undoable(version.server_id).subquery())
    return ProgrammeChange(
        version_id=version.id or 0,
        origin=Origin(version.kind),
        name=version.name,
        at=version.made_at,
        by=version.made_by,
        changes=tuple(changes),
        timezone=conference.timezone,
        earlier=(await session.exec(earlier)).one() - 1,
    )


async def _undo(session: AsyncSession, version: ProgrammeVersion, *, by: int | None, now: datetime) -> ProgrammeChange:
    server = await session.get_one(Server, version.server_id)
    before, undoing = Before.from_json(version.before), Before()
    touched = await _touched(session, before)
    was = {key: talk.facts for key, talk in (await talks_now(session, touched)).items()}
    begun = await _begun(session, before)
    unheard = await _unheard(session, version, before) if not begun else ()
    await _cancel_new(session, before, unheard, undoing)
    await _put_back(session, before, undoing, begun)
    await questions_follow(session, list(undoing.moved))
    await _respan(session, undoing)
    news = [] if version.kind == Origin.ON_THE_DAY else list(undoing.rows.get("talks", {}))
    told = await owe_changes(session, server, news, undoing, now)
    left = {k: talk.facts for k, talk in (await talks_now(session, touched)).items() if talk.session_id not in unheard}
    change = await _as_change(session, version, _differences(was, left))
    version.undone_at, version.undone_by = now, by
    await session.flush()
    await _forget(session, unheard, version)
    await replan(session, server=server, now=now, told=told)
    await plan_people(session, server, now)
    return replace(change, stays_cut=next(iter(begun.values()), None))


def _differences(was: Mapping[int, TalkFacts], now: Mapping[int, TalkFacts]) -> list[TalkChange]:
    return [change_of(facts, now.get(key)) for key, facts in was.items() if facts != now.get(key)]


async def _touched(session: AsyncSession, before: Before) -> list[int]:
    """The talks that a change touched or brought."""
    of_new: list[int] = []
    for part in in_parts(before.new.get("sessions", ())):
        query = select(Talk.id).where(col(Talk.session_id).in_(part))
        of_new += [key for key in await session.exec(query) if key is not None]
    return list(dict.fromkeys([*before.rows.get("talks", {}), *before.new.get("talks", ()), *of_new]))


async def _begun(session: AsyncSession, before: Before) -> dict[int, str]:
    """The sessions that a change cut and that have timing events since, with their titles: they are not cut anew."""
    found: dict[int, str] = {}
    for part in in_parts(list(before.moved)):
        here = await session.exec(select(Talk.session_id).where(col(Talk.id).in_(part)))
        keys = {*here, *(before.moved[key] for key in part)}
        query = select(Session.id, Session.title).where(col(Session.id).in_(keys))
        begun = query.where(col(Session.id).in_(select(col(TimingEvent.session_id))))
        found |= {key or 0: title for key, title in await session.exec(begun)}
    return found


async def _unheard(session: AsyncSession, version: ProgrammeVersion, before: Before) -> Collection[int]:
    """The sessions that a change brought and nobody has heard of: nothing is left of those."""
    new = before.new.get("sessions", ())
    posted = select(Delivery.kind, Delivery.planned_at).where(
        Delivery.server_id == version.server_id,
        col(Delivery.state).in_(POSTED),
        col(Delivery.kind).in_([Kind.CHANGES, Kind.BOARD]),
    )
    # a board shows every session of its day, and is planned anew with each of them
    if not new or any(at >= version.made_at for _, at in await session.exec(posted)):
        return ()
    heard: set[int | None] = set()
    for part in in_parts(new):
        for column in (Delivery.session_id, TimingEvent.session_id, Question.session_id):
            query = select(col(column)).where(col(column).in_(part))
            is_posted = col(Delivery.state).in_(POSTED) if column is Delivery.session_id else true()
            heard.update(await session.exec(query.where(is_posted)))
    return set(new) - heard


async def _cancel_new(session: AsyncSession, before: Before, unheard: Collection[int], undoing: Before) -> None:
    """A talk that was announced keeps its row, as cancelled; one that took place did."""
    moved_in = before.rows.get("talks", {})
    started = select(col(TimingEvent.talk_id)).where(TimingEvent.kind == TimingKind.START)
    for part in in_parts([key for key in await _touched(session, before) if key not in moved_in]):
        query = select(Talk).where(col(Talk.id).in_(part), col(Talk.id).not_in(started))
        for talk in await session.exec(query):
            if talk.session_id not in unheard:
                undoing.change(talk, {"cancelled": True})


async def _put_back(session: AsyncSession, before: Before, undoing: Before, begun: Collection[int]) -> None:
    talks, sessions = before.of("talks"), before.of("sessions")
    for part in in_parts(list(talks)):
        for talk in await session.exec(select(Talk).where(col(Talk.id).in_(part))):
            undoing.change(talk, _uncut(talk, talks[talk.id or 0], begun))
    for part in in_parts(list(sessions)):
        for row in await session.exec(select(Session).where(col(Session.id).in_(part))):
            undoing.change(row, sessions[row.id or 0])
    for key, old in before.of("conferences").items():
        undoing.change(await session.get_one(Conference, key), old)
    await session.flush()


async def _respan(session: AsyncSession, undoing: Before) -> None:
    """Give the sessions of the talks that changed the span of what is left in them."""
    touched: set[int] = set()
    for part in in_parts(list(undoing.rows.get("talks", {}))):
        touched.update(await session.exec(select(Talk.session_id).where(col(Talk.id).in_(part))))
    for session_id in sorted(touched):
        await change_rows(session, session_id, {}, undoing)


def _uncut(row: Talk, old: Columns, begun: Collection[int]) -> Columns:
    """What a talk held, but for its session where it would leave or enter one that has begun."""
    if "session_id" in old and not {row.session_id, old["session_id"]}.isdisjoint(begun):
        said = {name: value for name, value in row.file_said.items() if name == "session_id"}
        return {**old, "session_id": row.session_id, "file_said": {**old.get("file_said", row.file_said), **said}}
    return old


async def _forget(session: AsyncSession, unheard: Collection[int], version: ProgrammeVersion) -> None:
    """Delete the sessions that nobody has heard of, and the source and conference that only they were of."""
    for part in in_parts(list(unheard)):
        await session.exec(delete(Session).where(col(Session.id).in_(part)))
    if unheard:
        here = col(Source.conference_id) == version.conference_id
        await session.exec(delete(Source).where(here, col(Source.id).not_in(select(col(Session.source_id)))))
        empty = col(Conference.id).not_in(select(col(Session.conference_id)))
        await session.exec(delete(Conference).where(col(Conference.id) == version.conference_id, empty))
