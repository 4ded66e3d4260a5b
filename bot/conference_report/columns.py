"""Tidy tables: named columns, each of one form, and a row a thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from bot.timezones import local

Value = str | int | bool | datetime | timedelta | None
"""What a cell holds; a moment is aware and in UTC, a span is written in seconds."""
_Thing = TypeVar("_Thing")


class Form(StrEnum):
    """What a column's values are; any may be missing."""

    NUMBER = "whole number"
    TEXT = "text"
    FLAG = "true or false"
    MOMENT = "moment, UTC"
    LOCAL = "moment, venue's time"
    SPAN = "seconds"


@dataclass(frozen=True, slots=True)
class Column(Generic[_Thing]):
    """One column, and where its value comes from; that of a LOCAL one is a moment, which is written as text."""

    name: str
    form: Form
    value: Callable[[_Thing], Value]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is written."""

    name: str
    columns: tuple[tuple[str, Form], ...]
    rows: tuple[tuple[Value, ...], ...]


def a_moment(name: str, value: Callable[[_Thing], datetime | None]) -> list[Column[_Thing]]:
    """A moment in UTC, and beside it the same in the venue's time."""
    return [Column(name, Form.MOMENT, value), Column(f"{name}_local", Form.LOCAL, value)]


def made(name: str, columns: Sequence[Column[_Thing]], things: Iterable[_Thing], timezone: str) -> Table:
    """The table of some things, a row each, in the venue's zone."""
    named = tuple((column.name, column.form) for column in columns)
    rows = tuple(tuple(_value(column, thing, timezone) for column in columns) for thing in things)
    return Table(name, named, rows)


def _value(column: Column[_Thing], thing: _Thing, timezone: str) -> Value:
    value = column.value(thing)
    if column.form is Form.LOCAL and isinstance(value, datetime):
        return local(value, timezone).isoformat()
    return value
