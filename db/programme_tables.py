"""The tables of a programme's history: what each change replaced, so that it can be undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field, SQLModel

from db.columns import belongs_to, instant


class ProgrammeVersion(SQLModel, table=True):
    """What a programme was before one change of it.

    Attributes:
        kind: a value of bot.rules.programme_diff.Origin.
        name: of the source that was imported, or of the session that was edited.
        made_at, undone_at: virtual.
        made_by, undone_by: Discord users; None is the command line or the refresh.
        before: as bot.services.versions.Before.as_json gives it.
    """

    __tablename__ = "programme_versions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    server_id: int = belongs_to("servers.id")
    conference_id: int = belongs_to("conferences.id")
    kind: str = Field(max_length=12)
    name: str = Field(max_length=500)
    made_at: datetime = instant()
    made_by: int | None = Field(default=None, sa_type=BigInteger)
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    undone_at: datetime | None = instant(nullable=True)
    undone_by: int | None = Field(default=None, sa_type=BigInteger)
