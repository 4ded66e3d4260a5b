"""What a programme was before each change: noted while it is made, stored with it, put back by an undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.kept_edits import as_json
from bot.rules.programme_diff import Origin
from bot.services.question_moves import questions_follow
from db.columns import METADATA
from db.programme_tables import ProgrammeVersion
from db.tables import Conference, Session, Talk
from db.types import UTCDateTime

Columns = dict[str, Any]


@dataclass(slots=True)
class Before:
    """What rows held before a change, as JSON has it: by table, by key, only the columns that changed.

    Attributes:
        new: the keys of rows that were not there.
    """

    rows: dict[str, dict[int, Columns]] = field(default_factory=dict)
    new: dict[str, list[int]] = field(default_factory=dict)

    def change(self, row: Conference | Session | Talk, values: Mapping[str, Any]) -> bool:
        """Set only the columns that differ, so that an unchanged row is not written; whether anything shown did.

        What the file said beside an edit is no change by itself.
        """
        different = {name: value for name, value in values.items() if getattr(row, name) != value}
        is_change = bool(different.keys() - {"file_said"})
        if is_change and row.id is not None:
            noted = self.rows.setdefault(str(row.__tablename__), {}).setdefault(row.id, {})
            for name in different:
                noted.setdefault(name, as_json(getattr(row, name)))
        for name, value in different.items():
            setattr(row, name, value)
        return is_change

    def added(self, table: str, keys: Sequence[int]) -> None:
        """Note that rows are new."""
        if keys:
            self.new.setdefault(table, []).extend(keys)

    def of(self, table: str) -> dict[int, Columns]:
        """What the rows of a table held, by key, as they are read from the store."""
        return {key: _as_stored(table, values) for key, values in self.rows.get(table, {}).items()}

    @property
    def moved(self) -> dict[int, int]:
        """The sessions that talks were in, by talk, where they are in another one since."""
        talks = self.rows.get("talks", {})
        return {key: int(values["session_id"]) for key, values in talks.items() if "session_id" in values}

    @property
    def is_empty(self) -> bool:
        return not (self.rows or self.new)

    def as_json(self) -> dict[str, Any]:
        """The note as it is stored."""
        return {"rows": {table: {str(key): v for key, v in rows.items()} for table, rows in self.rows.items()}} | {
            "new": self.new
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Before:
        """What `as_json` gave."""
        rows = {table: {int(key): values for key, values in rows.items()} for table, rows in stored["rows"].items()}
        return cls(rows, dict(stored["new"]))


@dataclass(frozen=True, slots=True)
class Author:
    """What changes a programme, and for whom; `by` is a Discord user, None the command line or the refresh."""

    origin: Origin
    name: str
    by: int | None = None


async def keep_version(
    session: AsyncSession, conference: Conference, before: Before, author: Author, now: datetime
) -> None:
    """Keep what a change replaced, in the transaction that makes it; nothing where it changed nothing."""
    if before.is_empty:
        return
    await questions_follow(session, list(before.moved))
    version = ProgrammeVersion(
        server_id=conference.server_id,
        conference_id=conference.id or 0,
        kind=author.origin.value,
        name=author.name[:500],
        made_at=now,
        made_by=author.by,
        before=before.as_json(),
    )
    session.add(version)
    await session.flush()


def _as_stored(table: str, values: Columns) -> Columns:
    columns = METADATA.tables[table].c
    return {
        name: datetime.fromisoformat(value) if isinstance(columns[name].type, UTCDateTime) else value
        for name, value in values.items()
    }
