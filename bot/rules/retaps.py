"""Which tap makes a recorded timing event again: the rules of taps decide, so that what comes out is known before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from bot.errors import CommandError
from bot.rules.programme import PlannedSession
from bot.rules.run import NOTHING, Run, TimingEvent, TimingKind, fold
from bot.rules.taps import Tap, decide, next_tap
from bot.rules.timing import forecast

ONE_MINUTE = timedelta(minutes=1)


class Way(StrEnum):
    """How a moderator does it."""

    BUTTON = "button"
    COMMAND = "command"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Retap:
    """What a moderator does.

    Attributes:
        name: the command, as `timer start`; of a button what its custom_id says, as `next`.
        options: of the command, but for talks, which `talk` names.
        talk: the talk that is named; of a button the one that was on stage for whoever pressed, None for nobody.
    """

    way: Way
    name: str
    talk: int | None = None
    options: tuple[tuple[str, str], ...] = ()


_Try = tuple[Retap, Tap, bool]
"""What is done, the tap that comes of it, and whether it goes to the following talk."""


def retaps(
    session: PlannedSession, before: Sequence[TimingEvent], event: TimingEvent, *, guard: bool = True
) -> list[Retap]:
    """What a moderator may do at an event's moment so that exactly this event comes of it, the plainest first.

    Args:
        session: the plan at that moment.
        before: the events before it.
        event: what is to come of it; its id and by whom do not matter.
        guard: whether a forgotten clock rolls on by the plan.
    """
    run = fold(session, before, guard=guard)
    desk = _Desk(session, run, guard=guard)
    found = [way for way, tap, goes_on in _tries(run, event) if desk.makes(event, tap, goes_on=goes_on)]
    return [*found, *_edits(run, event)]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What taps meet with."""

    session: PlannedSession
    run: Run
    guard: bool

    def makes(self, event: TimingEvent, tap: Tap, *, goes_on: bool) -> bool:
        """Whether just this event comes of a tap at its moment."""
        now = event.tapped_at
        try:
            expected = forecast(self.session, self.run, now, guard=self.guard)
            asked = next_tap(expected, tap) if goes_on else tap
            made = decide(self.session, self.run, asked, now, guard=self.guard)
        except CommandError:
            return False
        return replace(made, id=event.id, by=event.by) == event


def _tries(run: Run, event: TimingEvent) -> Iterator[_Try]:
    ago = max(event.tapped_at - event.at, NOTHING)
    if ago == NOTHING:
        yield from _buttons(run, event)
    yield from _commands(event, ago)
    if event.kind in (TimingKind.REBALANCE, TimingKind.EXTEND):
        tap = Tap(event.kind, leaves=event.leaves, amount=event.amount, confirmed=True)
        given = (("minutes", in_words(event.amount)),) if event.kind is TimingKind.EXTEND else ()
        yield Retap(Way.CONFIRM, f"timer {event.kind}", event.leaves, given), tap, False


def _buttons(run: Run, event: TimingEvent) -> Iterator[_Try]:
    leaves = event.leaves
    names = {
        TimingKind.START: ("next",) if leaves else ("start",),
        TimingKind.CLOSE: ("next",),
        TimingKind.OPEN: ("still",) if leaves else ("open",),
        TimingKind.EXTEND: ("extend",) if event.amount == ONE_MINUTE else (),
        TimingKind.REBALANCE: (),
        TimingKind.END: (),
    }
    for name in names.get(event.kind, (event.kind.value,)):
        says = leaves if name not in ("skip", "undo", "open") else None
        undoes = run.last.id if name == "undo" and run.last else None
        tap = Tap(event.kind, leaves=says, amount=event.amount, undoes=undoes)
        is_next = name == "next"
        yield Retap(Way.BUTTON, name, leaves), replace(tap, kind=TimingKind.START) if is_next else tap, is_next


def _commands(event: TimingEvent, ago: timedelta) -> Iterator[_Try]:
    given = (("ago", in_words(ago)),) if ago else ()
    if event.kind in (TimingKind.START, TimingKind.CLOSE):
        yield Retap(Way.COMMAND, "timer next", options=given), Tap(TimingKind.START, ago=ago), True
    if event.kind is TimingKind.START:
        yield (
            Retap(Way.COMMAND, "timer start", event.talk_id, given),
            Tap(event.kind, None, event.talk_id, ago=ago),
            False,
        )
    elif event.kind is TimingKind.SKIP:
        yield Retap(Way.COMMAND, "timer skip", event.talk_id), Tap(event.kind, None, event.talk_id), False
    elif event.kind is TimingKind.EXTEND:
        minutes = (("minutes", in_words(event.amount)),)
        yield Retap(Way.COMMAND, "timer extend", options=minutes), Tap(event.kind, amount=event.amount), False
    elif event.kind in (TimingKind.OPEN, TimingKind.CLOSE):
        yield Retap(Way.COMMAND, f"session {event.kind}", options=given), Tap(event.kind, ago=ago), False
    elif event.kind is not TimingKind.REBALANCE:
        takes_ago = event.kind is TimingKind.END
        tap = Tap(event.kind, ago=ago if takes_ago else NOTHING)
        yield Retap(Way.COMMAND, f"timer {event.kind}", options=given if takes_ago else ()), tap, False


def _edits(run: Run, event: TimingEvent) -> Iterator[Retap]:
    """Another length for a talk on stage, or after a rebalance, comes of `/session edit`."""
    if event.kind is not TimingKind.REBALANCE or len(event.lengths) != 1 or event.leaves is not None:
        return
    ((talk, length),) = event.lengths
    stint = run.on_stage
    if stint is not None and stint.talk_id == talk:
        length += stint.extended
    elif talk not in run.lengths:
        return
    yield Retap(Way.COMMAND, "session edit", talk, (("minutes", in_words(length)),))


def in_words(span: timedelta) -> str:
    """A span as a command takes it, to the microsecond: `150s`, `-90.5s`."""
    seconds = f"{span.total_seconds():.6f}".rstrip("0").rstrip(".")
    return f"{seconds}s"
