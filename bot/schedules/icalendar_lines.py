"""iCalendar text as components and properties, whatever stands around or between them.

The icalendar library parses whole files too, but refuses one for a single bad line and takes a millisecond an event.
"""

from __future__ import annotations

import quopri
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from bot.errors import ScheduleError
from bot.schedules.finishing import MOST_TALKS

DEEPEST = 50
MOST_LINES = 500_000
_PARTS = frozenset({"VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT"})
_EDGE = re.compile(r"\s*(?:BEGIN|END)\s*:\s*V[A-Z]+\s*", re.IGNORECASE)
# Where a line that is folded, or that stands indented behind a blank one, needs a second look.
_ODD_FOLD = re.compile(r"\n(?:[ \t][^\S\n]*(?:BEGIN|END)[^\S\n]*:|\n[ \t])", re.IGNORECASE)
_FOLD = "\0"
# Nearly all lines: a name with one parameter or none.
_USUAL = re.compile(r'([A-Za-z][\w.-]{0,100})(?:;([\w.-]+)=("[^"]*"|[^";:]*))?:')
_LONGEST_USUAL = 100
_NAME = re.compile(r"\s*([A-Za-z][\w.-]{0,100})\s*(?=[:;])")
_PARAMETER = re.compile(r'\s*;\s*([\w.-]*)\s*(?:=((?:"[^"]*"|[^";:])*))?')
_COLON = re.compile(r"\s*:")
_ESCAPED = re.compile(r"\\([\\,;:nN\"])")
_UNESCAPED_COMMA = re.compile(r"(?<!\\),")
_Head = tuple[str, Mapping[str, str], int]
_QUOTED_PRINTABLE = re.compile(r"[A-Za-z-]+;[^:]{0,200}QUOTED-PRINTABLE", re.IGNORECASE)


class Property(NamedTuple):
    """One content line.

    Attributes:
        parameters: by their names in capitals.
        raw: the value as it stands, its escapes unread.
        line: the line of the file that it begins in.
    """

    name: str
    parameters: Mapping[str, str]
    raw: str
    line: int

    @property
    def text(self) -> str:
        """The value with its escapes read."""
        raw = self.raw
        if self.parameters and any(
            "QUOTED-PRINTABLE" in {name, each.upper()} for name, each in self.parameters.items()
        ):
            raw = quopri.decodestring(raw.encode()).decode("utf-8", errors="replace")
        return unescaped(raw).strip()

    @property
    def texts(self) -> list[str]:
        """The values of a list."""
        return [text for text in (unescaped(part).strip() for part in _UNESCAPED_COMMA.split(self.raw)) if text]


@dataclass(slots=True)
class Component:
    """What stands between a BEGIN and its END.

    Attributes:
        parent: the component that it stands in, None outside all.
    """

    name: str
    line: int
    parent: Component | None
    properties: defaultdict[str, list[Property]] = field(default_factory=lambda: defaultdict(list))
    inner: list[Component] = field(default_factory=list)

    def every(self, name: str) -> list[Property]:
        return self.properties.get(name, [])

    def first(self, *names: str) -> Property | None:
        """The first property with a value, by the first of these names that has one."""
        for name in names:
            for found in self.properties.get(name, ()):
                if found.raw and not found.raw.isspace():
                    return found
        return None

    def text(self, *names: str) -> str | None:
        """The text of `first`, None if that is empty."""
        found = self.first(*names)
        return (found.text or None) if found else None


@dataclass(slots=True)
class Components:
    """What a file holds, in its order.

    Attributes:
        refused: lines within calendars that are no properties.
        warnings: components that do not end.
    """

    calendars: list[Component] = field(default_factory=list)
    events: list[Component] = field(default_factory=list)
    timezones: list[Component] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda escape: "\n" if escape[1] in "nN" else escape[1], text) if "\\" in text else text


def read_components(text: str) -> Components:
    """The calendars of a text, their events and zones; what else they hold, and what is around them, is passed over.

    Raises:
        ScheduleError: components hold each other deeper, or there are more lines or events, than any programme has.
    """
    lines = max(text.count("\n"), text.count("\r"))
    if lines > MOST_LINES:
        raise ScheduleError(f"this calendar has {lines:,} lines", do="Import the programme in parts")
    reading = _Reading()
    for number, line in _unfolded(text):
        found = _property(line, number)
        if found is None:
            reading.refuse(line, number)
        elif found.name == "BEGIN":
            reading.begin(found.raw.strip().upper(), number)
        elif found.name == "END":
            reading.end(found.raw.strip().upper())
        else:
            reading.add(found)
    return reading.finished()


class _Reading:
    """The components that are open while a file is read."""

    def __init__(self) -> None:
        self._found = Components()
        self._open: list[Component] = []
        # The properties of the innermost, if it is of those that are read.
        self._properties: defaultdict[str, list[Property]] | None = None

    def begin(self, name: str, line: int) -> None:
        if name == "VEVENT" and any(component.name == name for component in self._open):
            self.end("VEVENT", by=line)
        if len(self._open) >= DEEPEST:
            raise ScheduleError(
                f"more than {DEEPEST} components inside each other",
                where=f"line {line}",
                do="Export the calendar again",
            )
        component = Component(name, line, self._open[-1] if self._open else None)
        if component.parent:
            component.parent.inner.append(component)
        self._open.append(component)
        self._look_inside()
        if name == "VCALENDAR":
            self._found.calendars.append(component)

    def end(self, name: str, *, by: int | None = None) -> None:
        """Close a component and all in it; an END of what is not open means nothing."""
        if all(component.name != name for component in self._open):
            return
        while True:
            component = self._open.pop()
            self._close(component, by if by or component.name == name else component.line)
            if component.name == name:
                self._look_inside()
                return

    def _look_inside(self) -> None:
        innermost = self._open[-1] if self._open else None
        self._properties = innermost.properties if innermost and innermost.name in _PARTS else None

    def _close(self, component: Component, by: int | None) -> None:
        if component.name == "VTIMEZONE":
            self._found.timezones.append(component)
        if component.name != "VEVENT":
            return
        if by:
            self._found.warnings.append(f"line {component.line}: this event has no end of its own: read as it stands")
        self._found.events.append(component)
        if len(self._found.events) > MOST_TALKS:
            raise ScheduleError(f"more than {MOST_TALKS:,} events", do="Import the programme in parts")

    def add(self, found: Property) -> None:
        if self._properties is not None:
            self._properties[found.name].append(found)

    def refuse(self, line: str, number: int) -> None:
        if self._properties is not None:
            self._found.refused.append(f"line {number}: “{line.strip()[:60]}” is no property: left out")

    def finished(self) -> Components:
        for component in self._open:
            if component.name == "VEVENT":
                self._found.warnings.append(f"line {component.line}: the file breaks off within this event: left out")
        return self._found


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Whole lines, each with the number of its first; blank ones part nothing."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    is_odd = _FOLD in text or "=\n" in text or text.startswith(("\n ", "\n\t")) or _ODD_FOLD.search(text)
    return _unfolded_one_by_one(text) if is_odd else _unfolded_at_once(text)


def _unfolded_at_once(text: str) -> Iterator[tuple[int, str]]:
    number = 1
    for line in text.replace("\n ", _FOLD).replace("\n\t", _FOLD).split("\n"):
        folds = line.count(_FOLD) if _FOLD in line else 0
        if line and not line.isspace():
            yield number, line.replace(_FOLD, "") if folds else line
        number += 1 + folds


def _unfolded_one_by_one(text: str) -> Iterator[tuple[int, str]]:
    parts: list[str] = []
    begun, soft = 0, False
    for number, line in enumerate(text.split("\n"), 1):
        if soft:
            parts[-1] = parts[-1][:-1]
            parts.append(line)
        elif line[:1] in {" ", "\t"} and parts and not _EDGE.fullmatch(line):
            parts.append(line[1:])
            continue
        elif line.strip():
            if parts:
                yield begun, "".join(parts)
            parts, begun = [line], number
        soft = line.endswith("=") and _QUOTED_PRINTABLE.match(parts[0]) is not None
    if parts:
        yield begun, "".join(parts)


def _property(line: str, number: int) -> Property | None:
    """A line as a property, None if it is none."""
    before, colon, raw = line.partition(":")
    # Only what stands in quotation marks can hold a colon before the one that counts.
    if colon and '"' not in before and len(before) <= _LONGEST_USUAL:
        head = _usual_head(before)
        return Property(head[0], head[1], raw, number) if head else None
    head = _head(line)
    return Property(head[0], head[1], line[head[2] :], number) if head else None


@lru_cache(maxsize=1_000)
def _usual_head(before: str) -> _Head | None:
    """The head of any line that has this before its colon: few differ."""
    return _head(f"{before}:")


def _head(line: str) -> _Head | None:
    """A line's name, its parameters, and where its value begins; None if it is no property."""
    if usual := _USUAL.match(line):
        name, parameter, value = usual.groups()
        return name.upper(), {parameter.upper(): _parameter(value)} if parameter else {}, usual.end()
    named = _NAME.match(line)
    if named is None:
        return None
    position, parameters = named.end(), {}
    while given := _PARAMETER.match(line, position):
        parameters[given[1].upper()] = _parameter(given[2] or "")
        position = given.end()
    colon = _COLON.match(line, position)
    return (named[1].upper(), parameters, colon.end()) if colon else None


def _parameter(value: str) -> str:
    value = value.replace('"', "").strip()
    return value.replace("^n", " ").replace("^'", '"').replace("^^", "^") if "^" in value else value
