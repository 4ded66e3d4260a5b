"""Who reads a message: at which moment, in which zone, knowing which names; and how moments are worded for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.timezones import local

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.world import World

Names = Callable[[str, int], str | None]
"""Gives the name behind `#`, `@` or `@&` and an id; None for what nobody knows."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: at which virtual moment, in which zone, and the names they know."""

    now: datetime
    zone: str
    names: Names = lambda _sigil, _id: None


def names_on(world: World) -> Names:
    """The names of a loopback's channels, people and roles."""

    def name(sigil: str, number: int) -> str | None:
        named: object = None
        if sigil == "#":
            named = world.channels.get(number)
        elif sigil == "@":
            named = world.users.get(number)
        else:
            named = next((s.roles[number] for s in world.servers.values() if number in s.roles), None)
        return getattr(named, "name", None)

    return name


# A terminal would obey control characters, and lone surrogates cannot be written at all.
_UNSEEN = {code: None for code in (*range(32), *range(127, 160)) if code != ord("\n")}
_CLEAN = _UNSEEN | {ord("\t"): " ", 0x2028: "\n", 0x2029: "\n"} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def clean(text: str) -> str:
    """Text without control characters and lone surrogates; lines end with a line feed."""
    return text.replace("\r\n", "\n").translate(_CLEAN)


_FORMATS = {"t": "%H:%M", "T": "%H:%M:%S", "d": "%d/%m/%Y", "D": "{day} %B %Y", "f": "{day} %B %Y %H:%M"}
_FORMATS |= {"F": "%A, {day} %B %Y %H:%M", "s": "%d/%m/%Y, %H:%M", "S": "%d/%m/%Y, %H:%M:%S"}
_MINUTE = 60
_UNITS = (("minute", 60, 60), ("hour", 3600, 24), ("day", 86_400, 30), ("month", 2_629_800, 12))
_YEAR = 31_557_600


def moment_text(unix: int, how: str, reader: Reader) -> str:
    """A `<t:unix:how>` in the reader's zone, as Discord writes it for British English; `R` counts from their now.

    Raises:
        OverflowError, ValueError, OSError: there is no such date.
    """
    moment = datetime.fromtimestamp(unix, UTC)
    if how == "R":
        return relative(unix - reader.now.timestamp())
    there = local(moment, reader.zone)
    return there.strftime(_FORMATS[how].replace("{day}", str(there.day)))


def relative(seconds: float) -> str:
    """`in 5 minutes`, `24 seconds ago`: rounded to the nearest of the largest unit; page.js counts the same way."""
    amount = _amount(abs(seconds))
    if amount == "now":
        return amount
    return f"in {amount}" if seconds > 0 else f"{amount} ago"


def _amount(seconds: float) -> str:
    whole = round(seconds)
    if whole < _MINUTE:
        return "now" if not whole else f"{whole} second{'s' if whole > 1 else ''}"
    for unit, size, fewer_than in _UNITS:
        count = max(1, round(seconds / size))
        if count < fewer_than:
            return _counted(count, unit)
    return _counted(max(1, round(seconds / _YEAR)), "year")


def _counted(count: int, unit: str) -> str:
    if count > 1:
        return f"{count} {unit}s"
    return f"an {unit}" if unit == "hour" else f"a {unit}"
