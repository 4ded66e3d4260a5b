"""The console whose clock was forgotten: it goes by the plan, and shows it."""

from __future__ import annotations

import pytest

from bot.rules.run import TimingKind
from bot.rules.taps import Tap
from bot.services.moderators import set_moderators
from bot.services.timekeeping import tap_clock
from tests.builders import SERVER, at
from tests.clocks import SteppedClock
from tests.delivery.desk import Desk
from tests.delivery.fakes import FakeChannels
from tests.services.stored_questions import anybody


def shown(channels: FakeChannels) -> str:
    (console,) = channels.starting("**Console**")
    return console.edits[-1] if console.edits else console.content


@pytest.mark.slow
async def test_console_whose_clock_was_forgotten_goes_on_by_the_plan_to_the_end(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await set_moderators(desk.db, clock, server_id=SERVER, channel_id=77, role_id=None)
    await desk.until(at("12:30"))
    tap = Tap(TimingKind.START, 1, 1)
    await tap_clock(desk.db, clock, server_id=SERVER, session_id=1, tap=tap, check=anybody)
    await desk.until(at("12:56"))
    assert "**Talk 6**" in shown(channels)
    await desk.until(at("14:30"))
    assert "**Talk 15**" not in shown(channels)
