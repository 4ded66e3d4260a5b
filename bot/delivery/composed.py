"""What is posted for a delivery, with what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.delivery.report_pictures import ReportPicture
from bot.messages.message import Message
from bot.rules.reminders import URGENCY, Kind
from db.tables import Delivery


@dataclass(frozen=True, slots=True)
class Composed:
    """A message, what it tells (to notice later that it no longer holds), and when time alone will change it.

    Attributes:
        thread_name: of the thread that it goes to, where that is yet to be opened.
        picture: what is yet to be drawn and put under it.
    """

    message: Message
    shown_start: datetime | None
    shown_text: str
    edit_at: datetime | None = None
    thread_name: str = ""
    picture: ReportPicture | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claimed row with its message."""

    row: Delivery
    composed: Composed

    @property
    def urgency(self) -> tuple[int, datetime]:
        return URGENCY[Kind(self.row.kind)], self.row.due_at

    @property
    def is_direct(self) -> bool:
        return self.row.user_id is not None
