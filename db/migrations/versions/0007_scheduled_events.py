"""Discord's scheduled events, and the topics of stages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.types import UTCDateTime

revision = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scheduled_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("discord_id", sa.BigInteger(), nullable=True),
        sa.Column("shown_status", sa.String(length=12), nullable=True),
        sa.Column("shown_facts", sa.JSON(), nullable=True),
        sa.Column("shown_starts_at", UTCDateTime(), nullable=True),
        sa.Column("shown_ends_at", UTCDateTime(), nullable=True),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.Column("look_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["server_id"], ["servers.id"], name=op.f("fk_scheduled_events_server_id_servers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_scheduled_events_session_id_sessions"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_scheduled_events_due"), "scheduled_events", ["due"])
    op.create_index(op.f("ix_scheduled_events_server_id"), "scheduled_events", ["server_id"])
    op.create_index(op.f("ix_scheduled_events_session_id"), "scheduled_events", ["session_id"])

    op.create_table(
        "stage_topics",
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("topic", sa.String(length=500), nullable=True),
        sa.Column("shown_topic", sa.String(length=500), nullable=True),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["server_id"], ["servers.id"], name=op.f("fk_stage_topics_server_id_servers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_stage_topics_session_id_sessions"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_stage_topics")),
    )
    op.create_index(op.f("ix_stage_topics_due"), "stage_topics", ["due"])
    op.create_index(op.f("ix_stage_topics_server_id"), "stage_topics", ["server_id"])
    op.create_index(op.f("ix_stage_topics_session_id"), "stage_topics", ["session_id"])

    with op.batch_alter_table("servers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("keeps_events", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("stages", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("servers", schema=None) as batch_op:
        batch_op.drop_column("stages")
        batch_op.drop_column("keeps_events")
    op.drop_table("stage_topics")
    op.drop_table("scheduled_events")
