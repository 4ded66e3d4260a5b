"""How long a person waits for a queue of 1,000 questions with 10,000 votes: for its list, and for a vote to count."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import insert
from sqlmodel import col, select

from benchmarks.bench import Bench, bench, wait, wait_until
from benchmarks.figures import Figure, spread
from benchmarks.programmes import jitter, long_session, people, words
from benchmarks.waiting import Waited, timed
from bot.clock import real_now
from bot.rehearsal.loopback import Message, Person, Reply, TextChannel
from bot.rules.questions import QuestionState
from db.database import NOBODY
from db.question_tables import Question, QuestionVote
from db.tables import Talk

QUESTIONS, VOTES = 1_000, 10_000
FIRST_PERSON = 1_000_000
"""Those who asked and voted before the bot started have ids from here, clear of those on the loopback."""
VOTERS = 20
USES, A_SECOND = 300, 5
LONG_TALK = timedelta(minutes=30)
UNTIL_STARTED = timedelta(seconds=10)
WITHIN = 30.0
P99 = 25.0


async def asking() -> list[Figure]:
    """Lists and votes in turn, five a second, whether or not those before are answered."""
    async with bench(1, lead_minutes=30) as made:
        first = real_now() + UNTIL_STARTED
        await made.fill(long_session("Room 1", first, LONG_TALK))
        await put_questions(made, QUESTIONS, VOTES)
        moderator = made.server.add_member("Robin", manages_server=True)
        voters = [made.server.add_member(f"Voter {number}") for number in range(VOTERS)]
        async with made.running(until=first):
            await wait_until(first)
            lists = [await open_list(voter, made.channels[0]) for voter in voters]
            waited = await _use(made, moderator, list(zip(voters, lists, strict=True)))
    return [
        *spread(f"acknowledged, {QUESTIONS:,} questions, {VOTES:,} votes", [w.acknowledged for w in waited], p99=P99),
        Figure("uses not acknowledged or answered", USES - len(waited), "", 0),
        *(
            figure
            for what in ("/questions list", "Vote", "/qa list")
            for figure in spread(f"{what} answered in full", [w.answered for w in waited if w.what == what])[:2]
        ),
    ]


async def put_questions(made: Bench, number_of_questions: int, number_of_votes: int) -> None:
    """Put questions to the first talk, and votes for them, into the store, before the bot starts."""
    asked_at = real_now() - timedelta(minutes=10)
    async with made.store() as db, db.transaction(NOBODY) as session:
        talk = (await session.exec(select(Talk).order_by(col(Talk.id)))).first()
        assert talk is not None
        questions = [
            {
                "session_id": talk.session_id,
                "talk_id": talk.id,
                "text": f"{words(number, 14).capitalize()} {number}?",
                "asker_id": FIRST_PERSON + number,
                "asker_name": people(number)[0],
                "anonymous": number % 7 == 0,
                "entered_at": asked_at + timedelta(milliseconds=number),
                "state": QuestionState.QUEUED.value,
                "pinned": False,
            }
            for number in range(number_of_questions)
        ]
        await session.exec(insert(Question), params=questions)
        keys = list(await session.exec(select(Question.id).order_by(col(Question.id))))
        votes = [
            {"question_id": keys[place], "user_id": FIRST_PERSON + number_of_questions + voter, "voted_at": asked_at}
            for place, number in enumerate(_shares(number_of_questions, number_of_votes))
            for voter in range(number)
        ]
        await session.exec(insert(QuestionVote), params=votes)


def _shares(questions: int, votes: int) -> list[int]:
    """How many votes each question has."""
    shares = [round(2 * jitter(place) * votes / questions) for place in range(questions)]
    shares[0] += votes - sum(shares)
    assert min(shares) >= 0
    return shares


async def open_list(person: Person, channel: TextChannel) -> Message:
    """The list of a person, which stays open under their eyes."""
    reply = await (await person.slash(channel, "questions list")).final(within=WITHIN)
    assert reply.message is not None
    return reply.message


async def _use(made: Bench, moderator: Person, voters: list[tuple[Person, Message]]) -> list[Waited]:
    """List, vote and list for moderators in turn; what was never acknowledged or answered is left out."""
    uses: list[asyncio.Task[Waited | None]] = []
    for number in range(USES):
        person, shown = voters[number // 3 % VOTERS]
        channel = made.channels[0]
        match number % 3:
            case 0:
                use = timed("/questions list", person.slash(channel, "questions list"), within=WITHIN)
            case 1:
                use = timed("Vote", vote(person, shown), within=WITHIN)
            case _:
                use = timed("/qa list", moderator.slash(channel, "qa list"), within=WITHIN)
        uses.append(asyncio.create_task(use))
        await wait(2 * jitter(number) / A_SECOND)
    return [waited for waited in await asyncio.gather(*uses) if waited]


async def vote(person: Person, shown: Message) -> Reply:
    """Press one of the vote buttons under a list, or take that vote back."""
    votes = [str(button["custom_id"]) for button in shown.buttons if str(button["custom_id"]).startswith("vote:")]
    return await person.press(shown, custom_id=votes[shown.id % len(votes)])
