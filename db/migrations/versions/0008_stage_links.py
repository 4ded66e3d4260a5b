"""Secret links to the stage view."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stage_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("conference_id", sa.BigInteger(), nullable=True),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"],
            ["conferences.id"],
            name=op.f("fk_stage_links_conference_id_conferences"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["server_id"], ["servers.id"], name=op.f("fk_stage_links_server_id_servers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_stage_links_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_links")),
        sa.UniqueConstraint("conference_id", name=op.f("uq_stage_links_conference_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_stage_links_digest")),
        sa.UniqueConstraint("session_id", name=op.f("uq_stage_links_session_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_stage_links_server_id"), "stage_links", ["server_id"])


def downgrade() -> None:
    op.drop_table("stage_links")
