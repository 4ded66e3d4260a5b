"""Who asked to be reminded of what, and the rows that follow: also when the programme changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.errors import CommandError
from bot.rules.run import TimingKind
from bot.rules.subscriptions import SUBSCRIPTIONS_AT_MOST, Wanted
from bot.rules.taps import Tap
from bot.services.editing import TalkEdit, edit_talk
from bot.services.people import server_of_delivery
from bot.services.reminder_calendar import calendar_of
from bot.services.subscriptions import reminders_of, unsubscribe, wishes_for
from bot.services.timekeeping import tap_clock
from db.database import NOBODY, Database
from db.tables import Conference
from tests.builders import SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.reminded import ADA, GRACE, ask, direct_channel, owed, personal
from tests.services.store import import_page, statements, use_channel
from tests.services.stored_questions import anybody


@pytest.fixture(autouse=True)
async def programme(db: Database, clock: SteppedClock) -> None:
    """The ICML session, at 12:20 PDT."""
    await import_page(db, clock)


async def tap(db: Database, clock: SteppedClock, kind: TimingKind, talk: int | None = None, minutes: float = 0) -> None:
    done = Tap(kind, 1, talk, amount=timedelta(minutes=minutes))
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=done, check=anybody)


async def test_each_kind_of_wish_owes_its_talks_once(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    await ask(db, clock, Wanted.SESSION, 1, lead=8)
    await ask(db, clock, Wanted.SPEAKER, "speaker 15")
    await ask(db, clock, Wanted.WORD, "Talk 3")
    assert await owed(db) == {(ADA, 3, 5, "12:35"), (ADA, 1, 8, "12:22"), (ADA, 15, 5, "13:50")}
    row = (await personal(db, talk_id=3))[0]
    assert (row.key, row.channel_id, row.session_id, row.expires_at) == (
        f"{SERVER}:talk-3:personal:300:{direct_channel(ADA)}:0",
        direct_channel(ADA),
        None,
        at("12:40"),
    )


async def test_asking_again_sets_the_lead_and_without_one_keeps_it(db: Database, clock: SteppedClock) -> None:
    first = await ask(db, clock, Wanted.TALK, 3)
    again = await ask(db, clock, Wanted.TALK, 3, lead=10)
    kept = await ask(db, clock, Wanted.TALK, 3, lead=None)
    assert [held.is_new for held in (first, again, kept)] == [True, False, False]
    assert kept.wish.lead == timedelta(minutes=10)
    assert await owed(db) == {(ADA, 3, 10, "12:30")}


async def test_press_shortly_before_a_talk_reminds_a_minute_before_and_then_no_more(
    db: Database, clock: SteppedClock
) -> None:
    clock.jump(at("12:36"))
    held = await ask(db, clock, Wanted.TALK, 3, lead=None)
    assert held.wish.lead == timedelta(minutes=1)
    clock.jump(at("12:44:30"))
    with pytest.raises(CommandError, match="begins within a minute"):
        await ask(db, clock, Wanted.TALK, 4, lead=None)


async def test_taking_one_back_leaves_what_another_wish_still_wants(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    word = await ask(db, clock, Wanted.WORD, "talk 3")
    assert [held.title for held in await wishes_for(db, clock, SERVER, ADA, 3)] == ["Talk 3", "talk 3"]
    await unsubscribe(db, clock, user_id=ADA, wish_id=word.wish.id)
    assert len(await owed(db)) == 1
    own = (await wishes_for(db, clock, SERVER, ADA, 3))[0]
    with pytest.raises(CommandError, match="not there any more"):
        await unsubscribe(db, clock, user_id=GRACE, wish_id=own.wish.id)
    assert (await unsubscribe(db, clock, user_id=ADA, wish_id=own.wish.id))[1] == "Talk 3"
    assert await personal(db) == []


@pytest.mark.parametrize(
    ("kind", "about", "time", "says"),
    [
        (Wanted.TALK, 99, "12:20", "not in this server's programme"),
        (Wanted.SESSION, 99, "12:20", "not in this server's programme"),
        (Wanted.TALK, 1, "12:30", "has begun already"),
        (Wanted.SESSION, 1, "13:00", "has begun already"),
        (Wanted.TALK, 2, "12:20", "does not take place: it was cancelled"),
    ],
)
async def test_what_cannot_be_reminded_of_is_refused(  # noqa: PLR0917 - pytest gives them by name
    db: Database, clock: SteppedClock, kind: Wanted, about: int, time: str, says: str
) -> None:
    if "cancelled" in says:
        await edit_talk(db, clock, server_id=SERVER, session_id=1, edit=TalkEdit(2, cancelled=True), by=1)
    clock.jump(at(time))
    with pytest.raises(CommandError, match=says):
        await ask(db, clock, kind, about)
    assert await personal(db) == []


async def test_archived_conference_and_other_servers_offer_nothing(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_schedule(a_session(a_talk("Abroad")), conference="Abroad"), server_id=2)
    with pytest.raises(CommandError, match="not in this server's programme"):
        await ask(db, clock, Wanted.TALK, 16)
    async with db.transaction(NOBODY) as session:
        for row in await session.exec(select(Conference)):
            row.archived_at = clock.now()
    with pytest.raises(CommandError, match="not in this server's programme"):
        await ask(db, clock, Wanted.TALK, 3)
    await ask(db, clock, Wanted.WORD, "abroad")
    assert await owed(db) == set()


async def test_word_that_fits_too_many_talks_and_one_reminder_too_many_are_refused(
    db: Database, clock: SteppedClock
) -> None:
    talks = [a_talk(f"Nets {number}", starts_at=at("15:00"), speakers=()) for number in range(51)]
    await import_page(db, clock, a_schedule(a_session(*talks, title="Posters")))
    with pytest.raises(CommandError, match="“nets” fits 51 talks, and 50 is the most"):
        await ask(db, clock, Wanted.WORD, "nets")
    for number in range(SUBSCRIPTIONS_AT_MOST):
        await ask(db, clock, Wanted.WORD, f"word{number}")
    with pytest.raises(CommandError, match="you have 50 reminders here"):
        await ask(db, clock, Wanted.WORD, "one more")
    await ask(db, clock, Wanted.WORD, "one more", user_id=GRACE)


async def test_later_import_adds_what_fits_and_takes_back_what_it_removes(db: Database, clock: SteppedClock) -> None:
    talks = (a_talk("Nets"), a_talk("Trees", starts_at=at("12:40")))
    await import_page(db, clock, a_schedule(a_session(*talks, title="Other")))
    await ask(db, clock, Wanted.WORD, "nets")
    await ask(db, clock, Wanted.SPEAKER, "Chen Cai", user_id=GRACE)
    assert {(user, talk) for user, talk, *_ in await owed(db)} == {(ADA, 16), (GRACE, 16), (GRACE, 17)}
    newer = (a_talk("Trees", starts_at=at("12:50")), a_talk("More nets", starts_at=at("13:00"), speakers=("Ada",)))
    await import_page(db, clock, a_schedule(a_session(*newer, title="Other")))
    assert await owed(db) == {(ADA, 18, 5, "12:55"), (GRACE, 17, 5, "12:45")}


@pytest.mark.slow
async def test_talk_that_moves_takes_all_its_reminders_along_by_one_statement(
    db: Database, clock: SteppedClock
) -> None:
    for user in range(1, 31):
        await ask(db, clock, Wanted.TALK, 3, user_id=user)
    with statements(db) as seen:
        await tap(db, clock, TimingKind.START, 1)
        await tap(db, clock, TimingKind.EXTEND, minutes=12)
    written = [statement for statement in seen if statement.startswith("UPDATE deliveries SET state=?, reason=?")]
    assert len(written) <= 2
    assert {due for *_, due in await owed(db)} == {"12:37"}
    assert len(await owed(db)) == 30


async def test_skipped_talk_takes_its_reminders_back_and_its_return_owes_them(
    db: Database, clock: SteppedClock
) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    await tap(db, clock, TimingKind.START, 1)
    await tap(db, clock, TimingKind.SKIP, 3)
    assert [row.state for row in await personal(db)] == ["withdrawn"]
    await tap(db, clock, TimingKind.UNDO)
    assert len(await owed(db)) == 1


async def test_start_of_a_session_follows_to_its_next_talk_where_the_first_is_skipped(
    db: Database, clock: SteppedClock
) -> None:
    await ask(db, clock, Wanted.SESSION, 1)
    await ask(db, clock, Wanted.WORD, "talk 2", user_id=GRACE)
    await ask(db, clock, Wanted.SESSION, 1, user_id=GRACE, lead=2)
    await tap(db, clock, TimingKind.SKIP, 1)
    both = {(ADA, 2, 5, "12:30"), (GRACE, 2, 5, "12:30"), (GRACE, 2, 2, "12:33")}
    assert await owed(db) == both
    await tap(db, clock, TimingKind.SKIP, 2)
    assert await owed(db) == {(ADA, 3, 5, "12:35"), (GRACE, 3, 2, "12:38")}
    for _ in range(2):
        await tap(db, clock, TimingKind.UNDO)
    assert await owed(db) == {(ADA, 1, 5, "12:25"), (GRACE, 2, 5, "12:30"), (GRACE, 1, 2, "12:28")}


async def test_start_of_a_session_follows_to_its_next_talk_where_the_first_is_cancelled(
    db: Database, clock: SteppedClock
) -> None:
    await ask(db, clock, Wanted.SESSION, 1)
    await edit_talk(db, clock, server_id=SERVER, session_id=1, edit=TalkEdit(1, cancelled=True), by=1)
    assert await owed(db) == {(ADA, 2, 5, "12:30")}


async def test_session_whose_first_talk_was_skipped_can_be_asked_for_and_lists_the_next(
    db: Database, clock: SteppedClock
) -> None:
    await tap(db, clock, TimingKind.SKIP, 1)
    await ask(db, clock, Wanted.SESSION, 1)
    assert await owed(db) == {(ADA, 2, 5, "12:30")}
    (held,) = (await reminders_of(db, clock, SERVER, ADA)).held
    assert [one.expected.talk.id for one in held.talks] == [2]
    await import_page(db, clock)
    assert await owed(db) == {(ADA, 2, 5, "12:30")}


async def test_skip_after_a_session_began_reminds_nobody_of_its_start_again(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.SESSION, 1)
    await tap(db, clock, TimingKind.START, 1)
    await tap(db, clock, TimingKind.SKIP, 2)
    assert await owed(db) == set()


async def test_own_list_tells_what_is_ahead_and_the_calendar_keeps_its_events(
    db: Database, clock: SteppedClock
) -> None:
    await use_channel(db, clock)
    await ask(db, clock, Wanted.WORD, "talk 1")
    mine = await reminders_of(db, clock, SERVER, ADA)
    assert [len(held.talks) for held in mine.held] == [7]
    clock.jump(at("12:50"))
    mine = await reminders_of(db, clock, SERVER, ADA)
    assert len(mine.held[0].ahead(mine.now)) == 6
    before = await calendar_of(db, clock, SERVER, ADA)
    await edit_talk(db, clock, server_id=SERVER, session_id=1, edit=TalkEdit(15, starts_at=at("14:10")), by=1)
    await ask(db, clock, Wanted.TALK, 9)
    after = await calendar_of(db, clock, SERVER, ADA)

    def uids(file: bytes) -> set[bytes]:
        return {line for line in file.split(b"\r\n") if line.startswith(b"UID:")}

    assert (len(uids(before)), len(uids(after) - uids(before)), uids(before) - uids(after)) == (7, 1, set())
    with pytest.raises(CommandError, match="you are reminded of no talk here"):
        await calendar_of(db, clock, SERVER, GRACE)


async def test_direct_message_leads_to_its_server_for_its_reader_alone(db: Database, clock: SteppedClock) -> None:
    await ask(db, clock, Wanted.TALK, 3)
    row = (await personal(db))[0]
    assert await server_of_delivery(db, row.id, ADA) == SERVER
    for key, user in ((row.id, GRACE), ("x" * 22, ADA)):
        with pytest.raises(CommandError, match="not there any more"):
            await server_of_delivery(db, key, user)
