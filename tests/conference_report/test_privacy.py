"""Nothing about attendees is in any file: every column about people holds a marker that is searched for."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet
from sqlalchemy import JSON, BigInteger, Boolean, Column, DateTime, Float, Integer, LargeBinary, String, insert, update

from benchmarks.reporting_rows import BEGINS, SERVER, MadeConference
from bot.conference_report.written import TableFormat
from bot.report_cli import ReportOrder, write_report
from db.columns import METADATA
from db.database import NOBODY, Database
from tests.conference_report.made import name_moderators

WORD, ID = "Zx9Marker", 765432109876543210
ABOUT_PEOPLE = [
    "scheduled_events",
    "stage_topics",
    "people",
    "subscriptions",
    "mentions",
    "speaker_links",
    "moderator_names",
    "audit_entries",
    "programme_versions",
    "question_votes",
    "question_steps",
    "talk_queues",
    "stage_links",
    "room_channels",
    "pending_imports",
]
PRIVATE = {
    "servers": "name channel_id moderators_channel_id moderators_role_id cue_settings ping_role_id board_channel_id "
    "audit_channel_id setup_steps stages",
    "sources": "name page_timezone imported_by url options etag last_modified seen problem",
    "sessions": "moderator moderator_ids console_thread_id file_said",
    "talks": "file_id abstract url file_said",
    "timing_events": "by",
    "questions": "text asker_id asker_name entered_by message_url",
    "deliveries": "user_id channel_id reason details shown_text message_id claimed_by key",
}
"""Of the programme's and the report's own tables, what is not told."""


def marked(column: Column[Any], number: int) -> object:
    """What a column holds: the marker wherever it takes one."""
    for reference in column.foreign_keys:
        return {"servers": SERVER, "deliveries": f"{number:022d}"}.get(reference.column.table.name, 1)
    kind = getattr(column.type, "impl_instance", column.type)
    known = {
        Boolean: True,
        JSON: {f"{WORD} <@{ID}>": [ID, f"<@!{ID}> {WORD}"]},
        String: f"{number}{WORD} <@{ID}> @{WORD}"[: getattr(kind, "length", None)],
        LargeBinary: f"{WORD} {ID}".encode(),
        BigInteger: ID,
        Integer: 9000 + number,  # keys of ours, and seconds
        Float: 1.0,
        DateTime: BEGINS,
    }
    return next(value for types, value in known.items() if isinstance(kind, types))


@pytest.fixture
async def hostile(db: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    """A conference whose people are all markers; half of its messages are direct."""
    await MadeConference(rooms=2, days=2, talks=3, questions=2).store(db)
    async with db.transaction(NOBODY) as session:
        for name in (table.name for table in METADATA.sorted_tables if table.name in ABOUT_PEOPLE):
            columns = METADATA.tables[name].columns
            await session.exec(insert(METADATA.tables[name]), params=[{c.name: marked(c, 1) for c in columns}])
        for name, private in PRIVATE.items():
            table = METADATA.tables[name]
            for number, (key,) in enumerate((await session.exec(table.select().with_only_columns(table.c.id))).all()):  # type: ignore[call-overload] # SQLModel types select() only
                values = {word: marked(table.c[word], number) for word in private.split()}
                await session.exec(update(table).where(table.c.id == key).values(values))
    monkeypatch.setenv("DATABASE_URL", db.url)
    monkeypatch.chdir(tmp_path)
    return db


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file as text."""
    for path in folder.iterdir():
        content = path.read_bytes()
        if path.suffix == ".parquet":
            yield path.name, str(parquet.read_table(io.BytesIO(content)).to_pylist())
        else:
            yield path.name, content.decode()


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
async def test_no_marker_is_in_any_file(hostile: Database, tmp_path: Path, form: TableFormat) -> None:
    out = tmp_path / "out"
    await write_report(ReportOrder(None, None, out, form, force=False))
    found = dict(texts(out))
    assert len(found) == 6
    assert [name for name, text in found.items() if WORD in text or str(ID) in text or "<@" in text] == []


async def test_markers_would_be_found(hostile: Database, tmp_path: Path) -> None:
    """Moderators' names are, once the server wants them; and they alone, in the two files that tell them."""
    await name_moderators(hostile, SERVER)
    out = tmp_path / "out"
    await write_report(ReportOrder(None, None, out, "csv", force=False))
    assert sorted(name for name, text in texts(out) if WORD in text) == ["report.html", "sessions.csv"]


def test_every_table_is_looked_at() -> None:
    public = {"conferences", "synced_commands"}
    assert {*ABOUT_PEOPLE, *PRIVATE} | public == set(METADATA.tables)
