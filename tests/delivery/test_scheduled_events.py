"""The keeper of Discord's list of events on a real store, with requests that fail in every way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.delivery.discord_events import Why
from bot.delivery.scheduled_events import EventKeeper
from bot.delivery.shards import Shards
from bot.messages.scheduled_events import EventTexts
from bot.rules.run import TimingKind
from bot.rules.scheduled_events import EVENTS_AT_ONCE, Status
from bot.rules.taps import Tap
from bot.schedules.schedule import Session
from bot.services.pausing import pause_posting, resume_posting
from bot.services.scheduled_events import keep_events
from bot.services.stage_topics import set_stage
from bot.services.timekeeping import tap_clock
from db.database import Database
from tests.builders import SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.delivery.fake_events import FakeEvents
from tests.delivery.fakes import FakeChannels
from tests.services.hall import anybody
from tests.services.store import deliveries, import_page

STAGE = 777


@dataclass
class Hall:
    """A server with the ICML session that wants events, and their keeper."""

    db: Database
    clock: SteppedClock
    discord: FakeEvents = field(default_factory=FakeEvents)
    has_room: bool = True
    woken: int = 0

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A new process in place of one that was killed."""
        self.keeper = EventKeeper(
            *(self.db, self.clock, self.discord, FakeChannels(self.clock)),
            shards=Shards(),
            may_request=lambda: self.has_room,
            wake_sender=self._woken,
        )

    def _woken(self) -> None:
        self.woken += 1

    async def turn(self, *, on: bool) -> None:
        await keep_events(self.db, self.clock, server_id=SERVER, keeps=on)

    async def look(self, *, minutes: float = 0) -> list[str]:
        """Let time pass and look; what was asked of Discord."""
        self.clock.advance(minutes=minutes)
        before = len(self.discord.requests)
        await self.keeper.look()
        await self.keeper.finish()
        return self.discord.requests[before:]

    async def tap(self, kind: TimingKind, talk: int | None = None) -> None:
        tap = Tap(kind, 99, talk)
        await tap_clock(self.db, self.clock, server_id=SERVER, session_id=1, tap=tap, check=anybody)


@pytest.fixture
async def hall(db: Database, clock: SteppedClock) -> Hall:
    await import_page(db, clock)
    hall = Hall(db, clock)
    await hall.turn(on=True)
    return hall


def sessions(number: int) -> list[Session]:
    """So many sessions, each in a room of its own and a minute later than the one before."""
    start = at("13:00")
    return [
        a_session(a_talk(f"Talk {n}", starts_at=start + timedelta(minutes=n)), title=f"Session {n}", room=f"Room {n}")
        for n in range(number)
    ]


async def test_nothing_is_made_while_it_is_not_wanted(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    assert await Hall(db, clock).look() == []


async def test_event_is_made_begun_and_ended(hall: Hall) -> None:
    assert await hall.look() == ["create"]
    assert await hall.look() == []
    hall.clock.jump(at("12:28"))
    await hall.tap(TimingKind.START, 1)
    assert await hall.look() == ["active"]
    assert await hall.look(minutes=2) == []
    await hall.tap(TimingKind.CLOSE)
    assert await hall.look() == ["over"]
    assert hall.discord.listed == [("Deep Learning", Status.OVER)]


async def test_end_follows_a_late_start_and_discord_may_have_begun_it(hall: Hall) -> None:
    await hall.look()
    hall.discord.events[1].status = Status.ACTIVE
    hall.clock.jump(at("12:33"))
    await hall.tap(TimingKind.START, 1)
    assert await hall.look() == ["status", "edit"]
    assert (hall.discord.events[1].starts_at, hall.discord.events[1].ends_at) == (at("12:30"), at("14:03"))


async def test_event_of_a_session_that_runs_over_is_kept_open(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_schedule(a_session(a_talk(starts_at=at("12:30"), minutes=5))))
    hall = Hall(db, clock)
    await hall.turn(on=True)
    await hall.look()
    hall.clock.jump(at("12:29"))
    await hall.tap(TimingKind.START, 1)
    await hall.look()
    ends = []
    for _ in range(9):
        await hall.look(minutes=1)
        ends.append(hall.discord.events[1].ends_at)
    assert hall.discord.requests.count("edit") <= 4
    moments = [at("12:29") + timedelta(minutes=n) for n in range(1, 10)]
    assert [end > now for end, now in zip(ends, moments, strict=True)] == [True] * 9


async def test_answer_that_was_lost_is_looked_for_and_nothing_doubled(hall: Hall) -> None:
    hall.discord.lost = True
    assert await hall.look() == ["create"]
    hall.restart()
    assert await hall.look() == ["find"]
    assert hall.discord.listed == [("Deep Learning", Status.SCHEDULED)]
    hall.clock.jump(at("12:28"))
    await hall.tap(TimingKind.START, 1)
    assert await hall.look() == ["active"]


async def test_creation_that_never_arrived_is_made_after_it_was_looked_for(hall: Hall) -> None:
    hall.discord.failures = [Why.AWAY]
    assert await hall.look() == ["create"]
    assert await hall.look() == []  # it is away
    assert await hall.look(minutes=0.1) == ["find", "create"]


async def test_what_is_away_is_asked_ever_more_seldom(hall: Hall) -> None:
    hall.discord.failures = [Why.AWAY] * 100
    for _ in range(60):
        await hall.look(minutes=0.1)
    assert len(hall.discord.requests) <= 8


async def test_missing_permission_is_told_once_and_nothing_is_asked(hall: Hall) -> None:
    hall.discord.lacks = ["Create Events"]
    for _ in range(5):
        assert await hall.look(minutes=5) == []
    (notice,) = await deliveries(hall.db, kind="notice")
    assert notice.details["problem"] == "its role lacks Create Events."
    assert hall.woken >= 1
    hall.discord.lacks = []
    hall.clock.jump(at("12:20"))
    assert await hall.look() == ["create"]


async def test_refusal_against_all_that_is_known_is_told_and_not_repeated(hall: Hall) -> None:
    hall.discord.failures = [Why.FORBIDDEN]
    assert await hall.look() == ["create"]
    assert await hall.look(minutes=1) == []
    assert len(await deliveries(hall.db, kind="notice")) == 1


async def test_turned_off_without_permission_nobody_is_told(hall: Hall) -> None:
    await hall.look()
    hall.discord.lacks = ["Create Events"]
    await hall.turn(on=False)
    assert await hall.look() == []
    assert await deliveries(hall.db, kind="notice") == []
    hall.discord.lacks = []
    assert await hall.look() == ["call off"]


async def test_refused_change_is_not_asked_for_again_until_something_else_is_owed(hall: Hall) -> None:
    await hall.look()
    hall.clock.jump(at("12:33"))
    await hall.tap(TimingKind.START, 1)
    hall.discord.failures = [None, None, Why.REFUSED]
    assert await hall.look() == ["status", "active", "edit", "status"]
    assert await hall.look() == []
    hall.restart()
    hall.discord.failures = [Why.REFUSED]
    assert await hall.look() == ["edit", "status"]
    assert await hall.look() == []
    await hall.tap(TimingKind.CLOSE)
    assert await hall.look() == ["over"]


async def test_event_that_somebody_ended_is_left_alone(hall: Hall) -> None:
    await hall.look()
    hall.discord.events[1].status = Status.OVER
    hall.clock.jump(at("12:28"))
    await hall.tap(TimingKind.START, 1)
    assert await hall.look() == ["active", "status"]
    assert await hall.look() == []
    await hall.tap(TimingKind.CLOSE)
    assert await hall.look() == []


async def test_end_whose_answer_was_lost_is_not_taken_for_somebody_elses(hall: Hall) -> None:
    await hall.look()
    await hall.turn(on=False)
    hall.discord.events[1].status = Status.OVER
    assert await hall.look() == ["call off", "status"]
    await hall.turn(on=True)
    assert await hall.look() == ["create"]


@pytest.mark.slow
async def test_server_holds_so_many_at_once_the_next_ones_first(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_schedule(*reversed(sessions(EVENTS_AT_ONCE + 3))))
    hall = Hall(db, clock)
    await hall.turn(on=True)
    await hall.look()
    assert [name for name, _ in hall.discord.listed] == [f"Session {n}" for n in range(EVENTS_AT_ONCE)]
    assert await hall.look() == []
    hall.clock.jump(at("13:06"))  # the first two are over by the plan
    await hall.look()
    assert [name for name, _ in hall.discord.listed[EVENTS_AT_ONCE:]] == ["Session 80", "Session 81"]


async def test_server_that_is_full_of_others_events_is_asked_again_later(hall: Hall) -> None:
    hall.discord.failures = [Why.FULL]
    assert await hall.look() == ["create"]
    assert await hall.look(minutes=0.5) == []
    assert await hall.look(minutes=1) == ["create"]


async def test_nothing_is_done_while_paused_or_without_room_in_the_budget(hall: Hall) -> None:
    await pause_posting(hall.db, hall.clock, SERVER)
    assert await hall.look() == []
    await resume_posting(hall.db, SERVER)
    hall.has_room = False
    assert await hall.look() == []
    hall.has_room = True
    assert await hall.look() == ["create"]


async def test_stage_is_opened_told_what_is_on_and_ended(hall: Hall) -> None:
    await hall.turn(on=False)
    await set_stage(hall.db, hall.clock, server_id=SERVER, room="Hall F", channel_id=STAGE)
    assert await hall.look() == []
    await hall.tap(TimingKind.START, 1)
    assert await hall.look() == ["open"]
    assert hall.discord.stages == {STAGE: "Now: Talk 1"}
    await hall.tap(TimingKind.START, 2)
    assert await hall.look() == ["topic"]
    await hall.tap(TimingKind.CLOSE)
    assert await hall.look() == ["close"]
    assert (hall.discord.stages, await hall.look()) == ({}, [])


async def test_stage_whose_opening_got_lost_is_still_ended_and_somebody_elses_is_not(hall: Hall) -> None:
    await hall.turn(on=False)
    await set_stage(hall.db, hall.clock, server_id=SERVER, room="Hall F", channel_id=STAGE)
    hall.discord.lost = True
    await hall.tap(TimingKind.START, 1)
    assert await hall.look() == ["open"]
    hall.restart()
    await hall.tap(TimingKind.START, 2)
    assert await hall.look() == ["open", "look", "topic"]
    await hall.tap(TimingKind.CLOSE)
    assert await hall.look() == ["close"]
    hall.discord.stages = {STAGE: "Welcome"}
    await hall.tap(TimingKind.UNDO)
    assert await hall.look() == ["open", "topic"]
    await hall.tap(TimingKind.CLOSE)
    assert await hall.look() == []
    assert STAGE in hall.discord.stages


async def on_stage_alone(hall: Hall) -> None:
    """The session begins, with a stage that says what is on and no event."""
    await hall.turn(on=False)
    await set_stage(hall.db, hall.clock, server_id=SERVER, room="Hall F", channel_id=STAGE)
    await hall.tap(TimingKind.START, 1)


async def closed(hall: Hall) -> list[str]:
    """End the session; what was asked of Discord."""
    await hall.tap(TimingKind.CLOSE)
    return await hall.look(minutes=1)


async def test_stage_that_somebody_opens_after_the_bots_request_got_lost_is_not_ended(hall: Hall) -> None:
    await on_stage_alone(hall)
    hall.discord.failures = [Why.AWAY]
    assert await hall.look() == ["open"]
    hall.discord.stages = {STAGE: "Welcome"}
    assert await hall.look(minutes=1) == ["open", "look", "topic"]
    assert await closed(hall) == []
    assert hall.discord.stages == {STAGE: "Now: Talk 1"}


async def test_stage_is_not_the_bots_because_its_topic_took_two_tries(hall: Hall) -> None:
    await on_stage_alone(hall)
    hall.discord.stages = {STAGE: "Welcome"}
    hall.discord.failures = [None, Why.AWAY]
    assert await hall.look() == ["open", "topic"]
    assert await hall.look(minutes=1) == ["open", "topic"]
    assert await closed(hall) == []
    assert STAGE in hall.discord.stages


@pytest.mark.parametrize(("says", "asked"), [("Now: Talk 1", ["look", "close"]), ("Welcome", ["look"])])
async def test_stage_of_which_nobody_knows_whether_the_bot_opened_it_is_ended_by_what_it_says(
    hall: Hall, says: str, asked: list[str]
) -> None:
    await on_stage_alone(hall)
    hall.discord.failures = [Why.AWAY]
    assert await hall.look() == ["open"]
    hall.restart()
    hall.discord.stages = {STAGE: says}
    assert await closed(hall) == asked
    assert await hall.look(minutes=1) == []


async def test_stage_that_was_opened_between_two_talks_is_known_by_its_sessions_title(hall: Hall) -> None:
    await on_stage_alone(hall)
    await hall.tap(TimingKind.END)
    hall.discord.lost = True
    assert await hall.look() == ["open"]
    assert hall.discord.stages == {STAGE: "Deep Learning"}
    await hall.tap(TimingKind.START, 2)
    assert await hall.look(minutes=1) == ["open", "look", "topic"]
    assert await closed(hall) == ["close"]


async def test_stage_that_discord_ended_and_that_somebody_opens_anew_is_not_the_bots(hall: Hall) -> None:
    await on_stage_alone(hall)
    assert await hall.look() == ["open"]
    hall.discord.stages = {}
    await hall.tap(TimingKind.START, 2)
    hall.discord.failures = [None, Why.AWAY]
    assert await hall.look() == ["topic", "open"]
    hall.discord.stages = {STAGE: "Welcome"}
    assert await hall.look(minutes=1) == ["open", "look", "topic"]
    assert await closed(hall) == []


@dataclass
class Slow(FakeEvents):
    """Takes its time over making an event."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def create(self, server_id: int, texts: EventTexts, starts_at: datetime, ends_at: datetime) -> int:
        self.asked.set()
        await self.answers.wait()
        return await super().create(server_id, texts, starts_at, ends_at)


@pytest.mark.store("postgresql")
async def test_of_two_processes_one_makes_the_event_while_the_other_neither_searches_nor_makes_it(hall: Hall) -> None:
    hall.discord = discord = Slow()
    hall.restart()
    other = Hall(Database(hall.db.url), hall.clock, discord)
    making = asyncio.create_task(hall.look())
    await discord.asked.wait()
    async with asyncio.timeout(10):  # it would wait for the same answer
        assert await other.look() == []
    discord.answers.set()
    assert await making == ["create"]
    assert await other.look() == []
    assert len(discord.listed) == 1
    await other.db.close()
