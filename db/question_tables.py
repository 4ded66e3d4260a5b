"""The tables of questions: what was asked, who voted, and what moderators did with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Text
from sqlmodel import Field, SQLModel

from db.columns import belongs_to, instant


class Question(SQLModel, table=True):
    """A question to one talk; its steps change where it stands, its text stays.

    Attributes:
        asker_id: Discord user; None for somebody in the hall or a removed person.
        asker_name: what the room reads unless it is anonymous.
        entered_by: the moderator who entered it for somebody in the hall.
        message_url: the channel message that it was queued from.
        entered_at, asked_at: virtual.
        state: a value of bot.rules.questions.QuestionState.
        merged_into: the surviving question.
    """

    __tablename__ = "questions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = belongs_to("sessions.id")
    talk_id: int = belongs_to("talks.id")
    text: str = Field(sa_type=Text)
    asker_id: int | None = Field(default=None, sa_type=BigInteger, index=True)
    asker_name: str = Field(max_length=100)
    anonymous: bool = False
    entered_by: int | None = Field(default=None, sa_type=BigInteger)
    message_url: str | None = Field(default=None, sa_type=Text)
    entered_at: datetime = instant()
    state: str = Field(max_length=12)
    pinned: bool = False
    merged_into: int | None = Field(default=None, index=True)
    asked_at: datetime | None = instant(nullable=True)


class QuestionVote(SQLModel, table=True):
    """One person's vote for one question; it stays with that question when it is merged into another."""

    __tablename__ = "question_votes"

    question_id: int = Field(
        default=None,
        sa_column=Column(BigInteger, ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True),
    )
    user_id: int = Field(default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=False, index=True))
    voted_at: datetime = instant()


class QuestionStep(SQLModel, table=True):
    """One thing a moderator did with a talk's questions: appended, never changed; `id` is the order.

    Attributes:
        by: Discord user; None for a removed person.
        changes: each question's standing before and after.
    """

    __tablename__ = "question_steps"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    talk_id: int = belongs_to("talks.id")
    kind: str = Field(max_length=12)
    by: int | None = Field(default=None, sa_type=BigInteger)
    at: datetime = instant()
    changes: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    undoes: int | None = None


class TalkQueue(SQLModel, table=True):
    """What a moderator chose for one talk's queue: a value of bot.rules.queue_times.Phase in place of the clock's.

    Attributes:
        set_at: virtual; a queue that was opened ends by the clock, or so long after this where that is later.
    """

    __tablename__ = "talk_queues"

    talk_id: int = Field(
        default=None,
        sa_column=Column(BigInteger, ForeignKey("talks.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    )
    phase: str = Field(max_length=12)
    set_at: datetime = instant()
    set_by: int | None = Field(default=None, sa_type=BigInteger)
