"""How long whoever uses something waits for the bot."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import NamedTuple

from bot.rehearsal.loopback import LoopbackTimeoutError, Reply


class Waited(NamedTuple):
    """How long one use took; milliseconds."""

    what: str
    acknowledged: float
    answered: float


async def timed(what: str, use: Awaitable[Reply], *, within: float) -> Waited | None:
    """Wait for the whole answer, so many seconds at most; None if it was not acknowledged, or not answered by then."""
    began = time.perf_counter()
    try:
        reply = await use
        acknowledged = reply.acknowledged_after
        if acknowledged is None:
            return None
        await reply.final(within=within)
    except LoopbackTimeoutError:
        return None
    return Waited(what, acknowledged * 1000, (time.perf_counter() - began) * 1000)
