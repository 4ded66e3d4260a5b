"""What every format is read into: one immutable Schedule of plain values, all times aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.timezones import zone


@dataclass(frozen=True, slots=True)
class Talk:
    """One item of the programme, as the file states it.

    Attributes:
        file_id: the file's own id, None where it is absent or not unique within the file.
        kind: Spotlight, Oral, Break …, None where the file names none.
        title: readable text, one line, never empty.
        speakers: names in the file's order.
        room: None where the file names none.
        starts_at: aware, UTC.
        ends_at: aware, UTC, after starts_at.
        abstract: readable text, None where absent.
        url: an http(s) link to the talk's page, None where absent.
        cancelled: the file says that it will not take place.
    """

    title: str
    starts_at: datetime
    ends_at: datetime
    kind: str | None = None
    speakers: tuple[str, ...] = ()
    room: str | None = None
    abstract: str | None = None
    url: str | None = None
    file_id: str | None = None
    cancelled: bool = False

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at


@dataclass(frozen=True, slots=True)
class Session:
    """What one moderator chairs in one room; `talks` is in order of start and never empty.

    Attributes:
        source: where it was imported from first, as an export of ours states it; None in all other files.
    """

    title: str
    talks: tuple[Talk, ...]
    room: str | None = None
    moderator: str | None = None
    source: str | None = None

    @property
    def is_named_after_room(self) -> bool:
        """Whether its title begins with its room, which then need not be named beside it."""
        return self.room is not None and self.title.startswith(self.room)

    @property
    def starts_at(self) -> datetime:
        return min(talk.starts_at for talk in self.talks)

    @property
    def ends_at(self) -> datetime:
        return max(talk.ends_at for talk in self.talks)


@dataclass(frozen=True, slots=True)
class Schedule:
    """One file or page, read.

    Attributes:
        format: the reader's name (`icml-text`, `icml-html` …).
        conference: its title, None where the file names none.
        timezone: the venue's IANA zone: the one asked for, else the file's, else what its abbreviation means.
        page_timezone: the IANA zone that the file's printed times are in, None where it prints none.
        sessions: in order of start, never empty.
        warnings: what was odd but readable, one sentence each, with the line or row.
    """

    format: str
    conference: str | None
    timezone: str | None
    page_timezone: str | None
    sessions: tuple[Session, ...]
    warnings: tuple[str, ...] = ()

    @property
    def talks(self) -> tuple[Talk, ...]:
        return tuple(talk for session in self.sessions for talk in session.talks)


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What the person importing states about a file.

    Attributes:
        today: the day of the import in UTC; a missing year is looked for near it.
        timezone: the venue's IANA zone; times are read in it only where the file states no zone.
        year: overrules the inferred year; a weekday that contradicts it is an error.
        day_first: whether 03/04/2022 is 3 April; None goes by the file, and asks where it leaves that open.
        name: the file's name, for messages only; the format is chosen by content.
    """

    today: datetime
    timezone: str | None = None
    year: int | None = None
    day_first: bool | None = None
    name: str = "the file"

    @property
    def venue(self) -> str | None:
        """The zone asked for, as IANA spells it.

        Raises:
            ChairsideError: nobody knows it.
        """
        return zone(self.timezone).zone if self.timezone else None
