"""A stored conference as a file: all of it, and importing that file changes nothing."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from sqlmodel import col, update

from bot.errors import CommandError
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import Schedule
from bot.services import uploads
from bot.services.editing import SessionEdit, TalkEdit
from bot.services.importing import ImportOutcome
from bot.services.schedule_editing import edit_session
from bot.services.schedule_export import (
    ExportedSchedule,
    ScheduleFormat,
    export_schedule,
    exportable_conferences,
    stored_schedule,
)
from db.database import NOBODY, Database
from db.tables import Conference
from tests.builders import DURING_BREAK, LOS_ANGELES, NEW_YORK, SERVER, a_schedule, a_session, a_talk, at, fifteen_talks
from tests.clocks import SteppedClock
from tests.schedules.programmes import OPTIONS, facts
from tests.schedules.test_shared import FILES, Right
from tests.schedules.test_shared import read as read_real
from tests.services.store import everything, import_page, statements, use_channel
from tests.shared import needs_shared

FORMS: tuple[ScheduleFormat, ...] = ("ics", "json", "csv")
each_form = pytest.mark.parametrize("form", FORMS)
MANAGER = 4


async def export(db: Database, form: ScheduleFormat, conference: str | None = None) -> ExportedSchedule:
    return await export_schedule(db, server_id=SERVER, conference=conference, form=form, now=DURING_BREAK)


async def exported(db: Database, form: ScheduleFormat) -> Schedule:
    """The only conference's export, read back."""
    return read_schedule((await export(db, form)).content, OPTIONS)


async def check_import_of_export_changes_nothing(db: Database, clock: SteppedClock, form: ScheduleFormat) -> None:
    schedule = await exported(db, form)
    before = everything(db)
    with statements(db) as seen:
        outcome = await import_page(db, clock, schedule)
    assert (outcome.changes_nothing, outcome.unchanged) == (True, len(schedule.talks))
    assert [sql for sql in seen if not sql.startswith("SELECT")] == []
    assert everything(db) == before


async def two_pages(db: Database, clock: SteppedClock) -> list[ImportOutcome]:
    """Two pages of one conference, with a break at the same time in both."""
    both = a_talk("Break", speakers=(), kind="Break"), a_talk("Trees", starts_at=at("13:00"), file_id="1")
    first = a_schedule(a_session(*fifteen_talks(), both[0]), conference="ICML 2022")
    second = a_schedule(a_session(*both, title="Theory", room="Hall G"), conference="ICML 2022")
    await use_channel(db, clock)
    return [
        await import_page(db, clock, page, source_name=name)
        for page, name in ((first, "Page 1; “Hall, F”"), (second, "=Page 2"))
    ]


@each_form
@needs_shared
@pytest.mark.parametrize("right", FILES, ids=lambda right: right.file)
async def test_real_programme_imported_exported_and_imported_again_changes_nothing(
    db: Database, clock: SteppedClock, right: Right, form: ScheduleFormat
) -> None:
    await use_channel(db, clock)
    schedule = read_real(right, right.given)
    await import_page(db, clock, schedule, timezone=None if schedule.timezone else "Europe/Berlin")
    await check_import_of_export_changes_nothing(db, clock, form)


@each_form
async def test_conference_of_several_sources_is_one_file_that_changes_none_of_them(
    db: Database, clock: SteppedClock, form: ScheduleFormat
) -> None:
    await two_pages(db, clock)
    schedule = await exported(db, form)
    assert [(session.title, session.source) for session in schedule.sessions] == [
        ("Deep Learning", "Page 1; “Hall, F”"),
        ("Theory", "=Page 2"),
    ]
    await check_import_of_export_changes_nothing(db, clock, form)


@each_form
async def test_export_of_one_server_makes_the_same_conference_on_another(
    db: Database, clock: SteppedClock, form: ScheduleFormat
) -> None:
    await two_pages(db, clock)
    schedule = await exported(db, form)
    await import_page(db, clock, schedule, server_id=2)
    (copy,) = await exportable_conferences(db, 2)
    stored = await stored_schedule(db, copy.id)
    assert facts(stored.schedule) == facts(schedule)


@each_form
async def test_talk_that_is_no_longer_in_its_file_is_exported_as_cancelled(
    db: Database, clock: SteppedClock, form: ScheduleFormat
) -> None:
    first, *others = fifteen_talks()
    await import_page(db, clock, a_schedule(a_session(first, *others)))
    await import_page(db, clock, a_schedule(a_session(*others)))
    schedule = await exported(db, form)
    assert [talk.cancelled for talk in schedule.talks] == [True, *[False] * 14]
    assert (await import_page(db, clock, schedule)).changes_nothing


@each_form
async def test_talk_that_is_gone_does_not_make_its_session_longer(
    db: Database, clock: SteppedClock, form: ScheduleFormat
) -> None:
    first, *others = fifteen_talks()
    await import_page(db, clock, a_schedule(a_session(first, *others)))
    await import_page(db, clock, a_schedule(a_session(*others)))
    await check_import_of_export_changes_nothing(db, clock, form)


@each_form
@pytest.mark.parametrize(
    "edit",
    [
        SessionEdit(1, talk=TalkEdit(3, title="Another title altogether")),
        SessionEdit(2, talk=TalkEdit(16, title="Silence")),
        SessionEdit(1, title="Deeper Learning", room="Hall G", moderator="Ada One"),
        SessionEdit(1, shift=timedelta(minutes=10)),
        SessionEdit(1, split_before=8),
        SessionEdit(1, join=2),
    ],
    ids=lambda edit: re.sub(r"\w+=None,? ?", "", str(edit))[:40],
)
async def test_programme_that_was_edited_comes_back_as_it_was_edited(
    db: Database, clock: SteppedClock, edit: SessionEdit, form: ScheduleFormat
) -> None:
    clock.jump(at("08:00"))
    evening = a_session(a_talk("Music", starts_at=at("20:00"), speakers=()), title="Evening", room="Hall H")
    await import_page(db, clock, a_schedule(a_session(*fifteen_talks()), evening))
    await edit_session(db, clock, server_id=SERVER, edit=edit, by=MANAGER)
    await check_import_of_export_changes_nothing(db, clock, form)


@each_form
async def test_twins_at_one_time_in_two_rooms_stay_where_they_are(
    db: Database, clock: SteppedClock, form: ScheduleFormat
) -> None:
    clock.jump(at("08:00"))
    rooms = [
        a_session(
            a_talk(f"Opening {room}", starts_at=at(starts), room=room),
            a_talk("Break", starts_at=at("11:00"), speakers=(), room=room),
            title=room,
            room=room,
        )
        for room, starts in (("Hall B", "09:00"), ("Hall A", "10:00"))
    ]
    await import_page(db, clock, a_schedule(*rooms))
    edit = SessionEdit(1, talk=TalkEdit(1, starts_at=at("10:30")))
    await edit_session(db, clock, server_id=SERVER, edit=edit, by=MANAGER)
    await check_import_of_export_changes_nothing(db, clock, form)


async def test_talks_are_exported_in_order_of_start_whenever_they_came(db: Database, clock: SteppedClock) -> None:
    for starts in (("14:00", "15:00"), ("13:00", "14:00", "15:00")):
        page = a_schedule(a_session(*(a_talk(start, starts_at=at(start)) for start in starts)))
        await import_page(db, clock, page)
    stored = await stored_schedule(db, 1)
    assert [talk.title for talk in stored.schedule.talks] == ["13:00", "14:00", "15:00"]
    assert [key.split()[-1] for key in stored.keys] == ["3", "1", "2"]


async def test_session_without_talks_and_archived_conferences_are_left_out(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_schedule(a_session(a_talk("A")), a_session(a_talk("B"), title="Two")))
    await import_page(db, clock, a_schedule(a_session(a_talk("A"), a_talk("B", starts_at=at("13:00")))))
    (listed,) = await exportable_conferences(db)
    stored = await stored_schedule(db, listed.id)
    assert [len(session.talks) for session in stored.schedule.sessions] == [2]
    async with db.transaction(NOBODY) as session:
        await session.exec(update(Conference).values(archived_at=DURING_BREAK).where(col(Conference.id) == listed.id))
    assert await exportable_conferences(db) == []


async def test_file_is_named_after_its_conference_and_told_what_it_holds(db: Database, clock: SteppedClock) -> None:
    await two_pages(db, clock)
    made = await export(db, "json")
    assert (made.name, made.conference, made.talks, made.sessions, made.sources) == (
        "schedule-icml-2022.json",
        "ICML 2022",
        18,
        2,
        2,
    )
    assert json.loads(made.content)["conference"] == "ICML 2022"


@pytest.mark.parametrize(
    ("name", "file"),
    [("../../Ünï “x”\n", "schedule-uni-x.ics"), ("会議", "schedule.ics"), ("x" * 200, f"schedule-{'x' * 40}.ics")],
)
async def test_name_of_the_file_is_safe_whatever_the_conference_is_called(
    db: Database, clock: SteppedClock, name: str, file: str
) -> None:
    await import_page(db, clock, a_schedule(conference=name))
    assert (await export(db, "ics")).name == file


async def test_conference_nearest_in_time_is_taken_unless_one_is_named(db: Database, clock: SteppedClock) -> None:
    for name, day in (("Old", "2021-07-21"), ("Now", "2022-07-21"), ("Next", "2022-09-01")):
        day_long = (a_talk(starts_at=at(start, day)) for start in ("09:00", "18:00"))
        await import_page(db, clock, a_schedule(a_session(*day_long), conference=name))
    assert (await export(db, "csv")).conference == "Now"
    assert (await export(db, "csv", "next")).conference == "Next"
    with pytest.raises(CommandError, match=r"no open conference is called “Never”\. There is “Old”, “Now”, “Next”"):
        await export(db, "csv", "Never")


async def test_other_servers_conferences_are_not_found(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, server_id=2)
    with pytest.raises(CommandError, match="no programme is stored yet"):
        await export(db, "csv")


async def test_zone_of_the_page_is_kept_where_all_pages_have_it(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_schedule(conference="ICML 2022"), timezone=NEW_YORK, source_name="1")
    stored = await stored_schedule(db, 1)
    assert (stored.schedule.timezone, stored.schedule.page_timezone) == (NEW_YORK, LOS_ANGELES)
    await import_page(db, clock, a_schedule(conference="ICML 2022", page_timezone=NEW_YORK), source_name="2")
    assert (await stored_schedule(db, 1)).schedule.page_timezone is None


@each_form
async def test_same_store_gives_the_same_bytes(db: Database, clock: SteppedClock, form: ScheduleFormat) -> None:
    await two_pages(db, clock)
    first = await export(db, form)
    clock.advance(minutes=60)
    assert await export(db, form) == first


async def test_event_of_a_talk_that_moved_is_still_the_same(db: Database, clock: SteppedClock) -> None:
    uids = []
    for start in ("12:30", "14:30"):
        await import_page(db, clock, a_schedule(a_session(a_talk(starts_at=at(start)))))
        uids.append(re.findall(rb"UID:(\S+)", (await export(db, "ics")).content))
    assert uids[0] == uids[1]
    assert len(uids[0]) == 1


async def test_file_that_discord_does_not_take_is_refused_with_the_command_that_writes_it(
    db: Database, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await import_page(db, clock)
    monkeypatch.setattr(uploads, "UPLOAD_LIMIT", 500)
    with pytest.raises(CommandError, match=f"chairside export schedule --server {SERVER} --format csv"):
        await export(db, "csv")


async def test_export_takes_as_many_statements_for_two_sources_as_for_one(db: Database, clock: SteppedClock) -> None:
    counts = []
    for name in ("1", "2"):
        await import_page(db, clock, a_schedule(conference="ICML 2022"), source_name=name)
        with statements(db) as seen:
            await export(db, "json")
        counts.append(len(seen))
    assert counts[0] == counts[1]
