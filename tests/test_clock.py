"""The clock's three forms, what it refuses, and what it tells when it changes."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import clock as clocks
from bot.clock import Anchor, AnchoredClock, FileClock, clock_from_setting, read_anchor, wait_until, write_anchor
from bot.errors import ConfigurationError
from tests.builders import DURING_BREAK
from tests.clocks import SteppedClock

VIRTUAL = datetime(2022, 7, 21, 19, 20, tzinfo=UTC)
REAL = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> SteppedClock:
    """This machine's own time, moved by the test."""
    stepped = SteppedClock(REAL)
    monkeypatch.setattr(clocks, "real_now", stepped.real)
    return stepped


def test_clock_without_a_setting_is_the_machines_own(machine: SteppedClock) -> None:
    for setting in (None, ""):
        clock = clock_from_setting(setting)
        assert (clock.now(), clock.real(), clock.speed, clock.real_at(VIRTUAL)) == (REAL, REAL, 1.0, VIRTUAL)


def test_clock_of_the_first_form_begins_at_process_start_and_runs_fast(machine: SteppedClock) -> None:
    clock = clock_from_setting("2022-07-21T12:20-07:00@60")
    assert (clock.now(), clock.speed) == (VIRTUAL, 60.0)
    machine.advance(seconds=5)
    assert (clock.now(), clock.real()) == (VIRTUAL + timedelta(minutes=5), REAL + timedelta(seconds=5))
    assert clock.real_at(VIRTUAL + timedelta(minutes=10)) == REAL + timedelta(seconds=10)


def test_anchored_clock_goes_on_over_a_restart(machine: SteppedClock) -> None:
    setting = f"2022-07-21T12:20-07:00@60@{REAL.isoformat()}"
    first = clock_from_setting(setting)
    machine.advance(seconds=10)
    second = clock_from_setting(setting)
    assert first.now() == second.now() == VIRTUAL + timedelta(minutes=10)


def test_paused_clock_stands_and_never_gets_to_a_later_moment(machine: SteppedClock) -> None:
    clock = clock_from_setting("2022-07-21T12:20-07:00@0")
    machine.advance(minutes=60)
    assert (clock.now(), clock.real_at(VIRTUAL + timedelta(seconds=1))) == (VIRTUAL, None)
    assert clock.real_at(VIRTUAL) == REAL


@pytest.mark.parametrize(
    "setting",
    [
        "noon",
        "2022-07-21T12:20-07:00",
        "2022-07-21T12:20@60",
        "2022-07-21T12:20-07:00@",
        "2022-07-21T12:20-07:00@fast",
        "2022-07-21T12:20-07:00@-1",
        "2022-07-21T12:20-07:00@nan",
        "2022-07-21T12:20-07:00@inf",
        "2022-07-21T12:20-07:00@100001",
        "2022-07-21T12:20-07:00@60@",
        "2022-07-21T12:20-07:00@60@2026-01-05T09:00",
        "2022-07-21T12:20-07:00@60@then",
        "0001-01-01T00:00+14:00@60",
        "@60",
        "@",
    ],
)
def test_malformed_clock_is_refused_in_one_line_that_shows_the_right_form(setting: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        clock_from_setting(setting)
    assert str(refusal.value) == (
        f"CLOCK={setting} is not a clock. Write CLOCK=2022-07-21T12:20-07:00@60, "
        "the same with @ and the real time it began, or CLOCK=file:PATH."
    )


def test_clock_file_is_read_as_it_was_written(tmp_path: Path, machine: SteppedClock) -> None:
    path = tmp_path / "clock.json"
    anchor = Anchor(virtual=VIRTUAL, real=REAL - timedelta(seconds=1), speed=60.0)
    write_anchor(path, anchor)
    assert read_anchor(path) == anchor
    assert clock_from_setting(f"file:{path}").now() == VIRTUAL + timedelta(minutes=1)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "[]",
        "7",
        "{}",
        '{"virtual": 7, "real": "2026-01-05T09:00Z", "speed": 1}',
        '{"virtual": "2022-07-21T12:20", "real": "2026-01-05T09:00Z", "speed": 1}',
        '{"virtual": "2022-07-21T12:20Z", "real": "2026-01-05T09:00Z", "speed": true}',
        '{"virtual": "0001-01-01T00:00+14:00", "real": "2026-01-05T09:00Z", "speed": 1}',
        "\udcff",
    ],
)
def test_clock_file_that_is_missing_or_holds_something_else_is_refused(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "clock.json"
    if text is not None:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigurationError, match="the clock file cannot be read"):
        FileClock(path)


def test_changed_clock_file_calls_back_and_an_unchanged_one_does_not(tmp_path: Path, machine: SteppedClock) -> None:
    path = tmp_path / "clock.json"
    write_anchor(path, Anchor(VIRTUAL, REAL, 60))
    clock = FileClock(path)
    calls: list[datetime] = []
    clock.on_change(lambda: calls.append(clock.now()))
    clock.reread()
    assert calls == []
    jumped = VIRTUAL + timedelta(hours=1)
    write_anchor(path, Anchor(jumped, REAL, 0))
    clock.reread()
    clock.reread()
    assert (calls, clock.speed) == ([jumped], 0)


async def test_followed_clock_file_is_taken_up_also_after_it_was_broken_for_a_while(
    tmp_path: Path, machine: SteppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "clock.json"
    write_anchor(path, Anchor(VIRTUAL, REAL, 60))
    clock = FileClock(path)
    clock.POLL_SECONDS = 0.0  # polls as fast as the test goes on
    changed = asyncio.Event()
    clock.on_change(changed.set)
    following = asyncio.create_task(clock.follow())
    path.write_text('{"virtual": "2022-07-')
    async with asyncio.timeout(10):
        while not caplog.messages:  # noqa: ASYNC110 - the clock logs and tells nobody
            await asyncio.sleep(0)  # noqa: TID251 - as above
        assert clock.now() == VIRTUAL
        write_anchor(path, Anchor(VIRTUAL + timedelta(hours=1), REAL, 0))
        await changed.wait()
    assert clock.now() == VIRTUAL + timedelta(hours=1)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    broken = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(broken) == 1


@pytest.mark.parametrize(("hours", "how"), [(1, "forward, or it was asleep"), (-1, "back")])
async def test_machine_whose_clock_is_set_in_mid_session_is_noticed_once(
    hours: int, how: str, machine: SteppedClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: machine.now().timestamp())
    clock = AnchoredClock()
    calls: list[datetime] = []
    clock.on_change(lambda: calls.append(clock.now()))
    machine.advance(seconds=100)  # both clocks go on alike
    clock.notice_step()
    machine._real += timedelta(seconds=1)  # as much as a time server corrects at once
    clock.notice_step()
    assert (calls, caplog.messages) == ([], [])
    machine._real += timedelta(hours=hours)
    clock.notice_step()
    clock.notice_step()
    assert calls == [REAL + timedelta(hours=hours, seconds=101)]
    assert caplog.messages == [f"this machine's clock was set by {hours * 3600} s ({how}); looking at everything again"]


async def test_even_clock_is_followed_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = AnchoredClock()
    clock.LOOK_SECONDS = 0.0
    looked = asyncio.Event()
    monkeypatch.setattr(clock, "notice_step", looked.set)
    following = asyncio.create_task(clock.follow())
    async with asyncio.timeout(10):
        await looked.wait()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


def test_real_now_is_aware_and_in_utc() -> None:
    assert clocks.real_now().tzinfo is UTC


class EarlyTimers(SteppedClock):
    """Time passes between two looks at this clock: here a timer for 2 ms rings after 1.6, and the next on time."""

    def __init__(self, *passed_ms: float) -> None:
        super().__init__(DURING_BREAK)
        self.passed_ms = list(passed_ms)

    def real(self) -> datetime:
        self.advance(seconds=self.passed_ms.pop(0) / 1000 if self.passed_ms else 0)
        return super().real()


async def test_moment_is_waited_for_to_its_end_where_a_timer_rings_early() -> None:
    clock = EarlyTimers(0, 1.6, 0.4)
    due = DURING_BREAK + timedelta(milliseconds=2)
    await wait_until(clock, due)
    assert clock.now() == due


@pytest.mark.parametrize("passed", [(0,), (0, 1, -3_600_000)])
async def test_moment_that_goes_away_is_waited_for_no_longer(passed: tuple[float, ...]) -> None:
    clock = EarlyTimers(*passed)
    due = DURING_BREAK + timedelta(milliseconds=2)
    await wait_until(clock, due)
    assert clock.now() < due


@pytest.mark.parametrize("speed", [0, 1])
async def test_moment_that_is_past_or_never_comes_is_not_waited_for(speed: float) -> None:
    clock = SteppedClock(DURING_BREAK, speed=speed)
    await wait_until(clock, DURING_BREAK + timedelta(hours=1) * (1 - speed))
    assert clock.now() == DURING_BREAK
