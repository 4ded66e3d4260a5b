"""Builds what a session's report shows."""

from __future__ import annotations

from datetime import datetime

from bot.delivery.composed import Composed
from bot.delivery.report_pictures import ReportPicture
from bot.drawing.palette import Look
from bot.messages.session_report import report_message
from bot.rules.reminders import Place
from bot.rules.report_deliveries import owed_report
from bot.rules.session_report import session_report
from bot.services.programme import PlacedSession
from bot.services.queues import SessionQueues
from db.tables import Delivery


def of_report(placed: PlacedSession, queues: SessionQueues | None, row: Delivery, now: datetime) -> Composed | None:
    """The report as things stand, its picture yet to be drawn; None where the session goes on again."""
    questions = queues.questions if queues else ()
    report = session_report(placed.session, placed.run, questions, now, guard=placed.guarded)
    place = Place(row.server_id, row.channel_id, placed.timezone, placed.page_timezone)
    owed = next((item for item in owed_report(report, place) if item.key == row.key), None)
    if owed is None:
        return None
    message = report_message(report, placed.timezone, Look.DARK, row.id)
    picture = ReportPicture(report, placed.timezone, placed.page_timezone)
    return Composed(message, None, owed.text, picture=picture)
