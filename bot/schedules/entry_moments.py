"""From the times that a file states to UTC: by its offsets, its zone, or the venue's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.errors import ChairsideError, ScheduleError, ScheduleQuestion
from bot.timezones import is_ambiguous, local, localize

_DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1990, 2100


class Timed(Protocol):
    """As much of an entry as tells its zone, and its place for messages."""

    @property
    def zone(self) -> str | None: ...

    @property
    def place(self) -> str: ...


class Moments:
    """Turns the times of entries into UTC moments and notes what was odd about them."""

    def __init__(self, naive_in: str | None, venue: str | None) -> None:
        self.venue = venue
        self.warnings: list[str] = []
        self._naive_in = naive_in
        # a talk mostly begins when the one before it ends, and others with it
        self._read: dict[tuple[datetime, str | timedelta | None], tuple[datetime, bool]] = {}

    def of(self, stated: datetime, entry: Timed) -> datetime:
        """The moment of a stated time.

        Raises:
            ScheduleError: the year is none that a programme has, or the clocks skip that time.
            ScheduleQuestion: neither it nor the file names a zone, and none is known for the venue.
        """
        if not FIRST_YEAR <= stated.year <= LAST_YEAR:
            raise ScheduleError(f"the year {stated.year} is no programme's", where=entry.place, do="Put the date right")
        try:
            # no programme goes by fractions of a second, and not every format can state them
            whole = stated.replace(microsecond=0) if stated.microsecond else stated
            return self._aware(whole, entry) if whole.tzinfo else self._naive(whole, entry)
        except ScheduleQuestion:
            raise
        except ChairsideError as error:
            raise ScheduleError(error.what, where=entry.place, do=error.do) from error

    def _naive(self, stated: datetime, entry: Timed) -> datetime:
        name = entry.zone or self._naive_in
        if name is None:
            raise ScheduleQuestion(
                "the times name no time zone",
                option="timezone",
                where=entry.place,
                do="Name the venue's with --timezone, for example --timezone Europe/Copenhagen",
            )
        if (stated, name) not in self._read:
            self._read[stated, name] = localize(stated, name), is_ambiguous(stated, name)
        moment, is_twofold = self._read[stated, name]
        if is_twofold:
            self.warnings.append(f"{entry.place}: {stated:%H:%M} comes twice that night in {name}: read as the first")
        return moment

    def _aware(self, stated: datetime, entry: Timed) -> datetime:
        """As its offset says, but for one that the venue left behind, or has yet to come to, by a change of clocks."""
        # The same moment with another offset may be read otherwise.
        known = stated, stated.utcoffset()
        if known not in self._read:
            self._read[known] = self._with_offset(stated)
        moment, is_by_venue = self._read[known]
        if is_by_venue:
            self.warnings.append(
                f"{entry.place}: {stated:%H:%M} has the offset of the day before or after, as the clocks change "
                f"in {self.venue}: read as {stated:%H:%M} there"
            )
        return moment

    def _with_offset(self, stated: datetime) -> tuple[datetime, bool]:
        """The moment of a time with an offset, and whether it is by the venue's clock instead."""
        moment, offset = stated.astimezone(UTC), stated.utcoffset()
        if not self.venue or not offset or local(moment, self.venue).utcoffset() == offset:
            return moment, False
        if offset not in {local(moment + near, self.venue).utcoffset() for near in (-_DAY, _DAY)}:
            return moment, False
        return localize(stated.replace(tzinfo=None), self.venue), True
