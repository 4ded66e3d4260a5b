"""Timekeeping."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.types import UTCDateTime

revision = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "timing_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("tapped_at", UTCDateTime(), nullable=False),
        sa.Column("talk_id", sa.BigInteger(), nullable=True),
        sa.Column("leaves", sa.Integer(), nullable=True),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("amount_seconds", sa.Float(), nullable=False),
        sa.Column("lengths", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_timing_events_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["talk_id"], ["talks.id"], name=op.f("fk_timing_events_talk_id_talks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timing_events")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("timing_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timing_events_session_id"), ["session_id"], unique=False)

    with op.batch_alter_table("servers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moderators_channel_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("moderators_role_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("cue_settings", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("guards_clock", sa.Boolean(), nullable=False, server_default=sa.true()))

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moderator_ids", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("console_thread_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("replan_at", UTCDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_sessions_replan_at"), ["replan_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_replan_at"))
        batch_op.drop_column("replan_at")
        batch_op.drop_column("console_thread_id")
        batch_op.drop_column("moderator_ids")

    with op.batch_alter_table("servers", schema=None) as batch_op:
        batch_op.drop_column("guards_clock")
        batch_op.drop_column("cue_settings")
        batch_op.drop_column("moderators_role_id")
        batch_op.drop_column("moderators_channel_id")

    with op.batch_alter_table("timing_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timing_events_session_id"))

    op.drop_table("timing_events")
