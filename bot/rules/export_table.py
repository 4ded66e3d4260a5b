"""A session's questions as a file for people and programs: CSV that no spreadsheet takes for formulas, or JSON.

How a cell is made harmless, and what an exported file is called, holds for every export.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from dataclasses import asdict, dataclass, fields
from typing import Literal

CELL_LIMIT = 32_767
"""Characters that Excel holds in a cell of CSV; JSON holds all."""
_BLANKS = r"[^\S\t\r\n]|['\ufeff\u200b-\u200f\u2060-\u2069]"
"""What a spreadsheet may overlook before a formula, and the apostrophe that hides one."""
_FORMULA = rf"(?:{_BLANKS})*[=+\-@＝＋－＠]"
_CELL, _INNER_CELL = rf"(?=(?:{_BLANKS})*[\t\r\n]|{_FORMULA})", rf"(?={_FORMULA})"
_INNER_BEGIN = r"(?<=[\t\r\n,;\"])"
"""Where a cell begins for who separates by something else than we, drops quotes, or reads line by line."""
_HARMFUL = re.compile(rf"\A{_CELL}|{_INNER_BEGIN}{_INNER_CELL}")
_MADE_HARMLESS = re.compile(rf"\A'{_CELL}|{_INNER_BEGIN}'{_INNER_CELL}")
_MENTION = re.compile(r"<@!?\d+>")
_NAME_LENGTH = 40
Format = Literal["csv", "json"]
"""What an export is written as, and how its file's name ends."""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The session that was exported.

    Attributes:
        planned_start, planned_end: ISO 8601 in the venue's zone, with offset.
    """

    id: int
    title: str
    conference: str
    room: str | None
    moderator: str | None
    timezone: str
    planned_start: str
    planned_end: str


@dataclass(frozen=True, slots=True)
class ExportedQuestion:
    """One row; moments are ISO 8601 in the venue's zone, with offset.

    Attributes:
        number: of the row, from 1; what `merged_into` refers to.
        asker: the name that the room read, "anonymous", or the name behind it in the moderators' form.
        votes: distinct people of the merged group; None for one that was merged, whose votes count there.
        asked_by: how many people asked it, those of the questions merged into it included; None as above.
        asked_at: when it was put to the speaker.
    """

    number: int
    session: str
    talk: str
    planned_start: str
    question: str
    asker: str
    anonymous: bool
    state: str
    votes: int | None
    asked_by: int | None
    merged_into: int | None
    entered_at: str
    asked_at: str | None


@dataclass(frozen=True, slots=True)
class QuestionExport:
    """A session's questions.

    Attributes:
        for_public: whether it is safe to publish.
        exported_at: virtual, written like the session's moments.
        left_out: how many questions the public form leaves out: not approved, dismissed, or merged into another.
    """

    session: SessionFacts
    exported_at: str
    for_public: bool
    questions: tuple[ExportedQuestion, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to hand over, and how many questions it holds."""

    name: str
    content: bytes
    questions: int


def without_mentions(text: str) -> str:
    """Text for the public: a mention holds a Discord user's id."""
    return _MENTION.sub("@somebody", text)


def as_csv(export: QuestionExport) -> bytes:
    """UTF-8 with a byte order mark, without which Excel reads it in the machine's old code page; all cells quoted."""
    text = io.StringIO(newline="")
    names = [field.name for field in fields(ExportedQuestion)]
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    writer.writerows([_cell(getattr(question, name)) for name in names] for question in export.questions)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: str | int | None) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case str():
            return harmless(value)[:CELL_LIMIT]
        case int():
            return str(value)


def harmless(text: str) -> str:
    """Text with an apostrophe before whatever a spreadsheet would take for a formula; `restored` takes it away."""
    return _HARMFUL.sub("'", text)


def restored(cell: str) -> str:
    """The text that `harmless` made a cell of."""
    return _MADE_HARMLESS.sub("", cell)


def as_json(export: QuestionExport) -> bytes:
    """UTF-8 without a byte order mark, which RFC 8259 forbids; texts are whole and as they were typed."""
    content = {
        "session": asdict(export.session),
        "form": "public" if export.for_public else "moderators",
        "exported_at": export.exported_at,
        "left_out": export.left_out,
        "questions": [asdict(question) for question in export.questions],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def as_file(export: QuestionExport, form: Format) -> ExportedFile:
    """The export under a name that every file system takes: `questions-12-deep-learning-public.csv`."""
    name = file_name(
        "questions", str(export.session.id), export.session.title, "public" if export.for_public else "moderators"
    )
    content = as_csv(export) if form == "csv" else as_json(export)
    return ExportedFile(f"{name}.{form}", content, len(export.questions))


def file_name(*parts: str) -> str:
    """Texts as the name of a file, without its ending: lower case, plain letters and hyphens, each part bounded."""
    plain = (unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode().casefold() for part in parts)
    return "-".join(filter(None, (re.sub(r"[^a-z0-9]+", "-", part)[:_NAME_LENGTH].strip("-") for part in plain)))
