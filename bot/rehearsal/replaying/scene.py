"""Who does what is recorded, where, and what the bot's store calls it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import col, func, select

from bot.rehearsal.cast import ANSWER_SECONDS, Hall
from bot.rehearsal.loopback.errors import LoopbackTimeoutError, PersonRefusedError
from bot.rehearsal.loopback.people.person import Person
from bot.rehearsal.loopback.people.reply import Reply
from bot.rehearsal.loopback.world.channels import Channel
from bot.rehearsal.loopback.world.messages import Message
from bot.rules.session_log import SessionLog
from db.database import Database
from db.question_tables import Question, QuestionStep, TalkQueue
from db.tables import Session, Talk, TimingEvent

REFUSED = (PersonRefusedError, LoopbackTimeoutError)
"""What people cannot do just then, and what the bot does not answer."""
Table = type[TimingEvent] | type[Question] | type[QuestionStep] | type[TalkQueue] | type[Talk]


@dataclass(slots=True)
class Scene:
    """A replay's people and places.

    Attributes:
        moderators, attendees: by their numbers in the log, from 1.
        session_id, talks: what the store calls the session, and each talk of the log.
    """

    hall: Hall
    log: SessionLog
    db: Database
    moderators: Sequence[Person]
    attendees: Sequence[Person]
    session_id: int = 0
    talks: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, hall: Hall, log: SessionLog, db: Database) -> Scene:
        """Let in as many people as the log tells of."""
        server, role = hall.server, hall.moderators_role
        more = (server.add_member(f"Moderator {n}", roles=[role]) for n in range(2, log.moderators + 1))
        known = len(hall.attendees)
        asking = (server.add_member(f"Attendee {n}") for n in range(known + 1, log.attendees + 1))
        attendees = (*hall.attendees, *asking)
        return cls(replace(hall, attendees=attendees), log, db, (hall.moderator, *more), attendees)

    def moderator(self, number: int | None) -> Person:
        """Who it was; the first one for somebody who was removed."""
        return self.moderators[(number or 1) - 1]

    @property
    def session(self) -> str:
        """The session as a command's option names it."""
        return f"session#{self.session_id}"

    def talk(self, number: int) -> str:
        """A talk as a command's option names it."""
        return f"talk#{self.talks.get(number, 0)}"

    async def find_talks(self, numbers: Sequence[int]) -> None:
        """Look up what the store calls the session, and those of these talks that are new."""
        async with self.db.reading() as session:
            found = (await session.exec(select(Session.id).order_by(col(Session.id)))).first()
            self.session_id = found or 0
            query = select(Talk.id).order_by(col(Talk.starts_at), col(Talk.ends_at), col(Talk.id))
            known = set(self.talks.values())
            new = [key for key in await session.exec(query) if key is not None and key not in known]
        unknown = [number for number in numbers if number not in self.talks]
        self.talks |= dict(zip(unknown, new, strict=False))

    async def stored(self, table: Table) -> int:
        """How many rows there are: whether something came of an act."""
        async with self.db.reading() as session:
            return (await session.exec(select(func.count()).select_from(table))).one()

    async def question(self, number: int) -> int:
        """What the store calls a question; 0 for one that is not there."""
        async with self.db.reading() as session:
            query = select(Question.id).order_by(col(Question.id)).offset(number - 1).limit(1)
            return (await session.exec(query)).first() or 0

    @property
    def channels(self) -> list[Channel]:
        """Where a console may be: the moderators' channel, else a thread."""
        return [self.hall.backstage, *self.hall.channel.threads]

    def standing(self, person: Person, begins: str) -> tuple[Message, str] | None:
        """The newest message with a button whose custom_id begins so, and that custom_id."""
        for channel in self.channels:
            for message in reversed(person.sees(channel)):
                for button in message.buttons:
                    custom_id = str(button.get("custom_id", ""))
                    if custom_id.startswith(begins) and not button.get("disabled"):
                        return message, custom_id
        return None


async def answered(reply: Reply) -> Reply:
    """The reply once the bot's answer is there."""
    return await reply.final(within=ANSWER_SECONDS)
