"""Stores what a server chose for its reports and hints."""

from __future__ import annotations

from sqlmodel import col

from bot.clock import Clock
from bot.rules.report_settings import ReportSettings
from bot.services.planning import consoles_changed, replan
from bot.services.servers import server_row
from db.database import Database
from db.tables import Delivery


async def set_reports(db: Database, clock: Clock, *, server_id: int, chosen: dict[str, bool]) -> ReportSettings:
    """Store what was chosen, by the fields of ReportSettings, and re-plan what is owed; all as it is set then."""
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        if not chosen:
            return ReportSettings(**server.report_settings)
        server.report_settings = {**server.report_settings, **chosen}
        await session.flush()
        now = clock.now()
        await replan(session, server=server, now=now)
        await consoles_changed(session, now, col(Delivery.server_id) == server_id)
        return ReportSettings(**server.report_settings)
