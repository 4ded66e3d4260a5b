"""The guided set-up's order: it always comes to its end, and goes on where it was left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.setup_flow import (
    BEFORE_ROOMS,
    QUESTIONS,
    STEPS,
    SetUp,
    Step,
    is_open,
    mark_of,
    next_step,
    open_steps,
    step_before,
    with_mark,
)

set_ups = st.builds(
    SetUp,
    has_channel=st.booleans(),
    has_rooms=st.booleans(),
    all_placed=st.booleans(),
    has_moderators=st.booleans(),
    has_zone=st.booleans(),
    has_ping=st.booleans(),
    has_programme=st.booleans(),
    marks=st.frozensets(st.sampled_from([*(step.value for step in STEPS), BEFORE_ROOMS, "a step of old"])),
)


def left(so_far: SetUp, step: Step) -> SetUp:
    """The set-up once a step was left as it is."""
    return replace(so_far, marks=frozenset(with_mark(so_far.marks, mark_of(step, so_far))))


def test_on_a_new_server_every_step_is_open_in_its_order() -> None:
    assert open_steps(SetUp()) == QUESTIONS
    assert next_step(SetUp()) is Step.CHANNELS
    assert next_step(SetUp(), Step.ZONE) is Step.REMINDERS


@given(set_ups)
def test_leaving_one_step_after_the_other_comes_to_the_end(so_far: SetUp) -> None:
    seen = []
    step = next_step(so_far)
    while step is not Step.CHECK:
        seen.append(step)
        so_far = left(so_far, step)
        step = next_step(so_far, step)
    assert seen == sorted(set(seen), key=STEPS.index)
    assert open_steps(so_far) == ()


@given(set_ups, st.sampled_from(STEPS))
def test_next_step_waits_for_an_answer_and_lies_behind_if_one_does(so_far: SetUp, after: Step) -> None:
    step = next_step(so_far, after)
    behind = [one for one in open_steps(so_far) if STEPS.index(one) > STEPS.index(after)]
    assert step is (behind[0] if behind else next_step(so_far))
    assert step is Step.CHECK or is_open(step, so_far)


@given(set_ups, st.sampled_from(QUESTIONS))
def test_step_that_was_left_stays_closed(so_far: SetUp, step: Step) -> None:
    assert not is_open(step, left(so_far, step))


@pytest.mark.parametrize(
    ("answered", "step"),
    [
        (SetUp(has_channel=True), Step.CHANNELS),
        (SetUp(has_rooms=True, all_placed=True), Step.CHANNELS),
        (SetUp(has_moderators=True), Step.MODERATORS),
        (SetUp(has_zone=True), Step.ZONE),
        (SetUp(has_ping=True), Step.PING),
        (SetUp(has_programme=True), Step.IMPORT),
    ],
)
def test_what_was_set_by_a_command_is_not_asked_again(answered: SetUp, step: Step) -> None:
    assert set(open_steps(SetUp())) - set(open_steps(answered)) == {step}


def test_channels_left_before_the_rooms_were_known_are_asked_once_more_when_they_are() -> None:
    so_far = left(SetUp(), Step.CHANNELS)
    assert not is_open(Step.CHANNELS, so_far)
    imported = replace(so_far, has_rooms=True, has_programme=True)
    assert is_open(Step.CHANNELS, imported)
    assert not is_open(Step.CHANNELS, left(imported, Step.CHANNELS))


def test_back_leads_to_the_step_before_and_there_is_none_before_the_first() -> None:
    assert [step_before(step) for step in STEPS] == [None, *QUESTIONS]
