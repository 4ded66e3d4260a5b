"""When a talk's queue opens and closes, which talk a question is meant for, and who may ask one more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.errors import CommandError
from bot.rules.programme import ON, ExpectedSession, ExpectedTalk, TalkState, by_plan, slots
from bot.rules.questions import Order
from bot.rules.reminders import due_times

SECOND = timedelta(seconds=1)
CLOSES_AFTER = timedelta(minutes=10)
REOPENED_AT_LEAST = timedelta(minutes=5)
"""A queue that a moderator opens stays so for as long at the least, also where queues close with their talks."""
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class Phase(StrEnum):
    """What a queue takes: questions and votes, votes only, or nothing; the values are what is stored."""

    OPEN = "open"
    VOTING = "voting"
    CLOSED = "closed"


IN_WORDS = {Phase.OPEN: "open", Phase.VOTING: "open for votes only", Phase.CLOSED: "closed"}


@dataclass(frozen=True, slots=True)
class QuestionSettings:
    """A server's or session's choices.

    Attributes:
        approval: whether a moderator must approve a question before the room sees it.
        opens_before: how long before its talk's start a queue opens; None, or where that is earlier, with the reminder.
        closes_after: how long after its talk's end a queue closes.
        seconds_between: from one question of a person to their next.
        open_at_most: questions of a person that may wait or be queued for one talk.
        retention_days: after how many days questions are deleted; None keeps them.
    """

    order: Order = Order.TOP
    approval: bool = False
    opens_before: timedelta | None = None
    closes_after: timedelta = CLOSES_AFTER
    seconds_between: int = 30
    open_at_most: int = 5
    retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """What a moderator chose in place of the clock, and when; virtual."""

    phase: Phase
    set_at: datetime


@dataclass(frozen=True, slots=True)
class QueueTimes:
    """When a queue opens and closes by itself; virtual.

    Attributes:
        opens_at: None where the talk will not take place.
        closes_at: as expected; it moves with the clock.
        closes_after: how long a queue stays open that a moderator opens again later than that.
        is_on_stage: the clock has its talk on stage, so that the queue stays open however long that is over its time.
    """

    opens_at: datetime | None
    closes_at: datetime
    closes_after: timedelta = CLOSES_AFTER
    is_on_stage: bool = False


def queue_times(
    session: ExpectedSession, leads: Sequence[timedelta], settings: QuestionSettings
) -> dict[int, QueueTimes]:
    """The times of each talk's queue, breaks left out.

    A queue that has opened by the plan stays open when its talk is delayed: its reminder, with an Ask button, stands.

    Args:
        session: its forecast now.
        leads: of its reminders; with none a queue opens with its talk.
        settings: the session's.
    """
    planned = _openings(by_plan(session.session, _BEFORE_ALL), leads, settings)
    expected = _openings(session, leads, settings)
    return {
        e.talk.id: _times(e, min(expected[e.talk.id], planned.get(e.talk.id, expected[e.talk.id])), settings)
        if e.talk.id in expected
        else QueueTimes(None, e.starts_at, settings.closes_after)
        for e in session.talks
        if not e.talk.is_break
    }


def _times(e: ExpectedTalk, opens_at: datetime, settings: QuestionSettings) -> QueueTimes:
    closes_at = e.ends_at + settings.closes_after
    return QueueTimes(opens_at, closes_at, settings.closes_after, is_on_stage=e.time_left is not None)


def _openings(session: ExpectedSession, leads: Sequence[timedelta], settings: QuestionSettings) -> dict[int, datetime]:
    """By talk: its first reminder, or as long before its start as the server wants where that is earlier."""
    opens: dict[int, datetime] = {}
    before: datetime | None = None
    for slot in slots(session):
        start = slot[0].starts_at
        moments = [start, start - (settings.opens_before or timedelta(0))]
        moments += [due_at for due_at, _ in due_times(start, before, leads)]
        opens |= {e.talk.id: min(moments) for e in slot}
        before = start
    return opens


def closes_at(times: QueueTimes, override: Override | None) -> datetime:
    """When a queue closes by itself: one that a moderator opened again after that stays open once more as long."""
    if override is None or override.phase is Phase.CLOSED:
        return times.closes_at
    return max(times.closes_at, override.set_at + max(times.closes_after, REOPENED_AT_LEAST))


def phase(times: QueueTimes, override: Override | None, now: datetime) -> Phase:
    """What a queue takes at `now`; a moderator's word beats the clock, but for the end of a queue left open."""
    if override is not None and override.phase is Phase.CLOSED:
        return Phase.CLOSED
    if override is None and (times.opens_at is None or now < times.opens_at):
        return Phase.CLOSED
    is_over = now >= closes_at(times, override) and not times.is_on_stage
    return Phase.CLOSED if is_over else (override.phase if override else Phase.OPEN)


def talk_meant(
    sessions: Sequence[ExpectedSession],
    times: Mapping[int, QueueTimes],
    overrides: Mapping[int, Override],
    now: datetime,
) -> ExpectedTalk | None:
    """The talk that a question in a channel is for where none was named.

    That is the one on stage; else the one just ended while its queue is open; else the next one whose queue is open;
    else the next one, whose queue is not open yet. None after the last.

    Args:
        sessions: those of the channel, as expected now.
        times: by talk, of all of them.
        overrides: by talk, where a moderator opened or closed a queue.
        now: virtual.
    """
    talks = [e for session in sessions for e in session.talks if not e.talk.is_break]
    is_open = {
        e.talk.id: e.talk.id in times and phase(times[e.talk.id], overrides.get(e.talk.id), now) is Phase.OPEN
        for e in talks
    }
    latest_first = sorted(talks, key=lambda e: (e.ends_at, e.starts_at, e.talk.id), reverse=True)
    soonest_first = sorted(talks, key=lambda e: (e.starts_at, e.talk.id))
    on = [e for e in soonest_first if e.state in ON]
    ended = [e for e in latest_first if e.state is TalkState.DONE and is_open[e.talk.id]]
    coming = [e for e in soonest_first if e.state is TalkState.WAITING]
    on.sort(key=lambda e: not is_open[e.talk.id])
    coming.sort(key=lambda e: not is_open[e.talk.id])
    return next(iter((*on, *ended, *coming)), None)


def check_may_ask(asked_at: Sequence[datetime], open_now: int, settings: QuestionSettings, now: datetime) -> None:
    """Whether a person may ask one more.

    Args:
        asked_at: when they asked in this session, newest last; virtual.
        open_now: how many of theirs wait or are queued for the talk.
        settings: the session's.
        now: virtual.

    Raises:
        CommandError: too soon, with the whole seconds that remain, or too many, with the limit.
    """
    if open_now >= settings.open_at_most:
        raise CommandError(
            f"{open_now} of your questions for this talk {'is' if open_now == 1 else 'are'} open, "
            f"and {settings.open_at_most} is the most",
            do="Ask again once one of them was asked",
        )
    between = settings.seconds_between * SECOND
    since = max(now - max(asked_at), timedelta(0)) if asked_at else between
    if since < between:
        left = -((since - between) // SECOND)
        raise CommandError(
            f"you asked {since // SECOND} s ago, and a person may ask once every {settings.seconds_between} s",
            do=f"Ask again in {left} second{'' if left == 1 else 's'}",
        )
