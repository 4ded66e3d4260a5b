"""Links to the stage view that stay with a room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None

COUNTED = "SELECT seq FROM sqlite_sequence WHERE name = 'stage_links'"
COUNT = "INSERT INTO sqlite_sequence (name, seq) VALUES ('stage_links', :seq)"


def upgrade() -> None:
    with _counting_on(), op.batch_alter_table("stage_links", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("room_of", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("room", sa.String(length=600), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_stage_links_room_of_conferences"), "conferences", ["room_of"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_index(op.f("ix_stage_links_room_of_room"), ["room_of", "room"], unique=True)


def downgrade() -> None:
    op.execute("DELETE FROM stage_links WHERE room_of IS NOT NULL")
    with _counting_on(), op.batch_alter_table("stage_links", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_index(op.f("ix_stage_links_room_of_room"))
        batch_op.drop_constraint(op.f("fk_stage_links_room_of_conferences"), type_="foreignkey")
        batch_op.drop_column("room")
        batch_op.drop_column("room_of")


@contextmanager
def _counting_on() -> Iterator[None]:
    """SQLite makes the table anew, and would give out the number of a link that was deleted again."""
    connection = op.get_bind()
    on_sqlite = connection.dialect.name == "sqlite"
    counted = connection.execute(sa.text(COUNTED)).scalar() if on_sqlite else None
    yield
    if counted:
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'stage_links'"))
        connection.execute(sa.text(COUNT), {"seq": counted})
