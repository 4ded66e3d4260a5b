"""Discord's ban for 10,000 invalid requests in ten minutes stays out of reach, and the hold ends by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.invalid_requests import LIMIT, WINDOW_SECONDS, InvalidRequests, is_invalid

STEPS = st.lists(st.tuples(st.floats(0, 2 * WINDOW_SECONDS), st.booleans()), max_size=300)
"""Seconds until the next request, and whether somebody tapped for it."""


@pytest.mark.parametrize(
    ("status", "scope", "counts"),
    [
        (401, None, True),
        (403, None, True),
        (429, "user", True),
        (429, "global", True),
        (429, None, True),
        (429, "shared", False),
        (404, None, False),
        (200, "shared", False),
        (503, None, False),
        (None, None, False),
    ],
)
def test_what_discord_counts(status: int | None, scope: str | None, *, counts: bool) -> None:
    assert is_invalid(status, scope) is counts


@given(st.integers(1, 60), STEPS)
def test_what_can_wait_never_takes_more_than_half_of_what_is_allowed(
    allowed: int, steps: list[tuple[float, bool]]
) -> None:
    """Every request is refused here; those that can wait go only where nothing holds them."""
    rule, moment = InvalidRequests(allowed), 0.0
    waiting: list[float] = []
    tapped: list[float] = []
    for seconds, is_tap in steps:
        moment += seconds
        recent = [at for at in (*waiting, *tapped) if moment - at < WINDOW_SECONDS]
        assert rule.count(moment) == min(len(recent), max(2, allowed))
        if is_tap:
            tapped.append(moment)
        elif rule.holds(moment):
            continue
        else:
            waiting.append(moment)
        rule.note(moment)
        assert sum(moment - at < WINDOW_SECONDS for at in waiting) <= max(2, allowed // 2)


@given(st.integers(4, 60))
def test_hold_begins_at_half_and_ends_at_a_quarter(allowed: int) -> None:
    rule = InvalidRequests(allowed)
    held = []
    for moment in range(allowed // 2):
        held.append(rule.holds(moment))
        rule.note(moment)
    assert held == [False] * (allowed // 2)
    assert rule.holds(allowed)
    left = allowed // 2
    while left > allowed // 2 // 2:
        assert rule.holds(WINDOW_SECONDS - 0.5 + allowed // 2 - left)
        left -= 1
    assert not rule.holds(WINDOW_SECONDS + 0.5 + allowed // 2 - left)


def test_hold_is_over_after_ten_minutes_and_what_is_counted_stays_small() -> None:
    rule = InvalidRequests()
    for _ in range(3 * LIMIT):
        rule.note(0.0)
    assert (rule.holds(0.0), rule.count(0.0)) == (True, LIMIT)
    assert not rule.holds(WINDOW_SECONDS)
