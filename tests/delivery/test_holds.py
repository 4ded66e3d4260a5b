"""What fails is left alone for longer and longer, and for no longer because the machine's clock was set back."""

from __future__ import annotations

from datetime import timedelta

from bot.delivery.holds import FIRST, LONGEST, Holds
from tests.clocks import REAL_START


def test_hold_doubles_up_to_ten_minutes_and_begins_anew_once_it_worked() -> None:
    holds, lengths = Holds(), []
    for _ in range(9):
        holds.hold("events", REAL_START)
        lengths.append(holds._since["events"][1])
    assert lengths[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert lengths[-1] == LONGEST
    assert (holds.held("events", REAL_START), holds.held("events", REAL_START + LONGEST)) == (True, False)
    holds.free("events")
    assert not holds.held("events", REAL_START)


def test_hold_is_over_where_the_machines_clock_was_set_back() -> None:
    holds = Holds()
    holds.hold("events", REAL_START)
    assert not holds.held("events", REAL_START - timedelta(hours=1))
