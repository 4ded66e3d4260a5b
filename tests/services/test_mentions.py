"""Closed direct messages: told once, tried no more, and a mention for those who agreed, in groups of fifty."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.errors import CommandError
from bot.rules.personal_reminders import CLOSED, MENTIONED
from bot.rules.subscriptions import Wanted
from bot.services.mentions import MENTIONED_AT_MOST, cannot_be_reached, mentioned_by
from bot.services.people import (
    direct_messages_are_closed,
    direct_messages_are_open,
    note_closed,
    person,
    person_row,
    take_closed_news,
)
from bot.services.subscriptions import agree_to_mentions, unsubscribe
from db.database import NOBODY, Database
from db.people_tables import Subscription
from db.tables import Delivery
from tests.builders import CHANNEL, SERVER, at
from tests.clocks import SteppedClock
from tests.services.reminded import ADA, GRACE, ask, personal
from tests.services.store import deliveries, import_page, use_channel


@pytest.fixture(autouse=True)
async def programme(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)


async def crowd(db: Database, clock: SteppedClock, number: int, *, agreed: bool = True) -> None:
    """So many people reminded of the third talk."""
    for user in range(1, number + 1):
        await ask(db, clock, Wanted.TALK, 3, user_id=user)
    async with db.transaction(NOBODY) as session:
        await session.exec(update(Subscription).values(mentions=agreed))


async def unreachable(db: Database, clock: SteppedClock, *, at_most: int | None = None) -> None:
    rows = (await personal(db, state="pending"))[:at_most]
    async with db.transaction(NOBODY) as session:
        await cannot_be_reached(session, rows, clock.now())


async def mentions(db: Database) -> list[int]:
    """How many people each message mentions."""
    keys = [row.id for row in await deliveries(db, kind="mention")]
    async with db.reading() as session:
        found = await mentioned_by(session, keys)
    return sorted((len(people) for people in found.values()), reverse=True)


@pytest.mark.slow
async def test_those_who_agreed_are_mentioned_fifty_a_message(db: Database, clock: SteppedClock) -> None:
    await crowd(db, clock, 2 * MENTIONED_AT_MOST + 3)
    clock.jump(at("12:35"))
    await unreachable(db, clock, at_most=60)
    await unreachable(db, clock)
    assert await mentions(db) == [50, 50, 3]
    rows = await deliveries(db, kind="mention")
    assert {(row.channel_id, row.user_id, row.lead_seconds, row.talk_id) for row in rows} == {(CHANNEL, None, 300, 3)}
    assert {row.due_at for row in rows} == {at("12:35:05")}
    assert {(row.state, row.reason) for row in await personal(db)} == {("failed", MENTIONED)}


async def test_those_who_did_not_agree_are_skipped_with_the_reason(db: Database, clock: SteppedClock) -> None:
    await crowd(db, clock, 2, agreed=False)
    await unreachable(db, clock)
    assert (await mentions(db), {(row.state, row.reason) for row in await personal(db)}) == ([], {("skipped", CLOSED)})
    # agreeing in time still helps
    await agree_to_mentions(db, clock, server_id=SERVER, user_id=1, agreed=True)
    assert [row.user_id for row in await personal(db, state="pending")] == [1]


async def test_mention_written_already_takes_nobody_in(db: Database, clock: SteppedClock) -> None:
    await crowd(db, clock, 2)
    await unreachable(db, clock, at_most=1)
    async with db.transaction(NOBODY) as session:
        await session.exec(update(Delivery).where(col(Delivery.kind) == "mention").values(state="claimed"))
    await unreachable(db, clock)
    assert await mentions(db) == [1, 1]


async def test_who_takes_the_reminder_back_is_mentioned_no_more(db: Database, clock: SteppedClock) -> None:
    first = await ask(db, clock, Wanted.TALK, 3)
    await ask(db, clock, Wanted.TALK, 3, user_id=GRACE)
    for user in (ADA, GRACE):
        await agree_to_mentions(db, clock, server_id=SERVER, user_id=user, agreed=True)
    await unreachable(db, clock)
    assert await mentions(db) == [2]
    await unsubscribe(db, clock, user_id=ADA, wish_id=first.wish.id)
    assert await mentions(db) == [1]
    await agree_to_mentions(db, clock, server_id=SERVER, user_id=GRACE, agreed=False)
    assert await mentions(db) == []


async def test_without_a_channel_nobody_can_be_mentioned(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, server_id=2)
    await ask(db, clock, Wanted.TALK, 18, server_id=2)
    await agree_to_mentions(db, clock, server_id=2, user_id=ADA, agreed=True)
    await unreachable(db, clock)
    assert [row.reason for row in await personal(db)] == [CLOSED]


async def test_closing_is_told_once_and_opening_owes_what_still_helps(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    await ask(db, clock, Wanted.TALK, 4)
    assert not await take_closed_news(db, ADA)
    async with db.transaction(NOBODY) as session:
        note_closed(await person_row(session, ADA), clock.now(), told=False)
    await unreachable(db, clock)
    assert [await take_closed_news(db, ADA) for _ in range(2)] == [True, False]
    clock.jump(at("12:41"))
    await direct_messages_are_open(db, clock, ADA)
    assert [row.talk_id for row in await personal(db, state="pending")] == [4]
    assert (await person(db, ADA)).dms_closed_at is None
    await direct_messages_are_closed(db, clock, ADA)
    assert not await take_closed_news(db, ADA)  # the answer that noticed it says so


async def test_nobody_agrees_without_a_reminder(db: Database, clock: SteppedClock) -> None:
    with pytest.raises(CommandError, match="you have no reminders here"):
        await agree_to_mentions(db, clock, server_id=SERVER, user_id=ADA, agreed=True)
