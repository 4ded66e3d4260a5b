"""The sender: on time, once, and what becomes of a message that does not get out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot.delivery.channel import Outcome
from bot.delivery.channel_problems import Problem
from bot.delivery.compose import Material, gather
from bot.delivery.shards import Shards
from bot.services.servers import server_left, set_channel, set_leads
from db.database import NOBODY, Database
from db.tables import Conference, Delivery
from tests.builders import CHANNEL, SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.delivery.desk import Desk
from tests.delivery.fakes import OWNER_CHANNEL, SYSTEM_CHANNEL, FakeChannels, Posted
from tests.services.store import deliveries, import_page, use_channel

NO_PERMISSION = Problem("permission", "in #hall-f it lacks Send Messages.", "Tick Send Messages for Chairside.")


def times(posted: list[Posted]) -> list[str]:
    """When each was posted, as the page prints times."""
    return [f"{message.posted_at - timedelta(hours=7):%H:%M:%S}" for message in posted]


async def one(db: Database, kind: str = "up_next", **columns: object) -> tuple[str, str | None]:
    """State and reason of the first delivery of a kind."""
    row = (await deliveries(db, kind=kind, **columns))[0]
    return row.state, row.reason


async def test_reminder_is_posted_at_its_moment_and_not_before(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:24:59"))
    assert channels.starting("Up next") == []
    await desk.until(at("12:25"))
    assert times(channels.starting("Up next")) == ["12:25:00"]


async def test_whole_session_posts_15_reminders_each_before_its_talk_and_none_twice(
    desk: Desk, channels: FakeChannels
) -> None:
    await desk.until(at("15:00"))
    minutes = (25, 30, 35, 40, 45, 50, 55)
    oral_and_after = ["13:00:00", *(f"13:{minute}:00" for minute in (20, 25, 30, 35, 40, 45, 50))]
    assert times(channels.starting("Up next")) == [*(f"12:{minute}:00" for minute in minutes), *oral_and_after]
    assert [message.content.split("**")[1] for message in channels.starting("Up next")] == [
        f"Talk {number}" for number in range(1, 16)
    ]
    assert times(channels.starting("**Deep Learning** begins")) == ["12:30:00"]
    assert times(channels.starting("**Deep Learning** is over")) == ["14:00:00"]
    assert len(channels.messages) == 18
    assert {row.state for row in await deliveries(desk.db)} == {"sent"}
    assert {row.lateness_ms for row in await deliveries(desk.db, kind="up_next")} == {0.0}


async def test_reminder_does_not_wait_for_the_boards_that_are_due_with_it(
    desk: Desk, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slowly(db: Database, rows: Sequence[Delivery], now: datetime) -> Material:
        material = await gather(db, rows, now)
        if any(row.kind == "board" for row in rows):
            clock.advance(seconds=3)
        return material

    monkeypatch.setattr("bot.delivery.preparing.gather_if_all_can_be", slowly)
    await set_leads(desk.db, clock, server_id=SERVER, minutes=[15])  # as long ahead as the board
    clock.jump(at("12:15"))
    await desk.settle()
    assert times(desk.channels.starting("Up next")) == ["12:15:00"]
    assert times(desk.channels.starting("**Now and next**")) == ["12:15:03"]


async def test_what_was_claimed_when_the_store_failed_is_written_in_the_next_round(
    desk: Desk, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> Material:
        raise OperationalError("SELECT", None, Exception("database is locked"))

    await desk.until(at("12:24:57"))
    with monkeypatch.context() as broken:
        broken.setattr("bot.delivery.preparing.gather_if_all_can_be", fails)
        with pytest.raises(OperationalError):
            await desk.until(at("12:24:58"))
    assert (await one(desk.db))[0] == "claimed"
    clock.advance(seconds=1)
    await desk.until(at("12:26"))
    assert times(desk.channels.starting("Up next")) == ["12:25:00"]


async def test_what_was_claimed_while_the_clock_ran_fast_leaves_its_room_once_it_runs_slowly(
    desk: Desk, clock: SteppedClock
) -> None:
    await desk.until(at("12:24"))
    clock.run_at(3000)
    await desk.settle()
    fast = [row.due_at for row in await deliveries(desk.db, state="claimed")]
    assert max(fast) > at("13:00")
    clock.run_at(1)
    await desk.settle()
    assert await deliveries(desk.db, state="claimed") == []
    assert desk.sender._preparer.prepared == {}
    await desk.until(at("12:30:01"))
    assert times(desk.channels.starting("Up next"))[0] == "12:25:00"


async def test_message_is_claimed_two_seconds_ahead_so_that_only_the_request_is_left(desk: Desk) -> None:
    await desk.until(at("12:24:57"))
    assert await one(desk.db) == ("pending", None)
    await desk.until(at("12:24:58"))
    assert await one(desk.db) == ("claimed", None)


async def test_reminder_that_is_late_for_a_talk_not_begun_is_sent_at_once(desk: Desk, clock: SteppedClock) -> None:
    clock.advance(minutes=9)
    await desk.settle()
    assert times(desk.channels.starting("Up next")) == ["12:29:00"]
    assert (await deliveries(desk.db, kind="up_next"))[0].lateness_ms == 240_000


async def test_reminder_of_a_talk_that_began_is_skipped_with_its_reason(desk: Desk, clock: SteppedClock) -> None:
    clock.advance(minutes=10)
    await desk.settle()
    reason = "too late: its talk began at 2022-07-21 19:30:00 UTC before it could be sent"
    assert await one(desk.db) == ("skipped", reason)
    assert [message.content.split("**")[1] for message in desk.channels.starting("Up next")] == ["Talk 2"]


async def test_two_leads_that_fell_due_while_the_bot_was_away_make_one_message(desk: Desk, clock: SteppedClock) -> None:
    await set_leads(desk.db, clock, server_id=SERVER, minutes=[8, 5])
    clock.advance(minutes=7)
    await desk.settle()
    assert [row.state for row in await deliveries(desk.db, talk_id=1)] == ["skipped", "sent"]
    # and a new plan does not bring the first one back
    await set_leads(desk.db, clock, server_id=SERVER, minutes=[8, 5])
    await desk.settle()
    assert len(desk.channels.starting("Up next")) == 1


async def test_lost_answer_is_found_in_the_channel_and_not_posted_again(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:24"))
    channels.lost_answers = 1
    await desk.until(at("12:26"))
    assert times(channels.starting("Up next")) == ["12:25:00"]
    row = (await deliveries(desk.db, kind="up_next"))[0]
    posted = channels.starting("Up next")[0]
    assert (row.state, row.message_id, row.id) == ("sent", posted.id, posted.delivery_id)
    assert channels.searched_since == [row.claimed_at]


async def test_answer_lost_before_it_was_posted_is_posted_after_a_search(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:24"))
    channels.failures[CHANNEL] = [Outcome.UNKNOWN]
    await desk.until(at("12:26"))
    assert len(channels.starting("Up next")) == 1
    assert [kind for kind, _ in channels.requests if kind != "edit"][-3:] == ["post", "find", "post"]
    assert await one(desk.db) == ("sent", None)


async def test_search_that_fails_is_tried_again_before_anything_is_posted(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:24"))
    channels.lost_answers, channels.find_failures = 1, [Outcome.NOT_SENT, Outcome.UNKNOWN]
    await desk.until(at("12:27"))
    assert len(channels.starting("Up next")) == 1
    assert (await one(desk.db))[0] == "sent"


async def test_discord_out_of_reach_is_tried_again_with_growing_pauses(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:24"))
    before = len(channels.requests)
    channels.failures[CHANNEL] = [Outcome.NOT_SENT] * 5
    await desk.until(at("12:29"))
    assert len(channels.starting("Up next")) == 1
    moments = [moment for kind, moment in channels.requests[before:] if kind == "post"]
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    ceilings = [0.5, 1, 2, 4, 8]
    assert [low / 2 <= pause <= low for pause, low in zip(pauses, ceilings, strict=True)] == [True] * 5


@pytest.mark.slow
async def test_discord_away_until_the_talk_began_skips_its_reminder(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:24"))
    channels.failures[CHANNEL] = [Outcome.NOT_SENT] * 1000
    await desk.until(at("12:31"))
    assert (await one(desk.db))[0] == "skipped"
    channels.failures.clear()
    await desk.until(at("12:36"))
    assert [message.content.split("**")[1] for message in channels.starting("Up next")] == ["Talk 2", "Talk 3"]


async def test_refused_message_is_given_up_and_the_next_one_goes_out(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:24"))
    channels.failures[CHANNEL] = [Outcome.REFUSED]
    await desk.until(at("12:31"))
    assert await one(desk.db) == ("failed", "Discord refused it")
    assert [message.content.split("**")[1] for message in channels.starting("Up next")] == ["Talk 2"]


async def test_missing_permission_holds_messages_back_and_is_told_once(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:24"))
    channels.problems[CHANNEL] = NO_PERMISSION
    await desk.until(at("12:28"))
    assert await one(desk.db) == ("blocked", NO_PERMISSION.what)
    notices = [message for message in channels.messages if message.channel_id == SYSTEM_CHANNEL]
    assert [(message.content, *times([message])) for message in notices] == [
        (
            "Chairside cannot post: in #hall-f it lacks Send Messages.\nTick Send Messages for Chairside.",
            "12:24:58",  # when it was to be prepared
        ),
    ]
    del channels.problems[CHANNEL]
    await desk.sender.retry_now(SERVER)
    await desk.settle()
    assert times(channels.starting("Up next")) == ["12:28:00"]


async def test_permission_back_without_word_of_it_is_noticed_within_half_a_minute(
    desk: Desk, channels: FakeChannels
) -> None:
    await desk.until(at("12:24"))
    channels.problems[CHANNEL] = NO_PERMISSION
    await desk.until(at("12:26"))
    del channels.problems[CHANNEL]
    await desk.until(at("12:26:30"))
    assert len(channels.starting("Up next")) == 1


async def test_permission_that_comes_back_after_the_talk_began_leaves_its_reminder_skipped(
    desk: Desk, channels: FakeChannels
) -> None:
    await desk.until(at("12:24"))
    channels.problems[CHANNEL] = NO_PERMISSION
    await desk.until(at("12:31"))
    del channels.problems[CHANNEL]
    await desk.until(at("12:32"))
    assert [row.state for row in await deliveries(desk.db, talk_id=1)] == ["skipped"]
    assert [message.content.split("**")[1] for message in channels.starting("Up next")] == ["Talk 2"]


async def test_refusal_of_discord_without_a_known_reason_is_told_as_well(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:24"))
    channels.failures[CHANNEL] = [Outcome.FORBIDDEN]
    await desk.until(at("12:26"))
    assert [m.content.splitlines()[0] for m in channels.messages if m.channel_id == SYSTEM_CHANNEL] == [
        f"Chairside cannot post: Discord does not let it post in <#{CHANNEL}>.",
    ]
    assert times(channels.starting("Up next")) == ["12:25:30"]


async def test_server_without_a_channel_for_notices_is_told_through_its_owner(
    desk: Desk, channels: FakeChannels
) -> None:
    channels.notice_channel = None
    channels.failures[CHANNEL] = [Outcome.CHANNEL_GONE]
    await desk.until(at("12:26"))
    assert [m.content.splitlines()[0] for m in channels.messages if m.channel_id == OWNER_CHANNEL] == [
        f"Chairside cannot post: the channel it was set to use ({CHANNEL}) was deleted.",
    ]


async def test_server_that_nobody_can_be_told_of_is_logged(
    desk: Desk, channels: FakeChannels, caplog: pytest.LogCaptureFixture
) -> None:
    channels.notice_channel = channels.owner = None
    channels.problems[CHANNEL] = NO_PERMISSION
    await desk.until(at("12:26"))
    assert f"server {SERVER} cannot be told that in #hall-f it lacks Send Messages." in caplog.messages


async def test_new_channel_takes_over_what_the_deleted_one_still_owes(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:24"))
    channels.problems[CHANNEL] = Problem("channel", "it is gone.", "Choose another.")
    await desk.until(at("12:26"))
    await use_channel(desk.db, clock, 77)
    await desk.settle()
    assert [(m.channel_id, m.content.split("**")[1]) for m in channels.starting("Up next")] == [(77, "Talk 1")]


async def test_doubtful_message_in_a_channel_without_history_is_reported_and_not_repeated(
    desk: Desk, channels: FakeChannels
) -> None:
    await desk.until(at("12:24"))
    channels.lost_answers, channels.blind = 1, True
    await desk.until(at("12:25"))
    channels.problems[CHANNEL] = Problem("permission", "in #hall-f it lacks Read Message History.", "Tick it.")
    await desk.until(at("12:29"))
    assert len(channels.starting("Up next")) == 1
    reason = "it may have been posted, and the channel could not be searched: in #hall-f it lacks Read Message History."
    assert await one(desk.db) == ("doubtful", reason)
    assert [m.content.splitlines()[0] for m in channels.messages if m.channel_id == SYSTEM_CHANNEL] == [
        "Chairside cannot post: in #hall-f it lacks Read Message History.",
    ]
    await desk.until(at("12:31"))
    assert await one(desk.db) == ("failed", reason)


async def test_doubtful_message_is_found_once_history_may_be_read_again(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:24"))
    channels.lost_answers, channels.blind = 1, True
    await desk.until(at("12:25"))
    channels.problems[CHANNEL] = NO_PERMISSION
    await desk.until(at("12:27"))
    channels.problems.clear()
    channels.blind = False
    await desk.sender.retry_now(SERVER)
    await desk.settle()
    assert await one(desk.db) == ("sent", None)
    assert len(channels.starting("Up next")) == 1


async def test_search_that_discord_forbids_is_reported_and_nothing_repeated(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:24"))
    channels.lost_answers, channels.find_failures = 1, [Outcome.FORBIDDEN] * 100
    await desk.until(at("12:29"))
    assert len(channels.starting("Up next")) == 1
    assert len([m for m in channels.messages if m.channel_id == SYSTEM_CHANNEL]) == 1


@pytest.mark.parametrize("crash", ["before post", "after post"])
async def test_process_killed_around_a_request_loses_and_doubles_nothing(
    desk: Desk, channels: FakeChannels, clock: SteppedClock, crash: str
) -> None:
    await desk.until(at("12:24:59"))
    channels.crash = crash
    clock.advance(seconds=1)
    await desk.sender.round()
    await asyncio.sleep(0)  # noqa: TID251 - the request's task reaches the place where the process dies
    assert (await one(desk.db))[0] == "sending"
    _kill(desk)
    channels.crash = None
    await desk.restart()
    await desk.until(at("12:26"))
    assert len(channels.starting("Up next")) == 1
    row = (await deliveries(desk.db, kind="up_next"))[0]
    assert (row.state, row.message_id) == ("sent", channels.starting("Up next")[0].id)


async def test_process_killed_between_claim_and_send_loses_and_doubles_nothing(
    desk: Desk, channels: FakeChannels
) -> None:
    await desk.until(at("12:24:59"))
    assert (await one(desk.db))[0] == "claimed"
    await desk.restart()
    await desk.until(at("12:26"))
    assert times(channels.starting("Up next")) == ["12:25:00"]


async def test_process_killed_while_a_message_is_doubtful_searches_from_its_first_claim(
    desk: Desk, channels: FakeChannels
) -> None:
    await desk.until(at("12:24"))
    channels.lost_answers, channels.find_failures = 1, [Outcome.NOT_SENT] * 3
    await desk.until(at("12:25"))
    claimed_at = (await deliveries(desk.db, kind="up_next"))[0].claimed_at
    await desk.restart()
    await desk.until(at("12:27"))
    assert set(channels.searched_since) == {claimed_at}
    assert len(channels.starting("Up next")) == 1


async def test_lease_of_a_dead_process_runs_out_and_its_message_is_taken_over(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    """Another process of the same shard takes over without a start of its own: by the lease alone."""
    await desk.until(at("12:24:59"))
    other = Desk(desk.db, clock, channels)
    await other.until(at("12:25:12"))
    assert channels.starting("Up next") == []
    await other.until(at("12:25:13"))  # 15 seconds after the claim
    assert len(channels.starting("Up next")) == 1
    # the first one wakes up again: its claim is gone
    await desk.settle()
    assert len(channels.starting("Up next")) == 1


async def test_pause_of_the_machine_after_the_claim_sends_late_once(desk: Desk, clock: SteppedClock) -> None:
    await desk.until(at("12:24:59"))
    clock.advance(minutes=3)
    await desk.settle()
    assert times(desk.channels.starting("Up next")) == ["12:27:59"]


async def test_clock_that_jumps_over_a_talk_skips_its_reminder(desk: Desk, clock: SteppedClock) -> None:
    await desk.until(at("12:24:59"))
    clock.jump(at("12:41"))
    await desk.settle()
    assert [message.content.split("**")[1] for message in desk.channels.starting("Up next")] == ["Talk 4"]


async def test_clock_that_jumps_back_repeats_nothing(desk: Desk, clock: SteppedClock) -> None:
    await desk.until(at("12:31"))
    posted = len(desk.channels.messages)
    clock.jump(at("12:20"))
    await desk.until(at("12:34"))
    assert len(desk.channels.messages) == posted
    await desk.until(at("12:35"))
    assert len(desk.channels.starting("Up next")) == 3


async def test_paused_clock_sends_nothing_new_and_arms_nothing(desk: Desk, clock: SteppedClock) -> None:
    await desk.until(at("12:24"))
    clock.run_at(0)
    clock.advance(minutes=60)
    await desk.settle()
    assert (desk.channels.starting("Up next"), desk.alarm.armed) == ([], None)
    clock.run_at(60)
    await desk.until(at("12:25"))
    assert times(desk.channels.starting("Up next")) == ["12:25:00"]


async def test_fast_clock_prepares_two_real_seconds_ahead(desk: Desk, clock: SteppedClock) -> None:
    clock.run_at(60)
    await desk.until(at("12:23"))
    assert await one(desk.db) == ("claimed", None)
    await desk.until(at("12:30"))
    assert times(desk.channels.starting("Up next")) == ["12:25:00", "12:30:00"]


async def test_changed_clock_wakes_a_running_sender(desk: Desk, clock: SteppedClock) -> None:
    running = asyncio.create_task(desk.sender.run())
    async with asyncio.timeout(10):
        await desk.alarm.was_armed.wait()
        await desk.sender.requests_answered()
        desk.channels.has_posted.clear()
        clock.jump(at("12:26"))
        await desk.channels.has_posted.wait()
    assert len(desk.channels.starting("Up next")) == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await desk.sender.stop()
    assert desk.alarm.stopped
    assert [(name, seconds) for name, (seconds, _) in desk.alarm.tasks.items()] == [("heartbeat", 30)]


async def test_slow_channel_holds_up_no_other(desk: Desk, channels: FakeChannels, clock: SteppedClock) -> None:
    await use_channel(desk.db, clock, 55, room="Hall G")
    other = a_session(a_talk("Elsewhere", starts_at=at("12:30")), title="Optimization", room="Hall G")
    await import_page(desk.db, clock, a_schedule(other))
    await desk.until(at("12:24:59"))
    channels.gates[CHANNEL] = asyncio.Event()
    clock.advance(seconds=1)
    await desk.sender.round()
    for _ in range(200):
        await asyncio.sleep(0)  # noqa: TID251 - the requests' tasks go as far as they can
    assert [message.channel_id for message in channels.starting("Up next")] == [55]
    channels.gates[CHANNEL].set()
    await desk.settle()
    assert [message.channel_id for message in channels.starting("Up next")] == [55, CHANNEL]


async def test_request_under_way_does_not_make_the_alarm_ring_without_end(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:24"))
    channels.failures[CHANNEL] = [Outcome.NOT_SENT]
    await desk.until(at("12:25"))
    assert (await deliveries(desk.db, kind="up_next"))[0].retry_at is not None
    channels.gates[CHANNEL] = asyncio.Event()
    clock.advance(seconds=1)
    await desk.sender.round()
    await desk.sender.round()
    assert desk.alarm.armed is not None
    assert desk.alarm.armed > clock.real()
    channels.gates[CHANNEL].set()
    await desk.settle()
    assert len(channels.starting("Up next")) == 1


async def test_two_shards_each_deliver_for_their_own_servers(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    mine = SERVER >> 22
    other = (mine + 1) << 22
    await import_page(desk.db, clock, server_id=other)
    await set_channel(desk.db, clock, server_id=other, channel_id=66)
    first = Desk(desk.db, clock, channels, Shards(2, (mine % 2,)))
    second = Desk(desk.db, clock, channels, Shards(2, ((mine + 1) % 2,)))
    clock.advance(minutes=5)
    await first.settle()
    assert {message.channel_id for message in channels.messages} == {CHANNEL}
    await second.settle()
    assert sorted(message.channel_id for message in channels.starting("Up next")) == [66, CHANNEL]


async def test_server_that_the_bot_left_is_sent_nothing(desk: Desk, clock: SteppedClock) -> None:
    await server_left(desk.db, clock, SERVER)
    await desk.until(at("12:40"))
    assert desk.channels.messages == []


@pytest.mark.slow
async def test_delivery_that_cannot_be_written_holds_up_no_other(
    desk: Desk, clock: SteppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A zone that this machine's zone data does not know, say after a downgrade."""
    caplog.set_level(logging.CRITICAL)
    later = a_session(a_talk("Elsewhere", starts_at=at("12:30")), title="Other")
    await import_page(desk.db, clock, a_schedule(later, conference="Other"))
    await _break_zone_of(desk.db, "Other")
    await desk.until(at("12:26"))
    assert [message.content.split("**")[1] for message in desk.channels.starting("Up next")] == ["Talk 1"]


async def test_process_that_stood_still_after_its_fence_does_not_post_what_another_may_have_posted(
    desk: Desk, clock: SteppedClock, channels: FakeChannels
) -> None:
    await desk.until(at("12:24:58"))
    clock.advance(seconds=1.95)
    await desk.sender._send_due()  # fenced; a whole round might take longer than the rest of the wait
    clock.advance(seconds=20)
    before = len(channels.requests)
    await desk.sender.requests_answered()
    assert len(channels.requests) == before
    await desk.settle()
    assert [kind for kind, _ in channels.requests[before:]] == ["find", "post"]
    assert len(channels.starting("Up next")) == 1


async def _break_zone_of(db: Database, name: str) -> None:
    async with db.transaction(NOBODY) as session:
        conference = (await session.exec(select(Conference).where(Conference.name == name))).one()
        conference.timezone = "Middle/Earth"


def _kill(desk: Desk) -> None:
    """End a sender's requests the way kill -9 does: nothing is written after it."""
    for task in desk.sender._tasks._running:
        task.cancel()
