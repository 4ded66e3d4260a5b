"""People act beside each other; what one of them does stays in order."""

from __future__ import annotations

import asyncio

import pytest

from bot.rehearsal.lanes import Lanes


async def test_slow_one_delays_nobody_in_another_lane() -> None:
    lanes, done, answered, acted = Lanes(), [], asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        await answered.wait()
        done.append("slow")

    async def act(name: str) -> None:
        done.append(name)
        acted.set()

    lanes.do("ada", slow)
    lanes.do("ada", lambda: act("after it"))
    lanes.do("yusuf", lambda: act("beside it"))
    await acted.wait()
    assert done == ["beside it"]
    answered.set()
    await lanes.idle()
    assert done == ["beside it", "slow", "after it"]


async def test_what_goes_wrong_is_raised_at_the_end() -> None:
    lanes = Lanes()

    async def act() -> None:
        raise RuntimeError("the cast stumbled")

    lanes.do("ada", act)
    with pytest.raises(RuntimeError, match="stumbled"):
        await lanes.idle()
    await lanes.stop()
