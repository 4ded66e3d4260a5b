"""Splitting a session in two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CommandError
from bot.rules.programme import in_order
from bot.rules.session_cuts import split_off
from tests.builders import a_planned_session


@given(first=st.integers(2, 15))
def test_both_halves_together_are_the_session(first: int) -> None:
    session = a_planned_session()
    order = [talk.id for talk in in_order(session.talks)]
    second = split_off(session, first)
    assert second[0] == first
    assert [key for key in order if key not in second] + list(second) == order


@pytest.mark.parametrize(("first", "words"), [(1, "first talk"), (16, "not in this session")])
def test_no_half_is_empty(first: int, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        split_off(a_planned_session(), first)
