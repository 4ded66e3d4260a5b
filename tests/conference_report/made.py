"""Conferences in a store for tests: one made in bulk, and one that is hostile in every column about people."""

from __future__ import annotations

from datetime import datetime

from benchmarks.reporting_rows import MadeConference
from bot.rules.conference_report import ConferenceReport
from bot.services.conference_report import conference_report
from db.database import NOBODY, Database
from db.tables import Server


async def reported(db: Database, made: MadeConference, now: datetime | None = None) -> ConferenceReport:
    """The report of a conference that is stored first."""
    await made.store(db)
    return await conference_report(db, 1, now or made.over_at)


async def name_moderators(db: Database, server_id: int) -> None:
    """The server wants its moderators named."""
    async with db.transaction(NOBODY) as session:
        server = await session.get(Server, server_id)
        assert server is not None
        server.report_settings = {"names_moderators": True}
