"""A talk that moves far after people were reminded of it: one more reminder at the new time, and never two."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.rules.personal_reminders import MENTIONED
from bot.rules.run import TimingKind
from bot.rules.subscriptions import Wanted
from bot.rules.taps import Tap
from bot.services.editing import TalkEdit, edit_talk
from bot.services.mentions import cannot_be_reached
from bot.services.subscriptions import agree_to_mentions, unsubscribe
from bot.services.timekeeping import tap_clock
from db.database import NOBODY, Database
from db.tables import Delivery
from tests.builders import SERVER, at
from tests.clocks import SteppedClock
from tests.services.reminded import ADA, GRACE, ask, direct_channel, owed, personal
from tests.services.store import deliveries, import_page, statements, use_channel
from tests.services.stored_questions import anybody


@pytest.fixture(autouse=True)
async def programme(db: Database, clock: SteppedClock) -> None:
    """The ICML session, whose third talk begins at 12:40; at 12:36 its reminders are out."""
    await use_channel(db, clock)
    await import_page(db, clock)


async def sent(db: Database, clock: SteppedClock, time: str = "12:36") -> None:
    """What waits for its moment until then is sent as it is planned."""
    clock.jump(at(time))
    for row in await personal(db, state="pending"):
        if row.due_at <= clock.now():
            shown = {"state": "sent", "message_id": 7, "shown_start": row.expires_at, "shown_text": "old"}
            async with db.transaction(NOBODY) as session:
                await session.exec(update(Delivery).where(col(Delivery.id) == row.id).values(**shown))


async def move(db: Database, clock: SteppedClock, starts_at: datetime, talk: int = 3) -> None:
    edit = TalkEdit(talk, starts_at=starts_at)
    await edit_talk(db, clock, server_id=SERVER, session_id=1, edit=edit, by=1)


async def rows(db: Database) -> list[tuple[int, str]]:
    return sorted((row.revision, row.state) for row in await personal(db))


async def test_talk_that_moves_by_an_hour_reminds_once_more_and_edits_what_was_sent(
    db: Database, clock: SteppedClock
) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    await sent(db, clock)
    await move(db, clock, at("13:40"))
    assert await owed(db) == {(ADA, 3, 5, "13:35")}
    first, further = await personal(db)
    assert (first.state, first.edit_at) == ("sent", at("12:36"))
    assert further.key == f"{SERVER}:talk-3:personal:300:{direct_channel(ADA)}:1"
    assert (further.channel_id, further.expires_at) == (direct_channel(ADA), at("13:40"))


async def test_another_day_and_a_third_move_each_remind_once(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    await sent(db, clock)
    await move(db, clock, at("13:40"))
    await sent(db, clock, "13:36")
    await move(db, clock, at("12:40", day="2022-07-22"))
    assert await rows(db) == [(0, "sent"), (1, "sent"), (2, "pending")]


async def test_ten_steps_of_five_minutes_make_one_further_reminder(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    await sent(db, clock)
    for number in range(1, 11):
        await move(db, clock, at("12:40") + timedelta(minutes=5 * number))
    assert await owed(db) == {(ADA, 3, 5, "13:25")}
    assert await rows(db) == [(0, "sent"), (1, "pending")]


async def test_small_move_and_one_that_is_taken_back_remind_nobody_again(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    await sent(db, clock)
    await move(db, clock, at("12:49"))
    assert await rows(db) == [(0, "sent")]
    for time in ("13:40", "12:40"):
        await move(db, clock, at(time))
    assert await rows(db) == [(0, "sent"), (1, "withdrawn")]
    await move(db, clock, at("13:00"))
    assert await owed(db) == {(ADA, 3, 5, "12:55")}


async def test_forecast_of_a_running_session_owes_it_as_an_edit_does(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3, lead=20)
    await sent(db, clock, "12:30")
    for kind, minutes in ((TimingKind.START, 0.0), (TimingKind.EXTEND, 15.0), (TimingKind.EXTEND, 5.0)):
        tap = Tap(kind, 1, amount=timedelta(minutes=minutes))
        await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=tap, check=anybody)
    assert await owed(db) == {(ADA, 3, 20, "12:40")}


async def test_taking_the_reminder_back_stops_it_and_asking_again_owes_it(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3, user_id=GRACE)
    wish = (await ask(db, clock, Wanted.TALK, 3)).wish
    await sent(db, clock)
    await move(db, clock, at("13:40"))
    await unsubscribe(db, clock, user_id=ADA, wish_id=wish.id)
    await move(db, clock, at("13:50"))
    assert await owed(db) == {(GRACE, 3, 5, "13:45")}
    await ask(db, clock, Wanted.TALK, 3)
    assert await owed(db) == {(GRACE, 3, 5, "13:45"), (ADA, 3, 5, "13:45")}


async def test_another_wish_for_the_same_keeps_it(db: Database, clock: SteppedClock) -> None:
    wish = (await ask(db, clock, Wanted.TALK, 3)).wish
    await ask(db, clock, Wanted.WORD, "talk 3")
    await sent(db, clock)
    await unsubscribe(db, clock, user_id=ADA, wish_id=wish.id)
    await move(db, clock, at("13:40"))
    assert await owed(db) == {(ADA, 3, 5, "13:35")}


async def test_cancelled_talk_takes_it_back_and_its_return_owes_it(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    await sent(db, clock)
    await move(db, clock, at("13:40"))
    for cancelled, expected in ((True, "withdrawn"), (False, "pending")):
        edit = TalkEdit(3, cancelled=cancelled)
        await edit_talk(db, clock, server_id=SERVER, session_id=1, edit=edit, by=1)
        assert await rows(db) == [(0, "sent"), (1, expected)]


async def test_those_who_were_reminded_at_different_times_are_told_apart(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    await sent(db, clock)
    await move(db, clock, at("13:00"))
    await ask(db, clock, Wanted.TALK, 3, user_id=GRACE)
    await sent(db, clock, "12:56")
    await ask(db, clock, Wanted.TALK, 3, user_id=5)
    await move(db, clock, at("13:05"))
    await move(db, clock, at("13:30"))
    further = {(row.user_id, row.revision) for row in await personal(db, state="pending")}
    assert further == {(ADA, 2), (GRACE, 1), (5, 0)}
    await move(db, clock, at("13:05"))
    states = {(row.user_id, row.revision, row.state) for row in await personal(db) if row.state != "sent"}
    assert states == {(ADA, 2, "withdrawn"), (GRACE, 1, "withdrawn"), (5, 0, "pending")}


async def test_two_whose_first_reminders_were_for_other_moments_are_each_owed_one(
    db: Database, clock: SteppedClock
) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    await sent(db, clock)
    await move(db, clock, at("12:45"))
    await ask(db, clock, Wanted.TALK, 3, user_id=GRACE)
    await sent(db, clock, "12:41")
    await move(db, clock, at("13:10"))
    await sent(db, clock, "13:06")
    await move(db, clock, at("13:40"))
    further = sorted((row.user_id or 0, row.revision) for row in await personal(db, state="pending"))
    assert further == [(ADA, 2), (GRACE, 2)]


async def test_move_back_withdraws_it_from_those_alone_who_were_reminded_about_then(
    db: Database, clock: SteppedClock
) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    await sent(db, clock)
    await move(db, clock, at("12:49"))
    await ask(db, clock, Wanted.TALK, 3, user_id=GRACE)
    await sent(db, clock, "12:45")
    await move(db, clock, at("13:30"))
    assert await owed(db) == {(ADA, 3, 5, "13:25"), (GRACE, 3, 5, "13:25")}
    await move(db, clock, at("12:58"))
    assert await owed(db) == {(ADA, 3, 5, "12:53")}
    assert await rows(db) == [(0, "sent"), (0, "sent"), (1, "pending"), (1, "withdrawn")]


async def test_who_took_it_back_before_the_move_is_left_out_of_a_crowd(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3, user_id=GRACE)
    wish = (await ask(db, clock, Wanted.TALK, 3)).wish
    await sent(db, clock)
    await unsubscribe(db, clock, user_id=ADA, wish_id=wish.id)
    await move(db, clock, at("13:40"))
    assert await owed(db) == {(GRACE, 3, 5, "13:35")}


async def test_who_was_mentioned_instead_is_owed_it_and_is_mentioned_once(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    await agree_to_mentions(db, clock, server_id=SERVER, user_id=ADA, agreed=True)
    clock.jump(at("12:36"))
    for _ in range(2):
        async with db.transaction(NOBODY) as session:
            await cannot_be_reached(session, await personal(db, state="pending"), clock.now())
        await move(db, clock, at("13:40"))
    assert await rows(db) == [(0, "failed"), (1, "failed")]
    assert {row.reason for row in await personal(db)} == {MENTIONED}
    # both are one message, as the first one had not gone out
    assert len(await deliveries(db, kind="mention")) == 1


@pytest.mark.slow
async def test_crowd_is_owed_it_by_no_more_statements_than_one_person(db: Database, clock: SteppedClock) -> None:
    numbers = []
    for people in (1, 40):
        for user in range(1, people + 1):
            await ask(db, clock, Wanted.TALK, 3, user_id=user)
        await sent(db, clock)
        with statements(db) as seen:
            await move(db, clock, at("13:40"))
        numbers.append(len(seen))
        clock.jump(at("12:20"))
        await move(db, clock, at("12:40"))
        async with db.transaction(NOBODY) as session:
            await session.exec(update(Delivery).where(col(Delivery.revision) > 0).values(reason="x"))
    assert len(await personal(db, revision=1)) == 40
    assert numbers[1] <= numbers[0] + 3
