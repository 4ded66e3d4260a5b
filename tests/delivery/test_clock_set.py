"""The machine's clock is set by an hour in mid-session: nothing twice, and nothing lost that still helps."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from db.database import NOBODY
from db.tables import Delivery
from tests.builders import at
from tests.clocks import SteppedClock
from tests.delivery.desk import Desk
from tests.delivery.fakes import FakeChannels

HOUR = timedelta(hours=1)


def set_by(clock: SteppedClock, step: timedelta) -> None:
    clock._real += step
    clock.jump(clock.now() + step)


def reminded(channels: FakeChannels) -> list[str]:
    return [message.content.split("**")[1] for message in channels.starting("Up next")]


async def test_clock_set_forward_by_an_hour_and_right_again_a_minute_later_skips_no_reminder(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:26"))
    set_by(clock, HOUR)
    await desk.until(at("13:27"))
    assert reminded(channels) == ["Talk 1", "Talk 10"]  # by the clock that is all there is to say
    set_by(clock, -HOUR)
    await desk.until(at("12:57"))
    assert reminded(channels) == ["Talk 1", "Talk 10", *(f"Talk {number}" for number in range(2, 8))]


async def test_clock_set_back_by_an_hour_repeats_nothing_and_goes_on_where_it_was(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:36"))
    set_by(clock, -HOUR)
    await desk.until(at("12:37"))
    assert reminded(channels) == ["Talk 1", "Talk 2", "Talk 3"]
    await desk.until(at("12:41"))
    assert reminded(channels) == ["Talk 1", "Talk 2", "Talk 3", "Talk 4"]


async def test_edit_that_a_tap_asked_for_before_the_clock_was_set_back_does_not_wait_for_an_hour(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:25"))
    (posted,) = channels.starting("Up next")
    async with desk.db.transaction(NOBODY) as session:
        asked = update(Delivery).where(col(Delivery.id) == posted.delivery_id)
        await session.exec(asked.values(edit_at=clock.now(), shown_text="what it showed before"))
    set_by(clock, -HOUR)
    await desk.settle()
    assert len(posted.edits) == 1


async def test_edit_asked_for_by_a_clock_that_nobody_had_looked_at_does_not_wait_either(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:25"))
    (posted,) = channels.starting("Up next")
    set_by(clock, 2 * HOUR)
    async with desk.db.transaction(NOBODY) as session:
        asked = update(Delivery).where(col(Delivery.id) == posted.delivery_id)
        await session.exec(asked.values(edit_at=clock.now(), shown_text="what it showed before"))
    set_by(clock, -3 * HOUR)
    await desk.settle()
    assert len(posted.edits) == 1
