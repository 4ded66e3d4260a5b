"""What a server chose for its reports and hints; a short way to the reports that are owed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

REPORTS = sa.text("kind = 'report'")


def upgrade() -> None:
    with op.batch_alter_table("servers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("report_settings", sa.JSON(), nullable=False, server_default="{}"))
    op.create_index(
        "ix_deliveries_of_reports",
        "deliveries",
        ["state", "due_at"],
        sqlite_where=REPORTS,
        postgresql_where=REPORTS,
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_of_reports", "deliveries")
    with op.batch_alter_table("servers", schema=None) as batch_op:
        batch_op.drop_column("report_settings")
