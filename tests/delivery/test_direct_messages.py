"""Direct messages: after what channels are owed, thirty a second, once, and what becomes of closed ones."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.delivery.channel import Outcome
from bot.delivery.shards import Shards
from bot.rules.run import TimingKind
from bot.rules.subscriptions import Wanted
from bot.rules.taps import Tap
from bot.services.editing import TalkEdit, edit_talk
from bot.services.people import choose_zone, person
from bot.services.servers import server_left
from bot.services.subscriptions import agree_to_mentions
from bot.services.timekeeping import tap_clock
from db.database import NOBODY, Database
from db.tables import Server
from tests.builders import CHANNEL, SERVER, at
from tests.clocks import SteppedClock
from tests.delivery.desk import Desk
from tests.delivery.fakes import FakeChannels, Posted
from tests.services.reminded import ADA, GRACE, ask, direct_channel, personal
from tests.services.store import deliveries
from tests.services.stored_questions import anybody


def direct(channels: FakeChannels) -> list[Posted]:
    return [message for message in channels.messages if message.channel_id > 10_000 and message.channel_id != CHANNEL]


async def crowd(db: Database, clock: SteppedClock, number: int, talk: int = 1) -> None:
    for user in range(1, number + 1):
        await ask(db, clock, Wanted.TALK, talk, user_id=user)


async def test_reminder_comes_at_its_moment_with_both_times(desk: Desk, channels: FakeChannels) -> None:
    await ask(desk.db, desk.clock, Wanted.TALK, 3, lead=10)
    await choose_zone(desk.db, ADA, "Europe/Berlin")
    await desk.until(at("12:29:59"))
    assert direct(channels) == []
    await desk.until(at("12:30"))
    (message,) = direct(channels)
    assert message.content.splitlines() == [
        "**Talk 3** begins <t:1658432400:R>",
        "Spotlight · Speaker 3",
        "12:40 PDT · 21:40 your time (<t:1658432400:t>) · 5 min",
        f"Hall F · Deep Learning · <#{CHANNEL}>",
    ]
    assert (message.channel_id, (await personal(desk.db))[0].state) == (direct_channel(ADA), "sent")


@pytest.mark.slow
async def test_channels_go_first_and_direct_messages_keep_to_thirty_a_second(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await crowd(desk.db, clock, 65)
    await desk.until(at("12:26"))
    assert [message.channel_id for message in channels.messages if message.content.startswith("Up next")] == [CHANNEL]
    due = [message for message in channels.messages if message.posted_at >= at("12:25")]
    assert due[0].channel_id == CHANNEL
    posted = [message.posted_at for message in direct(channels)]
    assert len(posted) == len({message.channel_id for message in direct(channels)}) == 65
    second = timedelta(seconds=1)
    assert max(sum(one <= other < one + second for other in posted) for one in posted) == 30
    assert posted[-1] - at("12:25") < 3 * second


@pytest.mark.slow
async def test_budget_of_direct_messages_is_split_by_shards(
    db: Database, clock: SteppedClock, channels: FakeChannels, desk: Desk
) -> None:
    await crowd(db, clock, 40)
    shards = Shards(2, ((SERVER >> 22) % 2 and (1,)) or (0,))
    half = Desk(db, clock, channels, shards)
    await half.until(at("12:25"))
    assert len(direct(channels)) == 15


@pytest.mark.slow
async def test_urgent_ones_go_on_while_a_crowd_waits(desk: Desk, channels: FakeChannels, clock: SteppedClock) -> None:
    await crowd(desk.db, clock, 80)
    await desk.until(at("12:25:01"))
    tap = Tap(TimingKind.START, 1, 1)
    await tap_clock(desk.db, clock, server_id=SERVER, session_id=1, tap=tap, check=anybody)
    before = len(direct(channels))
    await desk.settle()
    assert "Now: **Talk 1**" in channels.starting("**Now and next**")[0].edits[-1]
    assert len(direct(channels)) < 80
    assert before >= 30


@pytest.mark.slow
async def test_process_killed_on_the_way_doubles_and_loses_nothing(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await crowd(desk.db, clock, 70)
    await desk.until(at("12:25"))
    channels.lost_answers = 5
    await desk.until(at("12:25:01.100"))
    assert 30 < len(direct(channels)) < 70
    await desk.restart()
    await desk.until(at("12:26"))
    assert len(direct(channels)) == len({message.channel_id for message in direct(channels)}) == 70
    assert {row.state for row in await personal(desk.db)} == {"sent"}


@pytest.mark.slow
async def test_moved_talk_edits_what_was_sent_and_cancelled_one_says_so(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await crowd(desk.db, clock, 10, talk=3)
    await ask(desk.db, clock, Wanted.TALK, 3, user_id=GRACE, lead=2)
    await desk.until(at("12:36"))
    edit = TalkEdit(3, starts_at=at("12:42"))
    await edit_talk(desk.db, clock, server_id=SERVER, session_id=1, edit=edit, by=1)
    await desk.until(at("12:39"))
    sent = direct(channels)
    assert len(sent) == 10
    assert all("12:42 PDT" in message.edits[-1] for message in sent)
    await edit_talk(desk.db, clock, server_id=SERVER, session_id=1, edit=TalkEdit(3, cancelled=True), by=1)
    await desk.until(at("12:41"))
    assert len(direct(channels)) == 10
    assert all("**Talk 3** does not take place: it was cancelled." in message.edits[-1] for message in sent)
    assert [row.state for row in await personal(desk.db, user_id=GRACE)] == ["withdrawn"]


@pytest.mark.slow
async def test_talk_that_moves_by_an_hour_reminds_once_more_also_over_a_restart(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await crowd(desk.db, clock, 3, talk=3)
    await desk.until(at("12:36"))
    edit = TalkEdit(3, starts_at=at("13:40"))
    await edit_talk(desk.db, clock, server_id=SERVER, session_id=1, edit=edit, by=1)
    await desk.until(at("13:30"))
    assert [len(message.edits) for message in direct(channels)] == [1, 1, 1]
    await desk.restart()
    await desk.until(at("13:39"))
    further = direct(channels)[3:]
    assert [(message.posted_at, "13:40 PDT" in message.content) for message in further] == [(at("13:35"), True)] * 3
    assert len({message.channel_id for message in further}) == 3


async def test_two_leads_that_fell_due_while_the_bot_was_away_make_one_message(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await ask(desk.db, clock, Wanted.TALK, 3, lead=10)
    await ask(desk.db, clock, Wanted.WORD, "talk 3", lead=5)
    clock.jump(at("12:36"))
    await desk.settle()
    assert len(direct(channels)) == 1
    assert sorted(row.state for row in await personal(desk.db)) == ["sent", "skipped"]


async def test_closed_messages_are_tried_once_and_reported_to_nobody(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await ask(desk.db, clock, Wanted.TALK, 3)
    await ask(desk.db, clock, Wanted.TALK, 4)
    channels.failures[direct_channel(ADA)] = [Outcome.CLOSED] * 9
    await desk.until(at("12:44"))
    tried = 9 - len(channels.failures[direct_channel(ADA)])
    assert (tried, direct(channels), await deliveries(desk.db, kind="notice")) == (1, [], [])
    assert {(row.state, row.reason) for row in await personal(desk.db)} == {("skipped", "direct messages are closed")}
    stored = await person(desk.db, ADA)
    assert (stored.dms_closed_at, stored.told_closed) == (at("12:35"), False)


async def test_those_who_agreed_are_mentioned_together(desk: Desk, channels: FakeChannels, clock: SteppedClock) -> None:
    for user in (ADA, GRACE):
        await ask(desk.db, clock, Wanted.TALK, 3, user_id=user)
        await agree_to_mentions(desk.db, clock, server_id=SERVER, user_id=user, agreed=True)
        channels.failures[direct_channel(user)] = [Outcome.CLOSED]
    await desk.until(at("12:36"))
    (mention,) = channels.starting("<@")
    assert mention.content.splitlines() == [
        f"<@{ADA}> <@{GRACE}>",
        "**Talk 3** begins <t:1658432400:R>",
        "12:40 PDT (<t:1658432400:t> your time) · 5 min",
        "Hall F · Deep Learning",
    ]
    assert mention.channel_id == CHANNEL
    await edit_talk(desk.db, clock, server_id=SERVER, session_id=1, edit=TalkEdit(3, starts_at=at("12:43")), by=1)
    await desk.until(at("12:37"))
    assert "12:43 PDT" in mention.edits[-1]


@pytest.mark.parametrize("outcome", [Outcome.FORBIDDEN, Outcome.CHANNEL_GONE, Outcome.CLOSED])
async def test_search_in_a_closed_channel_gives_up_in_silence(
    desk: Desk, channels: FakeChannels, clock: SteppedClock, outcome: Outcome
) -> None:
    await ask(desk.db, clock, Wanted.TALK, 3)
    await desk.until(at("12:34"))
    channels.failures[direct_channel(ADA)] = [Outcome.UNKNOWN]
    channels.find_failures = [outcome]
    await desk.until(at("12:36"))
    row = (await personal(desk.db))[0]
    assert (row.state, row.reason) == ("failed", "it may have been sent, and could not be looked for")
    assert await deliveries(desk.db, kind="notice") == []


async def test_server_that_is_left_or_paused_sends_none(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await ask(desk.db, clock, Wanted.TALK, 3)
    async with desk.db.transaction(NOBODY) as session:
        await session.exec(update(Server).values(paused_at=clock.now()))
    await desk.until(at("12:36"))
    assert direct(channels) == []
    async with desk.db.transaction(NOBODY) as session:
        await session.exec(update(Server).values(paused_at=None))
    await server_left(desk.db, clock, SERVER)
    await desk.until(at("12:37"))
    assert direct(channels) == []
