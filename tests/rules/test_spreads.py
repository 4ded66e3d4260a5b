"""How values are spread."""

from __future__ import annotations

from datetime import timedelta
from statistics import mean, median, quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.spreads import spread

SECONDS = st.lists(st.integers(-5000, 5000), min_size=2, max_size=60)


@given(SECONDS)
def test_spread_agrees_with_pythons_own_statistics(seconds: list[int]) -> None:
    found = spread(timedelta(seconds=number) for number in seconds)
    assert found is not None
    tenths = quantiles(seconds, n=10, method="inclusive")
    shown = [found.percentile(percent).total_seconds() for percent in range(10, 100, 10)]
    assert shown == pytest.approx(tenths, abs=1e-5)
    assert found.median.total_seconds() == pytest.approx(median(seconds), abs=1e-5)
    assert found.mean.total_seconds() == pytest.approx(mean(seconds), abs=1e-5)
    assert (found.count, found.most) == (len(seconds), timedelta(seconds=max(seconds)))


def test_one_value_is_all_of_it_and_nothing_has_no_spread() -> None:
    five = timedelta(minutes=5)
    found = spread([None, five])
    assert found is not None
    assert {found.mean, found.median, found.percentile(0), found.percentile(99), found.most} == {five}
    assert spread([]) is None
    assert spread([None]) is None
