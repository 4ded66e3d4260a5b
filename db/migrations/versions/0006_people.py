"""People: their reminders, zones and direct messages, speakers, moderators by name, and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.types import UTCDateTime

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

OF_PEOPLE = (
    ("user_id",),
    ("state", "due_at"),
    ("state", "edit_at"),
    ("talk_id", "lead_seconds", "state", "due_at", "shown_start", "shown_text"),
)
"""The columns of the indexes of direct messages alone."""


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.Column("dm_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("dms_closed_at", UTCDateTime(), nullable=True),
        sa.Column("told_closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("about", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["server_id"], ["servers.id"], name=op.f("fk_audit_entries_server_id_servers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_entries_by"), "audit_entries", ["by"])
    op.create_index(op.f("ix_audit_entries_server_id"), "audit_entries", ["server_id"])

    op.create_table(
        "moderator_names",
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["server_id"], ["servers.id"], name=op.f("fk_moderator_names_server_id_servers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("server_id", "name", name=op.f("pk_moderator_names")),
    )
    op.create_index(op.f("ix_moderator_names_user_id"), "moderator_names", ["user_id"])

    op.create_table(
        "speaker_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("talk_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", UTCDateTime(), nullable=False),
        sa.Column("linked_at", UTCDateTime(), nullable=True),
        sa.Column("linked_by", sa.BigInteger(), nullable=True),
        sa.Column("checked_in_at", UTCDateTime(), nullable=True),
        sa.Column("wants_cues", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["talk_id"], ["talks.id"], name=op.f("fk_speaker_links_talk_id_talks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_links")),
        sa.UniqueConstraint("talk_id", "user_id", name=op.f("uq_speaker_links_talk_id_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_speaker_links_talk_id"), "speaker_links", ["talk_id"])
    op.create_index(op.f("ix_speaker_links_user_id"), "speaker_links", ["user_id"])

    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("talk_id", sa.BigInteger(), nullable=True),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=True),
        sa.Column("lead_seconds", sa.Integer(), nullable=False),
        sa.Column("mentions", sa.Boolean(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["server_id"], ["servers.id"], name=op.f("fk_subscriptions_server_id_servers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_subscriptions_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["talk_id"], ["talks.id"], name=op.f("fk_subscriptions_talk_id_talks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscriptions_server_id_user_id", "subscriptions", ["server_id", "user_id"])
    op.create_index(op.f("ix_subscriptions_session_id"), "subscriptions", ["session_id"])
    op.create_index(op.f("ix_subscriptions_talk_id"), "subscriptions", ["talk_id"])
    op.create_index(op.f("ix_subscriptions_user_id"), "subscriptions", ["user_id"])

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("user_id", sa.BigInteger(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_deliveries_talk_id"))
        batch_op.create_index("ix_deliveries_talk_id_kind", ["talk_id", "kind"])
    for columns in OF_PEOPLE:
        name = f"ix_deliveries_of_people_{'_'.join(columns[:2])}"
        op.create_index(name, "deliveries", list(columns), sqlite_where=sa.text("user_id IS NOT NULL"))

    op.create_table(
        "mentions",
        sa.Column("delivery_id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_mentions_delivery_id_deliveries"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "user_id", name=op.f("pk_mentions")),
    )
    op.create_index(op.f("ix_mentions_user_id"), "mentions", ["user_id"])

    with op.batch_alter_table("servers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ping_role_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("board_channel_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("audit_channel_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("chases_speakers", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("setup_steps", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("paused_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("servers", schema=None) as batch_op:
        batch_op.drop_column("paused_at")
        batch_op.drop_column("setup_steps")
        batch_op.drop_column("chases_speakers")
        batch_op.drop_column("audit_channel_id")
        batch_op.drop_column("board_channel_id")
        batch_op.drop_column("ping_role_id")

    op.drop_table("mentions")
    for columns in OF_PEOPLE:
        op.drop_index(f"ix_deliveries_of_people_{'_'.join(columns[:2])}", "deliveries")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_deliveries_talk_id_kind")
        batch_op.create_index(batch_op.f("ix_deliveries_talk_id"), ["talk_id"])
        batch_op.drop_column("user_id")

    op.drop_table("subscriptions")
    op.drop_table("speaker_links")
    op.drop_table("moderator_names")
    op.drop_table("audit_entries")
    op.drop_table("people")
