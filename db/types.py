"""Column types that hold what Chairside promises: UTC in, UTC out; a naive time cannot be written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

REMEMBERED = 4096
"""Moments of which both forms are kept: a programme's talks start and end together, and are read again and again."""


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Any offset is converted to UTC on writing; reading gives an aware UTC value.

    Raises:
        ValueError: a naive time is written (SQLite would drop the question silently).
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        in_utc = _in_utc(value)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """The text that SQLite keeps, made in one step: an import writes tens of thousands of moments."""
        return _text_of if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """The moment that SQLite's text stands for, read in one step."""
        return _moment_of if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone; only aware times are stored")
    return value.astimezone(UTC)


@lru_cache(REMEMBERED)
def _text_of(value: datetime | None) -> str | None:
    # cut off, as that costs a fraction of taking the zone away first
    return _in_utc(value).isoformat(" ", "microseconds").removesuffix("+00:00") if value is not None else None


@lru_cache(REMEMBERED)
def _moment_of(value: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{value}+00:00") if value is not None else None
