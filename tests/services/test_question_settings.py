"""`/setup questions`: stored as the queues read it, within bounds, re-planned at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import CommandError
from bot.rules.questions import Order
from bot.rules.queue_times import Phase, QuestionSettings
from bot.services.question_choice import BOUNDS, QuestionChoice, chosen_questions, set_questions
from bot.services.question_settings import question_settings_of
from bot.services.replanning import catch_up
from db.database import NOBODY, Database
from db.tables import Delivery, Server
from tests.builders import SERVER, at
from tests.clocks import SteppedClock
from tests.services.hall import Hall
from tests.services.store import deliveries, everything

EVERYTHING = QuestionChoice(
    Order.FAIR, approval=True, opens=30, closes=5, seconds_between=0, open_at_most=3, retention=9
)


@pytest.fixture
async def hall(db: Database, clock: SteppedClock) -> Hall:
    made = Hall(db, clock)
    await made.open()
    return made


async def choose(hall: Hall, choice: QuestionChoice) -> QuestionSettings:
    return await set_questions(hall.db, hall.clock, server_id=SERVER, choice=choice)


def one(name: str, number: int) -> QuestionChoice:
    return QuestionChoice(**{name: number})  # type: ignore[arg-type] # each of the bounded ones is a number


async def stored(db: Database) -> dict[str, object]:
    async with db.reading() as session:
        return (await session.get_one(Server, SERVER)).question_settings


async def test_server_that_chose_nothing_has_the_defaults(db: Database) -> None:
    assert await chosen_questions(db, SERVER) == QuestionSettings()


async def test_all_that_is_chosen_is_stored_and_read_again(db: Database, clock: SteppedClock) -> None:
    hall = Hall(db, clock)
    settings = await choose(hall, EVERYTHING)
    assert settings == QuestionSettings(
        order=Order.FAIR,
        approval=True,
        opens_before=timedelta(minutes=30),
        closes_after=timedelta(minutes=5),
        seconds_between=0,
        open_at_most=3,
        retention_days=9,
    )
    assert await chosen_questions(db, SERVER) == settings
    assert await stored(db) == {
        "order": "fair",
        "approval": True,
        "opens_before": 1800,
        "closes_after": 300,
        "seconds_between": 0,
        "open_at_most": 3,
        "retention_days": 9,
    }


async def test_choice_leaves_the_rest_as_it_is_and_zero_goes_back_to_the_reminder_and_for_good(
    db: Database, clock: SteppedClock
) -> None:
    hall = Hall(db, clock)
    before = await choose(hall, EVERYTHING)
    after = await choose(hall, QuestionChoice(approval=False, opens=0, retention=0))
    assert after == replace(before, approval=False, opens_before=None, retention_days=None)


@pytest.mark.parametrize("name", BOUNDS)
async def test_number_out_of_bounds_is_refused_and_nothing_is_changed(hall: Hall, name: str) -> None:
    least, most, unit = BOUNDS[name][:3]
    before = everything(hall.db)
    for number in (least - 1, most + 1, 2**53, -(2**53)):
        with pytest.raises(CommandError) as refusal:
            await choose(hall, replace(one(name, number), approval=True))
        assert str(refusal.value) == (f"{name} cannot be {number:,}. Give a number of {unit} from {least} to {most:,}.")
    assert everything(hall.db) == before
    for number in (least, most):
        await choose(hall, one(name, number))


async def test_longest_times_are_still_times(hall: Hall) -> None:
    for name, bounds in BOUNDS.items():
        await choose(hall, one(name, bounds.most))
    assert (await hall.queues()).phase(15) is Phase.OPEN


async def test_session_that_chose_an_order_keeps_it(db: Database) -> None:
    server = Server(id=SERVER, question_settings={"order": "oldest"})
    assert question_settings_of(server).order is Order.OLDEST
    assert question_settings_of(server, "fair").order is Order.FAIR


async def test_earlier_opening_opens_the_queues_at_once(hall: Hall) -> None:
    hall.at("12:20")
    assert (await hall.queues()).phase(15) is Phase.CLOSED
    await choose(hall, QuestionChoice(opens=120))
    assert (await hall.queues()).phase(15) is Phase.OPEN
    assert (await hall.ask(talk=15)).position == 1


async def test_other_close_moves_what_is_owed_in_the_same_transaction(hall: Hall) -> None:
    hall.at("12:31")
    await hall.queued("Why?")
    hall.at("12:40")
    await choose(hall, QuestionChoice(closes=3))
    (row,) = await deliveries(hall.db, kind="leftovers")
    assert (row.state, row.due_at) == ("pending", at("12:38"))
    await choose(hall, QuestionChoice(closes=30))
    assert [row.state for row in await deliveries(hall.db, kind="leftovers")] == ["withdrawn"]
    hall.at("13:05")
    await catch_up(hall.db, hall.clock.now())
    assert [(row.state, row.due_at) for row in await deliveries(hall.db, kind="leftovers")] == [
        ("pending", at("13:05"))
    ]


async def test_consoles_that_stand_are_redrawn(hall: Hall) -> None:
    hall.at("12:31")
    async with hall.db.transaction(NOBODY) as session:
        for key, due_at in (("a" * 22, at("12:15")), ("b" * 22, at("12:15", day="2022-07-18"))):
            session.add(
                Delivery(
                    id=key,
                    key=key,
                    server_id=SERVER,
                    channel_id=9,
                    kind="console",
                    state="sent",
                    session_id=1,
                    due_at=due_at,
                    planned_at=due_at,
                )
            )
    await choose(hall, QuestionChoice(order=Order.OLDEST))
    assert [each.edit_at for each in await deliveries(hall.db, kind="console")] == [None, at("12:31")]
