"""What a server chose for its queues, and a session for its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.rules.questions import Order
from bot.rules.queue_times import QuestionSettings
from db.tables import Server

DEFAULT_QUESTIONS = QuestionSettings()


def question_settings_of(server: Server, session_order: str | None = None) -> QuestionSettings:
    """A server's choices, the default where it made none; `session_order` goes before the server's."""
    chosen = server.question_settings
    settings = DEFAULT_QUESTIONS
    if chosen:
        opens = chosen.get("opens_before")
        settings = replace(
            settings,
            order=Order(chosen.get("order", settings.order)),
            approval=bool(chosen.get("approval", settings.approval)),
            opens_before=timedelta(seconds=opens) if opens is not None else None,
            closes_after=timedelta(seconds=chosen.get("closes_after", settings.closes_after.total_seconds())),
            seconds_between=int(chosen.get("seconds_between", settings.seconds_between)),
            open_at_most=int(chosen.get("open_at_most", settings.open_at_most)),
            retention_days=chosen.get("retention_days"),
        )
    return replace(settings, order=Order(session_order)) if session_order else settings
