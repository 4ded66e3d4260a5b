"""Events that repeat, as single ones: their rules, further dates, left-out dates and changed instances.

recurring-ical-events does the reckoning, on naive times by each event's own clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import recurring_ical_events
from icalendar import Calendar, Event
from icalendar.prop import vDDDTypes, vRecur

from bot.schedules.icalendar_clocks import Clocks, Stated
from bot.schedules.icalendar_lines import Component, Property
from bot.schedules.icalendar_rules import Rule, UnreadRule, checked_rule
from bot.schedules.lengths import LONGEST, read_length

LONGEST_RULE = timedelta(days=400)
MOST_INSTANCES = 1_000
_NUMBER = "X-CHAIRSIDE-NUMBER"


class Item(NamedTuple):
    """An event with its times read.

    Attributes:
        place: how messages name it.
        ends: the wall time by the clock of `starts`.
        instance: which instance of a repeated event it changes.
    """

    place: str
    component: Component
    title: str
    starts: Stated
    ends: datetime
    uid: str | None
    sequence: int
    cancelled: bool
    instance: Stated | None = None

    @property
    def repeats(self) -> bool:
        return self.component.first("RRULE", "RDATE") is not None


class Repeats:
    """Expands the events of one file, up to a number of instances that keeps a hostile file cheap."""

    def __init__(self, clocks: Clocks) -> None:
        self.warnings: list[str] = []
        self._clocks = clocks
        self._left = MOST_INSTANCES

    def expanded(self, items: Sequence[Item]) -> list[Item]:
        """The single events of a file, in its order; one whose rule is not read is left out with a warning."""
        changes: dict[str | None, list[Item]] = {}
        cores: dict[str | None, list[Item]] = {}
        for item in items:
            if item.uid and item.instance:
                changes.setdefault(item.uid, []).append(item)
            elif item.repeats:
                cores.setdefault(item.uid, []).append(item)
        found = []
        for item in items:
            if item.instance and item.uid in cores:
                continue
            if not item.repeats or item.instance:
                found.append(item)
                continue
            first = cores[item.uid][0] is item
            found += self._instances(item, changes.get(item.uid, []) if item.uid and first else [])
        return found

    def _instances(self, core: Item, changes: Sequence[Item]) -> list[Item]:
        if not timedelta(0) < core.ends - core.starts.wall <= LONGEST:
            return [core, *changes]
        if self._left <= 0:
            self.warnings.append(
                f"{core.place}: “{core.title[:80]}” repeats, but this calendar repeats too much: read once"
            )
            return [core, *changes]
        try:
            rules = [checked_rule(rule.raw, core.starts.wall) for rule in core.component.every("RRULE")]
            instances = self._reckoned(core, changes, rules)
        except UnreadRule as unread:
            self.warnings.append(f"{core.place}: “{core.title[:80]}” repeats, but {unread}: left out")
            return []
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):
            self.warnings.append(f"{core.place}: “{core.title[:80]}” repeats in a way that cannot be read: left out")
            return []
        self._left -= len(instances) + 1
        return instances

    def _reckoned(self, core: Item, changes: Sequence[Item], rules: Sequence[Rule]) -> list[Item]:
        """All instances up to a last moment, by the library."""
        clock, begins = core.starts.clock, core.starts.wall
        last = self._last(core, rules)
        further = self._dates(core, "RDATE")
        event = _event(core, 0, begins, core.ends)
        for rule in rules:
            parts = vRecur(rule.parts)
            until = self._until(core, rule)
            if rule.count:
                parts["COUNT"] = [rule.count]
            else:
                parts["UNTIL"] = [min(last, until) if until else last]
            event.add("RRULE", parts)
        if further:
            event.add("RDATE", further)
        if excluded := self._dates(core, "EXDATE"):
            event.add("EXDATE", excluded)
        calendar = Calendar()
        calendar.add_component(event)
        walls = [(change.starts.by(clock), change) for change in changes]
        for number, (wall, change) in enumerate(walls, 1):
            calendar.add_component(_change(change, number, wall, core))
        from_when = min([begins, *(wall for wall, _ in walls), *(_start(date) for date in further)])
        found = recurring_ical_events.of(calendar).between(from_when, last + timedelta(seconds=1))
        return [self._item(each, core, changes) for each in found]

    def _last(self, core: Item, rules: Sequence[Rule]) -> datetime:
        """The last moment that an instance may begin at."""
        begins = core.starts.wall
        a_day = sum(rule.a_day for rule in rules) or 1.0
        bound = begins + min(LONGEST_RULE, timedelta(days=max(0.0, self._left - 1) / a_day))
        named = f"{core.place}: “{core.title[:80]}” repeats"
        for rule in rules:
            until = self._until(core, rule)
            often = rule.count is not None and timedelta(days=rule.count / rule.a_day) > bound - begins
            if rule.count is None and until is None:
                self.warnings.append(f"{named} without end: read up to {bound:%Y-%m-%d}")
            elif often or (until and until > bound):
                self.warnings.append(f"{named} for long: read up to {bound:%Y-%m-%d}")
        return bound

    def _until(self, core: Item, rule: Rule) -> datetime | None:
        if rule.until is None:
            return None
        stated = self._clocks.stated(core.component.every("RRULE")[0], rule.until)
        if stated is None:
            raise UnreadRule(f"its rule has UNTIL={rule.until[:20]}")
        return stated.wall + timedelta(days=1, seconds=-1) if stated.is_day else stated.by(core.starts.clock)

    def _dates(self, core: Item, name: str) -> list[datetime | tuple[datetime, datetime]]:
        """The dates of EXDATE or RDATE by the event's clock; of a period its two ends."""
        stated = [
            (found, text) for found in core.component.every(name) for text in found.raw.split(",") if text.strip()
        ]
        if len(stated) > self._left:
            raise UnreadRule(f"it has {len(stated):,} dates in {name}")
        return [date for found, text in stated if (date := self._date(core, found, text)) is not None]

    def _date(self, core: Item, found: Property, text: str) -> datetime | tuple[datetime, datetime] | None:
        begin, _, end = text.strip().partition("/")
        stated = self._clocks.stated(found, begin)
        if stated is None:
            self.warnings.append(f"line {found.line}: “{text.strip()[:40]}” is no date: left out")
            return None
        starts = _on(stated, core)
        if not end:
            return starts
        ended = self._clocks.stated(found, end)
        length = read_length(end)
        return (starts, ended.by(core.starts.clock)) if ended else (starts, starts + length) if length else starts

    def _item(self, found: Event, core: Item, changes: Sequence[Item]) -> Item:
        number, starts, ends = int(str(found[_NUMBER])), found.start, found.end
        if not isinstance(starts, datetime) or not isinstance(ends, datetime):
            raise TypeError(core.place)
        source = changes[number - 1] if number else core
        place = source.place if number else f"{core.place} on {starts:%Y-%m-%d}"
        return source._replace(place=place, starts=Stated(starts, core.starts.clock), ends=ends)


def _start(date: datetime | tuple[datetime, datetime]) -> datetime:
    return date[0] if isinstance(date, tuple) else date


def _on(stated: Stated, core: Item) -> datetime:
    """A date by the event's clock; a mere day is the instance of that day."""
    if stated.is_day:
        return datetime.combine(stated.wall.date(), core.starts.wall.time())
    return stated.by(core.starts.clock)


def _event(item: Item, number: int, starts: datetime, ends: datetime) -> Event:
    event = Event()
    event.add("UID", "one")
    event.add(_NUMBER, str(number))
    event.add("SEQUENCE", item.sequence)
    event["DTSTART"], event["DTEND"] = vDDDTypes(starts), vDDDTypes(ends)
    return event


def _change(change: Item, number: int, wall: datetime, core: Item) -> Event:
    """A changed instance, by the clock of the event that it changes."""
    event = _event(change, number, wall, wall + (change.ends - change.starts.wall))
    if change.instance:
        changed = vDDDTypes(_on(change.instance, core))
        found = change.component.first("RECURRENCE-ID")
        if found and found.parameters.get("RANGE", "").upper() == "THISANDFUTURE":
            changed.params["RANGE"] = "THISANDFUTURE"
        event["RECURRENCE-ID"] = changed
    return event
