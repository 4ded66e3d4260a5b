"""The picture's colours, dark and light, for Discord's own backgrounds.

Hues far apart for colour-blind eyes as well, near the set that Okabe and Ito chose, and each of another lightness.
What a part of a bar means is carried by its hatch and outline too: a picture without colours says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Look(StrEnum):
    """Which of Discord's themes a picture is for."""

    DARK = "dark"
    LIGHT = "light"


class Part(StrEnum):
    """What a stretch of a bar says; the values are the legend's words."""

    PLANNED = "planned"
    NOT_HELD = "planned, not held"
    SPOKEN = "on stage"
    PAUSED = "pause"
    GIVEN = "time given"
    OVER = "over time"
    ASSUMED = "assumed: nobody tapped"
    GOES_ON = "still on stage"


@dataclass(frozen=True, slots=True)
class Ink:
    """How a part of a bar is drawn.

    Attributes:
        fill: None leaves the background.
        hatch: Matplotlib's pattern; strokes: its colour, the outline's unless another stands out more.
        dashed: the outline.
    """

    fill: str | None
    outline: str
    hatch: str = ""
    strokes: str | None = None
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb.

    Attributes:
        background: Discord's own.
        lane: behind the bars; grid: lines in it; rule: between rows.
        text, muted, late, early: of letters; on the background alone.
    """

    background: str
    lane: str
    grid: str
    rule: str
    text: str
    muted: str
    late: str
    early: str
    inks: dict[Part, Ink]


DARK = Palette(
    background="#313338",
    lane="#2b2d31",
    grid="#43464d",
    rule="#3f4248",
    text="#f2f3f5",
    muted="#b5bac1",
    late="#ffb066",
    early="#7cc9f7",
    inks={
        Part.PLANNED: Ink("#888d96", "#888d96"),
        Part.NOT_HELD: Ink(None, "#9da2ab", dashed=True),
        Part.SPOKEN: Ink("#4aa8e8", "#4aa8e8"),
        Part.PAUSED: Ink(None, "#d5d8dd", "||"),
        Part.GIVEN: Ink("#7a5c00", "#f5cf4f", "//"),
        Part.OVER: Ink("#e8662a", "#e8662a", "xx", "#ffe3d3"),
        Part.ASSUMED: Ink(None, "#4aa8e8", "\\\\"),
        Part.GOES_ON: Ink("#f2f3f5", "#f2f3f5"),
    },
)
LIGHT = Palette(
    background="#ffffff",
    lane="#f4f5f7",
    grid="#dfe1e5",
    rule="#e3e5e8",
    text="#1f2126",
    muted="#565a63",
    late="#a83f00",
    early="#005f9e",
    inks={
        Part.PLANNED: Ink("#81858e", "#81858e"),
        Part.NOT_HELD: Ink(None, "#767a83", dashed=True),
        Part.SPOKEN: Ink("#0072b2", "#0072b2"),
        Part.PAUSED: Ink(None, "#3a3d44", "||"),
        Part.GIVEN: Ink("#ffe08a", "#8a6100", "//"),
        Part.OVER: Ink("#d55e00", "#c05500", "xx", "#4d2000"),
        Part.ASSUMED: Ink(None, "#0072b2", "\\\\"),
        Part.GOES_ON: Ink("#1f2126", "#1f2126"),
    },
)
PALETTES = {Look.DARK: DARK, Look.LIGHT: LIGHT}
