"""What is exported: all of it for moderators; for the public what the room saw, and nobody's id."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from bot.errors import CommandError
from bot.rules.export_table import ExportedQuestion, Format, QuestionExport
from bot.services import question_export, uploads
from bot.services.question_export import export_questions, exportable_sessions, questions_file
from db.database import NOBODY, Database
from db.tables import Server
from tests.builders import NEW_YORK, SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import import_page
from tests.services.stored_questions import GRACE, a_question, votes

ADA = 912345678901234567
OTHER_SERVER = 81384788765712999


async def exported(db: Database, clock: SteppedClock, *, for_public: bool) -> QuestionExport:
    return await export_questions(db, server_id=SERVER, session_id=1, for_public=for_public, now=clock.now())


async def a_queue(db: Database, clock: SteppedClock) -> None:
    """One question in each state, one of them anonymous, one from the hall, one merged; out of order."""
    await import_page(db, clock, timezone=NEW_YORK)
    url = f"https://discord.com/channels/{SERVER}/1/2"
    await a_question(db, 1, talk_id=2, text="Later?", asker_name="A voice", asker_id=None, entered_by=ADA)
    await a_question(db, 2, state="answered", asked_at=at("12:33"), message_url=url)
    await a_question(db, 3, asker_id=ADA, asker_name="Ada", anonymous=True, entered_at=at("12:24"))
    await a_question(db, 4, state="merged", merged_into=3, text="Why indeed?", entered_at=at("12:26"))
    await a_question(db, 5, state="waiting", text="Spam?", entered_at=at("12:27"))
    await a_question(db, 6, state="dismissed", text="Rude?", entered_at=at("12:28"))
    await a_question(db, 7, state="asked", text=f"What does <@{ADA}> say?", entered_at=at("12:29"))
    await votes(db, (3, 10), (4, 10), (4, 11), (4, ADA), (2, 10))


def column(export: QuestionExport, name: str) -> list[Any]:
    return [getattr(question, name) for question in export.questions]


async def test_moderators_get_every_question_in_the_order_of_talks_with_its_asker(
    db: Database, clock: SteppedClock
) -> None:
    await a_queue(db, clock)
    export = await exported(db, clock, for_public=False)
    assert column(export, "number") == [1, 2, 3, 4, 5, 6, 7]
    assert column(export, "state") == ["queued", "answered", "merged", "waiting", "dismissed", "asked", "queued"]
    assert column(export, "asker") == ["Ada", "Grace", "Grace", "Grace", "Grace", "Grace", "A voice"]
    assert column(export, "anonymous") == [True, *[False] * 6]
    assert column(export, "votes") == [2, 1, None, 0, 0, 0, 0]
    assert column(export, "asked_by") == [2, 1, None, 1, 1, 1, 1]
    assert column(export, "merged_into") == [None, None, 1, None, None, None, None]
    assert column(export, "question")[5] == f"What does <@{ADA}> say?"
    assert (export.for_public, export.left_out) == (False, 0)


async def test_public_gets_what_the_room_saw_and_no_name_behind_an_anonymous_question(
    db: Database, clock: SteppedClock
) -> None:
    await a_queue(db, clock)
    export = await exported(db, clock, for_public=True)
    assert column(export, "number") == [1, 2, 3, 4]
    assert column(export, "question") == ["Why?", "Why?", "What does @somebody say?", "Later?"]
    assert column(export, "asker") == ["anonymous", "Grace", "Grace", "A voice"]
    assert column(export, "votes") == [2, 1, 0, 0]
    assert column(export, "asked_by") == [2, 1, 1, 1]
    assert (export.for_public, export.left_out) == (True, 3)


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_public_file_holds_nobodys_id_and_no_name_of_who_asked_anonymously(
    db: Database, clock: SteppedClock, form: Format
) -> None:
    await a_queue(db, clock)
    made = await questions_file(db, clock, server_id=SERVER, session_id=1, form=form, for_public=True)
    text = made.content.decode("utf-8-sig")
    assert made.questions == 4
    assert not [secret for secret in (str(ADA), str(GRACE), str(SERVER), "Ada", "discord.com") if secret in text]


async def test_moments_are_the_venues_with_their_offset(db: Database, clock: SteppedClock) -> None:
    await a_queue(db, clock)
    export = await exported(db, clock, for_public=False)
    assert export.questions[1] == ExportedQuestion(
        number=2,
        session="Deep Learning",
        talk="Talk 1",
        planned_start="2022-07-21T15:30:00-04:00",
        question="Why?",
        asker="Grace",
        anonymous=False,
        state="answered",
        votes=1,
        asked_by=1,
        merged_into=None,
        entered_at="2022-07-21T15:25:00-04:00",
        asked_at="2022-07-21T15:33:00-04:00",
    )
    assert asdict(export.session) == {
        "id": 1,
        "title": "Deep Learning",
        "conference": "Conference of July 2022",
        "room": "Hall F",
        "moderator": "Robin Walters",
        "timezone": NEW_YORK,
        "planned_start": "2022-07-21T15:30:00-04:00",
        "planned_end": "2022-07-21T17:00:00-04:00",
    }
    assert export.exported_at == "2022-07-21T15:20:00-04:00"


async def test_session_without_questions_is_an_empty_list(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    made = await questions_file(db, clock, server_id=SERVER, session_id=1, form="json", for_public=True)
    assert json.loads(made.content)["questions"] == []
    made = await questions_file(db, clock, server_id=SERVER, session_id=1, form="csv", for_public=True)
    assert len(made.content.splitlines()) == 1


@pytest.mark.parametrize(("server_id", "session_id"), [(SERVER, 99), (OTHER_SERVER, 1)])
async def test_session_of_another_server_is_not_found(
    db: Database, clock: SteppedClock, server_id: int, session_id: int
) -> None:
    await import_page(db, clock)
    with pytest.raises(CommandError, match="that session is not in this server's programme"):
        await questions_file(db, clock, server_id=server_id, session_id=session_id, form="csv", for_public=True)


async def test_file_too_large_for_discord_is_refused_with_the_way_to_get_it(
    db: Database, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_queue(db, clock)
    monkeypatch.setattr(uploads, "UPLOAD_LIMIT", 500)
    with pytest.raises(CommandError, match="chairside export questions --session 1"):
        await questions_file(db, clock, server_id=SERVER, session_id=1, form="csv", for_public=True)


async def test_more_questions_than_one_file_holds_are_refused(
    db: Database, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_queue(db, clock)
    monkeypatch.setattr(question_export, "MAX_QUESTIONS", 7)
    assert len((await exported(db, clock, for_public=False)).questions) == 7
    monkeypatch.setattr(question_export, "MAX_QUESTIONS", 6)
    with pytest.raises(CommandError, match="more than 6 questions"):
        await exported(db, clock, for_public=False)


async def test_sessions_are_listed_in_order_of_start_with_their_questions(db: Database, clock: SteppedClock) -> None:
    assert await exportable_sessions(db) == []
    await a_queue(db, clock)
    early = a_schedule(a_session(a_talk("Abroad", starts_at=at("09:00")), title="Elsewhere", room=None))
    await import_page(db, clock, early, server_id=OTHER_SERVER)
    async with db.transaction(NOBODY) as session:
        (await session.get_one(Server, SERVER)).name = "ICML"
    listed = [(s.id, s.title, s.room, s.server_id, s.server, s.questions) for s in await exportable_sessions(db)]
    assert listed == [
        (2, "Elsewhere", None, OTHER_SERVER, None, 0),
        (1, "Deep Learning", "Hall F", SERVER, "ICML", 7),
    ]
