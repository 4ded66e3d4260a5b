"""Questions stay with their talk when it moves into another session. A step of other services."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.bulk import in_parts
from db.question_tables import Question
from db.tables import Talk


async def questions_follow(session: AsyncSession, talk_ids: Sequence[int]) -> None:
    """Have the questions of talks belong to the sessions that the talks are in now."""
    now_in = select(col(Talk.session_id)).where(col(Talk.id) == Question.talk_id).scalar_subquery()
    for part in in_parts(talk_ids):
        theirs = update(Question).where(col(Question.talk_id).in_(part))
        await session.exec(theirs.values(session_id=now_in))
