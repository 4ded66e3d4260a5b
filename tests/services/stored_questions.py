"""Questions, votes and steps put straight into a store, for tests of what reads them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import insert

from bot.services.programme import PlacedSession
from db.columns import METADATA
from db.database import NOBODY, Database
from tests.builders import at

GRACE = 923456789012345678


def anybody(_placed: PlacedSession) -> None:
    """Let anybody run a session."""


async def rows(db: Database, table: str, *values: Mapping[str, object]) -> None:
    """Store rows in any table."""
    async with db.transaction(NOBODY) as session:
        await session.exec(insert(METADATA.tables[table]), params=list(values))


async def a_question(db: Database, key: int, **values: object) -> None:
    """Grace's question to the first talk of the first session, unless something else is said."""
    row = {
        "id": key,
        "session_id": 1,
        "talk_id": 1,
        "text": "Why?",
        "asker_name": "Grace",
        "asker_id": GRACE,
        "anonymous": False,
        "entered_at": at("12:25"),
        "state": "queued",
        "pinned": False,
    }
    await rows(db, "questions", row | values)


async def votes(db: Database, *pairs: tuple[int, int]) -> None:
    """Store votes: question and person."""
    await rows(db, "question_votes", *({"question_id": q, "user_id": u, "voted_at": at("12:26")} for q, u in pairs))
