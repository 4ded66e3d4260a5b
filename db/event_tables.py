"""The tables of what is shown beside messages: Discord's scheduled events, and the topics of stages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey
from sqlmodel import Field, SQLModel

from db.columns import belongs_to, instant


def _outlives(target: str) -> Any:  # noqa: ANN401 - SQLModel's Field returns Any
    """A reference to a row that may be deleted: what stands on Discord is still to be taken away."""
    column = Column(BigInteger, ForeignKey(target, ondelete="SET NULL"), nullable=True, index=True)
    return Field(default=None, sa_column=column)


class ScheduledEvent(SQLModel, table=True):
    """What Discord's list of events owes one session, and what stands there.

    Attributes:
        facts: what it says: title, place, moderator, number of talks and the first of them; None if none is owed.
        starts_at, ends_at, is_active: the forecast, and whether the session was begun.
        discord_id: of the event that was made last; None while there was none.
        shown_status: a value of bot.rules.scheduled_events.Status; None while nothing was made.
        shown_facts, shown_starts_at, shown_ends_at: what stands, or was asked for.
        due: something may be to be done.
        look_at: virtual; when passing time alone changes what is owed.
    """

    __tablename__ = "scheduled_events"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    server_id: int = belongs_to("servers.id")
    session_id: int | None = _outlives("sessions.id")
    facts: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    starts_at: datetime | None = instant(nullable=True)
    ends_at: datetime | None = instant(nullable=True)
    is_active: bool = False
    discord_id: int | None = Field(default=None, sa_type=BigInteger)
    shown_status: str | None = Field(default=None, max_length=12)
    shown_facts: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    shown_starts_at: datetime | None = instant(nullable=True)
    shown_ends_at: datetime | None = instant(nullable=True)
    due: bool = Field(default=True, index=True)
    look_at: datetime | None = instant(nullable=True)


class StageTopic(SQLModel, table=True):
    """What a stage channel's topic is owed, and what it shows.

    Attributes:
        session_id: the session whose topic it is, or was last.
        topic, shown_topic: None for none.
        opened: whether the bot opened the stage, and so ends it; while it shows nothing, whether it asked for that.
        due: something may be to be done.
    """

    __tablename__ = "stage_topics"

    channel_id: int = Field(default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    server_id: int = belongs_to("servers.id")
    session_id: int | None = _outlives("sessions.id")
    topic: str | None = Field(default=None, max_length=500)
    shown_topic: str | None = Field(default=None, max_length=500)
    opened: bool = False
    due: bool = Field(default=True, index=True)
