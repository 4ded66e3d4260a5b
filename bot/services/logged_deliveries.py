"""A session's deliveries as a log holds them: what each was about, by numbers. A step of session_logs."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.outbox import State
from bot.rules.reminders import Kind
from bot.rules.session_log import RECORDED, LoggedDelivery
from bot.services.chosen import room_channels
from bot.services.logged_taps import Numbers
from db.tables import Delivery, Server, Session

_OF_STINTS = (Kind.CUE, Kind.ASK)
_FOR_MODERATORS = (Kind.CONSOLE, Kind.ASK)


async def logged_deliveries(
    session: AsyncSession, server: Server, row: Session, numbers: Numbers
) -> list[LoggedDelivery]:
    """Of the kinds that plan, clock and questions decide, in order of their moments."""
    rooms = await room_channels(session, server.id)
    channel_id = rooms.get((row.room or "").casefold(), server.channel_id)
    query = select(Delivery).where(
        Delivery.session_id == row.id, col(Delivery.user_id).is_(None), col(Delivery.kind).in_(RECORDED)
    )
    found = await session.exec(query.order_by(col(Delivery.due_at), col(Delivery.key)))
    return [_logged(each, numbers, channel_id) for each in found]


def _logged(row: Delivery, numbers: Numbers, channel_id: int | None) -> LoggedDelivery:
    kind, details = Kind(row.kind), row.details
    subject = row.key.split(":")[1]
    question = details.get("question") if kind is Kind.QUESTION else None
    return LoggedDelivery(
        kind=row.kind,
        place=_place(row, kind, channel_id),
        talks=tuple(numbers.talks[key] for key in details.get("talk_ids", ()) if key in numbers.talks),
        due_at=row.due_at,
        state=row.state,
        lead=row.lead_seconds,
        revision=numbers.events.get(row.revision, 0) if kind is Kind.ASK else row.revision,
        mark=float(details["mark"]) if kind is Kind.CUE else None,
        # `talk-7-1--60`: the talk, which time on stage, and the mark, which may be below zero
        stint=int(subject.split("-", 3)[2]) if kind in _OF_STINTS else None,
        question=numbers.questions.get(int(question)) if question is not None else None,
        part=int(details["part"]) if kind is Kind.LEFT_PART else None,
        # what Discord refused may tell names
        reason=row.reason if row.state == State.SKIPPED else None,
    )


def _place(row: Delivery, kind: Kind, channel_id: int | None) -> str:
    if kind is Kind.LEFT_PART:
        return "thread"
    backstage = kind in _FOR_MODERATORS or (kind is Kind.CUE and row.channel_id != channel_id)
    return "moderators" if backstage else "room"
