"""Builds what speakers are sent by direct message, and what moderators are asked about them."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.delivery.composed import Composed
from bot.messages.speakers import claim, left_to_speaker, settled, speakers_cue, whether_here
from bot.rules.programme import ExpectedTalk
from bot.rules.reminders import Kind, Owed, Place
from bot.rules.speakers import Speaker
from bot.services.programme import PlacedSession
from bot.services.queues import SessionQueues
from bot.services.session_owed import owed_to_its_speakers, owed_to_moderators
from db.tables import Delivery

SETTLED = "settled"
"""What the outbox remembers of a claim that nobody has to decide any more."""


def of_speakers(placed: PlacedSession, queues: SessionQueues | None, row: Delivery, now: datetime) -> Composed | None:
    """A message to or about a speaker; None where it is no longer owed, or they are linked no more."""
    everything = [*owed_to_its_speakers(placed, queues, now), *owed_to_moderators(placed, now)]
    owed = next((item for item in everything if item.key == row.key), None)
    speaker = next((s for s in placed.speakers if _is_about(s, row)), None)
    expected = next((e for e in placed.expected.talks if e.talk.id == row.talk_id), None)
    if row.kind == Kind.CLAIM and owed is None and row.message_id is not None:
        title = expected.talk.title if expected else ""
        return Composed(settled(speaker.user_id if speaker and speaker.linked_at else None, title), None, SETTLED)
    if speaker is None or expected is None:
        return None
    if row.kind == Kind.CLAIM:
        return Composed(claim(speaker.user_id, expected.talk.title, speaker.link, row.id), None, "") if owed else None
    if row.kind in (Kind.CHECK_IN, Kind.CHASE):
        return _whether_here(placed, expected, speaker, row, owed)
    if row.kind == Kind.SPEAKER_LEFT:
        return _left(placed, queues, expected, row, owed)
    mark, questions = timedelta(seconds=float(row.details["mark"])), bool(row.details["questions"])
    message = speakers_cue(expected.talk.title, mark, speaker, row.id, questions=questions)
    return Composed(message, None, "") if speaker.wants_cues else None


def _is_about(speaker: Speaker, row: Delivery) -> bool:
    if row.kind == Kind.CLAIM:
        return speaker.link == int(row.details["link"])
    return (speaker.talk_id, speaker.user_id) == (row.talk_id, row.user_id)


def _whether_here(
    placed: PlacedSession, expected: ExpectedTalk, speaker: Speaker, row: Delivery, owed: Owed | None
) -> Composed | None:
    if owed is None and row.message_id is None:
        return None
    place = Place(placed.server_id, row.channel_id, placed.timezone, placed.page_timezone)
    room = expected.talk.room or placed.session.room
    message = whether_here(expected, speaker, place, row.id, room, again=row.kind == Kind.CHASE)
    return Composed(message, expected.starts_at, owed.text if owed else "")


def _left(
    placed: PlacedSession, queues: SessionQueues | None, expected: ExpectedTalk, row: Delivery, owed: Owed | None
) -> Composed | None:
    keys = set(str(row.details["questions"]).split(","))
    left = [question for question in queues.questions if str(question.id) in keys] if queues else []
    if not left or placed.place is None:
        return None
    message = left_to_speaker(expected.talk, left, placed.place.channel_id, row.id)
    return Composed(message, None, owed.text if owed else "")
