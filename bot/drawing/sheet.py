"""A sheet to draw on in pixels, from its upper left corner down; its height is what is drawn on it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from PIL import Image

from bot.drawing.lettering import DPI, FAMILY, cut, drawable, fitting, points, properties, width_of
from bot.drawing.palette import Ink, Palette

WIDTH = 1200
SHADES = 128
HATCH_WIDTH, OUTLINE = 2.0, 2.0
LINE_HEIGHT, _ASCENT = 1.2, 0.95
"""Of a line's size: how high it is, and how far down letters stand in it."""
_BEHIND, _GRID, _ABOVE = 0, 1, 2
BAR = "bar"
"""What is no background, so that no letters may cover it."""


class Sheet:
    """What is drawn, on a background; all sizes in pixels."""

    def __init__(self, palette: Palette) -> None:
        self.palette = palette
        self.figure = Figure(figsize=(WIDTH / DPI, WIDTH / DPI), dpi=DPI, facecolor=palette.background)
        self.canvas = FigureCanvasAgg(self.figure)
        self._down = Affine2D()
        self.set_height(WIDTH)

    def set_height(self, height: int) -> None:
        """Once it is known: everything drawn stays where it is, from the top."""
        self.figure.set_size_inches(WIDTH / DPI, height / DPI)
        self._down.clear().scale(1, -1).translate(0, height)

    def text(
        self,
        where: tuple[float, float],
        text: str,
        width: float,
        size: float,
        colour: str,
        *,
        bold: bool = False,
        align: Literal["left", "center", "right"] = "left",
        shrinks: bool = False,
    ) -> float:
        """One line whose top is there, no wider than `width`: cut, or made smaller where every letter counts.

        Returns how wide it is.
        """
        line = drawable(text)
        if not shrinks:
            line = cut(line, width, size, bold=bold)
        if not line:
            return 0
        fits = fitting(line, width, size * LINE_HEIGHT, size, bold=bold)
        shown = Text(
            where[0], where[1] + _ASCENT * size, line,
            color=colour, fontproperties=properties(line, fits, bold=bold), ha=align, va="baseline",
            parse_math=False, transform=self._down,
        )  # fmt: skip
        self.figure.add_artist(shown)
        return width_of(line, fits, bold=bold)

    def area(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        """A background."""
        self.figure.add_artist(
            Rectangle((left, top), width, height, facecolor=colour, lw=0, transform=self._down, zorder=_BEHIND)
        )

    def bar(self, left: float, top: float, width: float, height: float, ink: Ink) -> None:
        """A part of a bar, its outline inside of it."""
        inset = OUTLINE / 2
        self.figure.add_artist(
            Rectangle(
                (left + inset, top + inset), max(width - OUTLINE, 0.5), height - OUTLINE,
                facecolor=ink.fill or "none", edgecolor=ink.outline, lw=points(OUTLINE), hatch=ink.hatch,
                hatchcolor=ink.strokes or ink.outline,
                ls=(0, (2.5, 1.5)) if ink.dashed else "-", joinstyle="miter",
                transform=self._down, gid=BAR, zorder=_ABOVE,
            )
        )  # fmt: skip

    def arrow(self, left: float, top: float, height: float, ink: Ink) -> None:
        """A head that points to the right: something goes on."""
        corners = [(left, top), (left + height / 2, top + height / 2), (left, top + height)]
        self.figure.add_artist(Polygon(corners, facecolor=ink.fill, lw=0, transform=self._down, gid=BAR, zorder=_ABOVE))

    def lines(self, ends: Sequence[tuple[tuple[float, float], tuple[float, float]]], colour: str) -> None:
        """Thin straight lines."""
        if ends:
            drawn = LineCollection(
                ends, colors=colour, linewidths=points(2), transform=self._down, antialiased=False, zorder=_GRID
            )
            self.figure.add_artist(drawn)

    def png(self) -> bytes:
        """The picture; the same for the same drawing."""
        self.canvas.draw()  # type: ignore[no-untyped-call] # Matplotlib's backends have no types
        pixels = np.asarray(self.canvas.buffer_rgba())  # type: ignore[no-untyped-call] # as above
        whole = Image.fromarray(pixels).convert("RGB")
        stream = io.BytesIO()
        # Letters' soft edges take 500 shades; these few look the same in a third of the bytes.
        whole.quantize(SHADES, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(stream, "PNG")
        return stream.getvalue()


@contextmanager
def plain_style() -> Iterator[None]:
    """Matplotlib's own defaults, whatever a file on this machine says, and no more."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"font.family": [FAMILY], "hatch.linewidth": points(HATCH_WIDTH)})
        yield
