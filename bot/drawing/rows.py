"""A row a talk: its number and title, what is told of it in words, and its two bars on the common axis."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from bot.drawing.bars import Stretch, actual, planned
from bot.drawing.geometry import AXIS_TEXT, MARGIN, RIGHT, Rows
from bot.drawing.lettering import drawable
from bot.drawing.palette import Part
from bot.drawing.sheet import LINE_HEIGHT, Sheet
from bot.drawing.time_axis import Mark, TimeAxis
from bot.drawing.words import beside, is_quiet, notes, questions
from bot.rules.session_report import ReportedTalk
from bot.rules.stints import NOTHING

_BETWEEN, _SAME_LINE = 24, 0.95
_QUIET, _ALONE = 0.6, 140
_NARROWEST = 4
"""How wide a moment is drawn."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What all rows share.

    Attributes:
        is_timed: there are actual times at all.
        has_questions: anybody asked anything in the session.
    """

    rows: Rows
    axis: TimeAxis
    marks: Sequence[Mark]
    is_timed: bool
    has_questions: bool


def draw_marks(sheet: Sheet, chart: Chart, top: float) -> float:
    """The axis's times; returns where they end."""
    palette, height = sheet.palette, AXIS_TEXT * LINE_HEIGHT
    widest = _apart(chart.axis, chart.marks)
    if any(mark.above for mark in chart.marks):
        for mark in chart.marks:
            sheet.text(
                (chart.axis.x(mark.at), top), mark.above, widest, AXIS_TEXT, palette.muted, align="center", shrinks=True
            )
        top += height
    for mark in chart.marks:
        sheet.text(
            (chart.axis.x(mark.at), top), mark.label, widest, AXIS_TEXT, palette.muted, align="center", shrinks=True
        )
    return top + height + 4


def _apart(axis: TimeAxis, marks: Sequence[Mark]) -> float:
    places = [axis.x(mark.at) for mark in marks]
    return min((b - a for a, b in itertools.pairwise(places)), default=_ALONE) - 10


def draw_row(sheet: Sheet, chart: Chart, reported: ReportedTalk, top: float) -> float:
    """One talk; returns where its row ends."""
    rows = chart.rows
    sheet.lines([((MARGIN, top), (RIGHT, top))], sheet.palette.rule)
    top += rows.pad
    top = _draw_words(sheet, chart, reported, top)
    return _draw_bars(sheet, chart, reported, top + 6) + rows.pad


def _draw_words(sheet: Sheet, chart: Chart, reported: ReportedTalk, top: float) -> float:
    rows, palette = chart.rows, sheet.palette
    sheet.text((MARGIN, top), str(reported.number), rows.left - MARGIN - 6, rows.title, palette.muted, shrinks=True)
    right = _draw_end(sheet, chart, reported, top)
    said = [questions(reported) if chart.has_questions else "", *(notes(reported) if chart.is_timed else [])]
    told = " · ".join(part for part in said if part)
    under = top + rows.title * LINE_HEIGHT
    if told and rows.note_beside:
        where = right, top + (rows.title - rows.note) * _SAME_LINE
        right -= sheet.text(where, told, rows.note_width, rows.note, palette.muted, align="right") + _BETWEEN
    elif told:
        sheet.text((rows.left, under), told, rows.note_width, rows.note, palette.muted)
        under += rows.note * LINE_HEIGHT
    colour = palette.muted if is_quiet(reported) else palette.text
    title = drawable(reported.talk.title) or "Untitled"
    sheet.text((rows.left, top), title, right - rows.left, rows.title, colour)
    return under


def _draw_end(sheet: Sheet, chart: Chart, reported: ReportedTalk, top: float) -> float:
    """The drift, or a word in its place; returns how far to the right something else may reach."""
    rows, palette, drift = chart.rows, sheet.palette, reported.drift
    colour = palette.muted
    if drift is not None and abs(drift).total_seconds() >= 1:
        colour = palette.late if drift > NOTHING else palette.early
    word, bold = beside(reported, is_timed=chart.is_timed), drift is not None
    return (
        RIGHT
        - _BETWEEN
        - sheet.text((RIGHT, top), word, rows.end_width, rows.title, colour, bold=bold, align="right", shrinks=True)
    )


def _draw_bars(sheet: Sheet, chart: Chart, reported: ReportedTalk, top: float) -> float:
    rows, axis = chart.rows, chart.axis
    share = _QUIET if reported.talk.is_break else 1
    upper, lower = rows.planned * share, rows.actual * share if chart.is_timed else 0
    height = upper + lower + (rows.apart if lower else 0)
    sheet.area(axis.left, top - 3, axis.right - axis.left, height + 6, sheet.palette.lane)
    places = [axis.x(mark.at) for mark in chart.marks]
    sheet.lines([((x, top - 3), (x, top + height + 3)) for x in places], sheet.palette.grid)
    _draw_stretch(sheet, axis, planned(reported), top, upper)
    for stretch in actual(reported):
        _draw_stretch(sheet, axis, stretch, top + upper + rows.apart, lower)
    return top + height + 3


def _draw_stretch(sheet: Sheet, axis: TimeAxis, stretch: Stretch, top: float, height: float) -> None:
    ink, left = sheet.palette.inks[stretch.part], axis.x(stretch.starts_at)
    if stretch.part is Part.GOES_ON:
        sheet.arrow(left, top, height, ink)
        return
    width = axis.x(stretch.ends_at) - left
    if width < _NARROWEST:
        left = min(left, axis.right - _NARROWEST)
    sheet.bar(left, top, max(width, _NARROWEST), height, ink)
