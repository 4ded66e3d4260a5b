"""The tables of people: what they chose, who speaks and moderates, and what moderators and managers did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.columns import belongs_to, instant


class Person(SQLModel, table=True):
    """What one Discord user chose or what is known of their direct messages, on all servers.

    Attributes:
        timezone: theirs; None where they chose none.
        dm_channel_id: their direct messages with the bot, once opened.
        dms_closed_at: virtual; when Discord last refused a direct message to them, None while it takes them.
        told_closed: whether they were told so since.
    """

    __tablename__ = "people"

    id: int = Field(default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    timezone: str | None = Field(default=None, max_length=64)
    dm_channel_id: int | None = Field(default=None, sa_type=BigInteger)
    dms_closed_at: datetime | None = instant(nullable=True)
    told_closed: bool = False


class Subscription(SQLModel, table=True):
    """What one person wants to be reminded of by direct message.

    Attributes:
        kind: a value of bot.rules.subscriptions.Wanted: a talk, a session, a speaker or a word.
        talk_id, session_id: what it is about, for those kinds.
        words: the speaker's name or the word, as typed.
        mentions: whether they agreed to be mentioned in the session's channel where direct messages are closed.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index("ix_subscriptions_server_id_user_id", "server_id", "user_id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    server_id: int = belongs_to("servers.id", index=False)
    user_id: int = Field(sa_type=BigInteger, index=True)
    kind: str = Field(max_length=12)
    talk_id: int | None = belongs_to("talks.id", nullable=True)
    session_id: int | None = belongs_to("sessions.id", nullable=True)
    words: str | None = Field(default=None, max_length=200)
    lead_seconds: int = 300
    mentions: bool = False
    made_at: datetime = instant()


class Mention(SQLModel, table=True):
    """Whom a message in a session's channel mentions because their direct messages are closed."""

    __tablename__ = "mentions"

    delivery_id: str = Field(
        default=None,
        sa_column=Column(String(22), ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    )
    user_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False, index=True))


class SpeakerLink(SQLModel, table=True):
    """That a Discord user speaks in a talk.

    Attributes:
        linked_by: who linked or approved it; None while it is only claimed, or for a removed person.
        linked_at: virtual; None while it is only claimed.
        checked_in_at: virtual; when they said that they are here.
        wants_cues: whether they get time signals by direct message while on stage.
    """

    __tablename__ = "speaker_links"
    __table_args__ = (UniqueConstraint("talk_id", "user_id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    talk_id: int = belongs_to("talks.id")
    user_id: int = Field(sa_type=BigInteger, index=True)
    claimed_at: datetime = instant()
    linked_at: datetime | None = instant(nullable=True)
    linked_by: int | None = Field(default=None, sa_type=BigInteger)
    checked_in_at: datetime | None = instant(nullable=True)
    wants_cues: bool = False


class ModeratorName(SQLModel, table=True):
    """Which Discord user a moderator's name in the schedules of a server is; `name` is case-folded."""

    __tablename__ = "moderator_names"

    server_id: int = Field(
        default=None,
        sa_column=Column(BigInteger, ForeignKey("servers.id", ondelete="CASCADE"), primary_key=True),
    )
    name: str = Field(primary_key=True, max_length=200)
    user_id: int = Field(sa_type=BigInteger, index=True)


class AuditEntry(SQLModel, table=True):
    """One thing that a moderator or manager did: appended, never changed.

    Attributes:
        at: virtual.
        by: Discord user; None for a removed person.
        action: the name of it in bot.rules.permissions.
        details: what was chosen, by option, as people read it.
        about: the title of the session it was about.
    """

    __tablename__ = "audit_entries"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    server_id: int = belongs_to("servers.id")
    at: datetime = instant()
    by: int | None = Field(default=None, sa_type=BigInteger, index=True)
    action: str = Field(max_length=60)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    about: str | None = Field(default=None, max_length=500)
