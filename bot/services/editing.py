"""Changes of one talk's plan, by its moderators on the day or by managers; the clock goes on and what follows moves.

An edit outlasts a re-import until the file itself says something else; see bot.rules.kept_edits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.edits import Times, moved, swapped
from bot.rules.kept_edits import noted
from bot.rules.programme import OFF, ExpectedTalk, TalkState
from bot.rules.programme_diff import Origin
from bot.rules.run import NOTHING, TimingEvent, TimingKind
from bot.rules.session_cuts import span
from bot.services.personal_planning import plan_people
from bot.services.planning import replan
from bot.services.programme import PlacedSession, load_session
from bot.services.timing_rows import row_of
from bot.services.versions import Author, Before, keep_version
from db.database import Database
from db.tables import Conference, Server, Session, Talk


@dataclass(frozen=True, slots=True)
class TalkEdit:
    """What is to change of a talk; None leaves it as it is.

    Attributes:
        starts_at: the new planned start.
        length: the new planned length.
        swap_with: the talk that it changes places with.
        room: where it takes place.
        cancelled: whether it is called off; False brings it back.
    """

    talk_id: int
    title: str | None = None
    starts_at: datetime | None = None
    length: timedelta | None = None
    swap_with: int | None = None
    room: str | None = None
    cancelled: bool | None = None

    @property
    def changes_nothing(self) -> bool:
        return self == TalkEdit(self.talk_id)


@dataclass(frozen=True, slots=True)
class SessionEdit:
    """What is to change of a session; None leaves it as it is.

    Attributes:
        talk: what is to change of one of its talks.
        title: its new title; of the second half where it is split.
        shift: by how much all of its talks move.
        split_before: the talk that begins the second half.
        join: the session whose talks it takes in.
    """

    session_id: int
    talk: TalkEdit | None = None
    title: str | None = None
    room: str | None = None
    moderator: str | None = None
    shift: timedelta | None = None
    split_before: int | None = None
    join: int | None = None


async def edit_talk(
    db: Database, clock: Clock, *, server_id: int, session_id: int, edit: TalkEdit, by: int
) -> PlacedSession:
    """Change the plan and re-plan what it owes; the session as it is then.

    Raises:
        CommandError: there is no such talk, it took place already, or nothing would change.
    """
    now = clock.now()
    async with db.transaction(server_id) as session:
        server = await session.get(Server, server_id)
        placed = await load_session(session, server, session_id, now)
        assert server is not None  # noqa: S101 - the session was found on it
        before = Before()
        await change_talk(session, placed, edit, by=by, now=now, before=before)
        row = await session.get_one(Session, session_id)
        conference = await session.get_one(Conference, row.conference_id)
        await keep_version(session, conference, before, Author(Origin.ON_THE_DAY, placed.session.title, by), now)
        await replan(session, server=server, now=now, session_ids=[session_id], plan_changed=True)
        await plan_people(session, server, now, session_ids=[session_id])
        return await load_session(session, server, session_id, now)


async def change_talk(
    session: AsyncSession, placed: PlacedSession, edit: TalkEdit, *, by: int, now: datetime, before: Before
) -> bool:
    """Write an edit into the talks that it changes, and note what they were. A step of other services.

    Returns whether a timing event was written, as for the talk on stage.

    Raises:
        CommandError: there is no such talk, it took place already, or nothing would change.
    """
    session_id = placed.session.id
    times = _new_times(placed, edit)
    event = _length_event(placed, edit, by, now)
    if event is not None:
        session.add(row_of(event, session_id))
        times = _new_times(placed, replace(edit, length=None)) if edit.starts_at or edit.swap_with else {}
    changes: dict[int, dict[str, Any]] = {
        talk_id: {"starts_at": starts_at, "ends_at": ends_at} for talk_id, (starts_at, ends_at) in times.items()
    }
    words = {"title": edit.title, "room": edit.room, "cancelled": edit.cancelled}
    own = {name: value for name, value in words.items() if value is not None}
    if own:
        changes[edit.talk_id] = changes.get(edit.talk_id, {}) | own
    await change_rows(session, session_id, changes, before)
    return event is not None


async def change_rows(
    session: AsyncSession, session_id: int, changes: dict[int, dict[str, Any]], before: Before
) -> None:
    """Write new values into a session's talks, with what the file said beside them, and the session's new span."""
    rows = list(await session.exec(select(Talk).where(col(Talk.session_id) == session_id)))
    for talk in rows:
        values = changes.get(talk.id or 0)
        if values:
            stored = {name: getattr(talk, name) for name in ("starts_at", "ends_at", *values)}
            before.change(talk, {**values, "file_said": noted(stored, values, talk.file_said)})
    row = await session.get_one(Session, session_id)
    remaining = [talk for talk in rows if talk.session_id == session_id]
    if remaining:
        before.change(row, span([(talk.starts_at, talk.ends_at, talk.cancelled) for talk in remaining]))
    await session.flush()


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
    talk = _changeable(placed, edit.talk_id, comes_back=edit.cancelled is False).talk
    if edit.swap_with is not None:
        _changeable(placed, edit.swap_with)
        return swapped(placed.session.talks, edit.talk_id, edit.swap_with)
    if edit.starts_at is not None or edit.length is not None:
        return {talk.id: moved(talk, edit.starts_at, edit.length)}
    if edit.changes_nothing:
        raise CommandError("nothing was to change", do="Give a title, a start, a length, or a talk to swap with")
    return {}


def _changeable(placed: PlacedSession, talk_id: int, *, comes_back: bool = False) -> ExpectedTalk:
    found = next((e for e in placed.expected.talks if e.talk.id == talk_id), None)
    if found is None:
        raise CommandError("that talk is not in this session", do="Choose one that the command offers")
    if placed.expected.is_started and found.state is TalkState.DONE and not found.assumed:
        raise CommandError(f"“{found.talk.title}” took place already", do="Start it again if it comes back")
    if found.state in OFF and found.talk.cancelled and not comes_back:
        remedy = "A manager brings it back with /schedule edit and cancelled: False"
        raise CommandError(f"“{found.talk.title}” is cancelled", do=remedy)
    return found
