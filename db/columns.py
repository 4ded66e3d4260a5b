"""What all tables share: names of constraints, instants in UTC, and rows that belong to another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, MetaData
from sqlmodel import Field, SQLModel

from db.types import UTCDateTime

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA: MetaData = SQLModel.metadata


def instant(*, nullable: bool = False) -> Any:  # noqa: ANN401 - SQLModel's Field returns Any
    """A moment, kept in UTC."""
    return Field(default=None, sa_type=UTCDateTime, nullable=nullable)


def belongs_to(target: str, *, nullable: bool = False, index: bool = True) -> Any:  # noqa: ANN401 - as above
    """A reference to a row that this one is deleted with."""
    column = Column(BigInteger, ForeignKey(target, ondelete="CASCADE"), nullable=nullable, index=index)
    return Field(default=None, sa_column=column)
