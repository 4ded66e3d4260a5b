"""The tables of the stage view: the secret links to its pages."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.columns import belongs_to


class StageLink(SQLModel, table=True):
    """The secret link to one session's page, a room's, or the lobby's of one conference; a new one is a new row.

    Attributes:
        room_of, room: of a room's link, the conference, and the room's case-folded name.
        secret: what stands in the address. Kept as it is, since moderators see it again; whoever reads the store
            can read all that it shows.
        digest: by which it is found, so that looking it up takes as long whatever was guessed.
    """

    __tablename__ = "stage_links"
    __table_args__ = (
        UniqueConstraint("session_id"),
        UniqueConstraint("conference_id"),
        UniqueConstraint("digest"),
        Index("ix_stage_links_room_of_room", "room_of", "room", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    server_id: int = belongs_to("servers.id")
    session_id: int | None = belongs_to("sessions.id", nullable=True, index=False)
    conference_id: int | None = belongs_to("conferences.id", nullable=True, index=False)
    room_of: int | None = belongs_to("conferences.id", nullable=True, index=False)
    room: str | None = Field(default=None, max_length=600)
    secret: str = Field(max_length=64)
    digest: str = Field(max_length=64)
