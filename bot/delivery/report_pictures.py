"""The picture of a session's report: what it is drawn from, and the file that it becomes."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from bot.drawing.palette import Look
from bot.drawing.worker import draw_session
from bot.errors import DrawingError
from bot.messages.message import Attached, Message
from bot.messages.session_report import alt_text
from bot.rules.export_table import file_name
from bot.rules.session_report import SessionReport

log = logging.getLogger(__name__)

SECONDS = 8.0
"""Well below a lease: what takes longer goes without its picture."""


WITHOUT = "-# Its picture cannot be drawn right now; the button tries again."


@dataclass(frozen=True, slots=True)
class ReportPicture:
    """What is drawn; the zones are those of the venue and of the programme's page."""

    report: SessionReport
    timezone: str
    page_timezone: str | None
    look: Look = Look.DARK

    async def file(self) -> Attached:
        """The picture as a file, drawn in a process of its own.

        Raises:
            DrawingError: it cannot be drawn.
        """
        content = await draw_session(
            self.report, timezone=self.timezone, page_timezone=self.page_timezone, look=self.look, seconds=SECONDS
        )
        session = self.report.session
        name = file_name("report", str(session.id), session.title, self.look.value)
        return Attached(f"{name}.png", content, alt_text(self.report, self.timezone))


async def with_picture(message: Message, picture: ReportPicture | None) -> Message:
    """The message with its picture; with its words alone where that cannot be drawn, which the log tells."""
    if picture is None:
        return message
    try:
        return replace(message, files=(await picture.file(),))
    except DrawingError:
        log.exception("the report of session %s goes without its picture", picture.report.session.id)
        return replace(message, content=f"{message.content}\n{WITHOUT}", files=())
