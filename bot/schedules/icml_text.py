"""The session page of ICML's virtual site (NeurIPS, ICLR and others use the same), copied as text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.errors import ScheduleError
from bot.schedules.dates import StatedYear
from bot.schedules.drafts import Page, schedule_of_sessions
from bot.schedules.page_lines import Line, is_kind, is_navigation, is_sites_own
from bot.schedules.printed_times import LONGEST_TIME_LINE, read_times
from bot.schedules.readable import squeezed
from bot.schedules.reader import Reader
from bot.schedules.schedule import ReadingOptions, Schedule
from bot.schedules.session_page import read_sessions

FORMAT = "icml-text"
MOST_LINES = 200_000

_CONFERENCE = re.compile(r"(?:ICML|NeurIPS|NIPS|ICLR|AISTATS|MLSys|CVPR|ICCV|ECCV|UAI|COLM|RLC) ((?:19|20)\d\d)")
_HEADER = re.compile(r"Session$|(?:Session )?(?:Moderator|Chair)s?:", re.IGNORECASE)
_SELECTED_YEAR = re.compile(r"Select Year: ?\(((?:19|20)\d\d)\)")


def recognises(text: str) -> bool:
    """Whether the text has a line that is a time, or lines that only this site prints."""
    return any(_is_telling(squeezed(line)) for line in text.splitlines() if len(line) <= LONGEST_TIME_LINE)


def _is_telling(line: str) -> bool:
    if is_navigation(line) or is_sites_own(line) or is_kind(line) or _HEADER.match(line):
        return True
    try:
        return read_times(line, line) is not None
    except ScheduleError:
        return True


def read(text: str, options: ReadingOptions) -> Schedule:
    """The sessions of a copied page, or of several pasted one after the other.

    Raises:
        ScheduleError: it has no talks, one has no times, or its times do not hold together.
        ScheduleQuestion: the year or the zone is not on the page.
    """
    if text.count("\n") > MOST_LINES:
        raise ScheduleError(f"more than {MOST_LINES:,} lines", do="Import the programme in parts")
    lines = list(page_lines(text))
    conference, year = _stated(lines)
    return schedule_of_sessions(Page(FORMAT, conference, year), read_sessions(lines), options)


def page_lines(text: str) -> Iterator[Line]:
    """The page's lines that are not blank, numbered as an editor numbers them."""
    after_gap = False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw and squeezed(raw)
        if line:
            yield Line(line, f"line {number}", follows_gap=after_gap)
        after_gap = not line


def _stated(lines: list[Line]) -> tuple[str | None, StatedYear | None]:
    """The conference and the year, if a line is its name or the site's menu of years."""
    for line in lines:
        if named := _CONFERENCE.fullmatch(line.text):
            return named[0], StatedYear(int(named[1]), f"“{named[0]}” ({line.place})")
        if selected := _SELECTED_YEAR.match(line.text):
            return None, StatedYear(int(selected[1]), f"the page's menu ({line.place})")
    return None, None


READER = Reader(FORMAT, "a session page of ICML's virtual site copied as text", recognises, read)
