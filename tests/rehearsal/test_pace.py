"""The clock runs as somebody chose, slower in trouble, not at all while paused; a jump never goes back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearsal.pace import TROUBLED_SPEED, Pace
from bot.rehearsal.timetable import RehearsalClock
from tests.builders import FIRST_START


@pytest.fixture
def clock(tmp_path: Path) -> RehearsalClock:
    return RehearsalClock(tmp_path / "clock.json", FIRST_START)


def test_it_stands_still_until_it_begins(clock: RehearsalClock) -> None:
    pace = Pace(clock)
    pace.trouble(is_there=True)
    assert (clock.speed, clock.now()) == (0, FIRST_START)
    pace.begin(600)
    assert clock.speed == TROUBLED_SPEED
    pace.trouble(is_there=False)
    assert (clock.speed, pace.fastest, pace.stood_at) == (600, 600, {FIRST_START})


def test_held_at_a_moment_it_stands_there_whatever_is_chosen_and_then_runs_on(clock: RehearsalClock) -> None:
    pace = Pace(clock)
    pace.begin(60)
    held = FIRST_START + timedelta(minutes=5)
    pace.hold(held)
    assert (clock.speed, clock.now()) == (0, held)
    pace.pause(paused=True)
    pace.choose(600)
    assert (clock.speed, clock.now()) == (0, held)
    pace.release()
    assert clock.speed == 600
    assert clock.now() >= held


def test_pause_and_trouble_do_not_forget_what_was_chosen(clock: RehearsalClock) -> None:
    pace = Pace(clock)
    pace.begin(60)
    pace.pause(paused=True)
    stood = clock.now()
    pace.trouble(is_there=True)
    pace.trouble(is_there=False)
    assert (clock.speed, clock.now(), pace.chosen) == (0, stood, 60)
    pace.pause(paused=False)
    assert clock.speed == 60
    pace.pause(paused=True)
    pace.choose(10)
    assert (clock.speed, pace.paused) == (10, False)
    pace.stop()
    pace.choose(600)
    assert clock.speed == 0


@pytest.mark.parametrize("paused", [True, False])
def test_jump_goes_ahead_only_and_keeps_the_pace(clock: RehearsalClock, *, paused: bool) -> None:
    pace = Pace(clock)
    pace.begin(1)
    pace.pause(paused=paused)
    pace.go_to(FIRST_START + timedelta(hours=1))
    assert (clock.now() >= FIRST_START + timedelta(hours=1), clock.speed) == (True, 0 if paused else 1)
    pace.go_to(FIRST_START)
    assert clock.now() >= FIRST_START + timedelta(hours=1)


def test_a_second_before_is_a_real_one(clock: RehearsalClock) -> None:
    pace = Pace(clock)
    pace.begin(60)
    assert pace.a_second_before(FIRST_START) == FIRST_START - timedelta(minutes=1)
    pace.trouble(is_there=True)
    assert pace.a_second_before(FIRST_START) == FIRST_START - timedelta(seconds=TROUBLED_SPEED)


@given(st.lists(st.sampled_from(["pause", "go on", "slow", "fast", "trouble", "well", "jump"]), max_size=20))
def test_whatever_is_done_time_never_goes_back(tmp_path_factory: pytest.TempPathFactory, doings: list[str]) -> None:
    clock = RehearsalClock(tmp_path_factory.mktemp("clock") / "clock.json", FIRST_START)
    pace, last = Pace(clock), FIRST_START
    pace.begin(60)
    acts = {
        "pause": lambda: pace.pause(paused=True),
        "go on": lambda: pace.pause(paused=False),
        "slow": lambda: pace.choose(1),
        "fast": lambda: pace.choose(600),
        "trouble": lambda: pace.trouble(is_there=True),
        "well": lambda: pace.trouble(is_there=False),
        "jump": lambda: pace.go_to(clock.now() + timedelta(minutes=5)),
    }
    for doing in doings:
        acts[doing]()
        assert clock.now() >= last
        assert clock.speed <= pace.chosen
        last = clock.now()


async def test_a_moment_is_reached_however_the_clock_is_turned(clock: RehearsalClock) -> None:
    reaching = asyncio.create_task(clock.reach(FIRST_START + timedelta(hours=2)))
    also = asyncio.create_task(clock.reach(FIRST_START + timedelta(hours=1)))
    for moment, speed in ((0, 0.0), (0, 1.0), (0, 0.0), (1, 0.0), (2, 1.0)):
        await asyncio.wait([reaching], timeout=0)
        assert not reaching.done()
        clock.run_from(FIRST_START + timedelta(hours=moment), speed)
    async with asyncio.timeout(5):
        await asyncio.gather(reaching, also)
