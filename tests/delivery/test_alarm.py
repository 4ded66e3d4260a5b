"""The alarm on APScheduler: it rings once for the armed instant, also when that is past."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base
from apscheduler.triggers import interval

from bot.clock import real_now
from bot.delivery.alarm import SchedulerAlarm


class Bell:
    """Counts rings, and lets a test wait for one."""

    def __init__(self) -> None:
        self.rings = 0
        self._rang = asyncio.Event()

    def ring(self) -> None:
        self.rings += 1
        self._rang.set()

    async def rang(self) -> None:
        async with asyncio.timeout(10):
            await self._rang.wait()
        self._rang.clear()


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
async def alarm(bell: Bell) -> AsyncIterator[SchedulerAlarm]:
    started = SchedulerAlarm()
    started.start(bell.ring)
    yield started
    started.stop()


async def test_instant_long_past_rings_once(alarm: SchedulerAlarm, bell: Bell) -> None:
    alarm.arm(real_now() - timedelta(hours=1))
    await bell.rang()
    assert bell.rings == 1


async def test_instant_armed_again_while_ringing_rings_again(alarm: SchedulerAlarm, bell: Bell) -> None:
    past = real_now() - timedelta(hours=1)
    for _ in range(20):
        alarm.arm(past)
        await bell.rang()
    assert bell.rings == 20


async def test_later_instant_replaces_the_one_that_was_armed(alarm: SchedulerAlarm, bell: Bell) -> None:
    alarm.arm(real_now() + timedelta(hours=2))
    alarm.arm(real_now() + timedelta(hours=1))
    alarm.arm(real_now())
    await bell.rang()
    assert [job.id for job in alarm._scheduler.get_jobs()] == []


async def test_disarmed_alarm_has_nothing_to_ring_for(alarm: SchedulerAlarm) -> None:
    alarm.arm(None)
    alarm.arm(real_now() + timedelta(hours=1))
    alarm.arm(None)
    assert alarm._scheduler.get_jobs() == []


async def test_regular_task_runs_at_its_interval_without_a_grace_time(alarm: SchedulerAlarm) -> None:
    async def beat() -> None:
        """Nothing to do."""

    alarm.every(30, "heartbeat", beat)
    alarm.every(30, "heartbeat", beat)
    (job,) = alarm._scheduler.get_jobs()
    assert (job.id, job.trigger.interval, job.misfire_grace_time) == ("heartbeat", timedelta(seconds=30), None)


async def test_alarm_stopped_twice_stays_stopped(bell: Bell) -> None:
    alarm = SchedulerAlarm()
    alarm.stop()
    alarm.start(bell.ring)
    alarm.stop()
    alarm.stop()


async def test_regular_tasks_go_on_at_once_where_the_machines_clock_was_set_back(
    alarm: SchedulerAlarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def beat() -> None:
        """Nothing to do."""

    alarm.every(30, "heartbeat", beat)
    earlier = real_now() - timedelta(hours=1)
    for module in (base, interval):
        monkeypatch.setattr(module, "datetime", _at(earlier))
    alarm.anew()
    (job,) = alarm._scheduler.get_jobs()
    assert job.next_run_time - earlier <= timedelta(seconds=30)


def _at(moment: datetime) -> type[datetime]:
    class Set(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # one moment for everybody
            return moment.astimezone(tz)

    return Set
