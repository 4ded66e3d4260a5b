from __future__ import annotations

import json
from datetime import timedelta, timezone

from bot.schedules.as_json import as_json
from bot.schedules.schedule import Schedule, Session, Talk
from tests.schedules.pages import at

ELSEWHERE = timezone(timedelta(hours=-7))


def test_a_schedule_is_one_json_object() -> None:
    whole = Talk(
        title="Graphs",
        starts_at=at("19:30").astimezone(ELSEWHERE),
        ends_at=at("19:35"),
        kind="Oral",
        speakers=("Ada One", "Bo Two"),
        room="Hall F",
        abstract="We count.",
        url="https://example.org/1",
        file_id="1",
        cancelled=True,
    )
    bare = Talk(title="Trees", starts_at=at("19:35"), ends_at=at("2022-07-22 00:00"))
    schedule = Schedule(
        format="icml-text",
        conference=None,
        timezone="America/New_York",
        page_timezone="America/Los_Angeles",
        sessions=(
            Session(title="Deep Learning", talks=(whole, bare), room="Hall F", moderator="Cy Three", source="Page 1"),
        ),
        warnings=("line 1: odd",),
    )
    assert json.loads(json.dumps(as_json(schedule))) == {
        "format": "icml-text",
        "conference": None,
        "timezone": "America/New_York",
        "page_timezone": "America/Los_Angeles",
        "warnings": ["line 1: odd"],
        "sessions": [
            {
                "title": "Deep Learning",
                "room": "Hall F",
                "moderator": "Cy Three",
                "source": "Page 1",
                "starts_at": "2022-07-21T19:30:00Z",
                "ends_at": "2022-07-22T00:00:00Z",
                "talks": [
                    {
                        "id": "1",
                        "kind": "Oral",
                        "title": "Graphs",
                        "speakers": ["Ada One", "Bo Two"],
                        "room": "Hall F",
                        "starts_at": "2022-07-21T19:30:00Z",
                        "ends_at": "2022-07-21T19:35:00Z",
                        "abstract": "We count.",
                        "url": "https://example.org/1",
                        "cancelled": True,
                    },
                    {
                        "id": None,
                        "kind": None,
                        "title": "Trees",
                        "speakers": [],
                        "room": None,
                        "starts_at": "2022-07-21T19:35:00Z",
                        "ends_at": "2022-07-22T00:00:00Z",
                        "abstract": None,
                        "url": None,
                        "cancelled": False,
                    },
                ],
            }
        ],
    }
