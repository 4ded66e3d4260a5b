"""The page: one HTML file that stands alone, with everything escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from bot.conference_report import words
from bot.conference_report.charts import DOTS, KINDS_DRAWN, Chart, lateness_chart, overruns_chart
from bot.conference_report.prose import days, main_figures, told_at
from bot.conference_report.sections import questions_by_session, session_days
from bot.messages import times
from bot.messages.times import day_name
from bot.rules.conference_figures import (
    NEARLY_AS_PLANNED,
    busiest,
    deliveries_by_kind,
    longest,
    overruns_by_kind,
    totals,
    waited,
)
from bot.rules.conference_report import ConferenceReport, room_of
from bot.rules.drift_map import drift_maps
from bot.timezones import abbreviation, local

LISTED = 10
_FOLDER = Path(__file__).parent
_FILTERS = {
    "clock": times.clock,
    "signed": times.signed,
    "in_minutes": words.in_minutes,
    "in_words": words.in_words,
    "precisely": words.precisely,
    "message_kind": words.kind_of_message,
}


def report_page(report: ConferenceReport) -> bytes:
    """The report as HTML in UTF-8; it asks nobody for anything and runs no script."""
    page: str = _template().render(_content(report))
    return page.encode()


def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= _FILTERS
    environment.globals |= {"counted": words.counted, "percent": words.percent}
    return environment.get_template("report.html")


def _content(report: ConferenceReport) -> dict[str, Any]:
    figures, messages, kinds = totals(report), deliveries_by_kind(report), overruns_by_kind(report)
    timezone = report.timezone
    return {
        "report": report,
        "figures": figures,
        "days": days(report),
        "told_at": told_at(report),
        "summary": main_figures(figures, messages),
        "punctual_minutes": int(NEARLY_AS_PLANNED.total_seconds() // 60),
        "maps": drift_maps(report),
        "kinds": kinds,
        "overruns": _drawn(overruns_chart(kinds)) if kinds else None,
        "kinds_drawn": KINDS_DRAWN,
        "all_dots": sum(each.overran.count for each in kinds[:KINDS_DRAWN]) <= DOTS,
        "longest": longest(report, LISTED),
        "session_days": session_days(report),
        "messages": messages,
        "lateness": _drawn(lateness_chart(messages)) if any(each.lateness for each in messages) else None,
        "asked": questions_by_session(report),
        "busiest": busiest(report, LISTED),
        "waited": waited(report),
        "room_of": room_of,
        "time": lambda moment: f"{local(moment, timezone):%H:%M}",
        "day": lambda moment: day_name(moment, timezone),
        "zone": lambda moments: _zones(moments, timezone),
        "css": Markup((_FOLDER / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - a file of ours
    }


def _drawn(chart: Chart) -> dict[str, str]:
    """The drawings are matplotlib's, which escapes what it writes."""
    wide, narrow = (Markup(_safe(svg)) for svg in (chart.wide, chart.narrow))  # noqa: S704 - see above
    return {"wide": wide, "narrow": narrow, "said": chart.said}


_PARTS = re.compile(r"<(?!/?(?:svg|g|path|defs|clipPath|rect|use|text|tspan)[\s>/])")


def _safe(svg: str) -> str:
    """The same drawing; whatever else than shapes and texts were in it shows as text."""
    return _PARTS.sub("&lt;", svg)


def _zones(moments: Iterable[Any], timezone: str) -> str:
    """`EDT`, or `CEST and CET` where the clocks change between."""
    return " and ".join(dict.fromkeys(abbreviation(moment, timezone) for moment in moments))
