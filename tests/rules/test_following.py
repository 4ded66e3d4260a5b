"""When an address is looked at again."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.following import EVERY, SLOWEST, TOLD_AFTER, is_told, next_look
from tests.builders import at

NOW = at("12:30")


def test_each_failure_in_a_row_doubles_the_wait_until_it_is_six_hours() -> None:
    waits = [(next_look(NOW, failures) - NOW) / EVERY for failures in range(9)]
    assert waits == [1, 2, 4, 8, 16, 32, 36, 36, 36]


@given(failures=st.integers(0, 10_000), seconds=st.integers(0, 10**9))
def test_server_is_left_alone_as_long_as_it_asks_and_never_for_longer_than_six_hours(
    failures: int, seconds: int
) -> None:
    asked = timedelta(seconds=seconds)
    wait = next_look(NOW, failures, asked) - NOW
    assert max(EVERY, min(asked, SLOWEST)) <= wait <= SLOWEST


def test_managers_hear_of_a_failing_address_once() -> None:
    assert [failures for failures in range(100) if is_told(failures)] == [TOLD_AFTER]
