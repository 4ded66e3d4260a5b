"""Time signals for the talk on stage: which marks are owed, when, and which revision of each.

A mark's revision rises only when an extension lifts the time left above it again; a pause only moves it. One that is
due at the very instant of a tap counts as given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.programme import PlannedSession, PlannedTalk
from bot.rules.run import Run, rolled_on
from bot.rules.stints import Stint

MINUTE = timedelta(minutes=1)
STILL_HELPS = timedelta(seconds=30)
"""A signal that could not be sent within this time of its mark says nothing true any more."""

_LADDER: tuple[tuple[timedelta, tuple[timedelta, ...]], ...] = (
    (5 * MINUTE, (MINUTE, MINUTE / 2)),
    (10 * MINUTE, (2 * MINUTE, MINUTE)),
    (30 * MINUTE, (5 * MINUTE, 2 * MINUTE, MINUTE)),
)
_LONG = (10 * MINUTE, 5 * MINUTE, 2 * MINUTE, MINUTE)
TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class CueSettings:
    """What a server chose: its own ladders by kind (case-folded; "" for every kind), and how a kind is split.

    `questions` is how much of a kind's length is kept for questions and changeover after the speaking.
    """

    ladders: Mapping[str, tuple[timedelta, ...]]
    questions: Mapping[str, timedelta]


DEFAULT_CUES = CueSettings({}, {})


@dataclass(frozen=True, slots=True)
class Cue:
    """One time signal.

    Attributes:
        talk_id, stint: whose, and which of its times on stage.
        mark: the time left that it signals; below zero is that much over.
        is_questions: the speaking ends here and questions begin.
    """

    talk_id: int
    stint: int
    mark: timedelta
    revision: int
    due_at: datetime
    expires_at: datetime
    is_questions: bool = False


def ladder(allotted: timedelta, kind: str | None, settings: CueSettings = DEFAULT_CUES) -> tuple[timedelta, ...]:
    """The marks before time is up, the longest first."""
    own = settings.ladders.get((kind or "").casefold(), settings.ladders.get(""))
    if own is not None:
        return tuple(sorted({mark for mark in own if mark > TIME}, reverse=True))
    return next((marks for longest, marks in _LADDER if allotted <= longest), _LONG)


def owed_cues(
    session: PlannedSession, run: Run, now: datetime, settings: CueSettings = DEFAULT_CUES, *, guard: bool = True
) -> tuple[Cue, ...]:
    """The signals of the talk on stage, given and to come, and the next whole minute over; none while it is paused."""
    run = rolled_on(session, run, now) if guard else run
    stint = run.on_stage
    talk = session.talk(stint.talk_id) if stint else None
    if stint is None or talk is None or stint.is_paused or stint.assumed:
        return ()
    runs_out_at = stint.runs_out_at(run.allotted(talk, stint.starts_at), now)
    before, questions = marks_before(run, talk, stint, settings)
    marks = {*before, TIME, *_minutes_over(runs_out_at, now)} | ({questions} if questions else set())
    ordered = sorted(marks, reverse=True)
    return tuple(
        Cue(
            talk_id=talk.id,
            stint=stint.number,
            mark=mark,
            revision=_revision(run, stint, mark),
            due_at=runs_out_at - mark,
            expires_at=runs_out_at - mark + STILL_HELPS,
            is_questions=mark == questions,
        )
        for mark in ordered
    )


def marks_before(
    run: Run, talk: PlannedTalk, stint: Stint, settings: CueSettings = DEFAULT_CUES
) -> tuple[tuple[timedelta, ...], timedelta | None]:
    """The marks of a talk on stage before its time is up, the longest first, and the one at which questions begin.

    "5 minutes" at or before the start of a talk that has no more is no news.
    """
    allotted = run.allotted(talk, stint.starts_at)
    marks = tuple(mark for mark in ladder(allotted, talk.kind, settings) if mark < allotted + stint.extended)
    questions = settings.questions.get((talk.kind or "").casefold())
    return marks, questions if questions is not None and TIME < questions < allotted else None


def _minutes_over(runs_out_at: datetime, now: datetime) -> set[timedelta]:
    """The marks of the whole minute over that it is now, which may be on its way still, and of the next one."""
    whole = max(0, (now - runs_out_at) // MINUTE)
    return {-whole * MINUTE, -(whole + 1) * MINUTE}


def _revision(run: Run, stint: Stint, mark: timedelta) -> int:
    """How often a tap has lifted the time left above a mark that was reached before."""
    return sum(
        (lift.talk_id, lift.stint) == (stint.talk_id, stint.number) and lift.before <= mark < lift.after
        for lift in run.lifts
    )
