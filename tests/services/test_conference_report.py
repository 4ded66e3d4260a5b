"""Reading a conference for its report: which rows belong to it, and what is left out."""

from __future__ import annotations

import pytest

from benchmarks.reporting_rows import BEGINS, SERVER, MadeConference
from bot.errors import CommandError
from bot.services.conference_report import conference_report
from db.database import NOBODY, Database
from db.question_tables import Question
from db.tables import Conference
from tests.conference_report.made import name_moderators, reported
from tests.services.stored_questions import rows


def small(questions: int = 1) -> MadeConference:
    return MadeConference(rooms=2, days=1, talks=2, questions=questions)


async def test_moderators_are_numbered_in_the_order_of_their_first_taps(db: Database) -> None:
    report = await reported(db, small())
    assert [{event.by for event in each.events} for each in report.sessions] == [{1}, {2}]


async def test_moderators_are_named_only_where_the_server_wants_it(db: Database) -> None:
    made = small()
    report = await reported(db, made)
    assert (report.names_moderators, {each.report.session.moderator for each in report.sessions}) == (False, {None})
    await name_moderators(db, SERVER)
    named = await conference_report(db, 1, made.over_at)
    assert named.names_moderators
    assert None not in {each.report.session.moderator for each in named.sessions}


async def test_archived_conference_is_read_as_well(db: Database) -> None:
    made = small()
    await made.store(db)
    async with db.transaction(NOBODY) as session:
        conference = await session.get(Conference, 1)
        assert conference is not None
        conference.archived_at = BEGINS
    assert len((await conference_report(db, 1, made.over_at)).sessions) == 2


async def test_messages_about_a_talk_alone_belong_to_it_and_the_servers_others_do_not(db: Database) -> None:
    made = small()
    await made.store(db)
    told = {"server_id": SERVER, "state": "sent", "kind": "personal", "due_at": BEGINS, "planned_at": BEGINS}
    await rows(
        db,
        "deliveries",
        {**told, "id": "a", "key": "a", "talk_id": 3, "session_id": None, "channel_id": 77, "user_id": 88},
        {**told, "id": "b", "key": "b", "talk_id": None, "session_id": None, "channel_id": 77, "user_id": None},
    )
    found = (await conference_report(db, 1, made.over_at)).deliveries
    assert len(found) == len(made.rows["deliveries"]) + 1
    assert {each.session_id for each in found if each.talk_id == 3} == {2}


async def test_channel_of_a_direct_message_is_left_out(db: Database) -> None:
    found = (await reported(db, small())).deliveries
    assert {each.channel_id for each in found if each.is_direct} == {None}
    assert None not in {each.channel_id for each in found if not each.is_direct}


async def test_votes_of_a_merged_group_count_once_and_at_its_root(db: Database) -> None:
    made = small(questions=2)
    await made.store(db)
    when = {"voted_at": BEGINS}
    await rows(db, "question_votes", *({"question_id": q, "user_id": u, **when} for q, u in ((1, 5), (1, 6), (2, 6))))
    async with db.transaction(NOBODY) as session:
        merged = await session.get(Question, 2)
        assert merged is not None
        merged.state, merged.merged_into = "merged", 1
    votes = {each.id: each.votes for each in (await conference_report(db, 1, made.over_at)).questions}
    assert (votes[1], votes[2], votes[3]) == (2, None, 0)


async def test_conference_that_is_not_there_is_said(db: Database) -> None:
    with pytest.raises(CommandError, match="there is nothing to report"):
        await conference_report(db, 99, BEGINS)
