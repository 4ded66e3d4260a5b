"""Counts votes in the store: by person over a merged group, each once."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.question_tables import Question, QuestionVote

_root = aliased(Question, name="root")
_member = aliased(Question, name="member")
VOTES = (
    select(func.count(col(QuestionVote.user_id).distinct()))
    .join(_member, col(QuestionVote.question_id) == _member.id)
    .where(
        or_(col(_member.id) == _root.id, col(_member.merged_into) == _root.id),
        # a vote for another's question that was later merged into one's own is none for one's own
        or_(col(_root.asker_id).is_(None), col(_root.asker_id) != QuestionVote.user_id),
    )
    .correlate(_root)
    .scalar_subquery()
)
"""Distinct people who voted in the group of a surviving question, its own asker left out; merges are kept flat."""


async def votes_by_root(session: AsyncSession, talk_ids: Collection[int]) -> dict[int, int]:
    """The votes of each surviving question of these talks, by its id; 0 for one without. One query, however many."""
    roots = select(_root.id, VOTES).where(col(_root.talk_id).in_(talk_ids), col(_root.merged_into).is_(None))
    return {root_id or 0: votes for root_id, votes in await session.exec(roots)}
