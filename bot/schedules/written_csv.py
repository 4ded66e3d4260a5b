"""A schedule as CSV for spreadsheets: the venue's wall times, no formula; chairside_table reads it back exactly."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from bot.schedules.own_table import COLUMNS, YES, guarded, people_cell
from bot.schedules.schedule import Schedule, Session, Talk
from bot.timezones import is_ambiguous, local


def as_csv(schedule: Schedule) -> bytes:
    """UTF-8 with a byte order mark, without which Excel reads it in the machine's old code page; all cells quoted."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for number, session in enumerate(schedule.sessions, 1):
        writer.writerows(_row(schedule, session, number, talk) for talk in session.talks)
    return text.getvalue().encode("utf-8-sig")


def _row(schedule: Schedule, session: Session, number: int, talk: Talk) -> list[str]:
    """The cells in the order of COLUMNS."""
    starts, ends = _times(talk, schedule.timezone)
    texts = (
        talk.title,
        people_cell(talk.speakers),
        talk.kind,
        talk.room,
        session.title,
        session.room,
        session.moderator,
        YES if talk.cancelled else None,
        talk.url,
        talk.file_id,
        schedule.conference,
        session.source,
        schedule.timezone,
        schedule.page_timezone,
        str(number),
        talk.abstract,
    )
    return [starts, ends, *map(guarded, texts)]


def _times(talk: Talk, timezone: str | None) -> tuple[str, str]:
    """Wall times; with their offsets where the clocks show one of them twice, or where no zone is known."""
    zone_name = timezone or "UTC"
    walls = [local(moment, zone_name) for moment in (talk.starts_at, talk.ends_at)]
    offsets = not timezone or any(is_ambiguous(wall.replace(tzinfo=None), zone_name) for wall in walls)
    starts, ends = (_time(wall, with_offset=offsets) for wall in walls)
    return starts, ends


def _time(wall: datetime, *, with_offset: bool) -> str:
    clock = f"{wall:%Y-%m-%d %H:%M:%S}" if wall.second else f"{wall:%Y-%m-%d %H:%M}"
    offset = f"{wall:%z}"
    return f"{clock} UTC{offset[:3]}:{offset[3:5]}" if with_offset else clock
