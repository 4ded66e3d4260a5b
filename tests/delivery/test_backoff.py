"""Waits grow, are spread by chance, and end also when the machine's clock was set back meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.delivery.backoff import NEVER_SO_LONG, backoff
from bot.delivery.channel import Outcome
from bot.delivery.leases import LEASE
from bot.rules.outbox import State
from db.database import NOBODY
from db.tables import Delivery
from tests.builders import CHANNEL, at
from tests.clocks import SteppedClock
from tests.delivery.desk import Desk
from tests.delivery.fakes import FakeChannels


@given(st.integers(0, 100_000))
def test_wait_is_between_half_of_a_doubling_one_and_the_whole_and_half_a_minute_at_most(attempts: int) -> None:
    whole = min(30.0, 0.5 * 2 ** min(attempts, 10))
    assert whole / 2 <= backoff(attempts).total_seconds() <= whole
    assert backoff(attempts) < NEVER_SO_LONG


def test_many_that_failed_together_do_not_return_together() -> None:
    assert len({backoff(6) for _ in range(100)}) > 90


@pytest.mark.parametrize("failure", [Outcome.NOT_SENT, Outcome.UNKNOWN])
async def test_retry_is_not_put_off_by_a_clock_that_was_set_back(
    failure: Outcome, desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:24"))
    channels.failures[CHANNEL] = [failure] * 4
    await desk.until(at("12:25"))
    assert channels.starting("Up next") == []
    # as long as the machine's clock was wrong by an hour, so were the moments that were stored
    clock._real -= timedelta(hours=1)
    await desk.until(at("12:27"))
    assert len(channels.starting("Up next")) == 1


async def test_lease_of_a_dead_process_ends_although_the_clock_was_set_back(desk: Desk, clock: SteppedClock) -> None:
    lease = {"state": State.CLAIMED.value, "claimed_by": "gone", "lease_until": clock.real() + LEASE}
    async with desk.db.transaction(NOBODY) as session:
        await session.exec(update(Delivery).where(Delivery.kind == "up_next").values(**lease))  # type: ignore[arg-type] # a column of a table
    clock._real -= timedelta(hours=1)
    await desk.until(at("12:26"))
    assert len(desk.channels.starting("Up next")) == 1
