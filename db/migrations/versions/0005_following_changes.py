"""What a programme was before each change, edits that outlast a re-import, and sources with an address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.types import UTCDateTime

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None

_ADDED_TO_SOURCES = (
    "url",
    "follows",
    "options",
    "etag",
    "last_modified",
    "seen",
    "failures",
    "problem",
    "fetch_at",
)


def upgrade() -> None:
    op.create_table(
        "programme_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("conference_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["server_id"], ["servers.id"], name=op.f("fk_programme_versions_server_id_servers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"],
            ["conferences.id"],
            name=op.f("fk_programme_versions_conference_id_conferences"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_versions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_programme_versions_server_id"), "programme_versions", ["server_id"])
    op.create_index(op.f("ix_programme_versions_conference_id"), "programme_versions", ["conference_id"])
    for table in ("sessions", "talks"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("file_said", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.add_column(sa.Column("url", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("follows", sa.String(length=12), nullable=False, server_default="never"))
        batch_op.add_column(sa.Column("options", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("etag", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("last_modified", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("seen", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("problem", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("fetch_at", UTCDateTime(), nullable=True))
        batch_op.create_index(op.f("ix_sources_fetch_at"), ["fetch_at"])


def downgrade() -> None:
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_sources_fetch_at"))
        for name in _ADDED_TO_SOURCES:
            batch_op.drop_column(name)
    for table in ("sessions", "talks"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("file_said")
    op.drop_table("programme_versions")
