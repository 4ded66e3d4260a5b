"""What a talk's two bars are made of: as planned, and as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.drawing.palette import Part
from bot.rules.programme import OFF, ON
from bot.rules.session_report import ReportedTalk
from bot.rules.stints import NOTHING, Stint


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a bar; of no length where a moment is all there was."""

    part: Part
    starts_at: datetime
    ends_at: datetime


def planned(reported: ReportedTalk) -> Stretch:
    """The upper bar."""
    dropped = reported.state in OFF and reported.starts_at is None
    return Stretch(Part.NOT_HELD if dropped else Part.PLANNED, reported.talk.starts_at, reported.talk.ends_at)


def actual(reported: ReportedTalk) -> list[Stretch]:
    """The lower bar: each time on stage, cut where a pause, time given or time over begins."""
    stretches = [each for stint in reported.stints for each in _of(stint, reported.planned)]
    if not reported.stints and reported.starts_at is not None:
        stretches.append(Stretch(Part.ASSUMED, reported.starts_at, reported.ends_at or reported.starts_at))
    if reported.state in ON and reported.ends_at is not None:
        stretches.append(Stretch(Part.GOES_ON, reported.ends_at, reported.ends_at))
    return stretches


def over(reported: ReportedTalk) -> timedelta:
    """For how long its time was up in all, pauses apart."""
    return sum((each.ends_at - each.starts_at for each in actual(reported) if each.part is Part.OVER), NOTHING)


def _of(stint: Stint, planned: timedelta) -> list[Stretch]:
    ends_at = stint.ends_at or stint.starts_at
    stretches = [
        Stretch(Part.PAUSED, pause.starts_at, pause.ends_at or ends_at)
        for pause in stint.pauses
        if (pause.ends_at or ends_at) > pause.starts_at
    ]
    spent = NOTHING
    for starts_at, stops_at in _running(stint, ends_at):
        stretches += _running_parts(stint, planned, spent, (starts_at, stops_at))
        spent += stops_at - starts_at
    if not stretches:
        stretches = [Stretch(Part.ASSUMED if stint.assumed else Part.SPOKEN, stint.starts_at, ends_at)]
    return sorted(stretches, key=lambda each: each.starts_at)


def _running(stint: Stint, ends_at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When its clock ran."""
    since = stint.starts_at
    for pause in stint.pauses:
        if pause.starts_at > since:
            yield since, pause.starts_at
        since = max(since, pause.ends_at or ends_at)
    if ends_at > since:
        yield since, ends_at


def _running_parts(
    stint: Stint, planned: timedelta, spent: timedelta, ran: tuple[datetime, datetime]
) -> Iterator[Stretch]:
    """One stretch of running time, cut where the planned length and what was given on top of it are used up."""
    starts_at, ends_at = ran
    if stint.assumed:
        yield Stretch(Part.ASSUMED, starts_at, ends_at)
        return
    out = planned + stint.extended
    for part, until in ((Part.SPOKEN, min(planned, out)), (Part.GIVEN, out), (Part.OVER, None)):
        cut = ends_at if until is None else min(max(starts_at, ran[0] + until - spent), ends_at)
        if cut > starts_at:
            yield Stretch(part, starts_at, cut)
        starts_at = cut
