"""Above the rows: which session it was, its main figures, and what the bars' parts mean."""

from __future__ import annotations

from collections.abc import Collection

from bot.drawing.geometry import MARGIN, RIGHT
from bot.drawing.lettering import LEFT_TO_RIGHT, drawable, width_of, wrapped
from bot.drawing.palette import Part
from bot.drawing.sheet import LINE_HEIGHT, Sheet
from bot.drawing.words import LATER, Figure, day_and_times, figures, place_and_moderator, standing
from bot.rules.session_report import SessionReport
from bot.rules.stints import NOTHING

_TITLE, _LINE, _LABEL, _VALUE, _LEGEND = 42, 26, 24, 38, 24
_CELLS = (282, 282, 272, 276)
"""Widths of started, ended, recovered and questions."""
_SWATCH, _SWATCH_HEIGHT, _BESIDE_SWATCH, _APART = 44, 24, 12, 36


def draw_heading(sheet: Sheet, report: SessionReport, timezone: str, page_timezone: str | None, top: float) -> float:
    """Title, room, moderator, day and what must be known first; returns where it ends."""
    palette = sheet.palette
    title = drawable(report.session.title) or "Session"
    for line in wrapped(title, RIGHT - MARGIN, _TITLE, lines=2, bold=True):
        sheet.text((MARGIN, top), line, RIGHT - MARGIN, _TITLE, palette.text, bold=True)
        top += _TITLE * LINE_HEIGHT
    top += 6
    for line in (day_and_times(report, timezone, page_timezone), place_and_moderator(report)):
        if line:
            sheet.text((MARGIN, top), f"{LEFT_TO_RIGHT}{line}", RIGHT - MARGIN, _LINE, palette.muted)
            top += _LINE * LINE_HEIGHT + 4
    if first := standing(report, timezone):
        top += 8
        sheet.text((MARGIN, top), first, RIGHT - MARGIN, _LINE, palette.text, bold=True)
        top += _LINE * LINE_HEIGHT + 4
    return top


def draw_figures(sheet: Sheet, report: SessionReport, timezone: str, top: float) -> float:
    """The main figures in a row; returns where it ends."""
    shown = figures(report, timezone)
    if not shown:
        return top
    top += 22
    left = float(MARGIN)
    for figure, width in zip(shown, _CELLS if len(shown) > 1 else (RIGHT - MARGIN,), strict=True):
        _draw_figure(sheet, figure, (left, top), width - 20)
        left += width
    return top + (_LABEL + _VALUE + _LABEL) * LINE_HEIGHT + 8


def _draw_figure(sheet: Sheet, figure: Figure, where: tuple[float, float], width: float) -> None:
    palette, (left, top) = sheet.palette, where
    colour = palette.late if figure.lateness > NOTHING else palette.early if figure.lateness < NOTHING else palette.text
    sheet.text((left, top), figure.label, width, _LABEL, palette.muted)
    top += _LABEL * LINE_HEIGHT + 2
    sheet.text((left, top), figure.value, width, _VALUE, colour, bold=True, shrinks=True)
    top += _VALUE * LINE_HEIGHT + 2
    sheet.text((left, top), figure.more, width, _LABEL, palette.muted, shrinks=True)


def draw_legend(sheet: Sheet, parts: Collection[Part], top: float, *, drifts: bool) -> float:
    """What the parts that occur mean, in as many lines as they take; returns where it ends."""
    left, height = float(MARGIN), _LEGEND * LINE_HEIGHT
    for part in (part for part in Part if part in parts):
        width = width_of(part, _LEGEND) + 1
        if left + _SWATCH + _BESIDE_SWATCH + width > RIGHT:
            left, top = float(MARGIN), top + height + 10
        _draw_swatch(sheet, part, left, top + (height - _SWATCH_HEIGHT) / 2)
        left += _SWATCH + _BESIDE_SWATCH
        sheet.text((left, top), part, width, _LEGEND, sheet.palette.muted)
        left += width + _APART
    if drifts:
        width = width_of(LATER, _LEGEND) + 1
        if left + width > RIGHT:
            left, top = float(MARGIN), top + height + 10
        sheet.text((left, top), LATER, width, _LEGEND, sheet.palette.muted)
    return top + height


def _draw_swatch(sheet: Sheet, part: Part, left: float, top: float) -> None:
    ink = sheet.palette.inks[part]
    if part is Part.GOES_ON:
        sheet.arrow(left + _SWATCH / 2 - 6, top, _SWATCH_HEIGHT, ink)
    elif part in {Part.PLANNED, Part.NOT_HELD}:
        sheet.bar(left, top + 6, _SWATCH, _SWATCH_HEIGHT / 2, ink)
    else:
        sheet.bar(left, top, _SWATCH, _SWATCH_HEIGHT, ink)
