"""Whether the commands that Discord was last given are still the ones this version has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from bot.clock import Clock
from db.database import NOBODY, Database
from db.tables import SyncedCommands


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
