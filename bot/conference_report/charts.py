"""The report's charts as SVG that belongs into a page: its text is text, its colours are the page's own."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from bot.conference_report.words import kind_of_message
from bot.messages.times import MINUS
from bot.rules.conference_figures import KindDeliveries, KindOverruns
from bot.rules.spreads import Spread

WIDE, NARROW = 880, 330
"""Pixels; the page shows the one that fits."""
KINDS_DRAWN = 12
DOTS = 1500
"""More of them in one chart would say no more, and fill the file."""
LABEL_LENGTHS = {WIDE: 40, NARROW: 24}
_ROW, _FOOT = 56, 44
ISOLATE, POP = "\u2068", "\u2069"
"""Around what may be written from right to left, so that the number stays behind it."""
_Label = tuple[str, int]
_MINUTE, _MILLISECOND = timedelta(minutes=1), timedelta(milliseconds=1)
_INK, _SOFT, _LINE, _BAND, _DOT, _MARK = "#010101", "#020202", "#030303", "#040404", "#050505", "#060606"
_OWN = {_INK: "ink", _SOFT: "soft", _LINE: "line", _BAND: "band", _DOT: "dot", _MARK: "mark"}
"""What is drawn in these colours takes those of the page, by the names of its variables."""
_LATE = (1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000)
_LATE_WORDS = ("1 ms", "10 ms", "0.1 s", "1 s", "10 s", "1 min", "10 min", "1 h")
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "chairside",
    "svg.id": None,
    "font.family": "sans-serif",
    "font.size": 12,
    "text.parse_math": False,
    "axes.unicode_minus": True,
}


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in both widths, and what it shows in words."""

    wide: str
    narrow: str
    said: str


def overruns_chart(kinds: Sequence[KindOverruns]) -> Chart:
    """By how much talks ran over: a row a kind, with each talk, median, mean and the middle eight of ten."""
    drawn = kinds[:KINDS_DRAWN]
    share = max(1, -(-sum(each.overran.count for each in drawn) // DOTS))
    labels = [(each.kind or "No kind", each.overran.count) for each in drawn]
    said = "; ".join(
        f"{_short(kind, LABEL_LENGTHS[WIDE])}: half of {count:,} within {_minutes(each.overran.median)} minutes, "
        f"nine of ten within {_minutes(each.overran.percentile(90))}"
        for (kind, count), each in zip(labels, drawn, strict=True)
    )

    def draw(axes: Axes) -> None:
        axes.axvline(0, color=_INK, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        for row, each in enumerate(drawn):
            _overruns(axes, row, each.overran, share)
        axes.xaxis.set_major_locator(MaxNLocator(7, integer=True, min_n_ticks=3))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _signed(value)))
        axes.set_xlabel("minutes longer (+) or shorter (−) than planned", color=_SOFT)
        axes.margins(x=0.03)

    return _chart("overruns", labels, draw, f"Overrun by kind of talk. {said}.")


def _overruns(axes: Axes, row: int, over: Spread, share: int) -> None:
    values = [value / _MINUTE for value in over.values]
    low, high = over.percentile(10) / _MINUTE, over.percentile(90) / _MINUTE
    axes.plot([low, high], [row, row], color=_BAND, linewidth=24, solid_capstyle="butt", zorder=2)
    some = values[::share]
    # spread evenly without falling into step, the same in every run
    places = [row + (index * 0.618034 % 1 - 0.5) * 0.32 for index in range(len(some))]
    axes.plot(some, places, "o", color=_DOT, markersize=3.6, markeredgewidth=0, alpha=0.75, zorder=3)
    median, mean = over.median / _MINUTE, over.mean / _MINUTE
    axes.plot([median, median], [row - 0.24, row + 0.24], color=_MARK, linewidth=3, zorder=4)
    axes.plot([mean], [row], "D", markerfacecolor="none", markeredgecolor=_MARK, markersize=7, zorder=5)


def lateness_chart(kinds: Sequence[KindDeliveries]) -> Chart:
    """How late messages were: a row a kind, from the median over 99 of 100 to the worst, on a logarithmic scale."""
    drawn = [(each.kind, each.lateness) for each in kinds if each.lateness][:KINDS_DRAWN]
    labels = [(kind_of_message(kind), late.count) for kind, late in drawn]
    most = max((_milliseconds(late.most) for _, late in drawn), default=1.0)

    def draw(axes: Axes) -> None:
        axes.set_xscale("log")
        for row, (_, late) in enumerate(drawn):
            half, nearly, worst = (_milliseconds(v) for v in (late.median, late.percentile(99), late.most))
            axes.plot([half, worst], [row, row], color=_LINE, linewidth=2, zorder=2)
            axes.plot([half, nearly], [row, row], color=_BAND, linewidth=24, solid_capstyle="butt", zorder=2)
            axes.plot([half, half], [row - 0.24, row + 0.24], color=_MARK, linewidth=3, zorder=4)
            axes.plot([worst], [row], "o", markerfacecolor="none", markeredgecolor=_MARK, markersize=7, zorder=5)
        shown = [(at, word) for at, word in zip(_LATE, _LATE_WORDS, strict=True) if at <= max(most, 100) * 3]
        axes.xaxis.set_major_locator(FixedLocator([at for at, _ in shown]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: dict(shown).get(round(value), "")))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlim(0.7, max(most, 100) * 3)

    said = "How late messages were, by kind; the table below has the numbers."
    return _chart("lateness", labels, draw, said)


def _milliseconds(span: timedelta) -> float:
    return max(span / _MILLISECOND, 1.0)


def _minutes(span: timedelta) -> str:
    return _signed(round(span / _MINUTE, 1))


def _signed(value: float) -> str:
    return f"+{value:g}" if value > 0 else f"{value:g}".replace("-", MINUS)


def _short(text: str, limit: int) -> str:
    """One line, cut where it is too long for a label, without what turns the direction of what follows."""
    line = " ".join(re.sub(r"[\u202a-\u202e\u2066-\u2069]", "", text).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def _chart(name: str, labels: Sequence[_Label], draw: Callable[[Axes], None], said: str) -> Chart:
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        # the page's fonts write it, whether or not matplotlib's have the letters
        warnings.filterwarnings("ignore", message="Glyph")
        wide, narrow = (_drawn(name, labels, draw, width) for width in (WIDE, NARROW))
    return Chart(wide, narrow, said)


def _drawn(name: str, labels: Sequence[_Label], draw: Callable[[Axes], None], width: int) -> str:
    height = _ROW * len(labels) + _FOOT
    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    axes = figure.add_axes((14 / width, _FOOT / height, 1 - 28 / width, 1 - _FOOT / height))
    axes.patch.set_visible(False)
    figure.patch.set_visible(False)
    axes.set_ylim(len(labels) - 0.6, -0.85)
    axes.yaxis.set_major_locator(NullLocator())
    for side in axes.spines.values():
        side.set_visible(False)
    axes.grid(axis="x", color=_LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(axis="x", length=0, colors=_SOFT, labelsize=12)
    draw(axes)
    for row, (kind, count) in enumerate(labels):
        label = f"{ISOLATE}{_short(kind, LABEL_LENGTHS[width])}{POP} · {count:,}"
        axes.text(0, row - 0.42, label, transform=axes.get_yaxis_transform(), color=_INK, va="bottom", size=13)
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return _as_part(stream.getvalue(), f"{name}-{width}", width, height)


def _as_part(svg: str, name: str, width: int, height: int) -> str:
    """The drawing without what only a file of its own needs, its ids made unlike another drawing's."""
    body = re.sub(
        r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>|<!--.*?-->|<svg .*?>",
        "",
        svg[svg.index("<svg") :],
        flags=re.DOTALL,
    )
    used = set(re.findall(r'<[^>]*(?:href="#|url\(#)([\w.-]+)', body))
    # tags alone: labels are texts of the programme's
    body = re.sub(r"<[^>]+>", lambda found: _own_tag(found[0], name, used), body)
    body = re.sub(r">\s+<", ">\n<", body)
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">{body}'


def _own_tag(tag: str, name: str, used: set[str]) -> str:
    tag = re.sub(r' id="([\w.-]+)"', lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", tag)
    tag = re.sub(r'(?:xlink:)?(href="#|url\(#)', rf"\1{name}-", tag)
    tag = re.sub(r"(\d\.\d)\d+", r"\1", tag)
    tag = re.sub(r' font-family: [^;"]*;| transform="rotate\(-0 [^"]*"', "", tag)
    for colour, own in _OWN.items():
        tag = tag.replace(colour, f"var(--{own})")
    return re.sub(r"\s+", " ", tag)
