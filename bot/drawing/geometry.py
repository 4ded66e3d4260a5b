"""Sizes of the picture's parts, in its pixels: a telephone shows three of them as one."""

from __future__ import annotations

from dataclasses import dataclass

MARGIN = 44
RIGHT = 1200 - MARGIN
ROOMY_UP_TO, SHOWN_AT_MOST = 20, 80
"""Talks: more than that get lower rows, more than that are not drawn."""
AXIS_TEXT = 24


@dataclass(frozen=True, slots=True)
class Rows:
    """How the talks' rows are laid out.

    Attributes:
        title, note: sizes of letters.
        left: where titles and bars begin; axis_right: where the bars end.
        end_width, note_width: most that the drift at a row's end takes, and a note that stands before it.
        note_beside: notes stand in the title's line.
        planned, actual: heights of the two bars; apart: between them.
        pad: above and below a row.
    """

    title: int
    note: int
    left: int
    axis_right: int
    end_width: int
    note_width: int
    note_beside: bool
    planned: int
    actual: int
    apart: int
    pad: int


ROOMY = Rows(
    title=28, note=24, left=100, axis_right=1136, end_width=200, note_width=RIGHT - 100, note_beside=False,
    planned=12, actual=24, apart=3, pad=13,
)  # fmt: skip
DENSE = Rows(
    title=22, note=19, left=92, axis_right=1136, end_width=160, note_width=430, note_beside=True,
    planned=8, actual=14, apart=2, pad=6,
)  # fmt: skip


def rows_for(talks: int) -> Rows:
    """The layout for so many talks."""
    return ROOMY if talks <= ROOMY_UP_TO else DENSE
