"""Managers' edits: they outlast a re-import until the file says something else; sessions are split and joined."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.errors import CommandError
from bot.rules.queue_times import Phase
from bot.rules.run import TimingKind
from bot.rules.taps import Tap
from bot.schedules.schedule import Schedule, Talk
from bot.services.editing import SessionEdit, TalkEdit, edit_talk
from bot.services.pending_edits import held_edit, hold_edit
from bot.services.schedule_editing import EditOutcome, edit_session, preview_edit
from bot.services.timekeeping import tap_clock
from bot.services.undoing import preview_undo, undo_change
from db.database import Database
from db.tables import Session
from tests.builders import SERVER, a_schedule, a_session, a_talk, at, fifteen_talks
from tests.clocks import SteppedClock
from tests.services.hall import Hall, anybody
from tests.services.store import deliveries, everything, import_page, programme_of, talks, use_channel


def page(*changed: Talk, hour: str = "12:30") -> Schedule:
    """The ICML session, with some talks as given in place of those of the same title."""
    by_title = {talk.title: talk for talk in changed}
    return a_schedule(a_session(*(by_title.get(talk.title, talk) for talk in fifteen_talks(at(hour)))))


async def edit(db: Database, clock: SteppedClock, edit: SessionEdit) -> EditOutcome:
    """Edit as a manager, who is shown the same before."""
    shown = await preview_edit(db, clock, server_id=SERVER, edit=edit, by=7)
    done = await edit_session(db, clock, server_id=SERVER, edit=edit, by=7)
    assert done.changes == shown.changes
    return done


async def session_ids(db: Database) -> list[int]:
    """The sessions' keys in the order in which they were made; what an edit's preview draws is not given back."""
    async with db.reading() as session:
        return [key or 0 for key in await session.exec(select(Session.id).order_by(col(Session.id)))]


async def sessions(db: Database) -> list[tuple[str, int]]:
    """The sessions that have talks, with how many take place."""
    found: dict[str, int] = {}
    for title, _, _, cancelled in await programme_of(db):
        found[title] = found.get(title, 0) + (not cancelled)
    return sorted(found.items())


async def start_of(db: Database, title: str) -> datetime:
    return next(talk.starts_at for talk in await talks(db) if talk.title == title)


async def test_edit_of_a_talk_stays_when_the_file_is_imported_again(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, page())
    wanted = TalkEdit(3, title="Renamed", starts_at=at("12:42"), room="Hall G", cancelled=None)
    outcome = await edit(db, clock, SessionEdit(1, talk=wanted))
    assert [(change.kind.value, change.facts.title) for change in outcome.changes] == [("moved", "Renamed")]
    again = await import_page(db, clock, page())
    assert (again.changes_nothing, again.unchanged) == (True, 15)
    other = await import_page(db, clock, page(replace(fifteen_talks()[0], title="Talk 1", room="Hall H")))
    assert other.changed == 1
    row = (await talks(db))[2]
    assert (row.title, row.starts_at, row.room) == ("Renamed", at("12:42"), "Hall G")


async def test_file_that_changes_what_was_edited_goes_before_the_edit(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, page())
    third = fifteen_talks()[2]
    await edit(db, clock, SessionEdit(1, talk=TalkEdit(3, title="Renamed", starts_at=at("12:42"))))
    await import_page(db, clock, page(replace(third, starts_at=at("12:43"), ends_at=at("12:48"))))
    row = (await talks(db))[2]
    assert (row.title, row.starts_at, row.ends_at) == ("Renamed", at("12:43"), at("12:48"))
    # what the file says now is what counts from then on
    await import_page(db, clock, page())
    assert await start_of(db, "Renamed") == third.starts_at


async def test_moderators_swap_on_the_day_outlasts_a_re_import(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, page())
    await edit_talk(db, clock, server_id=SERVER, session_id=1, edit=TalkEdit(1, swap_with=2), by=7)
    assert (await import_page(db, clock, page())).changes_nothing
    assert await start_of(db, "Talk 2") == at("12:30")


async def test_cancelled_by_hand_and_brought_back(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock, page())
    outcome = await edit(db, clock, SessionEdit(1, talk=TalkEdit(3, cancelled=True)))
    assert [change.kind.value for change in outcome.changes] == ["cancelled"]
    assert (await import_page(db, clock, page())).changes_nothing
    outcome = await edit(db, clock, SessionEdit(1, talk=TalkEdit(3, cancelled=False)))
    assert [change.kind.value for change in outcome.changes] == ["takes place after all"]
    # taken out of the file, then brought back by hand: it stays, as the file says nothing new about it
    without = a_schedule(a_session(*(talk for talk in fifteen_talks() if talk.title != "Talk 3")))
    assert (await import_page(db, clock, without)).removed == 1
    await edit(db, clock, SessionEdit(1, talk=TalkEdit(3, cancelled=False)))
    assert (await import_page(db, clock, without)).changes_nothing
    assert not (await talks(db))[2].cancelled


async def test_split_session_stays_split(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock, page())
    outcome = await edit(db, clock, SessionEdit(1, split_before=8, title="Deep Learning II"))
    assert [(p.session.title, len(p.session.talks)) for p in outcome.sessions] == [
        ("Deep Learning", 7),
        ("Deep Learning II", 8),
    ]
    assert {row.session_id for row in await deliveries(db, kind="session_start", state="pending")} == {
        *await session_ids(db)
    }
    assert (await import_page(db, clock, page())).changes_nothing
    later = await import_page(db, clock, page(hour="12:40"))
    assert later.changed == 15
    assert await sessions(db) == [("Deep Learning", 7), ("Deep Learning II", 8)]
    starts = [row.due_at for row in await deliveries(db, kind="session_start", state="pending")]
    assert starts == [at("12:40"), at("13:15")]
    # the whole of it into another room, as the file says now: the halves go along
    moved = a_schedule(replace(page(hour="12:40").sessions[0], room="Hall G"))
    await import_page(db, clock, moved)
    assert await sessions(db) == [("Deep Learning", 7), ("Deep Learning II", 8)]


async def test_undo_joins_what_was_split(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, page())
    before = {name: rows for name, rows in everything(db).items() if name in ("talks", "sessions")}
    await edit(db, clock, SessionEdit(1, split_before=8))
    assert await sessions(db) == [("Deep Learning", 7), ("Deep Learning (part 2)", 8)]
    shown = await preview_undo(db, clock, SERVER)
    await undo_change(db, clock, server_id=SERVER, version_id=shown.version_id, by=7)
    assert {name: rows for name, rows in everything(db).items() if name in ("talks", "sessions")} == before


async def test_joined_sessions_stay_joined_and_take_in_what_the_file_adds(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    early, late = fifteen_talks()[:7], fifteen_talks()[7:]
    both = a_schedule(a_session(*early, title="One"), a_session(*late, title="Two"))
    await import_page(db, clock, both)
    outcome = await edit(db, clock, SessionEdit(1, join=2))
    assert [(p.session.title, len(p.session.talks)) for p in outcome.sessions] == [("One", 15)]
    assert (await import_page(db, clock, both)).changes_nothing
    more = (*late, a_talk("Talk 16", starts_at=at("14:00")))
    await import_page(db, clock, a_schedule(a_session(*early, title="One"), a_session(*more, title="Two")))
    assert await sessions(db) == [("One", 16)]
    assert [row.due_at for row in await deliveries(db, kind="session_over", state="pending")] == [at("14:05")]


async def test_session_that_has_begun_is_neither_split_nor_joined_nor_unsplit(
    db: Database, clock: SteppedClock
) -> None:
    two = a_schedule(a_session(*fifteen_talks()[:7], title="One"), a_session(*fifteen_talks()[7:], title="Two"))
    await import_page(db, clock, two)
    await edit(db, clock, SessionEdit(1, split_before=4))
    clock.advance(minutes=11)
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=Tap(TimingKind.START, 7), check=anybody)
    before = everything(db)
    for wanted in (SessionEdit(1, split_before=2), SessionEdit(1, join=2), SessionEdit(2, join=1)):
        with pytest.raises(CommandError, match="“One” has begun"):
            await edit_session(db, clock, server_id=SERVER, edit=wanted, by=7)
    assert everything(db) == before
    # the cut stays, and what was before it can be undone all the same
    shown = await preview_undo(db, clock, SERVER)
    assert (shown.changes, shown.stays_cut) == ((), "One")
    await undo_change(db, clock, server_id=SERVER, version_id=shown.version_id, by=7)
    assert await sessions(db) == [("One", 3), ("One (part 2)", 4), ("Two", 8)]
    assert (await preview_undo(db, clock, SERVER)).origin.value == "import"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (SessionEdit(1), "nothing was to change"),
        (SessionEdit(1, title="Deep Learning"), "nothing was to change"),
        (SessionEdit(1, split_before=1), "first talk"),
        (SessionEdit(1, split_before=99), "not in this session"),
        (SessionEdit(1, join=1), "with itself"),
        (SessionEdit(1, join=2), "comes from another file"),
        (SessionEdit(9, title="X"), "not in this server's programme"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    db: Database, clock: SteppedClock, wanted: SessionEdit, words: str
) -> None:
    await import_page(db, clock, page())
    await import_page(db, clock, a_schedule(a_session(a_talk("Other"), title="Other")))
    before = everything(db)
    with pytest.raises(CommandError, match=words):
        await edit_session(db, clock, server_id=SERVER, edit=wanted, by=7)
    assert everything(db) == before


async def test_session_renamed_moved_in_time_and_to_another_room(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock, 77, room="Hall G")
    await import_page(db, clock, page())
    wanted = SessionEdit(1, title="Deeper", room="Hall G", moderator="Ada", shift=timedelta(minutes=15))
    outcome = await edit(db, clock, wanted)
    (session,) = outcome.sessions
    assert (session.session.title, session.session.room, session.session.moderator) == ("Deeper", "Hall G", "Ada")
    assert session.expected.starts_at == at("12:45")
    assert {row.channel_id for row in await deliveries(db, kind="up_next")} == {77}
    assert (await import_page(db, clock, page())).changes_nothing


async def test_talk_on_stage_stays_where_it_is_whatever_the_file_says(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, page())
    clock.advance(minutes=11)
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=Tap(TimingKind.START, 7), check=anybody)
    first, *rest = fifteen_talks()
    elsewhere = a_session(replace(first, room="Hall G", cancelled=True), title="Other", room="Hall G")
    await import_page(db, clock, a_schedule(a_session(*rest), elsewhere))
    stored = (await talks(db))[0]
    assert (stored.session_id, stored.cancelled) == (1, False)
    await import_page(db, clock, a_schedule(a_session(*rest)))
    assert not (await talks(db))[0].cancelled


async def test_same_file_after_alike_talks_were_moved_changes_nothing(db: Database, clock: SteppedClock) -> None:
    starts = (at(f"12:{30 + 10 * number}") for number in range(3))
    alike = [a_talk("Discussion", starts_at=start, minutes=10, speakers=()) for start in starts]
    await import_page(db, clock, a_schedule(a_session(*alike)))
    await edit(db, clock, SessionEdit(1, shift=timedelta(minutes=10)))
    before = [(talk.id, talk.starts_at) for talk in await talks(db)]
    assert (await import_page(db, clock, a_schedule(a_session(*alike)))).changes_nothing
    assert [(talk.id, talk.starts_at) for talk in await talks(db)] == before


async def test_questions_go_with_their_talk_and_come_back_with_it(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock, page())
    hall = Hall(db, clock)
    hall.at("12:27")
    await hall.put(Phase.OPEN, talk=8)
    await hall.ask("Why?", talk=8)
    await edit(db, clock, SessionEdit(1, split_before=8))
    second = (await session_ids(db))[1]
    assert [question.id for question in (await hall.queues(second)).questions] == [1]
    shown = await preview_undo(db, clock, SERVER)
    await undo_change(db, clock, server_id=SERVER, version_id=shown.version_id, by=7)
    assert [question.id for question in (await hall.queues(1)).questions] == [1]


async def test_edit_that_was_shown_is_applied_once_and_to_what_it_was_shown_for(
    db: Database, clock: SteppedClock
) -> None:
    await import_page(db, clock, page())
    wanted = SessionEdit(1, shift=timedelta(minutes=15))
    key = await hold_edit(db, clock, server_id=SERVER, user_id=7, edit=wanted)
    stale = await hold_edit(db, clock, server_id=SERVER, user_id=7, edit=wanted)
    assert await held_edit(db, server_id=SERVER, key=key) == wanted
    await edit_session(db, clock, server_id=SERVER, edit=wanted, by=7, held=key)
    for again, words in ((key, "already dealt with"), (stale, "the programme changed since")):
        with pytest.raises(CommandError, match=words):
            await edit_session(db, clock, server_id=SERVER, edit=wanted, by=7, held=again)
    assert (await talks(db))[0].starts_at == at("12:45")


async def test_session_that_has_begun_is_not_cut_by_a_newer_file(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_schedule(conference="C"))
    clock.advance(minutes=11)
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=Tap(TimingKind.START, 7), check=anybody)
    some = fifteen_talks()
    cut = a_session(*some[:3], title="One"), a_session(*some[3:], title="Two")
    await import_page(db, clock, a_schedule(*cut, conference="C"))
    assert {talk.session_id for talk in await talks(db)} == {1}


async def test_talk_that_the_file_adds_behind_a_split_goes_to_the_second_half(
    db: Database, clock: SteppedClock
) -> None:
    await import_page(db, clock, page())
    await edit(db, clock, SessionEdit(1, split_before=8))
    more = a_talk("Talk 16", starts_at=at("14:00"), speakers=("Z",))
    await import_page(db, clock, a_schedule(a_session(*fifteen_talks(), more)))
    assert (await talks(db))[-1].session_id == (await session_ids(db))[1]


async def test_length_of_the_talk_on_stage_can_be_edited(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, page())
    clock.advance(minutes=11)
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=Tap(TimingKind.START, 7), check=anybody)
    outcome = await edit(db, clock, SessionEdit(1, talk=TalkEdit(1, length=timedelta(minutes=9))))
    (session,) = outcome.sessions
    assert session.run.lengths == {1: timedelta(minutes=9)}


@pytest.mark.parametrize("wanted", [SessionEdit(1, split_before=8, room="G"), SessionEdit(1, join=2, title="X")])
async def test_cut_goes_with_no_other_change(db: Database, clock: SteppedClock, wanted: SessionEdit) -> None:
    await import_page(db, clock, page())
    with pytest.raises(CommandError, match="does not go with other changes"):
        await edit_session(db, clock, server_id=SERVER, edit=wanted, by=7)


@pytest.mark.parametrize("other", [{"moderator": "Grace Hopper"}, {"title": "Deeper Learning"}, {"room": "Hall G"}])
async def test_what_differs_of_a_session_alone_is_a_change(
    db: Database, clock: SteppedClock, other: dict[str, str]
) -> None:
    await import_page(db, clock, a_schedule(conference="C"))
    outcome = await import_page(db, clock, a_schedule(a_session(**other), conference="C"))
    assert (outcome.changes_nothing, outcome.sessions_changed, outcome.unchanged) == (False, 1, 15)


async def test_file_without_a_talk_that_was_brought_back_is_no_step(db: Database, clock: SteppedClock) -> None:
    fewer = a_schedule(a_session(*fifteen_talks()[:14]))
    await import_page(db, clock, page())
    await import_page(db, clock, fewer)
    await edit(db, clock, SessionEdit(1, talk=TalkEdit(15, cancelled=False)))
    before = {name: rows for name, rows in everything(db).items() if name in ("sessions", "programme_versions")}
    assert (await import_page(db, clock, fewer)).changes_nothing
    assert {name: rows for name, rows in everything(db).items() if name in before} == before
