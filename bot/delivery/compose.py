"""Builds what a delivery shows from the database as it is now; wording comes from the real time left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.compose_changes import ToldChanges, changes_told, of_changes
from bot.delivery.compose_people import PeopleMaterial, gather_people, of_people
from bot.delivery.compose_questions import SHOWS_QUESTIONS, console_queue, of_questions
from bot.delivery.compose_report import of_report
from bot.delivery.compose_speakers import of_speakers
from bot.delivery.composed import Composed
from bot.messages import announcements, console
from bot.messages.audit import audit_told
from bot.messages.message import Message
from bot.messages.programme_changes import change_found
from bot.messages.rooms_board import rooms_board
from bot.messages.setup import welcome
from bot.rules.audit import Act
from bot.rules.console import console_facts, goes_on_by_itself_at
from bot.rules.left_boards import BOARDS
from bot.rules.outbox import Standing
from bot.rules.programme import OFF, ExpectedSession, ExpectedTalk, next_change
from bot.rules.reminders import TO_PEOPLE, TO_SPEAKERS, Kind, Owed, Place, owed_board, owed_by_session
from bot.rules.rooms_board import owed_rooms_board
from bot.services.audit import acts_told
from bot.services.hints import hint_for, with_past
from bot.services.planning import board_day
from bot.services.programme import PlacedSession, load_sessions
from bot.services.queues import SessionQueues, load_queues, queued_by_talk
from bot.services.session_owed import owed_to_moderators
from db.database import Database
from db.tables import Delivery, Server

LEFT = "left"
"""What the outbox remembers of a board that says that it is not kept up to date; no digest is like it."""
Board = tuple[int, date]
"""A channel and a day."""


@dataclass(slots=True)
class Material:
    """What the messages of some deliveries are written from: read in one go, however many they are.

    Attributes:
        now: the virtual moment that it tells of.
        queues: of the sessions whose questions are shown, by session.
        queued: how many questions wait for each talk of the boards.
        changes: what messages about a changed programme tell, by delivery.
        acts: entries of audit logs, by their number.
        days: all sessions of a server on a day, by both.
        pinged: the role that a server's reminders mention.
        people: what messages to people tell beside their sessions.
    """

    now: datetime
    sessions: dict[int, PlacedSession] = field(default_factory=dict)
    boards: dict[Board, list[PlacedSession]] = field(default_factory=dict)
    queues: dict[int, SessionQueues] = field(default_factory=dict)
    queued: dict[int, int] = field(default_factory=dict)
    changes: dict[str, ToldChanges] = field(default_factory=dict)
    acts: dict[int, Act] = field(default_factory=dict)
    days: dict[tuple[int, date], list[PlacedSession]] = field(default_factory=dict)
    pinged: dict[int, int | None] = field(default_factory=dict)
    people: PeopleMaterial = field(default_factory=PeopleMaterial)


async def gather(db: Database, rows: Sequence[Delivery], now: datetime) -> Material:
    """Read what these deliveries tell of, as it stands at a virtual moment: once a server, not once a delivery."""
    material = Material(now)
    by_server: dict[int, list[Delivery]] = defaultdict(list)
    for row in rows:
        if row.kind != Kind.NOTICE:
            by_server[row.server_id].append(row)
    if by_server:
        async with db.reading() as session:
            for server_id, theirs in by_server.items():
                server = await session.get(Server, server_id)
                if server is not None:
                    await _gather_of(db, session, server, theirs, material)
    return material


async def gather_if_all_can_be(db: Database, rows: Sequence[Delivery], now: datetime) -> Material | None:
    """The same; None if one of them cannot be read, so that the caller finds, and logs, which one by one."""
    try:
        return await gather(db, rows, now)
    except SQLAlchemyError:
        raise
    except Exception:  # noqa: BLE001 - see above
        return None


async def _gather_of(
    db: Database, session: AsyncSession, server: Server, rows: Sequence[Delivery], material: Material
) -> None:
    now = material.now
    material.pinged[server.id] = server.ping_role_id
    boards = [row for row in rows if row.kind == Kind.BOARD]
    material.changes |= await changes_told(session, [row for row in rows if row.kind == Kind.CHANGES], now)
    material.acts |= await acts_told(session, [row.details["entry"] for row in rows if row.kind == Kind.AUDIT])
    ids = {row.session_id for row in rows if row.session_id is not None and row.kind != Kind.BOARD}
    ids |= await gather_people(session, rows, material.people)
    if ids:
        placed = await load_sessions(session, server=server, now=now, session_ids=sorted(ids))
        if any(row.kind == Kind.CONSOLE for row in rows):
            placed = await with_past(db, session, server, placed, now)
        material.sessions |= {p.session.id: p for p in placed}
        asked_about = {row.session_id for row in rows if row.kind in SHOWS_QUESTIONS}
        material.queues |= await load_queues(session, [p for p in placed if p.session.id in asked_about], now)
    rooms = [row for row in rows if row.kind == Kind.ROOMS]
    if rooms:
        for p in await load_sessions(session, server=server, now=now, around=_around(rooms)):
            material.days.setdefault((server.id, board_day(p)), []).append(p)
    if boards:
        channels = {row.channel_id for row in boards}
        placed = await load_sessions(session, server=server, now=now, around=_around(boards), channel_ids=channels)
        shown: dict[Board, list[PlacedSession]] = defaultdict(list)
        for p in placed:
            if p.place:
                shown[p.place.channel_id, board_day(p)].append(p)
        material.boards |= shown
        material.queued |= await queued_by_talk(session, [p.session.id for p in placed])


def _around(boards: Sequence[Delivery]) -> tuple[datetime, datetime]:
    """Instants that surely hold the days of some boards."""
    due = [row.due_at for row in boards]
    return min(due) - timedelta(days=1), max(due) + timedelta(days=2)


def write(material: Material, row: Delivery) -> Composed | None:
    """What a delivery's message shows at the material's moment; None where there is nothing left to say."""
    if row.kind in TO_PEOPLE:
        return of_people(material.people, material.sessions, row)
    if row.kind in BOARDS and row.details.get("left"):
        return Composed(announcements.left_board(row.id), None, LEFT)
    of_no_session = _OF_NO_SESSION.get(Kind(row.kind))
    if of_no_session is not None:
        return of_no_session(material, row)
    placed = material.sessions.get(row.session_id or 0)
    return _about_session(material, placed, row) if placed else None


def _notice(_material: Material, row: Delivery) -> Composed:
    cannot = row.details.get("cannot", "post")
    return Composed(announcements.notice(row.details["problem"], row.details["remedy"], row.id, cannot), None, "")


def _welcome(_material: Material, row: Delivery) -> Composed:
    return Composed(welcome(row.details["server"], row.id, is_direct=row.details["direct"]), None, "")


def _found(_material: Material, row: Delivery) -> Composed:
    return Composed(change_found(row.details["what"], row.details["source"], row.id), None, "")


def _changes(material: Material, row: Delivery) -> Composed | None:
    return of_changes(material.changes.get(row.id), row)


def _audit(material: Material, row: Delivery) -> Composed | None:
    act = material.acts.get(row.details["entry"])
    return Composed(audit_told(act, row.id), None, "") if act else None


def _about_session(material: Material, placed: PlacedSession, row: Delivery) -> Composed | None:
    if row.kind == Kind.CLAIM or row.kind in TO_SPEAKERS:
        return of_speakers(placed, material.queues.get(placed.session.id), row, material.now)
    if row.kind in (Kind.CONSOLE, Kind.CUE, Kind.ASK):
        return _for_moderators(placed, material.queues.get(placed.session.id), row, material.now)
    if row.kind == Kind.REPORT:
        return of_report(placed, material.queues.get(placed.session.id), row, material.now)
    if row.kind in SHOWS_QUESTIONS:
        return of_questions(material.queues.get(placed.session.id), row)
    return _pinging(_of_session(placed, row), row, material.pinged.get(row.server_id))


def _pinging(composed: Composed | None, row: Delivery, role_id: int | None) -> Composed | None:
    """With the role that a reminder mentions; it is no part of what the message is said to show."""
    if composed is None or row.kind != Kind.UP_NEXT:
        return composed
    return replace(composed, message=replace(composed.message, pings=role_id))


def _for_moderators(
    placed: PlacedSession, queues: SessionQueues | None, row: Delivery, now: datetime
) -> Composed | None:
    """The console, a time signal or a question, as it is now."""
    session = placed.expected
    owed = next((item for item in owed_to_moderators(placed, now) if item.key == row.key), None)
    if owed is None:
        return None
    place = Place(row.server_id, row.channel_id, placed.timezone, placed.page_timezone)
    if row.kind == Kind.CONSOLE:
        facts = console_facts(session, placed.run, now, placed.speakers, hint_for(placed, now))
        message = console.console(session, facts, place, row.id, console_queue(queues, row.id) if queues else None)
        by_itself = goes_on_by_itself_at(session, placed.run, now, guard=placed.guarded)
        return Composed(message, None, owed.text, by_itself)
    talk = next((talk for talk in placed.session.talks if talk.id in owed.talk_ids), None)
    if talk is None:
        return None
    if row.kind == Kind.ASK:
        last = placed.run.last.id if placed.run.last else 0
        return Composed(console.ask(talk.title, placed.session.id, talk.id, last, row.id), None, "")
    mark = timedelta(seconds=float(row.details["mark"]))
    questions = bool(row.details["questions"])
    message = console.cue(talk.title, mark, questions=questions, delivery_id=row.id, session_id=placed.session.id)
    return Composed(message, None, "")


def _board(material: Material, row: Delivery) -> Composed | None:
    day = date.fromisoformat(row.details["day"])
    placed = material.boards.get((row.channel_id, day))
    if not placed or placed[0].place is None:
        return None
    place, sessions = placed[0].place, [p.expected for p in placed]
    owed = owed_board(sessions, place, day)
    if owed is None:
        return None
    message = announcements.board(sessions, place, row.id, material.queued)
    return Composed(message, None, owed.text, next_change(sessions, material.now))


def _rooms(material: Material, row: Delivery) -> Composed | None:
    day = date.fromisoformat(row.details["day"])
    placed = material.days.get((row.server_id, day))
    if not placed:
        return None
    sessions, timezone = [p.expected for p in placed], placed[0].timezone
    owed = owed_rooms_board(sessions, Place(row.server_id, row.channel_id, timezone), day)
    if owed is None:
        return None
    return Composed(rooms_board(sessions, timezone, row.id), None, owed.text, next_change(sessions, material.now))


_OF_NO_SESSION: Mapping[Kind, Callable[[Material, Delivery], Composed | None]] = {
    Kind.NOTICE: _notice,
    Kind.WELCOME: _welcome,
    Kind.FOUND: _found,
    Kind.AUDIT: _audit,
    Kind.CHANGES: _changes,
    Kind.BOARD: _board,
    Kind.ROOMS: _rooms,
}


def _of_session(placed: PlacedSession, row: Delivery) -> Composed | None:
    session, place = placed.expected, placed.place
    if place is None:
        return None
    owed = _owed(session, place, placed.leads, row)
    slot = _slot(session, owed.talk_ids if owed else row.details.get("talk_ids", ()))
    if owed is None and (row.kind != Kind.MOVED or _is_no_move(slot, row)):
        return None
    message = _message(session, place, row, slot)
    shown_start = owed.starts_at if owed else (slot[0].starts_at if slot else None)
    return Composed(message, shown_start, owed.text if owed else "") if message else None


def _owed(session: ExpectedSession, place: Place, leads: Sequence[timedelta], row: Delivery) -> Owed | None:
    if row.kind == Kind.MOVED:
        return None
    lead = timedelta(seconds=row.lead_seconds)
    everything = owed_by_session(session, place, leads if lead in leads else [*leads, lead])
    return Standing(everything).of(row.key, row.channel_id, row.details.get("talk_ids", ()))


def _is_no_move(slot: Sequence[ExpectedTalk], row: Delivery) -> bool:
    """Whether a notice of a move has nothing to tell any more: cancelled since, or back at the time that was told."""
    told = datetime.fromisoformat(row.details["told"])
    return not slot or slot[0].state in OFF or slot[0].starts_at == told


def _slot(session: ExpectedSession, talk_ids: Sequence[int]) -> list[ExpectedTalk]:
    wanted = set(talk_ids)
    return [expected for expected in session.talks if expected.talk.id in wanted]


def _message(session: ExpectedSession, place: Place, row: Delivery, slot: Sequence[ExpectedTalk]) -> Message | None:
    if row.kind == Kind.SESSION_START:
        return announcements.session_start(session, place, row.id)
    if row.kind == Kind.SESSION_OVER:
        return announcements.session_over(session, place, row.id)
    if not slot:
        return None
    if row.kind == Kind.MOVED:
        return announcements.moved(session, slot, place, datetime.fromisoformat(row.details["told"]), row.id)
    return announcements.up_next_reminder(session, slot, place, row.id)
