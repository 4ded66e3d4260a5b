"""The picture of a session: planned against actual, talk by talk, to be read on a telephone."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.drawing.bars import Stretch, actual, planned
from bot.drawing.geometry import AXIS_TEXT, MARGIN, RIGHT, SHOWN_AT_MOST, rows_for
from bot.drawing.heading import draw_figures, draw_heading, draw_legend
from bot.drawing.lettering import width_of
from bot.drawing.palette import PALETTES, Look
from bot.drawing.rows import Chart, draw_marks, draw_row
from bot.drawing.sheet import LINE_HEIGHT, Sheet, plain_style
from bot.drawing.time_axis import axis_over
from bot.rules.session_report import ReportedTalk, SessionReport

_MORE, _BETWEEN = 26, 30
_MANY_ROWS = 8
"""From so many on the axis is repeated below them."""


def session_picture(report: SessionReport, timezone: str, page_timezone: str | None, look: Look) -> bytes:
    """A PNG, 1,200 pixels wide, of which the same report always gives the same bytes.

    Args:
        report: what happened.
        timezone: the venue's, in which times are drawn.
        page_timezone: the one that the programme prints, told in the heading where it reads differently.
        look: which of Discord's themes it is for.
    """
    with plain_style():
        return drawn(report, timezone, page_timezone, look).png()


def drawn(report: SessionReport, timezone: str, page_timezone: str | None, look: Look) -> Sheet:
    """The sheet that the picture is of."""
    sheet = Sheet(PALETTES[look])
    top = draw_heading(sheet, report, timezone, page_timezone, MARGIN - 6)
    top = draw_figures(sheet, report, timezone, top)
    shown = report.talks[:SHOWN_AT_MOST]
    if shown:
        top = _draw_talks(sheet, report, shown, timezone, top)
    if len(report.talks) > len(shown):
        more = f"and {len(report.talks) - len(shown)} more talks, not drawn here"
        sheet.text((MARGIN, top + 16), more, RIGHT - MARGIN, _MORE, sheet.palette.text)
        top += 16 + _MORE * LINE_HEIGHT
    sheet.set_height(math.ceil(top + MARGIN - 12))
    return sheet


def _draw_talks(sheet: Sheet, report: SessionReport, shown: Sequence[ReportedTalk], timezone: str, top: float) -> float:
    stretches = [stretch for talk in shown for stretch in _stretches(talk)]
    rows = rows_for(len(shown))
    moments = [moment for stretch in stretches for moment in (stretch.starts_at, stretch.ends_at)]
    axis = axis_over(moments, rows.left, rows.axis_right)
    if axis is None:
        return top
    marks = axis.marks(timezone, width_of("00:00", AXIS_TEXT) + _BETWEEN)
    if above := max((width_of(mark.above, AXIS_TEXT) for mark in marks), default=0):
        marks = axis.marks(timezone, above + _BETWEEN)
    has_questions = report.figures.questions.entered > 0
    chart = Chart(rows, axis, marks, report.is_timed, has_questions)
    drifts = any(talk.drift is not None for talk in shown)
    top = draw_legend(sheet, {stretch.part for stretch in stretches}, top + 26, drifts=drifts)
    top = draw_marks(sheet, chart, top + 24)
    for talk in shown:
        top = draw_row(sheet, chart, talk, top)
    sheet.lines([((MARGIN, top), (RIGHT, top))], sheet.palette.rule)
    return draw_marks(sheet, chart, top + 8) if len(shown) >= _MANY_ROWS else top


def _stretches(talk: ReportedTalk) -> list[Stretch]:
    return [planned(talk), *actual(talk)]
