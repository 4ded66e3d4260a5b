"""What is stored about a person, and taking them out of it: over all servers that this store holds.

A column that names a person belongs in `_NAMED`; a test finds those that are missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, delete, or_, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.rules.outbox import State
from bot.rules.reminders import Kind
from bot.rules.taps import SAME_DAY
from bot.rules.traces import Traces
from bot.services.planning import consoles_changed
from bot.services.programme import PlacedSession, load_sessions
from bot.services.queues import question_messages_changed
from bot.services.speaker_rows import claim_settled
from db.database import Database
from db.people_tables import AuditEntry, Mention, ModeratorName, Person, SpeakerLink, Subscription
from db.programme_tables import ProgrammeVersion
from db.question_tables import Question, QuestionStep, QuestionVote, TalkQueue
from db.tables import Conference, Delivery, PendingImport, Server, Session, Source, Talk, TimingEvent

REMOVED_PERSON = "removed person"
CONSOLE_KEPT = timedelta(days=1)
"""How long after its planned end a session's console is still brought up to date here."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What named a person and does so no longer, and the titles of sessions not over that still have them moderate."""

    traces: Traces
    still_moderates: tuple[str, ...]


_NAMED: dict[str, tuple[Any, Any]] = {
    "questions": (Question.asker_id, Question.session_id),
    "votes": (QuestionVote.user_id, QuestionVote.question_id),
    "entered": (Question.entered_by, Question.session_id),
    "steps": (QuestionStep.by, QuestionStep.talk_id),
    "queues": (TalkQueue.set_by, TalkQueue.talk_id),
    "timing_events": (TimingEvent.by, TimingEvent.session_id),
    "imports": (Source.imported_by, Source.conference_id),
    "pending_imports": (PendingImport.user_id, PendingImport.server_id),
    "changes": (ProgrammeVersion.made_by, ProgrammeVersion.server_id),
    "undone": (ProgrammeVersion.undone_by, ProgrammeVersion.server_id),
    "settings": (Person.id, None),
    "direct": (Delivery.user_id, Delivery.server_id),
    "subscriptions": (Subscription.user_id, Subscription.server_id),
    "mentioned": (Mention.user_id, Mention.delivery_id),
    "speaks": (SpeakerLink.user_id, SpeakerLink.talk_id),
    "linked": (SpeakerLink.linked_by, SpeakerLink.talk_id),
    "names": (ModeratorName.user_id, ModeratorName.server_id),
    "actions": (AuditEntry.by, AuditEntry.server_id),
}
"""The columns that hold a person's id, each with the one that leads to a server; what has none is on no server."""
_DONE_BY = ("entered", "steps", "queues", "timing_events", "imports", "changes", "undone", "linked", "actions")
"""Where the id alone goes and what was done stays."""
_THEIRS = ("votes", "pending_imports", "settings", "direct", "subscriptions", "mentioned", "speaks", "names")
"""What is deleted: it is about them alone."""


async def what_is_stored(db: Database, server_id: int | None, user_id: int) -> Traces:
    """What names a person on one server, or on all that this store holds for None."""
    async with db.reading() as session:
        return await _traces(session, user_id, server_id)


async def remove_person(db: Database, clock: Clock, user_id: int) -> Removed:
    """Take a person out of everything stored, on all servers; what they asked and did stays, as a removed person's.

    They stay the moderator of a session that is not over: else it would lose whom it has in the middle. Where only the
    link of a name made them that, it has to have begun.
    """
    now = clock.now()
    async with db.reading() as session:
        servers = set(await session.exec(select(Delivery.server_id).where(col(Delivery.user_id) == user_id).distinct()))
        conferences = [row.conference_id for rows in await _moderated(session, user_id, now) for row in rows]
        servers.update(await session.exec(select(Conference.server_id).where(col(Conference.id).in_(conferences))))
    async with db.transaction({user_id, *servers}) as session:
        traces = await _traces(session, user_id, None)
        await _refresh(session, user_id, now)
        await _name_for_begun(session, user_id, now)
        for name in _THEIRS:
            column = _NAMED[name][0]
            await session.exec(delete(column.class_).where(column == user_id))
        await _disown_questions(session, user_id)
        await _disown_acts(session, user_id)
        for name in _DONE_BY:
            column = _NAMED[name][0]
            await session.exec(update(column.class_).where(column == user_id).values({column.key: None}))
        over, running = await _moderated(session, user_id, now)
        for row in over:
            row.moderator_ids = [moderator for moderator in row.moderator_ids if moderator != user_id]
        return Removed(replace(traces, moderated=_titles(over)), _titles(running))


async def _traces(session: AsyncSession, user_id: int, server_id: int | None) -> Traces:
    here = _on(server_id) if server_id is not None else {}
    counts: dict[str, int] = {}
    for name, (column, leads_to) in _NAMED.items():
        if here and leads_to is None:
            continue
        where = [column == user_id, *_within(leads_to, here)]
        counts[name] = (await session.exec(select(func.count()).where(*where))).one()
    anonymous = Question.asker_id == user_id, col(Question.anonymous).is_(True), *_within(Question.session_id, here)
    counts["anonymous"] = (await session.exec(select(func.count()).where(*anonymous))).one()
    return Traces(**counts, moderated=_titles(await _named_for(session, user_id, here)))


def _on(server_id: int) -> dict[str, Any]:
    """The keys of each table's rows that belong to a server."""
    conferences = select(col(Conference.id)).where(Conference.server_id == server_id)
    sessions = select(col(Session.id)).where(col(Session.conference_id).in_(conferences))
    talks = select(col(Talk.id)).where(col(Talk.session_id).in_(sessions))
    return {
        "servers": [server_id],
        "conferences": conferences,
        "sessions": sessions,
        "talks": talks,
        "deliveries": select(col(Delivery.id)).where(Delivery.server_id == server_id),
        "questions": select(col(Question.id)).where(col(Question.talk_id).in_(talks)),
    }


def _within(column: Any, here: dict[str, Any]) -> list[Any]:  # noqa: ANN401 - any table's column
    """The condition that a row belongs to a server; none where all servers are meant."""
    if not here:
        return []
    (target,) = column.foreign_keys
    return [column.in_(here[target.column.table.name])]


async def _named_for(session: AsyncSession, user_id: int, here: dict[str, Any]) -> list[Session]:
    """The sessions that name this person as their moderator."""
    # the text of the list narrows it down in any database; which of them it is is looked at here
    mentions = cast(col(Session.moderator_ids), String).contains(str(user_id))
    query = select(Session).where(mentions, *_within(Session.conference_id, here))
    rows = await session.exec(query.order_by(col(Session.starts_at), col(Session.id)))
    return [row for row in rows if user_id in row.moderator_ids]


def _titles(rows: Sequence[Session]) -> tuple[str, ...]:
    return tuple(row.title for row in rows)


async def _disown_questions(session: AsyncSession, user_id: int) -> None:
    nobody = {"asker_id": None, "asker_name": REMOVED_PERSON, "message_url": None}
    await session.exec(update(Question).where(col(Question.asker_id) == user_id).values(nobody))
    for mention in (f"<@{user_id}>", f"<@!{user_id}>"):
        text = func.replace(Question.text, mention, f"@{REMOVED_PERSON}")
        await session.exec(update(Question).where(col(Question.text).contains(mention)).values(text=text))


async def _disown_acts(session: AsyncSession, user_id: int) -> None:
    """Audit logs that tell of something done to a person tell it of nobody."""
    for mention in (f"<@{user_id}>", f"<@!{user_id}>"):
        telling = select(AuditEntry).where(cast(col(AuditEntry.details), String).contains(mention))
        for row in await session.exec(telling):
            row.details = {name: text.replace(mention, f"@{REMOVED_PERSON}") for name, text in row.details.items()}


async def _moderated(session: AsyncSession, user_id: int, now: datetime) -> tuple[list[Session], list[Session]]:
    """The sessions that name this person as their moderator: those that are over, and those that are not."""
    rows = await _named_for(session, user_id, {})
    by_server: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        conference = await session.get_one(Conference, row.conference_id)
        by_server[conference.server_id].append(row.id or 0)
    running: set[int] = set()
    for server_id, session_ids in by_server.items():
        server = await session.get_one(Server, server_id)
        placed = await load_sessions(session, server=server, now=now, session_ids=session_ids)
        running |= {p.session.id for p in placed if not _is_over(p, now)}
    return [row for row in rows if row.id not in running], [row for row in rows if row.id in running]


async def _name_for_begun(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Name a person for the sessions that a link of their name lets them run, as far as those have begun."""
    for server_id in set(await session.exec(select(ModeratorName.server_id).where(ModeratorName.user_id == user_id))):
        tapped = select(col(TimingEvent.session_id)).where(TimingEvent.session_id == Session.id)
        begun = select(Session.id).join(Conference, col(Conference.id) == Session.conference_id)
        begun = begun.where(Conference.server_id == server_id, Session.ends_at > now - SAME_DAY, tapped.exists())
        server, keys = await session.get_one(Server, server_id), [key or 0 for key in await session.exec(begun)]
        for placed in await load_sessions(session, server=server, now=now, session_ids=keys):
            if user_id in placed.moderator_ids and placed.run.last is not None and not _is_over(placed, now):
                (await session.get_one(Session, placed.session.id)).moderator_ids = list(placed.moderator_ids)


def _is_over(placed: PlacedSession, now: datetime) -> bool:
    expected = placed.expected
    planned_end = max((talk.ends_at for talk in placed.session.talks), default=now)
    is_past = expected.ends_at is None or expected.ends_at <= now
    # later nobody can tap a clock that was left running
    return expected.is_over or is_past or now > planned_end + SAME_DAY


async def _refresh(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Have what was posted with their name edited, where the bot still can."""
    mentioning = select(Mention.delivery_id).where(Mention.user_id == user_id)
    posted = col(Delivery.id).in_(mentioning), col(Delivery.state) == State.SENT
    await session.exec(update(Delivery).where(*posted).values(edit_at=now, shown_text=None))
    await _refresh_speaker(session, user_id, now)
    given = cast(col(AuditEntry.details), String).contains(f"<@{user_id}>")
    entries = select(col(AuditEntry.id)).where(or_(col(AuditEntry.by) == user_id, given))
    told = col(Delivery.kind) == Kind.AUDIT, col(Delivery.state) == State.SENT
    about_them = col(Delivery.details)["entry"].as_integer().in_(entries)
    await session.exec(update(Delivery).where(*told, about_them).values(edit_at=now, shown_text=None))
    theirs = list(await session.exec(select(Question.id).where(Question.asker_id == user_id)))
    if not theirs:
        return
    await question_messages_changed(session, [key for key in theirs if key], now)
    current = (
        select(col(Question.session_id))
        .join(Session, col(Session.id) == Question.session_id)
        .where(Question.asker_id == user_id, col(Session.ends_at) > now - CONSOLE_KEPT)
    )
    await consoles_changed(session, now, col(Delivery.session_id).in_(current))


async def _refresh_speaker(session: AsyncSession, user_id: int, now: datetime) -> None:
    """The same of consoles that say whether a speaker is here, of threads, and of what moderators were asked."""
    theirs = select(col(SpeakerLink.talk_id)).where(SpeakerLink.user_id == user_id)
    threads = col(Delivery.kind) == Kind.LEFT_PART, col(Delivery.state) == State.SENT
    await session.exec(update(Delivery).where(*threads, col(Delivery.talk_id).in_(theirs)).values(edit_at=now))
    about = select(col(Talk.session_id)).join(Session, col(Session.id) == Talk.session_id)
    about = about.where(col(Talk.id).in_(theirs), col(Session.ends_at) > now - CONSOLE_KEPT)
    await consoles_changed(session, now, col(Delivery.session_id).in_(about))
    for link in await session.exec(select(SpeakerLink.id).where(SpeakerLink.user_id == user_id)):
        await claim_settled(session, link or 0, now)
