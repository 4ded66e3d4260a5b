"""Reads one session as it is recorded: its plans, what was set, tapped and asked, and its deliveries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import CommandError
from bot.rules.report_settings import ReportSettings
from bot.rules.session_log import Change, LoggedPlan, LoggedQueue, LoggedSettings, SessionLog
from bot.services.chosen import room_channels
from bot.services.earlier_plans import Plans, plans_of, programme_of
from bot.services.logged_deliveries import logged_deliveries
from bot.services.logged_taps import Numbers, logged_events, logged_questions, logged_steps
from bot.services.question_choice import BOUNDS
from db import question_tables
from db.bulk import in_parts
from db.database import Database
from db.people_tables import AuditEntry
from db.tables import Conference, Delivery, Server, Session, Source, TimingEvent

BEFORE, AFTER = timedelta(minutes=1), timedelta(minutes=10)
"""How much more is recorded than happened."""
VOTES = "votes, which decide who is asked next: a replay asks the questions that were asked"
_SETTINGS = ("setup", "status pause", "status resume")


@dataclass(frozen=True, slots=True)
class _Stored:
    server: Server
    conference: Conference
    source: Source
    row: Session


async def session_log(db: Database, *, server_id: int, session_id: int, now: datetime) -> SessionLog:
    """A session as it was recorded up to now, virtual; of an archived conference as well.

    Raises:
        CommandError: this server has no such session, or it has no talks.
    """
    async with db.reading() as session:
        found = await session.exec(
            select(Server, Conference, Source, Session)
            .join(Conference, col(Conference.server_id) == Server.id)
            .join(Session, col(Session.conference_id) == Conference.id)
            .join(Source, col(Source.id) == Session.source_id)
            .where(Session.id == session_id, Conference.server_id == server_id)
        )
        facts = next((_Stored(*row) for row in found), None)
        if facts is None:
            do = "Choose one that the command offers"
            raise CommandError("that session is not in this server's programme", do=do)
        plans = await plans_of(session, facts.row)
        if not plans.plans[-1].talks:
            raise CommandError("that session has no talks left", do="Choose another one")
        return await _log(session, facts, plans, now)


async def _log(session: AsyncSession, facts: _Stored, plans: Plans, now: datetime) -> SessionLog:
    numbers = Numbers.of(key for plan in plans.plans for key in plan.talks)
    left_out: list[str] = []
    events = await logged_events(session, facts.row.id or 0, numbers, left_out)
    questions = await logged_questions(session, facts.row.id or 0, numbers, left_out)
    steps = await logged_steps(session, numbers)
    queues = await _queues(session, numbers)
    deliveries = await logged_deliveries(session, facts.server, facts.row, numbers)
    happened = [
        *(delivery.due_at for delivery in deliveries),
        *(event.tapped_at for event in events),
        *(question.entered_at for question in questions),
        *(step.at for step in steps),
        *(queue.at for queue in queues),
        *(talk[name] for talk in plans.plans[-1].talks.values() for name in ("starts_at", "ends_at")),
    ]
    starts_at, until = _span(happened, plans, now)
    settings, unsaid = await _settings(session, facts)
    left_out += [*unsaid, *[each async for each in _not_recorded(session, facts, plans, (starts_at, until))]]
    return SessionLog(
        starts_at=starts_at,
        until=until,
        timezone=facts.conference.timezone,
        page_timezone=facts.source.page_timezone,
        plans=_logged_plans(plans, facts, numbers, starts_at),
        settings=settings,
        events=tuple(events),
        questions=tuple(questions),
        steps=tuple(steps),
        queues=tuple(queues),
        deliveries=tuple(deliveries),
        left_out=tuple(left_out),
    )


def _span(happened: Sequence[datetime], plans: Plans, now: datetime) -> tuple[datetime, datetime]:
    """From shortly before anything was owed, or from the import where that came later, until all was over, or now."""
    starts_at = min(happened).replace(microsecond=0) - BEFORE
    imported_at = plans.plans[0].at
    if imported_at is not None and imported_at > starts_at:
        starts_at = imported_at
    return starts_at, max(starts_at, min(now, max(happened) + AFTER))


def _logged_plans(plans: Plans, facts: _Stored, numbers: Numbers, starts_at: datetime) -> tuple[LoggedPlan, ...]:
    """The plan at the start, and those that came later."""
    first = max((n for n, plan in enumerate(plans.plans) if plan.at is None or plan.at <= starts_at), default=0)
    return tuple(
        LoggedPlan(
            at=plan.at if number else None,
            how=Change.EDIT if plan.on_the_day else Change.IMPORT,
            talks=tuple(numbers.talks[key] for key in plan.talks),
            programme=programme_of(plan, facts.conference, facts.source),
        )
        for number, plan in enumerate(plans.plans[first:])
    )


async def _queues(session: AsyncSession, numbers: Numbers) -> list[LoggedQueue]:
    table, found = question_tables.TalkQueue, []
    for part in in_parts(list(numbers.talks)):
        found += list(await session.exec(select(table).where(col(table.talk_id).in_(part))))
    return [
        LoggedQueue(numbers.talks[row.talk_id], row.phase, row.set_at, numbers.moderator(row.set_by))
        for row in sorted(found, key=lambda row: (row.set_at, row.talk_id))
    ]


async def _settings(session: AsyncSession, facts: _Stored) -> tuple[LoggedSettings, list[str]]:
    """What the server has set now, and what of it no command can set."""
    server = facts.server
    cues = server.cue_settings
    rooms = await room_channels(session, server.id)
    choices: dict[str, str | bool | int] = {}
    unsaid: list[str] = []
    for name in ("order", "approval"):
        if name in server.question_settings:
            choices[name] = server.question_settings[name]
    for name, bounds in BOUNDS.items():
        value = server.question_settings.get(bounds.key)
        if value is None or name == "retention":
            continue
        whole, rest = divmod(value, bounds.factor)
        choices[name] = int(whole)
        unsaid += [f"the setting {name} of /setup questions, which is no whole number"] if rest else []
    settings = LoggedSettings(
        lead_minutes=tuple(server.lead_minutes),
        ladders={kind: tuple(map(float, marks)) for kind, marks in cues.get("ladders", {}).items()},
        kept={kind: float(seconds) for kind, seconds in cues.get("questions", {}).items()},
        in_channel=bool(cues.get("in_channel")),
        guards_clock=server.guards_clock,
        question_choices=choices,
        channel=server.channel_id is not None,
        room_channel=(facts.row.room or "").casefold() in rooms,
        moderators_channel=server.moderators_channel_id is not None,
        posts_reports=ReportSettings(**server.report_settings).posts,
    )
    return settings, unsaid


async def _not_recorded(
    session: AsyncSession, facts: _Stored, plans: Plans, span: tuple[datetime, datetime]
) -> AsyncIterator[str]:
    """What bears on the session and is in no log."""
    server = facts.server
    for at in plans.undone:
        yield f"the change of the programme at {at:%H:%M:%S} UTC, which was undone"
    votes = select(func.count()).select_from(question_tables.QuestionVote).join(question_tables.Question)
    if (await session.exec(votes.where(question_tables.Question.session_id == facts.row.id))).one():
        yield VOTES
    elsewhere = select(func.count()).select_from(Delivery)
    mine = elsewhere.where(Delivery.session_id == facts.row.id, col(Delivery.user_id).is_not(None))
    if number := (await session.exec(mine)).one():
        yield f"{number:,} direct messages to speakers and others"
    if server.paused_at is not None:
        yield "that posting is paused"
    set_then = select(AuditEntry.action).where(
        AuditEntry.server_id == server.id, col(AuditEntry.at) > span[0], col(AuditEntry.at) <= span[1]
    )
    changed = sorted({action for action in await session.exec(set_then) if action.startswith(_SETTINGS)})
    if changed:
        yield f"what was set before it was changed in the session: {', '.join(f'/{action}' for action in changed)}"
    if facts.row.console_thread_id is not None and server.moderators_channel_id is None:
        yield "when the console's private thread was opened"


async def number_of_taps(db: Database) -> dict[int, int]:
    """How many timing events each session has."""
    query = select(TimingEvent.session_id, func.count()).group_by(col(TimingEvent.session_id))
    async with db.reading() as session:
        return dict((await session.exec(query)).all())
