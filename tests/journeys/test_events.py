"""Discord's list of events, and a stage's topic, kept in step with the forecast by the real bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.loopback import EventStatus, Permission, ScheduledEvent, StageChannel
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.loopback.world.channels import Stage as OpenStage
from bot.rehearsal.loopback.world.messages import Message
from tests.journeys.run_stage import RunStage
from tests.journeys.stage import PATIENCE, TITLES

SCHEDULED, ACTIVE = EventStatus.SCHEDULED, EventStatus.ACTIVE
COMPLETED, CANCELED = EventStatus.COMPLETED, EventStatus.CANCELED
STAGE_MODERATOR = ("manage_channels", "mute_members", "move_members")


def utc(time: str) -> datetime:
    return datetime.fromisoformat(f"2022-07-21T{time}").replace(tzinfo=UTC)


class EventStage(RunStage):
    """A stage on whose Discord it is the time that the bot's clock shows, with a stage channel."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.loopback.world.present = self.clock.now
        self.voice: StageChannel = self.server.add_stage_channel("hall-f-live")
        self.role_of_bot = next(role for role in self.server.roles.values() if role.managed)

    def allow_events(self) -> None:
        """Let the bot's role create events."""
        self.role_of_bot.set_permissions(self.role_of_bot.permissions | Permission.CREATE_EVENTS)

    async def ready(self) -> None:
        self.allow_events()
        await super().ready()

    @property
    def events(self) -> list[ScheduledEvent]:
        return self.server.events_now()

    async def until(self, what: Callable[[], object], otherwise: str) -> None:
        """Wait until something is so; it is looked at whenever anything happens on the loopback."""
        await self.loopback.world.hub.wait_for(
            lambda: what() or None, within=PATIENCE, otherwise=lambda: f"{otherwise}: {self.events} {self.topic}"
        )

    async def event(self, *history: EventStatus) -> ScheduledEvent:
        """The one event, once it has gone through these."""
        await self.until(lambda: [e.history for e in self.events] == [list(history)], f"not {history}")
        return self.events[0]

    @property
    def topic(self) -> str | None:
        return self.voice.stage.topic if self.voice.stage else None

    async def until_topic(self, topic: str | None) -> None:
        await self.until(lambda: self.topic == topic, f"not {topic}")

    def refused(self) -> list[str]:  # type: ignore[override] # another question, of requests
        """The requests about events and stages that Discord refused."""
        return [f"{r.method} {r.status}" for r in self.loopback.requests.matching("events|stage-") if r.status >= 400]

    def notices(self) -> list[Message]:
        return [m for m in self.general.messages if m.content.startswith("Chairside cannot")]


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[EventStage]:
    async with EventStage.running(tmp_path) as stage:
        yield stage


async def test_event_follows_the_session_from_import_to_its_end(stage: EventStage) -> None:
    told = await stage.use(stage.manager, "setup events", on=True)
    assert told.content == "Each session has a scheduled event that follows the forecast, the next ones first."
    event = await stage.event(SCHEDULED)
    assert (event.name, event.location) == ("Deep Learning", "Hall F")
    assert (event.starts_at, event.ends_at) == (utc("19:30"), utc("21:00"))
    assert event.creator is stage.loopback.bot
    assert (event.description or "").splitlines()[0] == "Moderator: Robin Walters · 15 talks"
    await stage.tap("Start", at="12:37")  # by then Discord has begun it by itself
    await stage.event(SCHEDULED, ACTIVE)
    await stage.until(lambda: event.ends_at == utc("21:07"), "the end does not follow the late start")
    assert event.starts_at == utc("19:30")
    await stage.use(stage.moderator, "session close")
    await stage.event(SCHEDULED, ACTIVE, COMPLETED)
    assert stage.refused() == []


@pytest.mark.slow
async def test_session_that_begins_early_begins_its_event(stage: EventStage) -> None:
    await stage.use(stage.manager, "setup events", on=True)
    await stage.event(SCHEDULED)
    await stage.tap("Start", at="12:25")
    event = await stage.event(SCHEDULED, ACTIVE)
    await stage.use(stage.moderator, "session close")
    await stage.event(SCHEDULED, ACTIVE, COMPLETED)
    assert (event.starts_at, stage.refused()) == (utc("19:30"), [])


@pytest.mark.slow
async def test_event_moves_with_the_plan_and_goes_with_its_talks(stage: EventStage) -> None:
    await stage.use(stage.manager, "setup events", on=True)
    event = await stage.event(SCHEDULED)
    moved = await stage.use(stage.manager, "schedule edit", session=stage.session_key(1), start="16:00")
    await stage.press(stage.manager, moved.message, "Apply")
    await stage.until(lambda: (event.starts_at, event.ends_at) == (utc("20:00"), utc("21:30")), "not moved")
    assert event.status is SCHEDULED
    assert stage.refused() == []


@pytest.mark.slow
async def test_stage_says_what_is_on_from_start_to_end(stage: EventStage) -> None:
    stage.voice.allow_bot(*STAGE_MODERATOR)
    told = await stage.use(stage.manager, "setup events", room="hall f", stage=stage.voice)
    assert told.content == (
        f"The topic of {stage.voice.mention} says what is on in Hall F, from its session's start to its end."
    )
    await stage.tap("Start", at="12:30")
    await stage.until_topic(f"Now: {TITLES[0]}")
    await stage.console(f"On stage: **{TITLES[0]}**")
    await stage.tap("Next", at="12:35")
    await stage.until_topic(f"Now: {TITLES[1]}")
    await stage.console(f"On stage: **{TITLES[1]}**")
    stage.voice.close()  # nobody spoke, so Discord ended it
    await stage.tap("Next", at="12:40")
    await stage.until_topic(f"Now: {TITLES[2]}")
    await stage.use(stage.moderator, "session close")
    await stage.until_topic(None)
    assert stage.events == []


@pytest.mark.slow
async def test_stage_is_ended_by_the_bot_whose_opening_of_it_got_lost(stage: EventStage) -> None:
    stage.voice.allow_bot(*STAGE_MODERATOR)
    await stage.use(stage.manager, "setup events", room="hall f", stage=stage.voice)
    stage.loopback.faults.lose_response(1, matching="POST /stage-instances")
    await stage.tap("Start", at="12:30")
    await stage.loopback.requests.wait_for("POST /stage-instances")
    await stage.kill_bot()
    await stage.start_bot()
    await stage.tap("Next", at="12:35")
    await stage.until_topic(f"Now: {TITLES[1]}")
    await stage.use(stage.moderator, "session close")
    await stage.until_topic(None)


@pytest.mark.slow
async def test_stage_that_somebody_else_opened_is_theirs_to_end(stage: EventStage) -> None:
    stage.voice.allow_bot(*STAGE_MODERATOR)
    await stage.use(stage.manager, "setup events", room="hall f", stage=stage.voice)
    stage.loopback.faults.refuse(503, 1, matching="POST /stage-instances")
    await stage.tap("Start", at="12:30")
    await stage.loopback.requests.wait_for("POST /stage-instances")
    await stage.kill_bot()
    stage.voice.stage = OpenStage(1, "Welcome")
    await stage.start_bot()
    await stage.tap("Next", at="12:35")
    await stage.until_topic(f"Now: {TITLES[1]}")
    await stage.use(stage.moderator, "session close")
    async with asyncio.timeout(PATIENCE):
        while stage.stored("SELECT shown_topic FROM stage_topics") != [(None,)]:
            await pause(RealMoments(), 0.02)
    assert stage.topic == f"Now: {TITLES[1]}"


@pytest.mark.slow
async def test_nothing_is_doubled_by_a_kill_or_a_lost_answer(stage: EventStage) -> None:
    path = f"/guilds/{stage.server.id}/scheduled-events"
    stage.loopback.faults.lose_response(1, matching=f"POST {path}")
    await stage.use(stage.manager, "setup events", on=True)
    await stage.loopback.requests.wait_for(f"POST {path}")
    await stage.kill_bot()
    await stage.start_bot()
    await stage.loopback.requests.wait_for(f"GET {path}$")
    await stage.tap("Start", at="12:31")
    await stage.event(SCHEDULED, ACTIVE)
    await stage.kill_bot()
    await stage.start_bot()
    await stage.use(stage.moderator, "session close")
    await stage.event(SCHEDULED, ACTIVE, COMPLETED)
    assert len(stage.loopback.requests.matching(f"POST {path}")) == 1


async def test_turned_off_takes_away_what_is_planned_and_on_again_makes_it_anew(stage: EventStage) -> None:
    await stage.use(stage.manager, "setup events", on=True)
    await stage.event(SCHEDULED)
    told = await stage.use(stage.manager, "setup events", on=False)
    assert told.content == "Scheduled events are taken away, and sessions have none any more."
    await stage.event(SCHEDULED, CANCELED)
    await stage.use(stage.manager, "setup events", on=True)
    await stage.until(lambda: [e.status for e in stage.events] == [CANCELED, SCHEDULED], "not made anew")


@pytest.mark.slow
async def test_event_that_somebody_deleted_is_not_made_again(stage: EventStage) -> None:
    await stage.use(stage.manager, "setup events", on=True)
    event = await stage.event(SCHEDULED)
    del stage.server.events[event.id]
    await stage.tap("Start", at="12:25")
    await stage.loopback.requests.wait_for(f"PATCH .*/{event.id}")
    await stage.use(stage.moderator, "session close")
    assert stage.events == []
    assert stage.refused() == ["PATCH 404"]


async def test_missing_permission_is_told_once_and_events_come_once_it_is_there(stage: EventStage) -> None:
    stage.role_of_bot.set_permissions(stage.role_of_bot.permissions & ~Permission.CREATE_EVENTS)
    await stage.clock_noticed()
    told = await stage.use(stage.manager, "setup events", on=True)
    assert "But as it is, its role lacks Create Events." in told.content
    notice = await stage.until_posted("Chairside cannot keep scheduled events", channel=stage.general)
    assert notice.content.splitlines() == [
        "Chairside cannot keep scheduled events: its role lacks Create Events.",
        "Tick it under Server Settings → Roles → Chairside, or turn this off with /setup events.",
    ]
    check = await stage.use(stage.manager, "setup check")
    assert "tick Create Events under Server Settings → Roles → Chairside; needed for scheduled events." in check.content
    stage.allow_events()
    await stage.event(SCHEDULED)
    assert len(stage.notices()) == 1
    assert stage.refused() == []


@pytest.mark.slow
async def test_stage_without_permission_is_told_and_checked(stage: EventStage) -> None:
    told = await stage.use(stage.manager, "setup events", room="Hall F", stage=stage.voice)
    assert "it lacks Manage Channel, Mute Members and Move Members." in told.content
    check = await stage.use(stage.manager, "setup check")
    assert (
        "tick Manage Channel, Mute Members and Move Members for Chairside under Edit Channel → Permissions of "
        f"{stage.voice.mention}."
    ) in check.content
    await stage.tap("Start", at="12:30")
    await stage.until_posted("Chairside cannot show what is on", channel=stage.general)
    await stage.use(stage.manager, "setup events", room="Hall F")
    await stage.use(stage.moderator, "timer next")
    assert len(stage.notices()) == 1
    assert stage.topic is None
    assert stage.refused() == []
