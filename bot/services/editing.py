"""Moderators change the plan of their own session on the day; the clock goes on and what follows moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.edits import Times, moved, swapped
from bot.rules.programme import OFF, ExpectedTalk, TalkState
from bot.rules.run import NOTHING, TimingEvent, TimingKind
from bot.services.planning import replan
from bot.services.programme import PlacedSession, load_session, row_of
from db.database import Database
from db.tables import Server, Session, Talk


@dataclass(frozen=True, slots=True)
class TalkEdit:
    """What is to change of a talk; None leaves it as it is.

    Attributes:
        starts_at: the new planned start.
        length: the new planned length.
        swap_with: the talk that it changes places with.
    """

    talk_id: int
    title: str | None = None
    starts_at: datetime | None = None
    length: timedelta | None = None
    swap_with: int | None = None


async def edit_talk(
    db: Database, clock: Clock, *, server_id: int, session_id: int, edit: TalkEdit, by: int
) -> PlacedSession:
    """Change the plan and re-plan what it owes; the session as it is then.

    Raises:
        CommandError: there is no such talk, it took place already, or nothing would change.
    """
    now = clock.now()
    async with db.transaction() as session:
        server = await session.get(Server, server_id)
        placed = await load_session(session, server, session_id, now)
        assert server is not None  # noqa: S101 - the session was found on it
        times = _new_times(placed, edit)
        event = _length_event(placed, edit, by, now)
        if event is not None:
            session.add(row_of(event, session_id))
            times = _new_times(placed, replace(edit, length=None)) if edit.starts_at or edit.swap_with else {}
        rows = {row.id or 0: row for row in await session.exec(select(Talk).where(col(Talk.session_id) == session_id))}
        for talk_id, (starts_at, ends_at) in times.items():
            rows[talk_id].starts_at, rows[talk_id].ends_at = starts_at, ends_at
        if edit.title is not None:
            rows[edit.talk_id].title = edit.title
        row = await session.get(Session, session_id)
        assert row is not None  # noqa: S101 - it was found above
        row.starts_at = min(talk.starts_at for talk in rows.values())
        row.ends_at = max(talk.ends_at for talk in rows.values())
        await session.flush()
        await replan(session, server=server, now=now, session_ids=[session_id])
        return await load_session(session, server, session_id, now)


def _length_event(placed: PlacedSession, edit: TalkEdit, by: int, now: datetime) -> TimingEvent | None:
    """What gives a talk another length where the run goes before the plan: on stage, or after a rebalance.

    As an event it makes signals owed again that were given before time was added, and Undo takes it back.
    """
    stint = placed.run.on_stage
    is_on_stage = stint is not None and stint.talk_id == edit.talk_id
    if edit.length is None or not (is_on_stage or edit.talk_id in placed.run.lengths):
        return None
    extended = stint.extended if stint is not None and is_on_stage else NOTHING
    lengths = ((edit.talk_id, edit.length - extended),)
    return TimingEvent(0, TimingKind.REBALANCE, now, now, by=by, lengths=lengths)


def _new_times(placed: PlacedSession, edit: TalkEdit) -> dict[int, Times]:
    """The planned times that change."""
    talk = _changeable(placed, edit.talk_id).talk
    if edit.swap_with is not None:
        _changeable(placed, edit.swap_with)
        return swapped(placed.session.talks, edit.talk_id, edit.swap_with)
    if edit.starts_at is not None or edit.length is not None:
        return {talk.id: moved(talk, edit.starts_at, edit.length)}
    if edit.title is None:
        raise CommandError("nothing was to change", do="Give a title, a start, a length, or a talk to swap with")
    return {}


def _changeable(placed: PlacedSession, talk_id: int) -> ExpectedTalk:
    found = next((e for e in placed.expected.talks if e.talk.id == talk_id), None)
    if found is None:
        raise CommandError("that talk is not in this session", do="Choose one that the command offers")
    if placed.expected.is_started and found.state is TalkState.DONE and not found.assumed:
        raise CommandError(f"“{found.talk.title}” took place already", do="Start it again if it comes back")
    if found.state in OFF and found.talk.cancelled:
        raise CommandError(f"“{found.talk.title}” is cancelled", do="Import the programme anew to bring it back")
    return found
