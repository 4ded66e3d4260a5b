"""A Schedule as one JSON object: what `chairside import --json` prints, and an export that chairside_json reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from bot.schedules.schedule import Schedule, Session, Talk


def as_json(schedule: Schedule) -> dict[str, Any]:
    """The schedule as plain JSON values: times RFC 3339 in UTC with `Z`, null for what the file does not say."""
    return {
        "format": schedule.format,
        "conference": schedule.conference,
        "timezone": schedule.timezone,
        "page_timezone": schedule.page_timezone,
        "warnings": list(schedule.warnings),
        "sessions": [_session(session) for session in schedule.sessions],
    }


def as_json_file(schedule: Schedule) -> bytes:
    """The same as a file: UTF-8 without a byte order mark, which RFC 8259 forbids."""
    return (json.dumps(as_json(schedule), ensure_ascii=False, indent=2) + "\n").encode()


def _session(session: Session) -> dict[str, Any]:
    return {
        "title": session.title,
        "room": session.room,
        "moderator": session.moderator,
        "source": session.source,
        "starts_at": _time(session.starts_at),
        "ends_at": _time(session.ends_at),
        "talks": [_talk(talk) for talk in session.talks],
    }


def _talk(talk: Talk) -> dict[str, Any]:
    return {
        "id": talk.file_id,
        "kind": talk.kind,
        "title": talk.title,
        "speakers": list(talk.speakers),
        "room": talk.room,
        "starts_at": _time(talk.starts_at),
        "ends_at": _time(talk.ends_at),
        "abstract": talk.abstract,
        "url": talk.url,
        "cancelled": talk.cancelled,
    }


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
