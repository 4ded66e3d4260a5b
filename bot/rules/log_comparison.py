"""A recorded session beside its replay: events, the run they fold to, and deliveries, and each difference in a line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.rules.outbox import State
from bot.rules.reminders import Kind
from bot.rules.run import Run, TimingEvent, fold
from bot.rules.session_log import LoggedDelivery, SessionLog, planned

BY_PASSING_TIME = frozenset({Kind.UP_NEXT, Kind.MOVED, Kind.SESSION_OVER, Kind.LEFTOVERS, Kind.LEFT_PART})
"""Their moment follows a forecast that time alone moves: it is as exact as the moment at which the bot looked."""
TOLERANCE = timedelta(seconds=60)
"""By how much the moment of such a delivery may differ: time alone is looked at once a whole minute."""
LEFT_AHEAD = timedelta(seconds=150)
"""So long before its moment a message may be on its way, where the clock ran at 600x."""
_FIELDS = ("kind", "at", "tapped_at", "talk_id", "leaves", "amount", "lengths", "by")
_NAMES = {"talk_id": "talk", "tapped_at": "tapped at"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found.

    Attributes:
        events, deliveries: how many there are in all; with `same_` how many are equal.
        same_run: whether the runs are equal.
        differences: one a line.
    """

    events: int
    same_events: int
    same_run: bool
    deliveries: int
    same_deliveries: int
    differences: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return self.same_run and not self.differences

    def __str__(self) -> str:
        run, sent = "Same run" if self.same_run else "NOT the same run", self.same_deliveries == self.deliveries
        head = f"{run}: {self.same_events:,} of {self.events:,} {'event' if self.events == 1 else 'events'}."
        deliveries = (
            f"{'Same' if sent else 'NOT the same'} deliveries: {self.same_deliveries:,} of {self.deliveries:,}."
        )
        return "\n".join([f"{head} {deliveries}", *self.differences])


def compare_logs(recorded: SessionLog, replayed: SessionLog) -> Comparison:
    """What differs; where there are more events or deliveries than recorded, those count as well."""
    event_lines, same_events, events = _events(recorded.events, replayed.events)
    same_run = not event_lines and _same_run(recorded, replayed)
    if not event_lines and not same_run:
        event_lines.append("the events are equal and fold to another run: the plan, or the clock's guard, differs")
    delivery_lines, same_deliveries, deliveries = _deliveries(recorded, replayed.deliveries)
    lines = (*event_lines, *delivery_lines)
    return Comparison(events, same_events, same_run, deliveries, same_deliveries, lines)


def _same_run(recorded: SessionLog, replayed: SessionLog) -> bool:
    one, other = (_run(log) for log in (recorded, replayed))
    # these two do not count where runs are compared, and decide which signals are owed
    return (one, one.begun, one.lifts) == (other, other.begun, other.lifts)


def _run(log: SessionLog) -> Run:
    # who tapped is compared with the events: it changes nothing in a run but the note of its last one
    events = [replace(event, by=None) for event in log.events]
    return fold(planned(log.plans[-1]), events, guard=log.settings.guards_clock)


def _events(recorded: Sequence[TimingEvent], replayed: Sequence[TimingEvent]) -> tuple[list[str], int, int]:
    """The differences, how many are equal, and of how many; those that belong together have one moment and kind."""
    waiting: dict[tuple[object, ...], list[TimingEvent]] = defaultdict(list)
    for event in replayed:
        waiting[_tapped(event)].append(event)
    numbers: dict[int, int] = {}
    lines, same = [], 0
    for event in recorded:
        there = waiting[_tapped(event)]
        if not there:
            lines.append(f"event {event.id} ({_event(event)}): it was not made again")
            continue
        made = there.pop(0)
        numbers[event.id] = made.id
        # who left is nobody, and somebody does it again
        compared = [name for name in _FIELDS if name != "by" or event.by is not None]
        different = [name for name in compared if getattr(event, name) != getattr(made, name)]
        if (numbers.get(event.undoes) if event.undoes is not None else None) != made.undoes:
            different.append("undoes")
        if different:
            lines.append(f"event {event.id} ({_event(event)}): {_told(event, made, different)}")
        else:
            same += 1
    more = [event for events in waiting.values() for event in events]
    lines += [f"event {event.id} of the replay ({_event(event)}): it was not recorded" for event in more]
    return lines, same, len(recorded) + len(more)


def _tapped(event: TimingEvent) -> tuple[object, ...]:
    return event.tapped_at, event.kind


def _event(event: TimingEvent) -> str:
    return f"{event.kind}, {_time(event.tapped_at)} UTC"


def _time(moment: datetime) -> str:
    return f"{moment:%H:%M:%S.%f}".rstrip("0").rstrip(".")


def _told(event: TimingEvent, made: TimingEvent, names: Iterable[str]) -> str:
    return "; ".join(
        f"{_NAMES.get(name, name)} was {_value(getattr(event, name))}, is {_value(getattr(made, name))}"
        for name in names
    )


def _value(value: object) -> str:
    match value:
        case None:
            return "none"
        case datetime():
            return _time(value)
        case timedelta():
            return f"{value.total_seconds():g} s"
        case tuple():
            return ", ".join(f"talk {talk} {length.total_seconds():g} s" for talk, length in value) or "none"
        case _:
            return str(value)


def _deliveries(recorded: SessionLog, replayed: Sequence[LoggedDelivery]) -> tuple[list[str], int, int]:
    waiting, told = _by_subject(replayed), _by_subject(recorded.deliveries)
    # what was taken back before anybody saw it, and on the other side was never owed, is no difference
    waiting = {subject: rows for subject, rows in waiting.items() if subject in told or not _taken_back(rows)}
    told = {subject: rows for subject, rows in told.items() if subject in waiting or not _taken_back(rows)}
    lines, same, total = [], 0, 0
    for subject, rows in told.items():
        others = waiting.pop(subject, [])
        for number, row in enumerate(rows):
            other = others[number] if number < len(others) else None
            different = list(_differs(row, other, recorded.events))
            total += 1
            same += not different
            lines += [f"{_delivery(row)}: {', '.join(different)}"] if different else []
        lines += [f"{_delivery(row)}: it was not recorded" for row in others[len(rows) :]]
        total += len(others[len(rows) :])
    more = [row for rows in waiting.values() for row in rows]
    lines += [f"{_delivery(row)}: it was not recorded, and is {row.state}" for row in more]
    return lines, same, total + len(more)


def _by_subject(rows: Iterable[LoggedDelivery]) -> dict[tuple[object, ...], list[LoggedDelivery]]:
    grouped: dict[tuple[object, ...], list[LoggedDelivery]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.due_at):
        grouped[row.subject].append(row)
    return grouped


_IN_WORDS: dict[str, str] = {
    Kind.CUE: "time signal",
    Kind.LEFTOVERS: "what was not reached",
    Kind.LEFT_PART: "part of what was not reached",
}


def _taken_back(rows: Iterable[LoggedDelivery]) -> bool:
    return all(row.state == State.WITHDRAWN for row in rows)


def _differs(row: LoggedDelivery, other: LoggedDelivery | None, events: Sequence[TimingEvent]) -> Iterator[str]:
    if other is None:
        yield f"it was {row.state}, and is not owed in the replay"
        return
    if row.state != other.state:
        late = (
            f" ({each.reason})"
            for each in (row, other)
            if each.state in (State.SKIPPED, State.WITHDRAWN) and each.reason
        )
        yield f"it was {row.state}, and is {other.state}{next(late, _on_its_way(row, other, events))}"
    allowed = TOLERANCE if row.kind in BY_PASSING_TIME else timedelta(0)
    if abs(row.due_at - other.due_at) > allowed:
        yield f"it was due {_time(row.due_at)}, and is {_time(other.due_at)}"


def _on_its_way(row: LoggedDelivery, other: LoggedDelivery, events: Sequence[TimingEvent]) -> str:
    """Why a message went out that a tap before its moment made needless, if that may be: it leaves a little ahead.

    That is 250 ms of real time, which is a while on a clock that ran fast.
    """
    before = [event for event in events if event.tapped_at < row.due_at <= event.tapped_at + LEFT_AHEAD]
    if (row.state, other.state) != (State.SENT, State.WITHDRAWN) or not before:
        return ""
    ahead = (row.due_at - before[-1].tapped_at).total_seconds()
    return f" (event {before[-1].id} came {ahead:.2g} s before it, when it may have been on its way)"


def _mark(left: float) -> str:
    return f" at {left:g} s left" if left >= 0 else f" at {-left:g} s over"


def _delivery(row: LoggedDelivery) -> str:
    about = f" of talk {', '.join(map(str, row.talks[:3]))}" if row.talks else ""
    mark = _mark(row.mark) if row.mark is not None else ""
    question = f", question {row.question}" if row.question is not None else ""
    return f"{_IN_WORDS.get(row.kind, row.kind.replace('_', ' '))}{about}{mark}{question}, {_time(row.due_at)} UTC"
