"""Builds the messages that people asked for: direct ones in their own zone, and mentions where those are closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.composed import Composed
from bot.messages.personal_reminders import Reminded, direct_reminder, mention
from bot.rules.outbox import State
from bot.rules.programme import OFF
from bot.rules.reminders import TO_PEOPLE, Kind
from bot.services.mentions import mentioned_by
from bot.services.personal_following import aims_of
from bot.services.programme import PlacedSession
from db.bulk import in_parts
from db.people_tables import Person
from db.tables import Delivery, Talk


@dataclass(slots=True)
class PeopleMaterial:
    """What messages to people are written from.

    Attributes:
        sessions: by talk, the session that it is in now.
        zones: by person, the zone that they chose.
        closed: those whose direct messages are known to be closed.
        mentioned: by delivery, whom it mentions.
    """

    sessions: dict[int, int] = field(default_factory=dict)
    zones: dict[int, str] = field(default_factory=dict)
    closed: set[int | None] = field(default_factory=set)
    mentioned: dict[str, tuple[int, ...]] = field(default_factory=dict)


async def gather_people(session: AsyncSession, rows: Sequence[Delivery], material: PeopleMaterial) -> set[int]:
    """Read what these rows, as far as they are for people, tell of beside their sessions; which sessions those are."""
    theirs = [row for row in rows if row.kind in TO_PEOPLE]
    if not theirs:
        return set()
    for part in in_parts(sorted({row.talk_id for row in theirs if row.talk_id is not None})):
        of_talk = select(Talk.id, Talk.session_id).where(col(Talk.id).in_(part))
        material.sessions |= {key or 0: session_id for key, session_id in await session.exec(of_talk)}
    for part in in_parts(sorted({row.user_id for row in theirs if row.user_id is not None})):
        for person in await session.exec(select(Person).where(col(Person.id).in_(part))):
            if person.timezone:
                material.zones[person.id] = person.timezone
            if person.dms_closed_at:
                material.closed.add(person.id)
    for keys in in_parts([row.id for row in theirs if row.kind == Kind.MENTION]):
        material.mentioned |= await mentioned_by(session, keys)
    return {material.sessions[row.talk_id] for row in theirs if row.talk_id in material.sessions}


def of_people(material: PeopleMaterial, sessions: Mapping[int, PlacedSession], row: Delivery) -> Composed | None:
    """A reminder to one person, or a mention of several; None where there is nothing left to say, or nobody to tell."""
    placed = sessions.get(material.sessions.get(row.talk_id or 0, 0))
    expected = next((e for e in placed.expected.talks if e.talk.id == row.talk_id), None) if placed else None
    if placed is None or expected is None:
        return None
    aim = aims_of(placed)[expected.talk.id]
    reminded = Reminded(
        expected,
        session=placed.expected.session,
        timezone=placed.timezone,
        page_timezone=placed.page_timezone,
        channel_id=placed.place.channel_id if placed.place else None,
        is_off=expected.state in OFF,
    )
    if row.kind == Kind.PERSONAL:
        message = direct_reminder(reminded, material.zones.get(row.user_id or 0), row.id)
    else:
        people = material.mentioned.get(row.id, ())
        if not people and row.state != State.SENT:
            return None
        message = mention(reminded, people, row.id)
    return Composed(message, aim.starts_at, aim.text)
