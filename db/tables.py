"""The tables. Everything belongs to one server; times are instants in UTC, zone names stand beside them.

A `table=True` model validates nothing: readers and services check before a row is made.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.columns import belongs_to, instant
from db.types import UTCDateTime


class Server(SQLModel, table=True):
    """A Discord server and what it chose in /setup; it may exist before the bot joins.

    Attributes:
        moderators_channel_id: where consoles and cues go; None is a private thread of the session's channel.
        cue_settings: "ladders" and "questions" by kind, in seconds, and "in_channel"; empty is the default.
        guards_clock: whether a forgotten clock rolls on by the plan.
        question_settings: the fields of bot.rules.queue_times.QuestionSettings that were chosen, in seconds or days.
        ping_role_id: the role that reminders mention; None mentions nobody.
        board_channel_id: where the board of all rooms stands; None is nowhere.
        audit_channel_id: where what moderators and managers do is told; None is only in /status audit.
        chases_speakers: whether a speaker who has not checked in is asked once.
        setup_steps: the steps of /setup start that were answered or passed over.
        keeps_events: whether each session has a scheduled event of Discord's.
        stages: the stage channel of a room, by the room's case-folded name, whose topic follows the clock.
        report_settings: the fields of bot.rules.report_settings.ReportSettings that were chosen.
        paused_at: virtual; since when nothing is posted at a manager's wish.
    """

    __tablename__ = "servers"

    id: int = Field(default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    name: str | None = Field(default=None, max_length=100)
    channel_id: int | None = Field(default=None, sa_type=BigInteger)
    timezone: str | None = Field(default=None, max_length=64)
    lead_minutes: list[int] = Field(default_factory=lambda: [5], sa_type=JSON)
    moderators_channel_id: int | None = Field(default=None, sa_type=BigInteger)
    moderators_role_id: int | None = Field(default=None, sa_type=BigInteger)
    cue_settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    guards_clock: bool = True
    question_settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    ping_role_id: int | None = Field(default=None, sa_type=BigInteger)
    board_channel_id: int | None = Field(default=None, sa_type=BigInteger)
    audit_channel_id: int | None = Field(default=None, sa_type=BigInteger)
    chases_speakers: bool = True
    setup_steps: list[str] = Field(default_factory=list, sa_type=JSON)
    keeps_events: bool = False
    stages: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    report_settings: dict[str, bool] = Field(default_factory=dict, sa_type=JSON)
    paused_at: datetime | None = instant(nullable=True)
    joined_at: datetime | None = instant(nullable=True)
    left_at: datetime | None = instant(nullable=True)


class RoomChannel(SQLModel, table=True):
    """The channel that serves one room, where it is not the server's default channel."""

    __tablename__ = "room_channels"

    server_id: int = Field(
        default=None,
        sa_column=Column(BigInteger, ForeignKey("servers.id", ondelete="CASCADE"), primary_key=True),
    )
    room: str = Field(primary_key=True, max_length=200)
    channel_id: int = Field(sa_type=BigInteger)


class Conference(SQLModel, table=True):
    """A conference of one server; archived when it is over, not deleted."""

    __tablename__ = "conferences"

    id: int | None = Field(default=None, primary_key=True)
    server_id: int = belongs_to("servers.id")
    name: str = Field(max_length=200)
    timezone: str = Field(max_length=64)
    archived_at: datetime | None = instant(nullable=True)


class Source(SQLModel, table=True):
    """Where a part of a conference was imported from; a re-import touches what belongs to its own source only.

    Attributes:
        url: where it is fetched from; None for a file that somebody handed over. Its secrets are its owner's.
        follows: a value of bot.rules.following.Follows: what is done when what the URL holds has changed.
        options: how it is read: "timezone", "year" and "day_first", as bot.schedules.schedule.ReadingOptions has them.
        etag, last_modified: what the server named with the version that is stored.
        seen: digest of the newest version that was imported or told to the managers.
        failures: how many fetches in a row were in vain; `problem` is why the last one was.
        fetch_at: virtual; when it is looked at next.
    """

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("conference_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    conference_id: int = belongs_to("conferences.id")
    name: str = Field(max_length=500)
    format: str = Field(max_length=40)
    page_timezone: str | None = Field(default=None, max_length=64)
    imported_at: datetime = instant()
    imported_by: int | None = Field(default=None, sa_type=BigInteger)
    url: str | None = Field(default=None, sa_type=Text)
    follows: str = Field(default="never", max_length=12)
    options: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    etag: str | None = Field(default=None, max_length=500)
    last_modified: str | None = Field(default=None, max_length=100)
    seen: str | None = Field(default=None, max_length=64)
    failures: int = 0
    problem: str | None = Field(default=None, max_length=500)
    fetch_at: datetime | None = Field(default=None, sa_type=UTCDateTime, nullable=True, index=True)


class Session(SQLModel, table=True):
    """What one moderator chairs in one room; `id` is its key and never changes.

    Attributes:
        moderator_ids: the Discord users who moderate it, beside those with the server's role.
        console_thread_id: the private thread of its console, where the server has no moderators' channel.
        replan_at: virtual; when passing time alone changes what it owes.
        question_order: a value of bot.rules.questions.Order in place of the server's.
        file_said: what the file said where an edit stands; see bot.rules.kept_edits.
    """

    __tablename__ = "sessions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    conference_id: int = belongs_to("conferences.id")
    source_id: int = belongs_to("sources.id")
    title: str = Field(max_length=500)
    room: str | None = Field(default=None, max_length=200)
    moderator: str | None = Field(default=None, max_length=500)
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    moderator_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    console_thread_id: int | None = Field(default=None, sa_type=BigInteger)
    question_order: str | None = Field(default=None, max_length=12)
    replan_at: datetime | None = Field(default=None, sa_type=UTCDateTime, nullable=True, index=True)
    file_said: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Talk(SQLModel, table=True):
    """One item of a session; `id` is its key and never changes; a removed talk stays as cancelled.

    Attributes:
        file_said: what the file said where an edit stands; see bot.rules.kept_edits.
    """

    __tablename__ = "talks"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = belongs_to("sessions.id")
    file_id: str | None = Field(default=None, max_length=200)
    kind: str | None = Field(default=None, max_length=100)
    title: str = Field(sa_type=Text)
    speakers: list[str] = Field(default_factory=list, sa_type=JSON)
    room: str | None = Field(default=None, max_length=200)
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    abstract: str | None = Field(default=None, sa_type=Text)
    url: str | None = Field(default=None, sa_type=Text)
    cancelled: bool = False
    file_said: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class TimingEvent(SQLModel, table=True):
    """One moderator action with its moment: appended, never changed; `id` is the order."""

    __tablename__ = "timing_events"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = belongs_to("sessions.id")
    kind: str = Field(max_length=12)
    at: datetime = instant()
    tapped_at: datetime = instant()
    talk_id: int | None = belongs_to("talks.id", nullable=True, index=False)
    leaves: int | None = None
    by: int | None = Field(default=None, sa_type=BigInteger)
    amount_seconds: float = 0
    lengths: list[list[float]] = Field(default_factory=list, sa_type=JSON)
    undoes: int | None = None


def _of_people(*columns: str) -> Index:
    """An index of direct messages alone: what channels are owed, which is most, pays nothing for it."""
    name = f"ix_deliveries_of_people_{'_'.join(columns[:2])}"
    return Index(name, *columns, sqlite_where=text("user_id IS NOT NULL"))


_REPORTS = text("kind = 'report'")
"""Of them there are few, and each is claimed apart."""


class Delivery(SQLModel, table=True):
    """One message owed to one place: an outbox row.

    Attributes:
        id: 22 random URL-safe characters: the nonce, and part of a button's custom_id in the message.
        key: server, subject, kind, lead, place and revision; unique, so that nothing is owed twice.
        due_at, planned_at: virtual; when it is owed, and when that was decided.
        expires_at: virtual; from then on sending it would not help any more.
        kind, state: the values of bot.rules.reminders.Kind and bot.rules.outbox.State.
        details: talk_ids of the slot it announces, and what else its kind needs.
        shown_start, shown_text: what the posted message says, to tell when it must be edited.
        announced_start: the start that readers were last told, by the message or by a notice of a move.
        edit_at: virtual; when the posted message is to be brought up to date, None if nothing is due.
        claimed_at, lease_until, retry_at, sent_at: real.
        lateness_ms: real time from the due moment to Discord's answer.
        user_id: whose direct message it is; None for what is posted in a channel.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_deliveries_state_due_at", "state", "due_at"),
        Index("ix_deliveries_state_edit_at", "state", "edit_at"),
        Index("ix_deliveries_talk_id_kind", "talk_id", "kind"),
        _of_people("user_id"),
        _of_people("state", "due_at"),
        _of_people("state", "edit_at"),
        _of_people("talk_id", "lead_seconds", "state", "due_at", "shown_start", "shown_text"),
        Index("ix_deliveries_of_reports", "state", "due_at", sqlite_where=_REPORTS, postgresql_where=_REPORTS),
    )

    id: str = Field(primary_key=True, max_length=22)
    key: str = Field(max_length=200)
    server_id: int = belongs_to("servers.id")
    session_id: int | None = belongs_to("sessions.id", nullable=True)
    talk_id: int | None = belongs_to("talks.id", nullable=True, index=False)
    channel_id: int = Field(sa_type=BigInteger, index=True)
    user_id: int | None = Field(default=None, sa_type=BigInteger)
    kind: str = Field(max_length=20)
    state: str = Field(default="pending", max_length=12)
    reason: str | None = Field(default=None, max_length=500)
    lead_seconds: int = 0
    revision: int = 0
    due_at: datetime = instant()
    expires_at: datetime | None = instant(nullable=True)
    planned_at: datetime = instant()
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    shown_start: datetime | None = instant(nullable=True)
    announced_start: datetime | None = instant(nullable=True)
    shown_text: str | None = Field(default=None, max_length=64)
    edit_at: datetime | None = instant(nullable=True)
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    claimed_by: str | None = Field(default=None, max_length=22)
    claimed_at: datetime | None = instant(nullable=True)
    lease_until: datetime | None = instant(nullable=True)
    retry_at: datetime | None = instant(nullable=True)
    attempts: int = 0
    sent_at: datetime | None = instant(nullable=True)
    lateness_ms: float | None = None


class PendingImport(SQLModel, table=True):
    """A file somebody handed over and has not confirmed yet, so that a restart does not lose the question."""

    __tablename__ = "pending_imports"

    id: str = Field(primary_key=True, max_length=22)
    server_id: int = belongs_to("servers.id")
    user_id: int = Field(sa_type=BigInteger)
    content: bytes = Field(sa_type=LargeBinary)
    options: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = instant()


class SyncedCommands(SQLModel, table=True):
    """The digest of the commands that Discord was last given, so that they are sent only when they changed."""

    __tablename__ = "synced_commands"

    application_id: int = Field(default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    digest: str = Field(max_length=64)
    synced_at: datetime = instant()
