"""The one way in for a file: decoded, known by its content, read. To add a format, add its reader to READERS."""

from __future__ import annotations

from dataclasses import replace

from bot.collector import without_collections
from bot.errors import ChairsideError, ScheduleError
from bot.schedules import (
    chairside_icalendar,
    chairside_json,
    chairside_table,
    frab_json,
    frab_xml,
    icalendar_file,
    icml_html,
    icml_text,
    miniconf,
    table,
)
from bot.schedules.decoding import decode
from bot.schedules.login_page import is_login_page
from bot.schedules.reader import Reader
from bot.schedules.schedule import ReadingOptions, Schedule
from bot.schedules.spreadsheet import is_spreadsheet, spreadsheet_text

_OURS: tuple[Reader, ...] = (chairside_json.READER, chairside_icalendar.READER, chairside_table.READER)
# The first that recognises a text reads it, so the more particular stand first.
READERS: tuple[Reader, ...] = (
    *_OURS,
    frab_xml.READER,
    frab_json.READER,
    icalendar_file.READER,
    miniconf.READER,
    icml_html.READER,
    table.READER,
    icml_text.READER,
)


def read_schedule(content: bytes, options: ReadingOptions) -> Schedule:
    """The schedule that a file or page holds; its format is chosen by content, never by name.

    Raises:
        ScheduleError: it cannot be read; one line says what, where, and what to do.
        ScheduleQuestion: something would have to be guessed; `option` names what settles it.
    """
    try:
        with without_collections():
            return _read(content, options)
    except ScheduleError as error:
        error.where = error.where or options.name
        raise
    except ChairsideError as error:
        raise ScheduleError(error.what, where=error.where or options.name, do=error.do) from error


def _read(content: bytes, options: ReadingOptions) -> Schedule:
    text, warnings = (spreadsheet_text(content), ()) if is_spreadsheet(content) else decode(content)
    if is_login_page(text) and not any(reader.recognises(text) for reader in _OURS):
        raise ScheduleError("this is a log-in page, not the schedule", do="Save the page while signed in")
    schedule = _reader_of(text).read(text, options)
    return replace(schedule, warnings=(*warnings, *schedule.warnings))


def _reader_of(text: str) -> Reader:
    for reader in READERS:
        if reader.recognises(text):
            return reader
    understood = "; ".join(dict.fromkeys(reader.understands for reader in READERS))
    raise ScheduleError("this is no schedule that is understood here", do=f"Import one of these: {understood}")
