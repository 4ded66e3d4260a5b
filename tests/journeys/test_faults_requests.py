"""Discord answers requests with 500, 502 or 503, or not at all: posts, edits, direct messages and answers to taps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.loopback.moments import RealMoments, pause
from db.tables import Delivery
from tests.journeys.forked_bot import ForkedBot
from tests.journeys.run_stage import RunStage
from tests.journeys.stage import PATIENCE, TITLES
from tests.journeys.test_reminders import add_talk, told, until_told


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RunStage]:
    async with RunStage.running(tmp_path) as stage:
        yield stage


def posts(stage: RunStage) -> str:
    return rf"POST /channels/{stage.hall.id}/messages"


@pytest.mark.parametrize(
    "status", [pytest.param(500, marks=pytest.mark.slow), pytest.param(502, marks=pytest.mark.slow), 503]
)
async def test_post_that_discord_fails_at_comes_once_when_it_can(stage: RunStage, status: int) -> None:
    """500 and 502 are repeated by discord.py inside one attempt, 503 by the outbox after a search."""
    stage.loopback.faults.refuse(status, times=2, matching=posts(stage))
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
    stage.at("12:30")
    await stage.until_reminded(TITLES[1])
    assert stage.announced() == list(TITLES[:2])


@pytest.mark.slow
async def test_post_that_fails_until_its_talk_began_is_given_up_with_its_reason(stage: RunStage) -> None:
    stage.loopback.faults.refuse(503, matching=posts(stage))
    stage.at("12:25")
    await stage.loopback.requests.wait_for(posts(stage), count=3)
    stage.at("12:31")
    stage.loopback.faults.clear()
    await stage.until_reminded(TITLES[1])
    assert stage.announced() == [TITLES[1]]
    async with asyncio.timeout(PATIENCE):  # it waits for its next try
        while (first := await earliest_reminder(stage)).state == "pending":
            await pause(RealMoments(), 0.05)
    assert (first.state, (first.reason or "")[:24]) == ("skipped", "too late: its talk began")


async def earliest_reminder(stage: RunStage) -> Delivery:
    return min((row for row in await stage.deliveries() if row.kind == "up_next"), key=lambda row: row.due_at)


@pytest.mark.slow
async def test_edit_that_discord_fails_at_is_made_when_it_can(stage: RunStage) -> None:
    board = await stage.until_posted("**Now and next**")
    edit = rf"PATCH /channels/{stage.hall.id}/messages/{board.id}"
    stage.loopback.faults.refuse(503, times=2, matching=edit)
    stage.loopback.faults.lose_response(1, matching=edit)
    stage.at("12:30")
    assert (await stage.until_posted("**Now and next**", f"Now: **{TITLES[0]}**")).id == board.id
    await stage.loopback.requests.wait_for(edit, count=3)
    assert len(stage.boards()) == 1


@pytest.mark.slow
async def test_direct_message_that_discord_fails_at_comes_once(stage: RunStage) -> None:
    await add_talk(stage, 0)
    direct = rf"POST /channels/{stage.attendee.direct_channel.id}/messages"
    stage.loopback.faults.refuse(503, times=1, matching=direct)
    stage.loopback.faults.lose_response(1, matching=direct)
    stage.at("12:25")
    await until_told(stage.attendee, TITLES[0])
    await stage.loopback.requests.wait_for(direct, count=2)
    await stage.until_reminded(TITLES[0])
    assert {row.state for row in await stage.deliveries() if row.user_id} == {"sent"}
    assert len(told(stage.attendee)) == 1


@pytest.mark.slow
async def test_tap_whose_acknowledgement_fails_once_is_answered(stage: RunStage) -> None:
    stage.loopback.faults.refuse(502, times=1, matching="POST /interactions/")
    answer = await stage.tap("Start", at="12:30")
    assert TITLES[0] in answer
    await stage.console(f"On stage: **{TITLES[0]}**")


@pytest.mark.slow
async def test_tap_whose_answer_fails_twice_counts_once_and_is_answered(stage: RunStage) -> None:
    stage.loopback.faults.refuse(500, times=1, matching="(PATCH|POST) /webhooks/")
    answer = await stage.tap("Start", at="12:30")
    assert TITLES[0] in answer
    assert stage.stored("SELECT count(*) FROM timing_events") == [(1,)]


@pytest.mark.slow
async def test_tap_that_discord_never_hears_acknowledged_changes_nothing_and_the_next_one_does(stage: RunStage) -> None:
    console = await stage.console()
    stage.at("12:30")
    await stage.clock_noticed()
    stage.loopback.faults.refuse(503, matching="POST /interactions/")
    failed = await stage.moderator.press(console, "Start")
    assert failed.content == "This interaction failed"
    stage.loopback.faults.clear()
    assert TITLES[0] in await stage.tap("Start")
    assert stage.stored("SELECT count(*) FROM timing_events") == [(1,)]


async def test_tap_whose_acknowledgement_got_lost_changes_nothing_and_says_so(stage: RunStage) -> None:
    stage.loopback.faults.lose_response(1, matching="POST /interactions/")
    said = await stage.press(stage.moderator, await stage.console(), "Start")
    assert said.content == "Something went wrong inside Chairside; nothing was changed. Please try again in a moment."
    assert stage.stored("SELECT count(*) FROM timing_events") == [(0,)]
    assert TITLES[0] in await stage.tap("Start", at="12:30")


@pytest.mark.slow
@pytest.mark.parametrize("status", [403, 429])
async def test_channel_that_refuses_everything_costs_few_requests(stage: RunStage, status: int) -> None:
    """Discord bans an address for 10,000 such answers in ten minutes; here each of the session's reminders is due."""
    stage.loopback.faults.refuse(status, matching=rf"POST /channels/({stage.hall.id}|{stage.general.id})/messages")
    stage.at("12:25")
    await stage.loopback.requests.wait_for(posts(stage))
    for time in ("12:30", "12:35", "12:40", "12:45"):
        stage.at(time)
        await stage.clock_noticed()
    assert (await stage.use(stage.attendee, "upnext")).content.startswith("Up next")
    assert stage.loopback.requests.statuses[status] <= 20


@dataclass
class SmallShare(ForkedBot):
    """One of a thousand shards, whose share of the invalid requests that Discord allows is ten."""

    server_id: int = 0

    @property
    def environment(self) -> dict[str, str]:
        shard = (self.server_id >> 22) % 1000
        return super().environment | {"SHARD_COUNT": "1000", "SHARD_IDS": str(shard)}


class SmallShareStage(RunStage):
    async def start_bot(self) -> None:
        self.bot = SmallShare(
            *(self.folder, self.loopback.token, self.loopback.api_base, self.clock.setting),
            log_level="INFO",
            store=self.bot.store,
            server_id=self.server.id,
        )
        await super().start_bot()


@pytest.mark.slow
async def test_nothing_is_posted_and_taps_are_answered_before_discord_bans_the_address(tmp_path: Path) -> None:
    async with SmallShareStage.running(tmp_path) as stage:
        stage.loopback.faults.refuse(429, matching=posts(stage))
        stage.at("12:25")
        await stage.until_logged("nothing is posted or edited for now")
        stage.loopback.faults.clear()
        refused = stage.loopback.requests.invalid
        assert 5 <= refused < 10
        stage.at("12:50")
        answer = await stage.press(stage.moderator, await stage.console(), "Start")
        assert TITLES[0] in answer.content
        assert stage.announced() == []
        assert stage.loopback.requests.invalid == refused
        assert stage.bot.log_path.read_text().count("nothing is posted or edited for now") == 1
