"""Writes a conference that is over into a store, in bulk: its programme, taps, questions and deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from benchmarks.programmes import ZONE, jitter, people, title, words
from db.columns import METADATA
from db.database import NOBODY, Database

SERVER, CHANNEL = 81384788765712384, 381870129706958858
BEGINS = datetime(2022, 7, 18, 7, 0, tzinfo=UTC)
"""A Monday, 09:00 at the venue."""
_STATES = ("answered", "answered", "asked", "queued", "dismissed")
_KINDS = (("Spotlight", 10), ("Oral", 20), ("Spotlight", 10), ("Keynote", 45), ("Poster pitch", 5))

Row = dict[str, Any]


@dataclass
class MadeConference:
    """What a conference of some rooms and days holds; every eighth session is not timed.

    Attributes:
        running: the last sessions of the last day were not ended.
    """

    rooms: int = 24
    days: int = 4
    talks: int = 5
    questions: int = 5
    name: str = "Made-up conference"
    timed: bool = True
    running: bool = False
    rows: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def over_at(self) -> datetime:
        """A moment at which all of it is over, or its last sessions are about half-way."""
        last_day = BEGINS + timedelta(days=self.days - 1)
        return last_day + (timedelta(minutes=25) if self.running else timedelta(hours=14))

    async def store(self, db: Database) -> None:
        """Write all of it; the store holds nothing else yet."""
        self._make()
        async with db.transaction(NOBODY) as session:
            for table, rows in self.rows.items():
                for first in range(0, len(rows), 1000):
                    await session.exec(insert(METADATA.tables[table]), params=rows[first : first + 1000])

    def _make(self) -> None:
        self.rows = {
            "servers": [{"id": SERVER, "channel_id": CHANNEL, "timezone": ZONE}],
            "conferences": [{"id": 1, "server_id": SERVER, "name": self.name, "timezone": ZONE}],
            "sources": [{"id": 1, "conference_id": 1, "name": self.name, "format": "made-up", "imported_at": BEGINS}],
            "sessions": [],
            "talks": [],
            "timing_events": [],
            "questions": [],
            "deliveries": [],
        }
        for number in range(1, self.rooms * self.days + 1):
            self._session(number)

    def _session(self, number: int) -> None:
        room, day = (number - 1) % self.rooms + 1, (number - 1) // self.rooms
        begin = BEGINS + timedelta(days=day, minutes=30 * (room % 3))
        talks = list(self._talks(number, f"Room {room}", begin))
        self.rows["sessions"].append(
            {
                "id": number,
                "conference_id": 1,
                "source_id": 1,
                "title": f"{words(number, 3).title()} {number}",
                "room": f"Room {room}",
                "moderator": people(number)[0],
                "starts_at": begin,
                "ends_at": talks[-1]["ends_at"],
            }
        )
        self.rows["talks"] += talks
        if self.timed and number % 8:
            self._taps(number, talks, is_over=not self.running or day < self.days - 1)
        for talk in talks:
            self._asked(talk)
            self._owed(talk)

    def _talks(self, session: int, room: str, begin: datetime) -> Iterator[Row]:
        for index in range(self.talks):
            key = (session - 1) * self.talks + index + 1
            kind, length = _KINDS[(session + index) % len(_KINDS)]
            end = begin + timedelta(minutes=length)
            yield {
                "id": key,
                "session_id": session,
                "kind": kind,
                "title": title(key),
                "speakers": list(people(key)),
                "room": room,
                "starts_at": begin,
                "ends_at": end,
                "cancelled": key % 60 == 0,
            }
            begin = end

    def _taps(self, session: int, talks: list[Row], *, is_over: bool) -> None:
        """Each talk is started when it is its turn, and takes a little longer, or shorter, than planned."""
        held = [talk for talk in talks if not talk["cancelled"]]
        if not is_over:
            held = held[:1]
        now = talks[0]["starts_at"] + timedelta(seconds=int(240 * jitter(session)))
        for talk in held:
            now = max(now, talk["starts_at"] - timedelta(minutes=2))
            self._tap(session, "start", now, talk_id=talk["id"])
            length = talk["ends_at"] - talk["starts_at"]
            if talk["id"] % 9 == 0:
                self._tap(session, "extend", now + length / 2, talk_id=talk["id"], amount_seconds=120.0)
            now += timedelta(seconds=round(length.total_seconds() * (0.85 + 0.35 * jitter(talk["id"]))) + 20)
        if is_over:
            self._tap(session, "end", now, talk_id=held[-1]["id"])

    def _tap(self, session: int, kind: str, at: datetime, *, talk_id: int, amount_seconds: float = 0) -> None:
        self.rows["timing_events"].append(
            {
                "session_id": session,
                "kind": kind,
                "at": at,
                "tapped_at": at,
                "talk_id": talk_id,
                "by": 900000000000000000 + session % 40,
                "amount_seconds": amount_seconds,
            }
        )

    def _asked(self, talk: Row) -> None:
        for number in range(self.questions if talk["id"] % 3 else 2 * self.questions):
            place = len(self.rows["questions"]) + 1
            state = _STATES[place * 7 % len(_STATES)]
            entered = talk["starts_at"] + timedelta(minutes=number)
            self.rows["questions"].append(
                {
                    "session_id": talk["session_id"],
                    "talk_id": talk["id"],
                    "text": f"Why {words(place, 8)}?",
                    "asker_id": 700000000000000000 + place % 500,
                    "asker_name": f"Attendee {place % 500}",
                    "anonymous": place % 4 == 0,
                    "entered_at": entered,
                    "state": state,
                    "pinned": False,
                    "asked_at": entered + timedelta(minutes=4) if state in ("answered", "asked") else None,
                }
            )

    def _owed(self, talk: Row) -> None:
        start = talk["starts_at"]
        for index, kind in enumerate(
            ("up_next", "cue", "cue", "question", "personal", "personal", "personal", "board")
        ):
            number = len(self.rows["deliveries"]) + 1
            lead = timedelta(minutes=5 if kind in ("up_next", "personal") else 0)
            direct = kind == "personal"
            state = "skipped" if number % 211 == 0 else "failed" if number % 499 == 0 else "sent"
            late = 1.2 + 8 * jitter(number) ** 3 + (900 if number % 701 == 0 else 0) + (40 if direct else 0)
            self.rows["deliveries"].append(
                {
                    "id": f"{number:022d}",
                    "key": f"{SERVER}:talk-{talk['id']}:{kind}:{index}",
                    "server_id": SERVER,
                    "session_id": talk["session_id"],
                    "talk_id": talk["id"],
                    "channel_id": CHANNEL + (number if direct else 0),
                    "user_id": 700000000000000000 + number % 500 if direct else None,
                    "kind": kind,
                    "state": state,
                    "lead_seconds": int(lead.total_seconds()),
                    "due_at": start - lead,
                    "planned_at": BEGINS - timedelta(days=7),
                    "details": {"day": f"{start:%Y-%m-%d}"},
                    "sent_at": start - lead if state == "sent" else None,
                    "lateness_ms": late if state == "sent" else None,
                }
            )
