"""Text in pixels: what can be drawn of it, in which fonts, how wide it is, and where it must be cut."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, FontPath, FontProperties, fontManager, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

DPI = 64
"""A power of two, so that whole pixels stay whole."""
FAMILY = "DejaVu Sans"
"""Comes with Matplotlib, so that a picture is the same on every machine; others only draw what it lacks."""
UNDRAWABLE = "□"
LONGEST = 400
"""Characters of a line that are looked at at all."""
_ELLIPSIS = "…"
_STACKED = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{2})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
_JOINERS, _MARKS = "\u200c\u200d", "\u200e\u200f"
LEFT_TO_RIGHT = _MARKS[0]
"""Before a line that is made of parts: a Hebrew room's name turns itself, not all of it."""
_KANA, _HANGUL = re.compile(r"[\u3040-\u30ff]"), re.compile(r"[\u1100-\u11ff\uac00-\ud7af]")
_UNFIT = re.compile(r"Last Resort|Color|Bitmap|^cm[a-z]+10$|^STIX|Mono|Display|Math", re.IGNORECASE)
_nothing = Figure(dpi=DPI)
FigureCanvasAgg(_nothing)


def points(pixels: float) -> float:
    """A font's size as Matplotlib takes it."""
    return pixels * 72 / DPI


def drawable(text: str) -> str:
    """One line of what can be drawn: no control characters, no turns of direction, at most two marks on a letter."""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text[: 4 * LONGEST])
    kept = "".join(c for c in kept if unicodedata.category(c) != "Cf" or c in _JOINERS + _MARKS)
    kept = "".join(c for c in kept if not "\ufe00" <= c <= "\ufe0f")
    line = _STACKED.sub(r"\1", " ".join(kept.split()))[:LONGEST]
    return "".join(c if _has(c) else UNDRAWABLE for c in line)


def properties(text: str, size: float, *, bold: bool = False) -> FontProperties:
    """The font for a text that is drawable; `size` in pixels."""
    families = [FAMILY, *dict.fromkeys(family for c in text if (family := _other_family(c, _script(text))))]
    return FontProperties(family=families, size=points(size), weight="bold" if bold else "normal")


@lru_cache(maxsize=2048)
def measured(text: str, size: float, *, bold: bool = False) -> tuple[float, float]:
    """Width and height in pixels of a text that is drawable."""
    line = Text(0, 0, text, fontproperties=properties(text, size, bold=bold), parse_math=False)
    line.set_figure(_nothing)
    box = line.get_window_extent()
    return box.width, box.height


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    return measured(text, size, bold=bold)[0]


def cut(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """As much of a drawable text as fits, with an ellipsis if that is not all."""
    if width_of(text, size, bold=bold) <= width:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if width_of(_shortened(text, middle), size, bold=bold) <= width:
            fits = middle
        else:
            too_long = middle
    return _shortened(text, fits)


def wrapped(text: str, width: float, size: float, *, lines: int, bold: bool = False) -> list[str]:
    """A drawable text in at most so many lines, broken between words; the last one is cut."""
    words = text.split()
    rows: list[str] = []
    while words and len(rows) < lines - 1:
        taken = 1
        while taken < len(words) and width_of(" ".join(words[: taken + 1]), size, bold=bold) <= width:
            taken += 1
        if width_of(words[0], size, bold=bold) > width:
            break
        rows.append(" ".join(words[:taken]))
        words = words[taken:]
    return [*rows, *([cut(" ".join(words), width, size, bold=bold)] if words else [])]


def fitting(text: str, width: float, height: float, size: float, *, bold: bool = False) -> float:
    """The size at which a drawable text fits into a box, at most the one given."""
    wide, high = measured(text, size, bold=bold)
    share = min(1.0, width / wide if wide else 1, height / high if high else 1)
    return max(size * share, 1.0) if share < 1 else size


def _shortened(text: str, number: int) -> str:
    while number and (unicodedata.category(text[number]) in {"Mn", "Me", "Mc"} or text[number - 1] in _JOINERS):
        number -= 1
    return text[:number].rstrip(" ,;:·-–(") + _ELLIPSIS


def _script(text: str) -> str:
    """Which of the fonts that share the Chinese characters is meant."""
    return "JP" if _KANA.search(text) else "KR" if _HANGUL.search(text) else "SC"


def _has(character: str) -> bool:
    return bool(_own().get_char_index(ord(character))) or _other_family(character, "SC") is not None


@cache
def _other_family(character: str, script: str) -> str | None:
    """The installed family that has what ours lacks; None where it does not lack it, or nobody has it."""
    if _own().get_char_index(ord(character)) or unicodedata.category(character) in {"Cs", "Co", "Cn"}:
        return None
    return next((entry.name for entry in _entries(script) if _opened(entry, character)), None)


@cache
def _own() -> FT2Font:
    return get_font(fontManager.findfont(FontProperties(family=[FAMILY])))


@cache
def _entries(script: str) -> tuple[FontEntry, ...]:
    """One font of each installed family that may help, the likeliest first."""
    upright = (e for e in fontManager.ttflist if e.style == "normal" and not _UNFIT.search(e.name))
    families: dict[str, FontEntry] = {}
    for entry in sorted(upright, key=lambda e: (abs(int(e.weight) - 400), e.fname, e.index)):
        families.setdefault(entry.name, entry)
    return tuple(
        sorted(families.values(), key=lambda e: (not e.name.endswith(f"CJK {script}"), "Sans" not in e.name, e.name))
    )


def _opened(entry: FontEntry, character: str) -> bool:
    try:
        font = get_font(FontPath(entry.fname, entry.index))
        return bool(font.get_char_index(ord(character)))
    except (OSError, RuntimeError):
        return False
