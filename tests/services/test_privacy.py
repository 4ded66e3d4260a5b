"""What is stored about a person is told in numbers, and taken out of every table without a trace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, select
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.rules.run import TimingKind
from bot.rules.taps import SAME_DAY, Tap
from bot.rules.traces import Traces
from bot.services.moderators import link_moderator
from bot.services.privacy import _NAMED, Removed, remove_person, what_is_stored
from bot.services.timekeeping import live_session, tap_clock
from db.columns import METADATA
from db.database import NOBODY, Database
from db.question_tables import Question
from db.tables import Delivery, Server, Session
from tests.builders import SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import everything, import_page
from tests.services.stored_questions import GRACE, a_question, anybody, rows, votes

ADA, OTHER_SERVER = 912345678901234567, 81384788765712999
ADAS_NAME = "Ada Quuxington"
NOT_A_PERSON = {
    "servers.id",
    "servers.channel_id",
    "servers.moderators_channel_id",
    "servers.moderators_role_id",
    "servers.ping_role_id",
    "servers.board_channel_id",
    "servers.audit_channel_id",
    "people.dm_channel_id",
    "room_channels.channel_id",
    "sessions.console_thread_id",
    "deliveries.channel_id",
    "deliveries.message_id",
    "synced_commands.application_id",
    "scheduled_events.discord_id",
    "stage_topics.channel_id",
}
HOLDS_PEOPLE_IN_A_LIST = {"sessions.moderator_ids", "audit_entries.details"}
NO_PEOPLE_IN_JSON = {
    "servers.setup_steps",
    "servers.stages",
    "servers.lead_minutes",
    "servers.cue_settings",
    "servers.question_settings",
    "servers.report_settings",
    "talks.speakers",
    "timing_events.lengths",
    "deliveries.details",
    "pending_imports.options",
    "programme_versions.before",
    "sessions.file_said",
    "sources.options",
    "talks.file_said",
    "question_steps.changes",
    "scheduled_events.facts",
    "scheduled_events.shown_facts",
}


async def start(db: Database, clock: SteppedClock, by: int) -> None:
    tap = Tap(TimingKind.START, by)
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=tap, check=anybody)


async def name_moderators(db: Database, session_id: int, ids: Sequence[int]) -> None:
    async with db.transaction(NOBODY) as session:
        (await session.get_one(Session, session_id)).moderator_ids = list(ids)


async def moderators(db: Database, session_id: int) -> list[int]:
    async with db.reading() as session:
        return (await session.get_one(Session, session_id)).moderator_ids


async def ada_everywhere(db: Database, clock: SteppedClock) -> None:
    """Ada in every column that can name a person, on two servers; Grace beside her."""
    await import_page(db, clock)
    other = a_schedule(a_session(a_talk("Abroad"), title="Elsewhere"), conference="Abroad")
    await import_page(db, clock, other, server_id=OTHER_SERVER)
    url = f"https://discord.com/channels/{SERVER}/1/2"
    await a_question(db, 1, asker_id=ADA, asker_name=ADAS_NAME, message_url=url)
    await a_question(db, 2, asker_id=ADA, asker_name=ADAS_NAME, anonymous=True)
    await a_question(db, 3, entered_by=ADA, asker_id=None, asker_name="A voice", message_url=url)
    await a_question(db, 4, text=f"As <@{ADA}> and <@!{ADA}> asked <@{GRACE}>: why?")
    await a_question(db, 5, session_id=2, talk_id=16, asker_id=ADA, asker_name=ADAS_NAME)
    await votes(db, (3, ADA), (4, ADA), (5, ADA), (1, GRACE))
    step = {"talk_id": 1, "kind": "pin", "at": at("12:27"), "changes": []}
    await rows(db, "question_steps", {**step, "by": ADA}, {**step, "by": GRACE})
    await rows(db, "talk_queues", {"talk_id": 1, "phase": "open", "set_at": at("12:30"), "set_by": ADA})
    pending = {"server_id": SERVER, "content": b"page", "options": {}, "created_at": clock.real()}
    await rows(db, "pending_imports", {**pending, "id": "a", "user_id": ADA}, {**pending, "id": "g", "user_id": GRACE})
    async with db.transaction(NOBODY) as session:
        sources = METADATA.tables["sources"]
        await session.exec(sources.update().values(imported_by=ADA))
        versions = METADATA.tables["programme_versions"]
        await session.exec(versions.update().values(made_by=ADA, undone_by=ADA))
    await rows(db, "people", *({"id": who, "dm_channel_id": 5, "told_closed": False} for who in (ADA, GRACE)))
    reminder = {"server_id": SERVER, "kind": "word", "words": "nets", "lead_seconds": 60, "mentions": False}
    await rows(db, "subscriptions", *({**reminder, "user_id": who, "made_at": at("12:20")} for who in (ADA, GRACE)))
    link = {"claimed_at": at("12:20"), "linked_at": at("12:21"), "wants_cues": False}
    await rows(db, "speaker_links", {**link, "talk_id": 1, "user_id": ADA, "linked_by": GRACE})
    await rows(db, "speaker_links", {**link, "talk_id": 2, "user_id": GRACE, "linked_by": ADA})
    await rows(db, "moderator_names", {"server_id": SERVER, "name": "ada q", "user_id": ADA})
    done = {"server_id": SERVER, "at": at("12:20"), "action": "timer start", "details": {}}
    await rows(db, "audit_entries", {**done, "by": ADA}, {**done, "by": GRACE, "details": {"to": f"<@{ADA}>"}})
    sent = {"key": "k", "server_id": SERVER, "channel_id": 5, "kind": "cue", "state": "sent", "lead_seconds": 0}
    moments = {"due_at": at("12:25"), "planned_at": at("12:20"), "revision": 0, "attempts": 1, "details": {}}
    await rows(db, "deliveries", {**sent, **moments, "id": "d", "user_id": ADA})
    await rows(db, "deliveries", {**sent, **moments, "id": "m", "key": "m", "kind": "mention", "message_id": 7})
    await rows(db, "mentions", *({"delivery_id": "m", "user_id": who} for who in (ADA, GRACE)))
    await start(db, clock, ADA)
    await name_moderators(db, 1, [GRACE, ADA])
    await name_moderators(db, 2, [ADA])


async def found(db: Database, *needles: str) -> set[str]:
    """The columns of every table in which one of these texts stands."""
    places = set()
    async with db.reading() as session:
        for table in METADATA.tables.values():
            for row in (await session.exec(select(table))).mappings():  # type: ignore[call-overload] # tables of METADATA are not typed
                for name, value in row.items():
                    if any(needle in repr(value) for needle in needles):
                        places.add(f"{table.name}.{name}")
    return places


async def test_what_is_stored_counts_over_all_servers_or_one(db: Database, clock: SteppedClock) -> None:
    await ada_everywhere(db, clock)
    everywhere = Traces(
        questions=3,
        anonymous=1,
        votes=3,
        entered=1,
        steps=1,
        queues=1,
        timing_events=1,
        imports=2,
        pending_imports=1,
        changes=2,
        undone=2,
        settings=1,
        direct=1,
        subscriptions=1,
        mentioned=1,
        speaks=1,
        linked=1,
        names=1,
        actions=1,
        moderated=("Deep Learning", "Elsewhere"),
    )
    assert await what_is_stored(db, None, ADA) == everywhere
    there = Traces(questions=1, votes=1, imports=1, changes=1, undone=1, moderated=("Elsewhere",))
    assert await what_is_stored(db, OTHER_SERVER, ADA) == there
    assert await what_is_stored(db, None, 1) == Traces()


async def test_search_for_a_removed_person_finds_nothing_in_any_column(db: Database, clock: SteppedClock) -> None:
    await ada_everywhere(db, clock)
    named = {f"{column.class_.__tablename__}.{column.key}" for column, _ in _NAMED.values()}
    texts = {"questions.asker_name", "questions.text"}
    assert await found(db, str(ADA), ADAS_NAME) == named | texts | HOLDS_PEOPLE_IN_A_LIST
    clock.jump(at("12:00", day="2022-07-23"))
    await remove_person(db, clock, ADA)
    assert await found(db, str(ADA), ADAS_NAME) == set()
    assert await what_is_stored(db, None, ADA) == Traces()


async def test_every_column_that_may_hold_an_id_is_known_to_name_people_or_not() -> None:
    """If this fails: a new column that names people goes into `_NAMED` of bot.services.privacy, any other one here."""
    named = {f"{column.class_.__tablename__}.{column.key}" for column, _ in _NAMED.values()}
    numbers, lists = set(), set()
    for table in METADATA.tables.values():
        for column in table.columns:
            if isinstance(column.type, BigInteger) and not column.foreign_keys:
                numbers.add(f"{table.name}.{column.name}")
            if column.type.__visit_name__ == "JSON":
                lists.add(f"{table.name}.{column.name}")
    assert numbers == named | NOT_A_PERSON
    assert lists == HOLDS_PEOPLE_IN_A_LIST | NO_PEOPLE_IN_JSON


async def test_removal_keeps_what_was_asked_and_done_and_touches_nobody_else(db: Database, clock: SteppedClock) -> None:
    await ada_everywhere(db, clock)
    before = everything(db)
    await remove_person(db, clock, ADA)
    after = everything(db)
    gone = {
        table: len(before[table]) - len(after[table]) for table in before if len(before[table]) != len(after[table])
    }
    assert gone == {
        "question_votes": 3,
        "pending_imports": 1,
        "people": 1,
        "subscriptions": 1,
        "speaker_links": 1,
        "moderator_names": 1,
        "deliveries": 1,
        "mentions": 1,
    }
    async with db.reading() as session:
        questions = list(await session.exec(select_rows(Question).order_by(col(Question.id))))
    assert [(q.asker_id, q.asker_name, q.anonymous, q.entered_by) for q in questions] == [
        (None, "removed person", False, None),
        (None, "removed person", True, None),
        (None, "A voice", False, None),
        (GRACE, "Grace", False, None),
        (None, "removed person", False, None),
    ]
    assert [bool(q.message_url) for q in questions] == [False, False, True, False, False]
    assert questions[3].text == f"As @removed person and @removed person asked <@{GRACE}>: why?"
    assert (await what_is_stored(db, None, GRACE)) == Traces(
        questions=1,
        votes=1,
        steps=1,
        pending_imports=1,
        settings=1,
        direct=2,
        subscriptions=1,
        mentioned=1,
        speaks=1,
        actions=1,
        moderated=("Deep Learning",),
    )


async def test_removal_tells_what_it_removed_and_a_second_one_removes_nothing(
    db: Database, clock: SteppedClock
) -> None:
    await ada_everywhere(db, clock)
    stored = await what_is_stored(db, None, ADA)
    first = await remove_person(db, clock, ADA)
    assert first.traces == Traces(
        **{name: getattr(stored, name) for name in Traces.__slots__ if name != "moderated"}, moderated=()
    )
    assert first.still_moderates == ("Deep Learning", "Elsewhere")
    after = everything(db)
    assert await remove_person(db, clock, ADA) == Removed(Traces(), ("Deep Learning", "Elsewhere"))
    assert everything(db) == after


async def test_forecast_of_a_running_session_is_the_same_without_who_tapped(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    clock.jump(at("12:33"))
    await start(db, clock, ADA)
    before = await live_session(db, clock, server_id=SERVER, session_id=1)
    await remove_person(db, clock, ADA)
    after = await live_session(db, clock, server_id=SERVER, session_id=1)
    assert [event.by for event in before.placed.events] == [ADA]
    assert [event.by for event in after.placed.events] == [None]
    assert after.expected == before.expected


async def moderates_at(db: Database, clock: SteppedClock, moment: datetime) -> list[int]:
    clock.jump(moment)
    await remove_person(db, clock, ADA)
    return await moderators(db, 1)


async def test_moderator_stays_until_the_session_is_over_by_its_plan(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await name_moderators(db, 1, [ADA, GRACE])
    assert await moderates_at(db, clock, at("13:59:59")) == [ADA, GRACE]
    assert await moderates_at(db, clock, at("14:00")) == [GRACE]


async def test_moderator_of_a_session_that_runs_late_stays_until_it_is_closed(
    db: Database, clock: SteppedClock
) -> None:
    await import_page(db, clock)
    await name_moderators(db, 1, [ADA])
    clock.jump(at("13:58"))
    await start(db, clock, GRACE)
    assert await moderates_at(db, clock, at("14:05")) == [ADA]
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=Tap(TimingKind.CLOSE, GRACE), check=anybody)
    assert await moderates_at(db, clock, at("14:06")) == []


async def test_moderator_of_a_clock_that_was_left_running_stays_while_somebody_can_still_tap_it(
    db: Database, clock: SteppedClock
) -> None:
    await import_page(db, clock)
    await name_moderators(db, 1, [ADA])
    async with db.transaction(NOBODY) as session:
        (await session.get_one(Server, SERVER)).guards_clock = False
    await start(db, clock, GRACE)
    assert await moderates_at(db, clock, at("14:00") + SAME_DAY) == [ADA]
    assert await moderates_at(db, clock, at("14:01") + SAME_DAY) == []


async def test_moderator_of_an_archived_conference_is_removed(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await name_moderators(db, 1, [ADA])
    async with db.transaction(NOBODY) as session:
        conferences = METADATA.tables["conferences"]
        await session.exec(conferences.update().values(archived_at=clock.now()))
    assert await moderates_at(db, clock, at("12:21")) == []


async def test_linked_name_keeps_its_moderator_in_sessions_that_have_begun_and_in_no_others(
    db: Database, clock: SteppedClock
) -> None:
    sessions = [a_session(a_talk(name), title=name, moderator="Ada, Grace and Ida") for name in ("One", "Two", "Three")]
    await import_page(db, clock, a_schedule(*sessions))
    for name, user in (("Ada", ADA), ("Grace", GRACE)):
        await link_moderator(db, server_id=SERVER, name=name, user_id=user)
    clock.jump(at("12:33"))
    await start(db, clock, GRACE)
    tap = Tap(TimingKind.START, GRACE)
    await tap_clock(db, clock, server_id=SERVER, session_id=2, tap=tap, check=anybody)
    undo = Tap(TimingKind.UNDO, GRACE)
    await tap_clock(db, clock, server_id=SERVER, session_id=2, tap=undo, check=anybody)
    removed = await remove_person(db, clock, ADA)
    assert (removed.traces.names, removed.still_moderates) == (1, ("One",))
    assert [await moderators(db, key) for key in (1, 2, 3)] == [[ADA, GRACE], [], []]
    running = await live_session(db, clock, server_id=SERVER, session_id=1)
    assert running.placed.moderator_ids == (ADA, GRACE)
    assert (await live_session(db, clock, server_id=SERVER, session_id=3)).placed.moderator_ids == (GRACE,)
    # once it is over, nothing of them is left
    clock.jump(at("12:00", day="2022-07-22"))
    assert (await remove_person(db, clock, ADA)).still_moderates == ()
    assert await found(db, str(ADA)) == set()


async def test_id_that_is_a_part_of_another_moderators_id_is_left_alone(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    longer = int(f"{ADA}1")
    await name_moderators(db, 1, [longer])
    assert await moderates_at(db, clock, at("15:00")) == [longer]


async def test_posted_questions_of_a_removed_person_are_edited_and_no_others(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await a_question(db, 1, asker_id=ADA, asker_name=ADAS_NAME)
    await a_question(db, 2)
    posted = {"server_id": SERVER, "session_id": 1, "talk_id": 1, "channel_id": 1, "state": "sent", "message_id": 5}
    times = {"due_at": at("12:20"), "planned_at": at("12:20"), "lead_seconds": 0, "revision": 0, "attempts": 0}
    await rows(
        db,
        "deliveries",
        *(
            {**posted, **times, "id": key, "key": key, "kind": kind, "details": details}
            for key, kind, details in (
                ("hers", "question", {"question": "1"}),
                ("other", "question", {"question": "2"}),
                ("left", "left_part", {"questions": "2,1"}),
                ("console", "console", {}),
                ("reminder", "up_next", {}),
            )
        ),
    )
    await remove_person(db, clock, ADA)
    async with db.reading() as session:
        edited = await session.exec(select_rows(Delivery.id).where(col(Delivery.edit_at).is_not(None)))
        assert set(edited) == {"hers", "left", "console"}


async def test_vote_of_a_removed_person_counts_no_more(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await a_question(db, 1)
    await votes(db, (1, ADA))
    assert (await remove_person(db, clock, ADA)).traces == Traces(votes=1)
    assert everything(db)["question_votes"] == []
