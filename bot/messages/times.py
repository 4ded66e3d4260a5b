"""How moments are written: the venue's local time, the page's where it differs, and Discord's for each reader."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.timezones import abbreviation, local

HOUR = 60
MINUS = "−"


def printed(moment: datetime, venue: str, page: str | None = None) -> str:
    """`15:30 EDT · 12:30 PDT`: the venue's time and, where it reads differently, the time that the page prints."""
    at_venue = f"{local(moment, venue):%H:%M} {abbreviation(moment, venue)}"
    if page is None:
        return at_venue
    there, here = local(moment, page), local(moment, venue)
    day = f" ({there:%a})" if there.date() != here.date() else ""
    on_page = f"{there:%H:%M} {abbreviation(moment, page)}"
    return at_venue if on_page == at_venue else f"{at_venue} · {on_page}{day}"


def own_time(moment: datetime, venue: str, own: str | None) -> str | None:
    """`21:30 your time`, with the day where it is another; None where a reader chose no zone, or it reads the same."""
    if own is None:
        return None
    there, here = local(moment, own), local(moment, venue)
    if (there.date(), there.hour, there.minute) == (here.date(), here.hour, here.minute):
        return None
    day = f" ({there:%a})" if there.date() != here.date() else ""
    return f"{there:%H:%M} your time{day}"


def for_reader(moment: datetime, venue: str, page: str | None, own: str | None) -> str:
    """`15:30 EDT · 12:30 PDT · 21:30 your time (<t:…>)`: printed, in the zone that the reader chose, and by Discord."""
    at_venue = printed(moment, venue, page)
    if own is None:
        return f"{at_venue} ({readers_time(moment)} your time)"
    theirs = own_time(moment, venue, own)
    return f"{at_venue} · {theirs} ({readers_time(moment)})" if theirs else f"{at_venue} ({readers_time(moment)})"


def day_name(moment: datetime, venue: str) -> str:
    """`Thu 21 July 2022` at the venue."""
    there = local(moment, venue)
    return f"{there:%a} {there.day} {there:%B %Y}"


def relative(moment: datetime) -> str:
    """`in 5 minutes` in each reader's language; the reader's Discord counts by itself."""
    return f"<t:{int(moment.timestamp())}:R>"


def readers_time(moment: datetime) -> str:
    """The time of day where the reader is.

    In whole minutes, which is all that is shown: a message must not differ, and be edited, for a second's sake.
    """
    return f"<t:{int(moment.timestamp()) // 60 * 60}:t>"


def readers_date(moment: datetime) -> str:
    """Date and time where the reader is."""
    return f"<t:{int(moment.timestamp())}:f>"


def length(span: timedelta) -> str:
    """`5 min`, `1 h 30 min`, `45 s`."""
    seconds = int(span.total_seconds())
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, HOUR)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else "", f"{rest} s" if rest else ""]
    return " ".join(part for part in parts if part) or "0 min"


def whole_seconds(span: timedelta) -> int:
    """Towards zero: all that is told of one span is the same number."""
    return int(span.total_seconds())


def clock(span: timedelta) -> str:
    """`3:20`, `1:02:20`, whatever the sign."""
    minutes, seconds = divmod(abs(whole_seconds(span)), 60)
    hours, minutes = divmod(minutes, HOUR)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def signed(span: timedelta) -> str:
    """`+3:20` is late or over, `−1:00` early or short; `0:00`."""
    seconds = whole_seconds(span)
    sign = "" if not seconds else "+" if seconds > 0 else MINUS
    return f"{sign}{clock(span)}"


def late_or_early(span: timedelta) -> str:
    """`3 min 20 s late`, `45 s early`, `on time`."""
    seconds = whole_seconds(span)
    return f"{length(abs(span))} {'late' if seconds > 0 else 'early'}" if seconds else "on time"
