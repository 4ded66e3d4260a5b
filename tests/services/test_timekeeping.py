"""What a tap answers with is what the store holds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.rules.run import TimingKind
from bot.rules.taps import Tap
from bot.services.timekeeping import live_session, tap_clock
from db.database import Database
from tests.builders import FIRST_START, SERVER
from tests.clocks import SteppedClock
from tests.services.store import import_page, talks, use_channel

MODERATOR, MINUTE = 7, timedelta(minutes=1)
TAPS = [
    Tap(TimingKind.START, MODERATOR),
    Tap(TimingKind.EXTEND, MODERATOR, amount=MINUTE),
    Tap(TimingKind.PAUSE, MODERATOR),
    Tap(TimingKind.UNDO, MODERATOR),
    Tap(TimingKind.SKIP, MODERATOR),
    Tap(TimingKind.END, MODERATOR),
    Tap(TimingKind.UNDO, MODERATOR),
    Tap(TimingKind.CLOSE, MODERATOR),
]


@pytest.mark.parametrize("minutes", [1, 30], ids=["in time", "after a forgotten clock"])
async def test_session_after_each_tap_is_the_one_that_is_read_again(
    db: Database, clock: SteppedClock, minutes: int
) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    session_id = (await talks(db))[0].session_id
    clock.jump(FIRST_START)
    for tap in TAPS:
        tapped = await tap_clock(
            db, clock, server_id=SERVER, session_id=session_id, tap=tap, check=lambda _placed: None
        )
        live = await live_session(db, clock, server_id=SERVER, session_id=session_id)
        assert tapped.after.run == live.placed.run
        assert tapped.after.expected == live.expected
        clock.jump(clock.now() + (minutes if tap.kind is TimingKind.EXTEND else 1) * MINUTE)
