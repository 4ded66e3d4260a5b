"""What a task's next transaction writes besides, in the same commit: such as who asked for what it does."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from sqlmodel.ext.asyncio.session import AsyncSession


class Beside(Protocol):
    """Something that is to be kept exactly where the next transaction is."""

    is_written: bool

    async def write(self, session: AsyncSession) -> bool:
        """Write it, as the last of a transaction; False where nothing is to be written yet."""


_WAITING: WeakKeyDictionary[asyncio.Task[Any], Beside] = WeakKeyDictionary()


def write_beside(beside: Beside) -> None:
    """Have it written by this task's next transaction, and by no other task's; one that fails takes it along."""
    task = asyncio.current_task()
    if task is not None:
        _WAITING[task] = beside


def taken_beside() -> Beside | None:
    """What this task's next transaction is to write besides, for the one that asks first."""
    task = asyncio.current_task()
    return _WAITING.pop(task, None) if task is not None else None
