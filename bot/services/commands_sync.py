"""Whose the store is, and whether the commands that Discord was last given are still the ones this version has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlmodel import col, delete, select

from bot.clock import Clock
from bot.errors import DatabaseError
from db.database import NOBODY, Database
from db.tables import SyncedCommands

_FIRST_COME = -1
"""The turn in which applications claim a store; no server or person has this id."""


async def claim_store(db: Database, clock: Clock, application_id: int) -> None:
    """Remember whose the store is when its first bot starts: another could neither edit nor find what that one posted.

    Raises:
        DatabaseError: it is another application's.
    """
    async with db.transaction(_FIRST_COME, is_news=False) as session:
        known = set(await session.exec(select(SyncedCommands.application_id)))
        if known and application_id not in known:
            raise DatabaseError(
                f"the database belongs to another Discord application ({max(known)}) than DISCORD_TOKEN "
                f"({application_id})",
                where=db.place,
                do="Use that application's token, or another DATABASE_URL; "
                "chairside export schedule and /schedule import take a programme along",
            )
        if not known:
            session.add(SyncedCommands(application_id=application_id, digest="", synced_at=clock.real()))
        # stores that were used by several before this was looked at stay with whoever starts first
        await session.exec(delete(SyncedCommands).where(col(SyncedCommands.application_id) != application_id))


def digest_of(payload: Sequence[dict[str, Any]]) -> str:
    """A digest of a command tree as it is sent to Discord."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


async def commands_changed(db: Database, application_id: int, digest: str) -> bool:
    """Whether Discord was last given something else."""
    async with db.reading() as session:
        row = await session.get(SyncedCommands, application_id)
        return row is None or row.digest != digest


async def commands_synced(db: Database, clock: Clock, application_id: int, digest: str) -> None:
    """Remember what Discord was given."""
    async with db.transaction(NOBODY) as session:
        await session.merge(SyncedCommands(application_id=application_id, digest=digest, synced_at=clock.real()))
