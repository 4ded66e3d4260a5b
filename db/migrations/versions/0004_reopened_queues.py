"""When a moderator opened or closed a queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.types import UTCDateTime

revision = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM talk_queues WHERE phase IS NULL")
    with op.batch_alter_table("talk_queues", schema=None) as batch_op:
        # what was opened before ends by the clock
        batch_op.add_column(
            sa.Column("set_at", UTCDateTime(), nullable=False, server_default="1970-01-01 00:00:00.000000")
        )
        batch_op.alter_column("phase", existing_type=sa.String(length=12), nullable=False)
    with op.batch_alter_table("talk_queues", schema=None) as batch_op:
        batch_op.alter_column("set_at", existing_type=UTCDateTime(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("talk_queues", schema=None) as batch_op:
        batch_op.alter_column("phase", existing_type=sa.String(length=12), nullable=True)
        batch_op.drop_column("set_at")
