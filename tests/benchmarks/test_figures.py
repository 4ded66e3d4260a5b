"""What a benchmark says of its values, and what it does not know of a few."""

from __future__ import annotations

import pytest

from benchmarks.figures import Figure, spread


def test_hundred_values_have_a_99th_percentile() -> None:
    assert spread("late", range(1, 101), p50=60, p99=99.0) == [
        Figure("late: p50", 50, "ms", 60),
        Figure("late: p99", 99, "ms", 99),
        Figure("late: max", 100, "ms"),
    ]


def test_fewer_have_none_and_the_worst_has_to_keep_what_was_promised_of_it() -> None:
    half, worst = spread("late", range(1, 100), p50=60, p99=98)
    assert (half, worst) == (Figure("late: p50", 50, "ms", 60), Figure("late: max", 99, "ms", 98))
    assert (half.kept, worst.kept) == (True, False)


@pytest.mark.parametrize("number", [0, 1])
def test_promise_of_nothing_is_not_kept(number: int) -> None:
    kept = [figure.kept for figure in spread("late", [3] * number, p50=15, p99=50)]
    assert kept == [bool(number)] * 2
