"""The questions' line of a rehearsal's summary, and what does not add up."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.rehearsal.asking import Heard
from bot.rehearsal.loopback import Loopback, Message
from bot.rehearsal.loopback.world import posting
from bot.rehearsal.loopback.world.posting import Draft
from bot.rehearsal.question_figures import QuestionFigures, figures
from bot.rehearsal.reckoning import Played
from bot.rehearsal.summary import summarise
from bot.rules.questions import QuestionCounts
from db.database import NOBODY, Database
from db.question_tables import Question, QuestionVote
from db.tables import Conference, Server, Session, Source, Talk
from tests.builders import FIRST_START, SERVER

STATES = ("answered", "asked", "dismissed", "merged", "queued", "queued")


@pytest.fixture
async def asked(db: Database) -> Database:
    """Six questions to one talk; the fourth is merged into the first, and two people voted for either of these."""
    async with db.transaction(NOBODY) as session:
        rows = (
            Server(id=SERVER),
            Conference(id=1, server_id=SERVER, name="ICML", timezone="UTC"),
            Source(id=1, conference_id=1, name="page", format="icml", imported_at=FIRST_START),
            Session(id=1, conference_id=1, source_id=1, title="Deep", starts_at=FIRST_START, ends_at=FIRST_START),
            Talk(id=1, session_id=1, title="Graphs", starts_at=FIRST_START, ends_at=FIRST_START),
        )
        for above in rows:
            session.add(above)
            await session.flush()
        for number, state in enumerate(STATES, 1):
            into = 1 if state == "merged" else None
            row = Question(session_id=1, talk_id=1, text="Why?", asker_name="Ada", entered_at=FIRST_START, state=state)
            row.id, row.asker_id, row.merged_into = number, number, into
            session.add(row)
        await session.flush()
        votes = ((1, 8), (4, 8), (4, 9))
        session.add_all(QuestionVote(question_id=to, user_id=by, voted_at=FIRST_START) for to, by in votes)
    return db


def parts(loopback: Loopback, *messages: Sequence[int]) -> list[Message]:
    """Messages of a thread, each with a button for some questions."""
    thread = loopback.add_server("ICML").add_channel("questions")
    rows = [
        [{"type": 2, "style": 2, "label": str(key), "custom_id": f"left:{key}:{'d' * 22}"} for key in keys]
        for keys in messages
    ]
    drafts = [Draft("Not reached", components=[{"type": 1, "components": row}]) for row in rows]
    return [posting.post(loopback.world, thread, loopback.bot, draft) for draft in drafts]


async def test_line_counts_by_the_bots_own_rules(asked: Database) -> None:
    found = await figures(asked, parts(Loopback(), [5, 6]), Heard(accepted=6))
    assert found is not None
    assert found.adds_up
    assert str(found) == (
        "questions: 6 came in, with 2 votes: 2 put to the speaker (1 marked as answered), 1 dismissed, "
        "1 merged with another, 2 not reached, which go on in 1 thread"
    )


@pytest.mark.parametrize(
    ("shown", "heard", "amiss"),
    [
        ([[5]], Heard(accepted=6), "only 1 stand in a thread"),
        ([[5, 6], [6]], Heard(accepted=6), "only 1 stand in a thread"),
        ([[5, 6]], Heard(accepted=7), "people were told that 7 are in line"),
        ([[5, 6]], Heard(accepted=5), "people were told that 5 are in line"),
    ],
)
async def test_question_that_is_lost_or_doubled_fails_the_rehearsal(
    asked: Database, shown: list[list[int]], heard: Heard, amiss: str
) -> None:
    found = await figures(asked, parts(Loopback(), *shown), heard)
    summary = await summarise(talks=1, expected=0, messages=[], db=asked, refused=0, played=Played(60), questions=found)
    assert not summary.is_clean
    assert f"questions do not add up: {amiss}" in str(summary)


async def test_one_whose_answer_got_lost_may_be_in_line_or_not(asked: Database) -> None:
    found = await figures(asked, parts(Loopback(), [5, 6]), Heard(accepted=5, unanswered=1))
    assert found is not None
    assert found.adds_up


def test_counts_that_do_not_add_up_are_told() -> None:
    found = QuestionFigures(QuestionCounts(entered=3, asked=2), votes=0, in_threads=0, threads=0, heard=Heard(3))
    assert "questions do not add up: 3 entered, but 2 are accounted for" in str(found)


async def test_nobody_asked(db: Database) -> None:
    assert await figures(db, [], Heard()) is None
    summary = await summarise(talks=1, expected=0, messages=[], db=db, refused=0, played=Played(60))
    assert "questions" not in str(summary)
    assert summary.is_clean
